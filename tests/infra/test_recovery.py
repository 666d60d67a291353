"""Contacts are cleared for one life of a database; a restore, a new timeline, a loaded dump begin another."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest

from application.recovery import AlwaysCleared, DeclaredRestore, MadeBefore, Standing
from domain.case.words import ContactOutcome
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery, Remembered

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def recovery(fresh_dsn: str) -> AsyncIterator[PostgresRecovery]:
    async with open_pool(fresh_dsn, size=2) as pool:
        yield PostgresRecovery(pool)


def restore(number: int) -> DeclaredRestore:
    return DeclaredRestore(
        number=number,
        declared_at=NOW,
        restored_to=NOW,
        lost_until=NOW,
        declared_by="operator:ana",
        reason="rehearsal",
        common_size=3,
        lost_leaves=2,
        note="",
    )


async def test_a_new_database_may_make_contacts(recovery: PostgresRecovery) -> None:
    life = await recovery.life()
    assert (life.timeline, life.restore) == (1, 0)
    assert await recovery.standing("any") == Standing(cleared=True)


async def test_a_declared_restore_ends_the_clearance_until_another_is_given(recovery: PostgresRecovery) -> None:
    await recovery.declare(restore(1))
    assert not (await recovery.standing()).cleared
    await recovery.clear(by="operator:ana", reason="reconciled", channels={"EMAIL": "LISTED"}, at=NOW)
    assert (await recovery.standing()).cleared
    await recovery.declare(restore(2))
    assert not (await recovery.standing()).cleared
    assert [each.number for each in await recovery.restores()] == [1, 2]


@pytest.mark.parametrize("column", ["system_id = '1'", "timeline = timeline + 1"])
async def test_another_cluster_or_timeline_is_not_cleared(
    recovery: PostgresRecovery, fresh_dsn: str, column: str
) -> None:
    with psycopg.connect(fresh_dsn) as connection:  # as if the clearance had been given elsewhere
        connection.execute("ALTER TABLE clearances DISABLE TRIGGER ALL")
        connection.execute(f"UPDATE clearances SET {column}".encode())
    assert not (await recovery.standing()).cleared


async def test_what_was_made_before_a_restore_is_kept_once(recovery: PostgresRecovery) -> None:
    await recovery.declare(restore(1))
    made = [
        MadeBefore(name="c:1.1:EMAIL", outcome=ContactOutcome.ACCEPTED, source="LIST"),
        MadeBefore(name="c:1.2:SMS", outcome=ContactOutcome.UNKNOWN, source="ASSUMED"),
    ]
    assert await recovery.made_before(1, made) == 2
    assert await recovery.made_before(1, made) == 0
    assert (await recovery.standing("c:1.2:SMS")).made_before == made[1]
    assert (await recovery.standing("c:1.2:SMS", "c:1.1:EMAIL")).made_before == made[0], "what is sure comes first"
    assert (await recovery.standing("c:1.3:SMS")).made_before is None


@pytest.mark.parametrize("table", ["restores", "clearances", "contacts_before_restore"])
async def test_what_was_said_of_restores_cannot_be_unsaid(fresh_dsn: str, table: str) -> None:
    with psycopg.connect(fresh_dsn) as connection, pytest.raises(psycopg.Error, match="append only"):
        connection.execute(f"DELETE FROM {table}".encode())


async def test_a_yes_is_remembered_for_some_seconds_and_a_no_is_not() -> None:
    class Counted(AlwaysCleared):
        asked = 0
        cleared = False

        async def standing(self, *names: str) -> Standing:
            self.asked += 1
            return Standing(cleared=self.cleared)

    counted = Counted()
    remembered = Remembered(counted, seconds=60.0)
    assert not (await remembered.standing()).cleared
    counted.cleared = True
    assert (await remembered.standing()).cleared
    counted.cleared = False
    assert (await remembered.standing()).cleared
    assert counted.asked == 2
    assert not (await remembered.standing("a permit")).cleared
