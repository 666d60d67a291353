"""After a restore: what the lost part of the log sent is found, counts, and is not sent again; the rest goes on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.case_desk import Loaded
from application.lost_contacts import LostContacts
from application.messages import NotSent, Sent
from application.reconciled import How, SentList
from application.reconciling import Unsettled
from application.recovery import ASSUMED, without_number
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import Rejected
from domain.transparency.leaf import Named
from infra.memory_store import MemoryEventStore
from tests.application.restored_world import (
    LOST_UNTIL,
    RESTORED_TO,
    AskablePost,
    MemoryRecovery,
    World,
    declared,
    reconciling,
    restored,
    settle,
    world,
)
from tests.house import HandClock, House


@pytest.fixture
async def lost_keys() -> list[str]:
    """What the engine sent before its disk died and after the backup."""
    old = await world()
    keys = await old.live_until(LOST_UNTIL)
    assert len(keys) == 2
    return keys


@pytest.fixture
def recovery() -> MemoryRecovery:
    return MemoryRecovery(declared=[declared()])


async def test_nothing_is_sent_before_it_is_reconciled(recovery: MemoryRecovery) -> None:
    new = await restored(recovery)
    assert await new.live_until(LOST_UNTIL + timedelta(days=3)) == []


@pytest.mark.parametrize("named", ["permit", "message id"])
async def test_two_contacts_after_the_backup_are_not_sent_again_and_count(
    recovery: MemoryRecovery, lost_keys: list[str], named: str
) -> None:
    new = await restored(recovery)
    sent = lost_keys if named == "permit" else [f"<{key}@example.com>" for key in lost_keys]

    assert await settle(new, recovery, sent=sent) == (2, 0, 1)

    assert await new.contacted_at() == (LOST_UNTIL, LOST_UNTIL), "both count, at the latest that they can have been"
    later = await new.live_until(LOST_UNTIL + timedelta(days=40))
    assert later, "the ladder goes on"
    assert not set(later) & set(lost_keys)
    state, _ = await new.house.cases.load(new.case)
    assert isinstance(state, Case)
    assert _relived(state, lost_keys) == {ContactOutcome.ACCEPTED}
    logged = [one for one in state.logged if one.direction is Direction.OUTBOUND]
    assert {one.contact_id for one in logged} == {f"restore-1:{key}" for key in lost_keys}


async def test_the_instant_that_a_list_tells_is_the_contacts(recovery: MemoryRecovery, lost_keys: list[str]) -> None:
    new = await restored(recovery)
    at = RESTORED_TO + timedelta(days=1)
    told = SentList(names=frozenset(lost_keys), sent_at={lost_keys[0]: at})
    await reconciling(new, recovery).reconcile(lists={Channel.EMAIL: told}, assume=(), lost=(), by="operator:ana")
    assert await new.contacted_at() == (at, LOST_UNTIL)


async def test_what_was_not_sent_before_is_sent_now(recovery: MemoryRecovery, lost_keys: list[str]) -> None:
    new = await restored(recovery)
    assert await settle(new, recovery, sent=lost_keys[:1]) == (1, 0, 1)
    later = await new.live_until(LOST_UNTIL + timedelta(days=20))
    assert lost_keys[0] not in later
    assert lost_keys[1] in later


async def test_a_message_of_a_case_that_was_lost_is_not_sent_again_when_the_case_comes_back(
    recovery: MemoryRecovery, lost_keys: list[str]
) -> None:
    clock = HandClock()
    house = House(MemoryEventStore(), clock, clearance=recovery)
    clock.at = LOST_UNTIL
    nothing = World(house=house, clock=clock, case=UUID(int=0))
    assert await settle(nothing, recovery, sent=lost_keys) == (0, 0, 0)
    clock.at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    again = World(house=house, clock=clock, case=await house.opened())  # the creditor hands it over once more
    later = await again.live_until(LOST_UNTIL + timedelta(days=20))
    assert not set(later) & set(lost_keys)


async def test_where_nobody_can_be_asked_what_may_have_been_sent_counts_as_sent(
    recovery: MemoryRecovery, lost_keys: list[str]
) -> None:
    new = await restored(recovery)
    assert await settle(new, recovery, assume=True) == (0, 2, 1)
    assert len(await new.contacted_at()) == 2
    later = await new.live_until(LOST_UNTIL + timedelta(days=40))
    assert later
    assert not set(later) & set(lost_keys)
    state, _ = await new.house.cases.load(new.case)
    assert isinstance(state, Case)
    assert _relived(state, lost_keys) == {ContactOutcome.UNKNOWN}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (0, 0, 0)),
        ({"c-1@example.com": ContactOutcome.DELIVERED}, (2, 0, 1)),
        ({"c-1@example.com": ContactOutcome.UNKNOWN}, (0, 2, 1)),  # it has something, and cannot say what
    ],
)
async def test_a_provider_that_can_be_asked_is_asked(
    recovery: MemoryRecovery,
    lost_keys: list[str],
    told: Mapping[str, ContactOutcome],
    expected: tuple[int, int, int],
) -> None:
    new = await restored(recovery, AskablePost(told))
    assert await settle(new, recovery) == expected
    later = await new.live_until(LOST_UNTIL + timedelta(days=20))  # the reminder comes too late in any case
    assert (lost_keys[1] in later) is (not told)


async def test_a_channel_that_is_not_settled_clears_nothing(recovery: MemoryRecovery) -> None:
    new = await restored(recovery)
    with pytest.raises(Unsettled) as refusal:
        await settle(new, recovery)
    assert (refusal.value.reason, refusal.value.field) == ("CHANNEL_NOT_SETTLED", "EMAIL")
    assert not recovery.cleared


async def test_a_provider_that_does_not_answer_clears_nothing(recovery: MemoryRecovery) -> None:
    class Down(AskablePost):
        async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
            raise NotSent("TIMEOUT")

    new = await restored(recovery, Down({}))
    with pytest.raises(Unsettled, match="TIMEOUT"):
        await settle(new, recovery)
    assert not recovery.cleared


async def test_without_a_declared_restore_there_is_nothing_to_reconcile() -> None:
    recovery = MemoryRecovery()
    new = await restored(recovery)
    with pytest.raises(Rejected, match="no restore"):
        await settle(new, recovery, assume=True)


async def test_that_nothing_was_lost_is_not_believed_where_it_was_published(recovery: MemoryRecovery) -> None:
    new = await restored(recovery)
    with pytest.raises(Rejected, match="lost published events"):
        await reconciling(new, recovery).nothing_lost(reason="a planned switch", by="operator:ana")
    planned = MemoryRecovery()
    await reconciling(new, planned).nothing_lost(reason="a planned switch", by="operator:ana")
    assert planned.cleared


async def test_a_lost_permit_that_the_ladder_never_asks_for_counts_as_a_call(recovery: MemoryRecovery) -> None:
    new = await restored(recovery)
    at = RESTORED_TO + timedelta(days=2)
    leaves = [
        Named(
            position=100 + number,
            stream_id=new.case,
            version=number,
            name=name,
            recorded_at=at,
            effective_at=at,
        )
        for number, name in enumerate(("ContactPermitted", "ContactPermitted", "NoteAdded", "ContactPermitted"))
    ]
    await settle(new, recovery, sent=(), lost=leaves)
    assert await new.contacted_at() == (at,), "two may be the ladder's, and the list says that it sent none"


async def test_reconciling_again_records_nothing_twice(recovery: MemoryRecovery, lost_keys: list[str]) -> None:
    new = await restored(recovery)
    await settle(new, recovery, sent=lost_keys)
    before = len(await new.house.log())
    await settle(new, recovery, sent=lost_keys)
    assert len(await new.house.log()) == before


@pytest.mark.parametrize("days", [0, 3, 8, 20, 45])
async def test_what_the_ladder_did_is_among_what_it_may_have_done(days: int) -> None:
    """From any backup on: whatever the engine sent in two months is among what is looked for."""
    old = await world()
    before = set(await old.live_until(RESTORED_TO + timedelta(days=days)))
    backup = old.clock.at
    state, version = await old.house.cases.load(old.case)
    kept = Loaded(state, version)
    until = backup + timedelta(days=60)
    sent = set(await old.live_until(until)) - before
    assert sent
    assert isinstance(kept.state, Case)
    found = LostContacts(cases=old.house.cases, ladder=old.house.ladder, channels=(Channel.EMAIL,))
    may_have = {one.permit_id for one in found.of(old.case, kept.state, since=backup, until=until)}
    assert {without_number(key) for key in sent} <= may_have
    assert How.ASSUMED.value == ASSUMED


def _relived(case: Case, keys: Sequence[str]) -> set[ContactOutcome | None]:
    """Return what became of those contacts that the ladder came to again; others were superseded by a later stage."""
    return {case.contacts[key].outcome for key in keys if key in case.contacts}
