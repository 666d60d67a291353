"""An approval that forgets somebody, and a real SIGKILL: what the log says is done, the next start carries out."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from application.request import Asked
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.commands import RegisterPerson
from domain.person.erasure_words import ErasureReason
from domain.person.identity import person_id
from domain.person.words import ERASED
from infra.event_store import PostgresEventStore, open_store
from infra.keyring import FileLedger
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from projections.runner import Runner
from tests.infra.keyring.test_settling import keys_in, name_in
from workers.forgetting import erasure_desk_on
from workers.wiring import open_desks

PROJECT = Path(__file__).parents[2]
PERSON = person_id("acme", "C-1")
BEA, SOL = "back-office:bea", "supervisor:sol"
ASKED_FOR = ["PersonRegistered", "PersonApprovalRequested"]
DONE = ["PersonApprovalGiven", "ErasureRequested", "PersonForgotten"]

# A process as it is wired for serving, which is killed where its keyring is told to forget, or within.
_APPROVE = """
import asyncio, os, signal, sys
from infra.keyring import PersonKeyring, PostgresKeyring
from tests.workers.test_approval_killed import approve, settings_for

dsn, key, where = sys.argv[1:]

def killed(_keyring, *people):
    if people:
        os.kill(os.getpid(), signal.SIGKILL)

if where == "before the ledger":
    PersonKeyring.erase = killed
if where == "before the key":
    PostgresKeyring._destroy = killed

asyncio.run(approve(settings_for(dsn, key)))
killed(None, "after the key")
"""


def settings_for(dsn: str, key: Path | str) -> Settings:
    return Settings(database_url=dsn, key_file=str(key))


async def approve(settings: Settings) -> bool:
    """Approve as the supervisor; return whether they are forgotten."""
    async with open_desks(settings) as desks, open_pool(settings.database_url) as pool:
        await Runner(desks.log, PostgresTables(pool)).catch_up()
        command = GivePersonApproval(approval_id="a-1", at=desks.clock.now(), by=SOL)
        given = await erasure_desk_on(desks, pool).approve(PERSON, command, Asked(request_id="", actor=SOL))
        return given.forgotten


async def asked_for(settings: Settings) -> None:
    """Register somebody, and ask that they be forgotten."""
    async with open_desks(settings) as desks, open_pool(settings.database_url) as pool:
        now = desks.clock.now()
        known = RegisterPerson(name="Ana Ruiz", language="es", country="ES", time_zone="Europe/Madrid", at=now, by=BEA)
        await desks.persons.handle(PERSON, known, Asked(request_id="register", actor=BEA))
        wanted = PersonWanted(act=PersonAct.FORGET, erasure_id="e-1", erasure_reason=ErasureReason.ASKED)
        ask = RequestPersonApproval(
            approval_id="a-1", wanted=wanted, expires_at=now + timedelta(days=7), at=now, by=BEA
        )
        await Runner(desks.log, PostgresTables(pool)).catch_up()
        await erasure_desk_on(desks, pool).ask(PERSON, ask, Asked(request_id="ask", actor=BEA))


async def told(store: PostgresEventStore) -> list[str]:
    return [type(each.event).__name__ for each in await store.read_stream(PERSON)]


@pytest.mark.parametrize("where", ["before the ledger", "before the key", "after the key"])
async def test_wherever_the_approver_s_process_is_killed_the_key_is_gone_after_the_next_start(
    fresh_dsn: str, tmp_path: Path, where: str
) -> None:
    key = tmp_path / "keys" / "master"
    settings = settings_for(fresh_dsn, key)
    await asked_for(settings)
    assert keys_in(fresh_dsn)[PERSON] is not None

    ended = await asyncio.to_thread(
        subprocess.run, (sys.executable, "-c", _APPROVE, fresh_dsn, str(key), where), cwd=PROJECT, check=False
    )

    assert ended.returncode == -signal.SIGKILL
    assert (keys_in(fresh_dsn)[PERSON] is None) is (where == "after the key")
    async with open_store(fresh_dsn, key) as store:  # and nobody approves again
        assert await told(store) == [*ASKED_FOR, *DONE]
        assert await name_in(store, PERSON) == ERASED
    assert keys_in(fresh_dsn) == {PERSON: None}
    assert FileLedger(key.with_name(key.name + ".erased")).erased() == {PERSON}

    assert await approve(settings)
    async with open_store(fresh_dsn, key) as store:
        assert await told(store) == [*ASKED_FOR, *DONE], "approved again, it is what it was"
