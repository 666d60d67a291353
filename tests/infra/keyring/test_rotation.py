"""One master key follows another while people are written and read; killed anywhere, it goes on from there."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application.case_desk import PersonDesk
from application.request import Asked
from domain.person import PERSON
from infra.clock import SystemClock
from infra.event_store import PostgresEventStore, open_store
from infra.keyring import FileLedger, KeyFile, KeyText, MasterKeyMissing
from infra.keyring.master import id_of
from infra.keyring.rotation import RotationRunning, rotate
from tests.conftest import Databases
from tests.infra.event_store.test_request_hashes import ana
from tests.infra.event_store.writing import append, events_of, new_stream, registered, write
from tests.infra.keyring.test_settling import dump, load


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master"


async def people(store: PostgresEventStore, count: int) -> list[UUID]:
    found = [new_stream() for _ in range(count)]
    await store.append_many([append(write(person, 0, registered(f"N {person}"))) for person in found])
    return found


async def all_read(store: PostgresEventStore, found: list[UUID]) -> bool:
    streams = await store.read_streams(found)
    return all(events_of(streams[person]) == [registered(f"N {person}")] for person in found)


def wrapped_by(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        keys = connection.execute("SELECT wrapped_by FROM person_keys WHERE wrapped_key IS NOT NULL").fetchall()
        secrets = connection.execute("SELECT wrapped_by FROM wrapped_secrets").fetchall()
    return {by for (by,) in (*keys, *secrets)}


async def test_everything_is_wrapped_by_the_new_key_and_nothing_that_was_made_from_the_root_changes(
    fresh_dsn: str, key: Path
) -> None:
    async with open_store(fresh_dsn, key) as store:
        found = await people(store, 25)
        gone = found.pop()
        await store.forgetting.destroy((gone,))
        root = store.keyring.root
        desk = PersonDesk(PERSON, store, SystemClock())
        await desk.handle(new_stream(), ana(), Asked(request_id="r-1", actor="system:test"))
    old = key.read_bytes()
    told: list[int] = []

    done = await asyncio.to_thread(rotate, fresh_dsn, KeyFile(key), told.append, batch=10)

    assert (done.keys, told) == (25, [10, 20, 25])
    assert key.read_bytes() != old
    assert wrapped_by(fresh_dsn) == {done.id} == {id_of(key.read_bytes())}
    async with open_store(fresh_dsn, key) as store:
        assert await all_read(store, found)
        assert store.keyring.root == root
        assert gone in store.keyring.ledger.erased()


async def test_processes_that_run_take_the_new_key_up_by_themselves(fresh_dsn: str, key: Path) -> None:
    async with open_store(fresh_dsn, key) as store, open_store(fresh_dsn, key) as idle:
        before = await people(store, 5)

        done = await asyncio.to_thread(rotate, fresh_dsn, KeyFile(key))

        after = await people(store, 5)
        assert await all_read(idle, before + after)
        assert wrapped_by(fresh_dsn) == {done.id}


async def test_nobody_is_lost_who_is_written_while_it_goes_on(fresh_dsn: str, key: Path) -> None:
    async with open_store(fresh_dsn, key) as store:
        found = await people(store, 40)
        rotating = asyncio.create_task(asyncio.to_thread(rotate, fresh_dsn, KeyFile(key), batch=3))
        while not rotating.done():
            found += await people(store, 4)
        done = await rotating
        found += await people(store, 4)

    assert wrapped_by(fresh_dsn) == {done.id}
    async with open_store(fresh_dsn, key) as store:
        assert await all_read(store, found)


_ROTATE = """
import os, signal, sys
from pathlib import Path
from infra.keyring import KeyFile
from infra.keyring import rotation

dsn, key, where = sys.argv[1], Path(sys.argv[2]), sys.argv[3]

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if where == "before the switch":
    rotation._switch = killed
if where == "before the first batch":
    rotation._carried = killed
if where == "before the end":
    KeyFile.finish = killed
rotation.rotate(dsn, KeyFile(key), killed if where == "after a batch" else lambda _: None, batch=7)
killed()
"""


@pytest.mark.parametrize(
    "where", ["before the switch", "before the first batch", "after a batch", "before the end", "after the end"]
)
async def test_wherever_it_is_killed_everybody_is_read_and_it_goes_on_from_there(
    fresh_dsn: str, key: Path, where: str
) -> None:
    async with open_store(fresh_dsn, key) as store:
        found = await people(store, 20)
    old = id_of(key.read_bytes())

    ended = await asyncio.to_thread(
        subprocess.run,
        (sys.executable, "-c", _ROTATE, fresh_dsn, str(key), where),
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    async with open_store(fresh_dsn, key) as store:
        assert await all_read(store, found)
        found += await people(store, 3)
    if where != "after the end":
        begun = KeyFile(key).read()
        assert id_of(begun.before[0]) == old

        done = await asyncio.to_thread(rotate, fresh_dsn, KeyFile(key))

        assert done.id == begun.id  # the one that was begun, and no third one
    async with open_store(fresh_dsn, key) as store:
        assert await all_read(store, found)
    assert wrapped_by(fresh_dsn) == {id_of(key.read_bytes())}


async def test_an_older_backup_is_read_with_the_key_that_was_put_away_and_brought_up_to_date(
    fresh_dsn: str, databases: Databases, key: Path, tmp_path: Path
) -> None:
    async with open_store(fresh_dsn, key) as store:
        found = await people(store, 3)
    saved = dump(fresh_dsn, tmp_path / "before.sql")
    done = await asyncio.to_thread(rotate, fresh_dsn, KeyFile(key))
    (away,) = key.parent.glob("master.retired-*")
    assert away.stat().st_mode & 0o777 == 0o600
    restored = databases.create()
    load(restored, saved)

    async with open_store(restored, key) as store:
        found += await people(store, 2)
        assert await all_read(store, found)
    again = await asyncio.to_thread(rotate, restored, KeyFile(key))

    assert again.id == done.id
    assert wrapped_by(restored) == {done.id}
    away.unlink()
    async with open_store(restored, key) as store:
        assert await all_read(store, found)
    older = databases.create()
    load(older, saved)
    with pytest.raises(MasterKeyMissing):
        async with open_store(older, key):
            pass
    for dsn in (restored, older):
        databases.drop(dsn)


async def test_keys_that_a_setting_has_are_carried_over_in_the_order_it_says(fresh_dsn: str, tmp_path: Path) -> None:
    old, new = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    ledger = FileLedger(tmp_path / "erased")
    async with open_store(fresh_dsn, KeyText(old), ledger) as store:
        found = await people(store, 3)
    async with open_store(fresh_dsn, KeyText(f"{new}, {old}"), ledger) as store:
        found += await people(store, 3)

        done = await asyncio.to_thread(rotate, fresh_dsn, KeyText(f"{new}, {old}"))

        found += await people(store, 3)
    assert (done.keys, wrapped_by(fresh_dsn)) == (6, {id_of(base64.b64decode(new))})
    async with open_store(fresh_dsn, KeyText(new), ledger) as store:
        assert await all_read(store, found)


async def test_two_do_not_rotate_at_once(fresh_dsn: str, key: Path) -> None:
    async with open_store(fresh_dsn, key) as store:
        await people(store, 1)
    with psycopg.connect(fresh_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('escalera.keys.rotation', 0))")
        with pytest.raises(RotationRunning):
            rotate(fresh_dsn, KeyFile(key))


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(b"short").decode(), "é" * 44])
def test_a_setting_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes in base64"):
        KeyText(text)
