"""Who works the case, and what they note."""

import re

from domain.case.commands import AddNote, Assign, AssignAccount, PlaceCase
from domain.case.events import CaseAssigned, CaseEvent, CasePlaced, NoteAdded, VirtualAccountAssigned
from domain.case.refusal import require_open, require_text
from domain.case.state import Case
from domain.case.words import PlacedWith
from domain.decider import Rejected

NOTE_LENGTH_MAX = 10_000
_ACCOUNT = re.compile(r"[0-9A-Z]{4,34}")


def add_note(command: AddNote, case: Case) -> tuple[CaseEvent, ...]:
    """Keep a note; on a closed case too."""
    if command.note_id in case.notes:
        return ()
    require_text(command.note_id, "note_id")
    require_text(command.text, "text")
    if len(command.text) > NOTE_LENGTH_MAX:
        accepted = f"up to {NOTE_LENGTH_MAX} characters"
        raise Rejected("NOTE_TOO_LONG", f"{len(command.text)} characters", field="text", accepted=accepted)
    return (NoteAdded(at=command.at, note_id=command.note_id, person_id=command.person_id, text=command.text),)


def assign(command: Assign, case: Case) -> tuple[CaseEvent, ...]:
    """Give the case to a collector, or to nobody."""
    if command.collector == case.collector:
        return ()
    require_open(case)
    return (CaseAssigned(at=command.at, collector=command.collector),)


def place_case(command: PlaceCase, case: Case) -> tuple[CaseEvent, ...]:
    """Give the case to an agency or a lawyer to work, or take it back."""
    if (command.placed_with, command.partner) == (case.placed_with, case.partner):
        return ()
    require_open(case)
    if (command.placed_with is PlacedWith.IN_HOUSE) != (not command.partner):
        detail = "an agency or lawyer is named, and nobody for in-house work"
        raise Rejected("PARTNER_INVALID", detail, field="partner", accepted="empty for IN_HOUSE, an id otherwise")
    placed = CasePlaced(at=command.at, placed_with=command.placed_with, partner=command.partner, reason=command.reason)
    return (placed,)


def assign_account(command: AssignAccount, case: Case) -> tuple[CaseEvent, ...]:
    """Say that what is paid into an account is for this case; a case may have several, for several banks."""
    if command.account in case.accounts:
        return ()
    require_open(case)
    if not _ACCOUNT.fullmatch(command.account):
        accepted = "4 to 34 digits and capitals without blanks"
        raise Rejected("ACCOUNT_INVALID", "it is no account number", field="account", accepted=accepted)
    return (VirtualAccountAssigned(at=command.at, account=command.account),)
