"""What nobody does alone with what is known of a person: asked for, approved by another person, and done.

Forgetting is done in the same decision as it is approved. Handing out is not for a decision to do: an approval opens
it, for whoever asked, in the forms that were asked for, each of them once, and until the request's time is up.
"""

from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.case.refusal import require_text, require_utc
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.four_eyes import (
    THING,
    ApprovalStands,
    asked_before,
    not_needed,
    request_of,
    require_asker,
    require_decider,
    require_second,
    require_time_to_decide,
    require_waiting,
)
from domain.person.approval_commands import GivePersonApproval, JudgePersonApprovals, RequestPersonApproval
from domain.person.approval_events import (
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.approval_rules import PersonRules, needed
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.erasure_commands import ForgetPerson
from domain.person.erasure_events import PersonForgotten
from domain.person.events import PersonEvent
from domain.person.forget import forget
from domain.person.state import Person

FORMATS = ("JSON", "PDF")


def request(
    command: RequestPersonApproval, person: Person, book: RuleBook, rules: PersonRules
) -> tuple[PersonEvent, ...]:
    """Ask a second person; where law stands against forgetting, the answer is that, and nobody needs to be asked."""
    known = person.approvals.get(command.approval_id)
    if asked_before(known, wanted=command.wanted, expires_at=command.expires_at, by=command.by):
        return ()
    require_text(command.approval_id, "approval_id")
    require_utc(command.expires_at, "expires_at")
    require_time_to_decide(command.expires_at, command.at)
    wanted = command.wanted
    asked = needed(rules, wanted.act, by=command.by)
    if asked is None:
        raise not_needed()
    if wanted.act is PersonAct.FORGET:
        done = forget(_erasure(wanted, command, by=command.by), person, book, rules, approved=True)
        if not any(isinstance(event, PersonForgotten) for event in done):
            return done
    else:
        _require_export(wanted)
    requested = PersonApprovalRequested(
        at=command.at,
        approval_id=command.approval_id,
        wanted=wanted,
        requested_by=command.by,
        approvers=asked.approvers,
        rule=asked.id,
        expires_at=command.expires_at,
    )
    return (requested,)


def give(command: GivePersonApproval, person: Person, book: RuleBook, rules: PersonRules) -> tuple[PersonEvent, ...]:
    """Agree. Who may is measured by the rules of the request, and by those of today."""
    approval = request_of(person.approvals, command.approval_id)
    if approval.stands is ApprovalStands.GIVEN:
        return ()
    require_waiting(approval)
    require_decider(approval, by=command.by, at=command.at)
    wanted, asker = approval.wanted, approval.requested_by
    today = needed(rules, wanted.act, by=asker)
    if today is not None:
        require_second(asked_by=asker, by=command.by, approvers=today.approvers, thing=THING)
    given = PersonApprovalGiven(at=command.at, approval_id=command.approval_id, approved_by=command.by)
    if wanted.act is PersonAct.EXPORT:
        return (given,)
    return (given, *forget(_erasure(wanted, command, by=asker), person, book, rules, approved=True))


def refuse(command: RefuseApproval, person: Person) -> tuple[PersonEvent, ...]:
    """Do not agree; whoever asked may ask again."""
    approval = request_of(person.approvals, command.approval_id)
    if approval.stands is ApprovalStands.REFUSED:
        return ()
    require_waiting(approval)
    require_text(command.reason, "reason")
    require_decider(approval, by=command.by, at=command.at)
    refused = PersonApprovalRefused(
        at=command.at, approval_id=command.approval_id, refused_by=command.by, reason=command.reason
    )
    return (refused,)


def withdraw(command: WithdrawApproval, person: Person) -> tuple[PersonEvent, ...]:
    """Take back what one asked for oneself."""
    approval = request_of(person.approvals, command.approval_id)
    if approval.stands is ApprovalStands.WITHDRAWN:
        return ()
    require_waiting(approval)
    require_text(command.reason, "reason")
    require_asker(approval, by=command.by)
    return (PersonApprovalWithdrawn(at=command.at, approval_id=command.approval_id, reason=command.reason),)


def judge(command: JudgePersonApprovals, person: Person) -> tuple[PersonEvent, ...]:
    """Say which requests nobody decided on by `command.at`; the events say when their time was up."""
    return tuple(
        PersonApprovalLapsed(at=request.expires_at, approval_id=approval_id)
        for approval_id, request in person.approvals.items()
        if request.stands is ApprovalStands.WAITING and request.stands_at(command.at) is ApprovalStands.LAPSED
    )


def _erasure(wanted: PersonWanted, command: RequestPersonApproval | GivePersonApproval, *, by: str) -> ForgetPerson:
    if wanted.erasure_reason is None:
        detail = "it does not say why they are to be forgotten"
        raise Rejected("ERASURE_REASON_MISSING", detail, field="wanted.erasure_reason", accepted="a reason")
    return ForgetPerson(
        erasure_id=wanted.erasure_id,
        reason=wanted.erasure_reason,
        despite_open_cases=wanted.despite_open_cases,
        cases=command.cases,
        also=command.also,
        at=command.at,
        by=by,
    )


def _require_export(wanted: PersonWanted) -> None:
    require_text(wanted.reason, "reason")
    if not wanted.formats or any(each not in FORMATS for each in wanted.formats):
        accepted = ", ".join(FORMATS)
        raise Rejected("FORMATS_INVALID", "it does not say in which forms", field="wanted.formats", accepted=accepted)
