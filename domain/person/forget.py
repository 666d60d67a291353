"""Whether a person is forgotten, and what is still allowed once they are."""

from domain.case.words import Direction
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands, same_person
from domain.person.approval_commands import GivePersonApproval, JudgePersonApprovals
from domain.person.approval_rules import PersonRules, require_alone
from domain.person.approval_words import PersonAct
from domain.person.commands import EndContact, NoteContact, OptOut, PersonCommand
from domain.person.erasure_commands import ForgetPerson, KeepForgotten, NoteExport, PlaceLegalHold, ReleaseLegalHold
from domain.person.erasure_events import (
    ErasureRefused,
    ErasureRequested,
    LegalHoldPlaced,
    LegalHoldReleased,
    PersonForgotten,
)
from domain.person.events import PersonEvent
from domain.person.retention import blocks_of, laws_over, until_of
from domain.person.state import Person

WORDS_MAX = 500


def forget(
    command: ForgetPerson, person: Person, book: RuleBook, rules: PersonRules, *, approved: bool = False
) -> tuple[PersonEvent, ...]:
    """Return that the person is forgotten, or why not yet; () where that was said already.

    A refusal is an event and no `Rejected`: whoever asked is owed an answer that can be shown later. It destroys
    nothing and needs nobody else; forgetting is for two where `rules` say so, and `approved` says that it was two. Who
    agreed need not agree again to what law put off.
    """
    if not command.erasure_id:
        raise Rejected("ERASURE_ID_MISSING", "a request to be forgotten has an id", field="erasure_id")
    known = person.erasures.get(command.erasure_id)
    terms = (command.reason, command.despite_open_cases)
    if known is not None and (known.reason, known.despite_open_cases) != terms:
        raise Rejected("ERASURE_EXISTS_WITH_OTHER_TERMS", "this id is another request", field="erasure_id")
    if person.forgotten_at is not None:
        return ()
    blocks = blocks_of(command, person, book)
    if known is not None and blocks and blocks == known.blocks:
        return ()
    if not blocks and not approved and not _agreed(command, person):
        require_alone(rules, PersonAct.FORGET, by=command.by)
    requested: tuple[PersonEvent, ...] = ()
    if known is None:
        requested = (
            ErasureRequested(
                erasure_id=command.erasure_id,
                reason=command.reason,
                by=command.by,
                despite_open_cases=command.despite_open_cases,
                at=command.at,
            ),
        )
    if blocks:
        refused = ErasureRefused(erasure_id=command.erasure_id, blocks=blocks, until=until_of(blocks), at=command.at)
        return (*requested, refused)
    asked = laws_over(command, person, book)
    gone = PersonForgotten(erasure_id=command.erasure_id, also=command.also, rule_sets=asked, at=command.at)
    return (*requested, gone)


def _agreed(command: ForgetPerson, person: Person) -> bool:
    """Return whether somebody has approved this very request of whoever asks."""
    return any(
        approval.stands is ApprovalStands.GIVEN
        and approval.wanted.act is PersonAct.FORGET
        and approval.wanted.erasure_id == command.erasure_id
        and approval.wanted.erasure_reason is command.reason
        and approval.wanted.despite_open_cases == command.despite_open_cases
        and same_person(approval.requested_by, command.by)
        for approval in person.approvals.values()
    )


def keep_forgotten(command: KeepForgotten, person: Person) -> tuple[PersonEvent, ...]:
    """Say once more that they were forgotten, in a log that has lost it."""
    if person.forgotten_at is not None:
        return ()
    return (PersonForgotten(erasure_id=command.erasure_id, at=command.at),)


def place_hold(command: PlaceLegalHold, person: Person) -> tuple[PersonEvent, ...]:
    """Keep a legal hold; by the same id only once."""
    known = person.legal_holds.get(command.hold_id)
    if known is not None:
        if (known.reason, known.citation, known.until) == (command.reason, command.citation, command.until):
            return ()
        raise Rejected("LEGAL_HOLD_EXISTS_WITH_OTHER_TERMS", "this id is another hold", field="hold_id")
    for field in ("hold_id", "reason", "citation"):
        text: str = getattr(command, field)
        if not text.strip() or len(text) > WORDS_MAX:
            accepted = f"1 to {WORDS_MAX} characters"
            raise Rejected("LEGAL_HOLD_INCOMPLETE", f"a legal hold has its {field}", field=field, accepted=accepted)
    if command.until is not None and command.until <= command.at:
        raise Rejected("UNTIL_PAST", "the hold would be over before it begins", field="until")
    placed = LegalHoldPlaced(
        hold_id=command.hold_id,
        reason=command.reason,
        citation=command.citation,
        until=command.until,
        by=command.by,
        at=command.at,
    )
    return (placed,)


def release_hold(command: ReleaseLegalHold, person: Person) -> tuple[PersonEvent, ...]:
    known = person.legal_holds.get(command.hold_id)
    if known is None:
        raise Rejected("LEGAL_HOLD_UNKNOWN", "the person is under no such hold", field="hold_id")
    if known.released_at is not None:
        return ()
    return (LegalHoldReleased(hold_id=command.hold_id, reason=command.reason, by=command.by, at=command.at),)


def require_known(command: PersonCommand, person: Person) -> bool:
    """Return whether a command about somebody forgotten is done already; raise `Rejected` PERSON_FORGOTTEN.

    What became of earlier contacts is still kept, and that somebody wrote: neither says who they are.
    """
    if person.forgotten_at is None:
        return False
    match command:
        case GivePersonApproval(approval_id=approval_id) if approval_id in _given(person):
            return True
        case ForgetPerson() | KeepForgotten() | NoteExport() | EndContact():
            return False
        case NoteContact(direction=Direction.INBOUND):
            return False
        case NoteContact() if command.at <= person.forgotten_at:
            return False
        case OptOut() | JudgePersonApprovals():
            return True  # nobody writes to them any more, and nothing waits
        case _:
            raise Rejected("PERSON_FORGOTTEN", "the person was forgotten; nothing can be asked about them any more")


def _given(person: Person) -> frozenset[str]:
    given = [name for name, each in person.approvals.items() if each.stands is ApprovalStands.GIVEN]
    return frozenset(given)
