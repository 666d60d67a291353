"""Contacts: the permit before, the outcome after, and those that happened without us.

A contact is permitted by the log before it is made. The permit takes its step, so that no step is taken twice,
and its id is the key at the provider, so that nothing is sent twice.
"""

from datetime import datetime

from domain.case.climb import require_free_to_step
from domain.case.commands import LogContact, PermitContact, RecordContactOutcome, RefuseContact
from domain.case.events import (
    CaseEvent,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
    StepTaken,
    TaskDone,
)
from domain.case.evolve_contact import refusal_key, refusal_terms
from domain.case.hold import require_not_held
from domain.case.reached import NEVER_MADE, completes_task
from domain.case.refusal import other_terms, require_open, require_text
from domain.case.state import Case, Contact, LoggedContact
from domain.case.step import may_ask_again, require_current_step, require_nobody_at
from domain.case.view import balance_minor
from domain.case.words import ContactOutcome, Direction, Scope, StepAction
from domain.decider import Rejected

# What the person did, or somebody saw with their own eyes, outweighs what a provider says, and is said last.
_SEEN = frozenset((ContactOutcome.READ, ContactOutcome.REPLIED, ContactOutcome.OPTED_OUT))
_ARRIVED = _SEEN | {ContactOutcome.DELIVERED}
_NOT_ARRIVED = frozenset(
    (
        ContactOutcome.BOUNCED,
        ContactOutcome.FAILED,
        ContactOutcome.NO_ANSWER,
        ContactOutcome.BUSY,
        ContactOutcome.NOT_IN_SERVICE,
        ContactOutcome.WRONG_NUMBER,
    )
)
_TALKED = frozenset(
    (
        ContactOutcome.CONVERSATION,
        ContactOutcome.VOICEMAIL,
        ContactOutcome.THIRD_PARTY,
        ContactOutcome.HUNG_UP,
    )
)
_ON_ITS_WAY = _ARRIVED | _NOT_ARRIVED | _TALKED
# What may still be learned once something is known. What stands in no row here is final.
_LEARNED_AFTER = {
    ContactOutcome.ACCEPTED: _ON_ITS_WAY | {ContactOutcome.SENT},
    ContactOutcome.SENT: _ON_ITS_WAY,
    ContactOutcome.FAILED: _ARRIVED,
    ContactOutcome.DELIVERED: _SEEN | {ContactOutcome.WRONG_NUMBER},
    ContactOutcome.READ: frozenset((ContactOutcome.REPLIED, ContactOutcome.OPTED_OUT)),
    ContactOutcome.REPLIED: frozenset((ContactOutcome.OPTED_OUT,)),
    ContactOutcome.NO_ANSWER: frozenset((ContactOutcome.WRONG_NUMBER, ContactOutcome.NOT_IN_SERVICE)),
    ContactOutcome.VOICEMAIL: frozenset((ContactOutcome.WRONG_NUMBER,)),
    ContactOutcome.THIRD_PARTY: frozenset((ContactOutcome.WRONG_NUMBER,)),
    ContactOutcome.HUNG_UP: frozenset((ContactOutcome.WRONG_NUMBER,)),
    ContactOutcome.CONVERSATION: frozenset((ContactOutcome.OPTED_OUT, ContactOutcome.WRONG_NUMBER)),
}


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
        grounds=command.grounds,
    )
    if not command.step_key:
        return (permitted,)
    require_free_to_step(case, Scope.CONTACT, command.at)
    if command.step_key in case.climb.tasks:
        require_nobody_at(case, command.step_key)
        return (permitted,)  # a person makes the contact; the task took the step
    require_current_step(case, command.step_key)
    if command.step_key not in case.climb.steps:
        return (permitted, _step_taken(command))
    if not may_ask_again(case, command.step_key, command.channel):
        raise Rejected("STEP_ALREADY_TAKEN", "the step was taken or passed over", field="step_key")
    return (permitted,)


def require_still_free(case: Case, step_key: str, at: datetime) -> None:
    """Refuse what has come to stand against a permitted contact since: a hold; for a step, an agreement or dispute."""
    require_not_held(case, Scope.CONTACT, at)
    if step_key:
        require_free_to_step(case, Scope.CONTACT, at)


def refuse_contact(command: RefuseContact, case: Case) -> tuple[CaseEvent, ...]:
    """Record that the rules said no; the same refusal again is not recorded again."""
    refused = ContactRefused(
        at=command.at,
        step_key=command.step_key,
        person_id=command.person_id,
        channel=command.channel,
        reason=command.reason,
        next_allowed_at=command.next_allowed_at,
        denied_by=command.denied_by,
        citations=command.citations,
        rule_sets=command.rule_sets,
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
    asked_in_vain = contact.outcome is command.outcome is ContactOutcome.UNKNOWN
    asked_again = asked_in_vain and command.inquiry > contact.inquiries
    if not asked_again and not _says_more(contact.outcome, command.outcome):
        return ()
    recorded = ContactOutcomeRecorded(
        at=command.at,
        permit_id=command.permit_id,
        outcome=command.outcome,
        detail=command.detail,
        provider_id=command.provider_id,
        template_hash=command.template_hash,
        document_hash=command.document_hash,
        inquiry=command.inquiry,
    )
    if not completes_task(case, contact.step_key, command.outcome):
        return (recorded,)
    return (recorded, TaskDone(at=command.at, task_id=contact.step_key, outcome=command.outcome))


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
        in_reply_to=command.in_reply_to,
    )
    return (logged,)


def contacts_inside(case: Case, start: datetime, end: datetime) -> tuple[tuple[str, Contact | LoggedContact], ...]:
    """Return, with their ids, our contacts with debtors at `start` or later and before `end`, the earliest first.

    It answers what a back-dated hold asks: whom did we contact when we should not have?
    """
    permitted: list[tuple[str, Contact | LoggedContact]] = [
        (permit_id, contact)
        for permit_id, contact in case.contacts.items()
        if start <= contact.at < end and contact.outcome not in NEVER_MADE
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
    """Return whether a receipt adds to what is known; REFUSED, EXPIRED and what the debtor did last are final."""
    if known is None:
        return True
    if known is ContactOutcome.UNKNOWN:
        return told is not ContactOutcome.UNKNOWN
    return told in _LEARNED_AFTER.get(known, ())
