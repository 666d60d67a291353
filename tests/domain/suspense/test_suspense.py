"""A bank entry that waits: received once, ended once. References of cases, and names as banks write them."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.payment_reference import cases_with, in_groups, is_reference, payment_reference, references_in
from domain.decider import Rejected
from domain.money import Money
from domain.suspense import SUSPENSE, Entry
from domain.suspense.commands import DismissEntry, MatchEntry, ReceiveEntry, ReturnEntry, SuspenseCommand
from domain.suspense.entry import BankEntry
from domain.suspense.identity import entry_stream
from domain.suspense.payer import same_name
from domain.suspense.state import EntryState
from domain.suspense.words import EntryStands, Why

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BY = "collector:c-1"
CASE = UUID("66666666-7777-5888-9999-aaaaaaaaaaaa")
OTHER = UUID("66666666-7777-5888-9999-bbbbbbbbbbbb")
TOLD = BankEntry(entry_id="e" * 32, account="1", amount=Money(4000, "EUR"))
RECEIVE = ReceiveEntry(entry=TOLD, payment_id="p-1", why=Why.NO_CASE, at=AT, by=BY)
MATCH = MatchEntry(case_id=CASE, payment_id="p-1", at=AT, by=BY)
RETURN = ReturnEntry(reason="SENT_BY_MISTAKE", at=AT, by=BY)
DISMISS = DismissEntry(reason="TOLD_BEFORE", at=AT, by=BY)


def after(*commands: SuspenseCommand) -> EntryState:
    state = SUSPENSE.initial
    for command in commands:
        state = SUSPENSE.fold(SUSPENSE.decide(command, state), state)
    return state


@pytest.mark.parametrize(
    ("ending", "stands"),
    [(MATCH, EntryStands.MATCHED), (RETURN, EntryStands.RETURNED), (DISMISS, EntryStands.DISMISSED)],
)
def test_an_entry_ends_once(ending: SuspenseCommand, stands: EntryStands) -> None:
    state = after(RECEIVE, ending)
    assert isinstance(state, Entry)
    assert (state.stands, state.waits, state.ended_by) == (stands, False, BY)
    assert SUSPENSE.decide(ending, state) == ()
    for other in (MATCH, RETURN, DISMISS):
        if other is not ending:
            with pytest.raises(Rejected, match=f"ENTRY_{stands}"):
                SUSPENSE.decide(other, state)


def test_an_entry_matched_to_one_case_is_not_matched_to_another() -> None:
    with pytest.raises(Rejected, match="ENTRY_MATCHED"):
        after(RECEIVE, MATCH, MatchEntry(case_id=OTHER, payment_id="p-1", at=AT, by=BY))


@pytest.mark.parametrize("ending", [MATCH, RETURN, DISMISS])
def test_nothing_ends_that_was_not_received(ending: SuspenseCommand) -> None:
    with pytest.raises(Rejected, match="ENTRY_NOT_FOUND"):
        after(ending)


def test_an_entry_is_received_once_and_never_with_another_amount() -> None:
    state = after(RECEIVE)
    again = ReceiveEntry(entry=TOLD, payment_id="p-2", why=Why.AMBIGUOUS, at=AT, by=BY)
    dearer = BankEntry(entry_id=TOLD.entry_id, account="1", amount=Money(4001, "EUR"))

    assert SUSPENSE.decide(again, state) == ()
    with pytest.raises(Rejected, match="ENTRY_EXISTS_WITH_OTHER_TERMS"):
        SUSPENSE.decide(ReceiveEntry(entry=dearer, payment_id="p-1", why=Why.NO_CASE, at=AT, by=BY), state)


def test_an_entry_of_another_account_is_another_entry() -> None:
    assert entry_stream("1", "a") != entry_stream("1a", "")
    assert entry_stream("1", "a") != entry_stream("1", "a", "place")


@given(st.uuids(version=4))
def test_a_reference_leads_back_to_its_case_and_a_wrong_character_to_none(seed: UUID) -> None:
    case = uuid5(seed, "case")
    reference = payment_reference(case)
    span = cases_with(reference)

    assert span is not None
    assert span[0] <= case <= span[1]
    assert is_reference(reference)
    assert references_in(f"pago {in_groups(reference)} gracias 2026") == (reference,)
    for place, letter in enumerate(reference[2:], start=2):
        other = next(each for each in ("73" if letter.isdigit() else "QK") if each != letter)
        assert not is_reference(reference[:place] + other + reference[place + 1 :])


def test_references_are_those_of_the_standard() -> None:
    assert not is_reference("RF18539007547043")  # two digits swapped
    assert is_reference("RF18539007547034")  # the example of ISO 11649
    assert not is_reference("RF19539007547034")
    assert references_in("RF185390075470341 RF18 5390 0754") == ()


@pytest.mark.parametrize(
    ("payer", "person", "same"),
    [
        ("RUIZ GOMEZ ANA MARIA", "Ana Ruiz", True),
        ("Ana Ruíz", "ana ruiz", True),
        ("JOSÉ MUÑOZ", "Jose Munoz Perez", True),
        ("Ana", "Ana Ruiz", False),
        ("A RUIZ", "Ana Ruiz", False),
        ("Luis Ruiz", "Ana Ruiz", False),
        ("", "", False),
        ("[erased]", "[erased]", False),
    ],
)
def test_a_payer_is_somebody_by_two_names_at_least(payer: str, person: str, same: bool) -> None:
    assert same_name(payer, person) is same
