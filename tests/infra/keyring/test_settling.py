"""Nobody who was forgotten has a key: not after a crash, not after a restored backup, and not in another process."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from application.ports import PersonErased
from domain.person.erasure_events import PersonForgotten
from domain.person.words import ERASED
from infra.embedded.postgres import find_postgres
from infra.event_store import PostgresEventStore, open_store
from infra.keyring import FileLedger, KeyFile, MasterKeyMissing, MemoryLedger
from tests.conftest import Databases
from tests.infra.event_store.writing import AT, append, events_of, new_stream, note, registered, write

FORGOTTEN = PersonForgotten(at=AT, erasure_id="e-1")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master"


def ledger_of(key: Path) -> Path:
    return key.with_name(key.name + ".erased")


async def known(store: PostgresEventStore) -> UUID:
    person = new_stream()
    await store.append(append(write(person, 0, registered("Ana Muñoz"))))
    return person


async def name_in(store: PostgresEventStore, person: UUID) -> str:
    return str(events_of(await store.read_stream(person))[0].name)  # type: ignore[union-attr]  # their registration


async def test_an_event_whose_key_was_not_destroyed_is_carried_out_at_the_next_start(fresh_dsn: str, key: Path) -> None:
    async with open_store(fresh_dsn, key) as store:
        person, entry = await known(store), await known(store)
        both = PersonForgotten(at=AT, erasure_id="e-1", also=(entry,))
        await store.append(append(write(person, 1, both)))
        assert await name_in(store, person) == "Ana Muñoz"  # killed here

    async with open_store(fresh_dsn, key) as store:
        assert await name_in(store, person) == await name_in(store, entry) == ERASED
        assert events_of(await store.read_stream(person))[1] == both
    assert FileLedger(ledger_of(key)).erased() == {person, entry}
    assert keys_in(fresh_dsn) == {person: None, entry: None}


async def test_another_process_that_runs_carries_it_out_too(
    fresh_dsn: str, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.event_store.forgetting.LOOK_SECONDS", 0.02)
    heard: list[UUID] = []
    async with open_store(fresh_dsn, key) as writer, open_store(fresh_dsn, key) as other:
        other.forgetting.tell(heard.append)
        person = await known(writer)
        assert await name_in(other, person) == "Ana Muñoz"
        await writer.append(append(write(person, 1, FORGOTTEN)))

        async with asyncio.timeout(20):
            while person not in heard:
                await asyncio.sleep(0.02)
        assert await name_in(other, person) == await name_in(writer, person) == ERASED


async def test_whoever_shares_the_ledger_reads_nothing_more_at_once_though_the_key_is_in_memory(
    fresh_dsn: str, key: Path
) -> None:
    async with open_store(fresh_dsn, key) as store, open_store(fresh_dsn, key) as other:
        person = await known(store)
        assert await name_in(other, person) == "Ana Muñoz"

        await store.forgetting.destroy((person,))

        assert await name_in(other, person) == ERASED
        with pytest.raises(PersonErased):
            await other.append(append(write(new_stream(), 0, note(person, "calls back"))))


async def test_a_backup_that_is_restored_does_not_bring_anybody_back(
    fresh_dsn: str, databases: Databases, key: Path, tmp_path: Path
) -> None:
    async with open_store(fresh_dsn, key) as store:
        ana, luis = await known(store), await known(store)
        saved = dump(fresh_dsn, tmp_path / "before.sql")
        later = await known(store)
        for person in (ana, later):
            await store.append(append(write(person, 1, FORGOTTEN)))
            await store.forgetting.destroy((person,))

    restored = databases.create()
    load(restored, saved)
    assert keys_in(restored)[ana] is not None  # it is in the backup

    async with open_store(restored, key) as store:
        assert await name_in(store, ana) == ERASED
        assert await name_in(store, luis) == "Ana Muñoz"
        assert keys_in(restored)[ana] is None
        with pytest.raises(PersonErased):  # nor is there a key for whoever came after the backup
            await store.append(append(write(later, 0, registered("Ana Muñoz"))))
        assert await store.forgetting.lost() == {ana, later}
    databases.drop(restored)


async def test_a_ledger_that_is_lost_is_written_again_from_what_the_database_knows(fresh_dsn: str, key: Path) -> None:
    async with open_store(fresh_dsn, key) as store:
        person = await known(store)
        await store.forgetting.destroy((person,))
    ledger_of(key).unlink()

    async with open_store(fresh_dsn, key):
        pass

    assert FileLedger(ledger_of(key)).erased() == {person}


async def test_another_master_key_is_noticed_at_the_start(fresh_dsn: str, key: Path, tmp_path: Path) -> None:
    async with open_store(fresh_dsn, key):
        pass

    with pytest.raises(MasterKeyMissing):
        async with open_store(fresh_dsn, tmp_path / "other"):
            pass


_FORGET = """
import asyncio, os, signal, sys
from pathlib import Path
from uuid import UUID
from infra.event_store import open_store
from infra.keyring import PersonKeyring, PostgresKeyring
from tests.infra.keyring.test_settling import FORGOTTEN, append, write

dsn, key, person, where = sys.argv[1], Path(sys.argv[2]), UUID(sys.argv[3]), sys.argv[4]

def killed(_keyring, *people):
    if people:
        os.kill(os.getpid(), signal.SIGKILL)

if where == "before the ledger":
    PersonKeyring.erase = killed
if where == "before the key":
    PostgresKeyring._destroy = killed

async def main():
    async with open_store(dsn, key) as store:
        await store.append(append(write(person, 1, FORGOTTEN)))
        await store.forgetting.destroy((person,))
        killed(None, person)

asyncio.run(main())
"""


@pytest.mark.parametrize("where", ["before the ledger", "before the key", "after the key"])
async def test_wherever_it_is_killed_the_person_is_forgotten_after_the_next_start(
    fresh_dsn: str, key: Path, where: str
) -> None:
    async with open_store(fresh_dsn, key) as store:
        person = await known(store)
    ended = await asyncio.to_thread(
        subprocess.run,
        (sys.executable, "-c", _FORGET, fresh_dsn, str(key), str(person), where),
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert (keys_in(fresh_dsn)[person] is None) is (where == "after the key")

    async with open_store(fresh_dsn, key) as store:
        assert await name_in(store, person) == ERASED
    assert keys_in(fresh_dsn) == {person: None}
    assert FileLedger(ledger_of(key)).erased() == {person}


async def test_a_ledger_may_be_kept_elsewhere(fresh_dsn: str, key: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "volume" / "erased"
    async with open_store(fresh_dsn, KeyFile(key), FileLedger(elsewhere)) as store:
        person = await known(store)
        await store.forgetting.destroy((person,))

    assert FileLedger(elsewhere).erased() == {person}
    assert not ledger_of(key).exists()
    memory = MemoryLedger()
    memory.add({uuid4()})
    async with open_store(fresh_dsn, KeyFile(key), memory):
        assert len(memory.erased()) == 2


def keys_in(dsn: str) -> dict[UUID, bytes | None]:
    with psycopg.connect(dsn) as connection:
        return dict(connection.execute("SELECT person_id, wrapped_key FROM person_keys").fetchall())


def dump(dsn: str, file: Path) -> Path:
    _run("pg_dump", "--format=custom", "--file", str(file), dsn)
    return file


def load(dsn: str, file: Path) -> None:
    _run("pg_restore", "--no-owner", "--exit-on-error", "--dbname", dsn, str(file))


def _run(program: str, *arguments: str) -> None:
    subprocess.run((str(find_postgres() / program), *arguments), check=True)
