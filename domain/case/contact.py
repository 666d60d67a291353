"""Contacts: the permit before, the outcome after, and those that happened without us.

A contact is permitted by the log before it is made. The permit takes its step, so that no step is taken twice,
and its id is the key at the provider, so that nothing is sent twice.
"""

from datetime import datetime

from domain.case.climb import require_free_to_act
from domain.case.commands import LogContact, PermitContact, RecordContactOutcome, RefuseContact
from domain.case.events import (
    CaseEvent,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
    StepTaken,
)
from domain.case.evolve_contact import refusal_key, refusal_terms
from domain.case.hold import require_not_held
from domain.case.refusal import other_terms, require_open, require_text
from domain.case.state import Case, Contact, LoggedContact
from domain.case.step import all_failed, require_current_step
from domain.case.view import balance_minor
from domain.case.words import ContactOutcome, Direction, Scope, StepAction
from domain.decider import Rejected

_AFTER_ACCEPTED = (ContactOutcome.DELIVERED, ContactOutcome.READ, ContactOutcome.REPLIED, ContactOutcome.BOUNCED)


def permit_contact(command: PermitContact, case: Case) -> tuple[CaseEvent, ...]:
    """Reserve one contact. Made for a step, it also waits for agreements and disputes, and takes the step."""
    known = case.contacts.get(command.permit_id)
    if known is not None:
        if (known.person_id, known.channel, known.step_key) == (command.person_id, command.channel, command.step_key):
            return ()
        raise other_terms("PERMIT")
    require_open(case)
    require_text(command.permit_id, "permit_id")
    require_not_held(case, Scope.CONTACT, command.at)
    if all(obligor.person_id != command.person_id for obligor in case.obligors):
        raise Rejected("PERSON_NOT_OBLIGOR", "this person is not bound to the debt", field="person_id")
    if balance_minor(case) <= 0:
        raise Rejected("NOTHING_OWED", "nothing is owed")
    permitted = ContactPermitted(
        at=command.at,
        permit_id=command.permit_id,
        person_id=command.person_id,
        channel=command.channel,
        step_key=command.step_key,
        template=command.template,
        rules=command.rules,
    )
    if not command.step_key:
        return (permitted,)
    require_free_to_act(case, Scope.CONTACT, command.at)
    require_current_step(case, command.step_key)
    if command.step_key not in case.climb.steps:
        return (permitted, _step_taken(command))
    if not all_failed(case, command.step_key):
        raise Rejected("STEP_ALREADY_TAKEN", "the step was taken or passed over", field="step_key")
    return (permitted,)


def refuse_contact(command: RefuseContact, case: Case) -> tuple[CaseEvent, ...]:
    """Record that the rules said no; the same refusal again is not recorded again."""
    refused = ContactRefused(
        at=command.at,
        step_key=command.step_key,
        person_id=command.person_id,
        channel=command.channel,
        reason=command.reason,
        next_allowed_at=command.next_allowed_at,
    )
    if case.climb.refused_as.get(refusal_key(command.step_key, command.channel)) == refusal_terms(refused):
        return ()
    require_open(case)
    require_text(command.reason, "reason")
    if command.step_key:
        require_current_step(case, command.step_key)
    return (refused,)


def record_outcome(command: RecordContactOutcome, case: Case) -> tuple[CaseEvent, ...]:
    """Record what became of a contact. Receipts that come late or out of order are harmless, on a closed case too."""
    contact = case.contacts.get(command.permit_id)
    if contact is None:
        raise Rejected("PERMIT_NOT_FOUND", "the case has no such permit", field="permit_id")
    if not _says_more(contact.outcome, command.outcome):
        return ()
    recorded = ContactOutcomeRecorded(
        at=command.at, permit_id=command.permit_id, outcome=command.outcome, detail=command.detail
    )
    return (recorded,)


def log_contact(command: LogContact, case: Case) -> tuple[CaseEvent, ...]:
    """Record a contact that happened: by the debtor, by hand, or before the case was here."""
    if command.contact_id in case.contacts_logged:
        return ()
    require_text(command.contact_id, "contact_id")
    logged = ContactLogged(
        at=command.at,
        contact_id=command.contact_id,
        person_id=command.person_id,
        channel=command.channel,
        direction=command.direction,
        outcome=command.outcome,
        detail=command.detail,
    )
    return (logged,)


def contacts_inside(case: Case, start: datetime, end: datetime) -> tuple[tuple[str, Contact | LoggedContact], ...]:
    """Return, with their ids, our contacts with debtors at `start` or later and before `end`, the earliest first.

    It answers what a back-dated hold asks: whom did we contact when we should not have?
    """
    permitted: list[tuple[str, Contact | LoggedContact]] = [
        (permit_id, contact)
        for permit_id, contact in case.contacts.items()
        if start <= contact.at < end and contact.outcome is not ContactOutcome.REFUSED
    ]
    logged: list[tuple[str, Contact | LoggedContact]] = [
        (contact.contact_id, contact)
        for contact in case.logged
        if contact.direction is Direction.OUTBOUND and start <= contact.at < end
    ]
    return tuple(sorted(permitted + logged, key=lambda found: found[1].at))


def _step_taken(command: PermitContact) -> StepTaken:
    return StepTaken(
        at=command.at, step_key=command.step_key, action=StepAction.CONTACT, due_at=command.due_at or command.at
    )


def _says_more(known: ContactOutcome | None, told: ContactOutcome) -> bool:
    """Return whether a receipt adds to what is known; REFUSED and what the debtor did are final."""
    match known:
        case None:
            return True
        case ContactOutcome.UNKNOWN:
            return told is not ContactOutcome.UNKNOWN
        case ContactOutcome.ACCEPTED:
            return told in _AFTER_ACCEPTED
        case ContactOutcome.DELIVERED:
            return told in (ContactOutcome.READ, ContactOutcome.REPLIED)
        case ContactOutcome.READ:
            return told is ContactOutcome.REPLIED
        case _:
            return False
