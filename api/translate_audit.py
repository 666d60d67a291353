"""What an audit of all contacts found, as it is told."""

from api.translate_values import instant_out, instant_out_or_none
from application.contact_audit import ContactAudit, HolidayChanged, Late, Violation
from protos.escalera import v1 as pb


def audit_out(audit: ContactAudit) -> pb.ContactAudit:
    """Return the whole of it."""
    return pb.ContactAudit(
        permits=audit.permits,
        judged=audit.judged,
        before_rules=audit.before_rules,
        never_made=audit.never_made,
        refusals=audit.refusals,
        logged=audit.logged,
        violations=[_violation(each) for each in audit.violations],
        violations_total=audit.violations_total,
        late=[_late(each) for each in audit.late],
        late_total=audit.late_total,
        holidays_changed=[_holiday(each) for each in audit.holidays_changed],
        holidays_changed_total=audit.holidays_changed_total,
        not_asked=[pb.RuleSetNotAsked(rule_set=rule_set, permits=count) for rule_set, count in audit.not_asked],
    )


def _violation(found: Violation) -> pb.ContactViolation:
    return pb.ContactViolation(
        reason=found.reason,
        log_position=found.position,
        permit_id=found.permit_id,
        person_id=str(found.person_id or ""),
        case_id=str(found.case_id or ""),
        contact_time=instant_out_or_none(found.at),
        rules=found.rules,
        citations=found.citations,
    )


def _late(found: Late) -> pb.LateContact:
    return pb.LateContact(
        contact_id=found.contact_id,
        person_id=str(found.person_id),
        case_id=str(found.case_id),
        contact_time=instant_out(found.at),
        fact=found.fact,
        log_position=found.position,
        since_time=instant_out(found.since),
        known_time=instant_out(found.known_at),
        reason=found.reason,
        rules=found.rules,
    )


def _holiday(found: HolidayChanged) -> pb.HolidayChange:
    return pb.HolidayChange(
        permit_id=found.permit_id,
        country=found.country,
        contact_time=instant_out(found.at),
        was_holiday=found.was_holiday,
    )
