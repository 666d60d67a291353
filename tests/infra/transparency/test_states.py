"""Digests of states on a real log: noted, signed, and held against the code that is running."""

import random
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application import state_digests
from application.state_audit import StateFlaw, StatesReplayed
from application.state_digests import StateSealer
from domain.case import evolve
from domain.case.ladder_events import HoldPlaced
from domain.decider import Rejected
from domain.transparency.restored import epoch_name
from domain.transparency.state_head import NO_DIGESTS, chained, opened_states
from infra.settings import Settings
from infra.transparency.key_file import KeyFile
from infra.transparency.published import Published, states_head_in
from infra.transparency.replaying import extent_of, replay_range
from infra.transparency.sealed_states import PostgresSealedStates, digests_from
from tests.infra.event_store.writing import append, new_stream, registered, write
from tests.infra.transparency.sealing import Sealing
from tests.projections import lives
from workers.replaying import PARTS, replay_all
from workers.stretches import stretches

CASES = 12


@dataclass(frozen=True)
class States:
    sealing: Sealing
    sealer: StateSealer

    async def lived(self, first: int = 0, count: int = CASES) -> None:
        """Let cases live, seal what happened, and digest what they came to."""
        histories = {lives.stream(seed): lives.life(seed, 25) for seed in range(first, first + count)}
        await lives.write(self.sealing.store, histories, chance=random.Random(first))
        await self.noted()

    async def noted(self) -> None:
        await self.sealing.sealer.seal_all()
        while await self.sealer.digest_next():
            pass
        await self.sealer.sign()

    def replayed(self, *, jobs: int = 1) -> StatesReplayed:
        settings = Settings(database_url=self.sealing.dsn, public_log_folder=str(self.sealing.folder))
        return replay_all(settings, self.sealing.signer.key, jobs=jobs)

    def rows(self) -> list[tuple[UUID, int]]:
        with psycopg.connect(self.sealing.dsn) as connection:
            return connection.execute("SELECT stream_id, version FROM state_digests ORDER BY number").fetchall()

    def as_owner(self, *statements: str) -> None:
        """Do what only the owner of the database can."""
        with psycopg.connect(self.sealing.dsn, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            for table in ("events", "state_digests", "state_heads"):
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only".encode())
            for statement in statements:
                owner.execute(statement.encode())


@pytest.fixture
def states(sealing: Sealing) -> States:
    kept = PostgresSealedStates(sealing.dsn, batch=150)
    return States(sealing, StateSealer(states=kept, signer=sealing.signer, copies=(Published(sealing.place),)))


async def test_every_stream_has_a_digest_that_a_replay_gives_again(states: States) -> None:
    await states.lived()
    head = opened_states(states_head_in(states.sealing.place), states.sealing.signer.key)
    found = states.replayed()
    assert (found.streams, found.not_sealed, found.found_total) == (CASES, 0, 0)
    assert found.compared == head.size == len(states.rows())
    assert found.heads == 2  # the database's and the published one
    assert found.holds


async def test_several_processes_find_what_one_does(states: States) -> None:
    await states.lived()
    assert states.replayed(jobs=2) == states.replayed()


async def test_only_what_has_changed_is_digested_again(states: States) -> None:
    await states.lived()
    before = len(states.rows())
    await states.lived(first=100, count=1)
    added = states.rows()[before:]
    assert {stream for stream, _ in added} == {lives.stream(100)}
    await states.noted()
    assert len(states.rows()) == before + len(added)


async def test_nothing_is_digested_that_is_not_sealed(states: States) -> None:
    await states.sealing.add(20)
    assert await states.sealer.digest_next() == 0
    assert states.replayed().not_sealed == 20


async def test_code_that_reads_an_old_event_otherwise_is_found_and_the_state_named(
    states: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    await states.lived()
    monkeypatch.setitem(evolve.SUBJECTS, HoldPlaced, lambda case, event: None)
    found = states.replayed()
    assert not found.holds
    assert {each.flaw for each in found.found} == {StateFlaw.DIFFERS}
    held = {lives.stream(seed) for seed in range(CASES) if any(isinstance(e, HoldPlaced) for e in lives.life(seed, 25))}
    assert {each.stream_id for each in found.found} == held


async def test_what_a_new_behavior_reads_otherwise_is_told_apart_from_what_must_not_be(
    states: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    await states.lived()
    old = state_digests.CASES
    new = replace(old, behavior=old.behavior + 1)
    monkeypatch.setattr(
        state_digests, "_FOLDING", {kind: new if each is old else each for kind, each in state_digests._FOLDING.items()}
    )
    same = states.replayed()
    assert (same.earlier, same.changed, same.holds) == (same.compared, 0, True)
    monkeypatch.setitem(evolve.SUBJECTS, HoldPlaced, lambda case, event: None)
    changed = states.replayed()
    assert changed.holds
    assert changed.changed == changed.found_total > 0
    assert {(each.flaw, each.behavior) for each in changed.found} == {(StateFlaw.READS_OTHERWISE, old.behavior)}


async def test_an_event_that_was_altered_gives_another_state(states: States) -> None:
    await states.lived()
    stream = states.rows()[0][0]
    states.as_owner(
        "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), 'Europe/Madrid', 'Europe/Lisbon'),"
        f" 'UTF8') WHERE originator_id = '{stream}' AND originator_version = 1"
    )
    found = states.replayed()
    assert {(each.flaw, each.stream_id) for each in found.found} == {(StateFlaw.DIFFERS, stream)}


async def test_events_that_are_gone_or_cannot_be_read_are_found(states: States) -> None:
    await states.lived()
    last = dict(states.rows())
    first, second, third = sorted(last)[:3]
    states.as_owner(
        f"DELETE FROM events WHERE originator_id = '{first}'",
        f"DELETE FROM events WHERE originator_id = '{second}' AND originator_version = {last[second]}",
        f"UPDATE events SET topic = 'Nonsense' WHERE originator_id = '{third}' AND originator_version = 1",
    )
    found = states.replayed()
    assert {(each.flaw, each.stream_id) for each in found.found} == {
        (StateFlaw.GONE, first),
        (StateFlaw.GONE, second),
        (StateFlaw.UNREADABLE, third),
    }


async def test_a_list_that_was_altered_is_found_and_not_signed_over(states: States) -> None:
    await states.lived()
    states.as_owner("UPDATE state_digests SET digest = sha256(digest) WHERE number = 3")
    found = states.replayed()
    assert [each.flaw for each in found.found] == [StateFlaw.LIST_DIFFERS, StateFlaw.LIST_DIFFERS, StateFlaw.DIFFERS]
    states.as_owner("UPDATE state_progress SET chain = sha256(chain)")
    with pytest.raises(Rejected, match="STATES_ALTERED"):
        await states.sealer.sign()


async def test_a_list_that_was_cut_short_is_found_by_what_was_published(states: States) -> None:
    await states.lived()
    states.as_owner("DELETE FROM state_digests WHERE number > 3", "DELETE FROM state_heads")
    assert StateFlaw.LIST_CUT in {each.flaw for each in states.replayed().found}
    states.as_owner("UPDATE state_progress SET size = 4")
    with pytest.raises(Rejected, match="STATES_ALTERED"):
        await states.sealer.sign()


async def test_a_digest_needs_nobodys_key_and_outlives_it(states: States) -> None:
    person = new_stream()
    await states.sealing.store.append(append(write(person, 0, registered("Ana Muñoz"))))
    await states.noted()
    states.sealing.store.keyring.erase(person)
    found = states.replayed()
    assert (found.compared, found.found_total) == (1, 0)


async def test_digests_are_append_only(states: States) -> None:
    await states.lived(count=1)
    with psycopg.connect(states.sealing.dsn, autocommit=True) as owner:
        for table in ("state_digests", "state_heads"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(f"DELETE FROM {table}".encode())


async def test_what_is_appended_while_a_replay_runs_is_left_out(states: States) -> None:
    await states.lived()
    extent = extent_of(states.sealing.dsn)
    await states.lived(first=200, count=3)
    found = StatesReplayed()
    for first, last in stretches(4):
        found += replay_range(states.sealing.dsn, first, last, extent)
    assert (found.streams, found.found_total) == (CASES, 0)


def test_the_parts_are_all_there_is() -> None:
    every = stretches(PARTS)
    assert every[0][0].int == 0
    assert every[-1][1].int == 2**128 - 1
    assert all(one[1].int + 1 == following[0].int for one, following in pairwise(every))


async def test_after_a_declared_restore_the_list_goes_on_under_the_new_name(states: States, tmp_path: Path) -> None:
    await states.lived()
    states.as_owner("DELETE FROM state_digests WHERE number > 3", "DELETE FROM state_heads")
    with psycopg.connect(states.sealing.dsn) as connection:
        kept = [each.line for each in digests_from(connection, 0)]
    states.as_owner(f"UPDATE state_progress SET size = 4, chain = '\\x{chained(NO_DIGESTS, kept).hex()}'")
    await Published(states.sealing.place, epoch=1).declare("a declaration")
    renewed = StateSealer(
        states=PostgresSealedStates(states.sealing.dsn, epoch=1),
        signer=KeyFile(tmp_path / "seal", name=epoch_name(states.sealing.signer.key.name, 1)),
        copies=(Published(states.sealing.place, epoch=1),),
    )
    await renewed.sign()
    found = states.replayed()
    assert (found.heads, found.compared, found.holds) == (2, 4, True)
