"""That everything known of a person is handed out, and whether it may be."""

from domain.case.refusal import other_terms
from domain.four_eyes import ApprovalStands, required, same_person
from domain.person.approval_rules import PersonRules, needed, why
from domain.person.approval_words import PersonAct
from domain.person.erasure_commands import NoteExport
from domain.person.erasure_events import PersonExported
from domain.person.state import Person, PersonApproval


def note_export(command: NoteExport, person: Person, rules: PersonRules) -> tuple[PersonExported, ...]:
    """Keep it; () where this very one was kept before: then the file comes again, to whom the record names.

    Of somebody who was forgotten there is nothing to hand out but that they were: that takes nobody's word.
    """
    known = person.exports.get(command.export_id)
    rule = needed(rules, PersonAct.EXPORT, by=command.by) if person.forgotten_at is None else None
    if rule is None:
        if known is not None:
            _require_same(command, known)
            return ()
        return (_exported(command),)
    opened = _opened(command, person)
    if opened is None:
        raise required(rule.approvers, why=why(PersonAct.EXPORT))
    approval_id, approval = opened
    if known is not None:
        _require_same(command, known)
        if known.approval_id != approval_id:
            raise other_terms("EXPORT")
        return ()
    return (_exported(command, approval_id, approval.wanted.reason),)


def _require_same(command: NoteExport, known: PersonExported) -> None:
    """Refuse an id that was used for another form or reason, or by anybody else, in another role too.

    What was approved was handed out for the reason that was approved; who gives none means that one.
    """
    reasons = {known.reason, ""} if known.approval_id else {known.reason}
    if (command.format, command.by) != (known.format, known.by) or command.reason not in reasons:
        raise other_terms("EXPORT")


def _opened(command: NoteExport, person: Person) -> tuple[str, PersonApproval] | None:
    """Return the approval that lets whoever asks hand it out now: one that it was used for already, before another."""
    fitting = [
        (approval_id, approval)
        for approval_id, approval in person.approvals.items()
        if approval.wanted.act is PersonAct.EXPORT
        and approval.stands is ApprovalStands.GIVEN
        and same_person(approval.requested_by, command.by)
        and command.at < approval.expires_at
        and command.format in approval.wanted.formats
        and command.reason in ("", approval.wanted.reason)
        and approval.handed_out.get(command.format, command.export_id) == command.export_id
    ]
    return min(fitting, key=lambda each: command.format not in each[1].handed_out, default=None)


def _exported(command: NoteExport, approval_id: str = "", approved: str = "") -> PersonExported:
    return PersonExported(
        export_id=command.export_id,
        format=command.format,
        reason=command.reason or approved,
        by=command.by,
        approval_id=approval_id,
        at=command.at,
    )
