"""A reconciliation that is killed and run again, or run again much later, or after others have already gone on."""

from datetime import timedelta

import pytest

from application.ports import Append, Appended
from application.reconciled import SentList
from application.request import Asked
from domain.case.commands import CloseCase, PlaceHold, ReleaseHold, ReopenCase
from domain.case.events import ContactLogged
from domain.case.words import Channel, Closure, HoldReason, Scope
from domain.transparency.leaf import Named
from tests.application.restored_world import (
    LOST_UNTIL,
    RESTORED_TO,
    MemoryRecovery,
    World,
    declared,
    reconciling,
    restored,
    settle,
    world,
)


class Killed(BaseException):
    """The process is no more: nothing catches it."""


@pytest.fixture
def recovery() -> MemoryRecovery:
    return MemoryRecovery(declared=[declared()])


async def sent_by_the_old_engine() -> list[str]:
    return await (await world()).live_until(LOST_UNTIL)


def permits(made: World, count: int) -> list[Named]:
    """As many permits of the case as were lost."""
    at = RESTORED_TO + timedelta(days=2)
    return [
        Named(
            position=100 + number,
            stream_id=made.case,
            version=number,
            name="ContactPermitted",
            recorded_at=at,
            effective_at=at,
        )
        for number in range(count)
    ]


async def contacts(made: World) -> list[ContactLogged]:
    """What is in the log of contacts without a permit, but for where it stands."""
    return [one.event for one in await made.house.log() if isinstance(one.event, ContactLogged)]


def killed_after(made: World, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Let the process die behind so many writes to the log."""
    append, kept = made.house.store.append, [0]

    async def dying(wanted: Append) -> Appended:
        answer = await append(wanted)
        kept[0] += 1
        if kept[0] == writes:
            raise Killed
        return answer

    monkeypatch.setattr(made.house.store, "append", dying)


@pytest.mark.parametrize("writes", [1, 2, 3])
async def test_killed_behind_any_write_and_run_again_it_comes_to_the_same(
    recovery: MemoryRecovery, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    keys = await sent_by_the_old_engine()
    whole, whole_recovery = await restored(MemoryRecovery()), MemoryRecovery(declared=[declared()])
    lost = permits(whole, 3)  # two that the ladder asked for, and a call
    assert await settle(whole, whole_recovery, sent=keys, lost=lost) == (2, 0, 1)
    assert len(await contacts(whole)) == 3

    new = await restored(recovery)
    with monkeypatch.context() as patched:
        killed_after(new, patched, writes)
        with pytest.raises(Killed):
            await settle(new, recovery, sent=keys, lost=lost)
    assert not (await recovery.standing()).cleared
    assert len(await contacts(new)) == writes
    await settle(new, recovery, sent=keys, lost=lost)
    assert recovery.cleared
    assert await contacts(new) == await contacts(whole)
    assert recovery.known == whole_recovery.known


async def test_run_again_when_the_engine_has_gone_on_it_makes_no_calls_of_what_the_ladder_did(
    recovery: MemoryRecovery,
) -> None:
    keys = await sent_by_the_old_engine()
    new = await restored(recovery)
    lost = permits(new, 2)
    await settle(new, recovery, sent=keys, lost=lost)
    before = await contacts(new)
    assert [each.channel for each in before] == [Channel.EMAIL, Channel.EMAIL]
    await new.live_until(LOST_UNTIL + timedelta(days=20))
    await settle(new, recovery, sent=keys, lost=lost)
    assert await contacts(new) == before


@pytest.mark.parametrize("how", ["nobody knows", "a list"])
async def test_what_was_done_to_a_case_since_the_restore_hides_nothing_of_what_was_sent(
    recovery: MemoryRecovery, how: str
) -> None:
    keys = await sent_by_the_old_engine()
    new = await restored(recovery)
    pause = PlaceHold(
        hold_id="h-1",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.ALL,
        authority="supervisor:ana",
        from_at=new.clock.at,
        at=new.clock.at,
        by="supervisor:ana",
    )
    await new.house.cases.handle(new.case, pause, Asked(request_id="pause", actor="supervisor:ana"))
    found = await reconciling(new, recovery).reconcile(
        lists={} if how == "nobody knows" else {Channel.EMAIL: SentList(names=frozenset(keys))},
        assume=(Channel.EMAIL,),
        lost=(),
        by="operator:ana",
    )
    assert found.made + found.assumed == 2
    assert len(await new.contacted_at()) == 2
    resume = ReleaseHold(hold_id="h-1", reason="known now", at=new.clock.at, by="supervisor:ana")
    await new.house.cases.handle(new.case, resume, Asked(request_id="resume", actor="supervisor:ana"))
    later = await new.live_until(LOST_UNTIL + timedelta(days=40))
    assert later
    assert not set(later) & set(keys)


async def test_what_was_sent_for_a_case_that_was_closed_since_counts_and_is_not_sent_when_it_is_opened_again(
    recovery: MemoryRecovery,
) -> None:
    keys = await sent_by_the_old_engine()
    new = await restored(recovery)
    close = CloseCase(closure=Closure.WITHDRAWN, reason="a mistake", at=new.clock.at, by="supervisor:ana")
    await new.house.cases.handle(new.case, close, Asked(request_id="close", actor="supervisor:ana"))
    assert await settle(new, recovery, assume=True) == (0, 2, 1)
    assert len(await new.contacted_at()) == 2
    again = ReopenCase(reason="none", at=new.clock.at, by="supervisor:ana")
    await new.house.cases.handle(new.case, again, Asked(request_id="again", actor="supervisor:ana"))
    later = await new.live_until(LOST_UNTIL + timedelta(days=40))
    assert later
    assert not set(later) & set(keys)
