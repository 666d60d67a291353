"""`escalera keys rotate` on the database and key file that the environment names."""

import asyncio
import json
from pathlib import Path

import psycopg
import pytest

from infra.event_store import open_store
from tests.cli.terminal import Terminal
from tests.infra.keyring.test_rotation import all_read, people, wrapped_by


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "keys wrapped anew"), ("es", "claves envueltas"), ("pt", "chaves embrulhadas")]
)
async def test_another_master_key_takes_the_place_of_the_present_one(
    fresh_dsn: str, tmp_path: Path, lang: str, says: str
) -> None:
    key = tmp_path / "keys"
    terminal = Terminal(
        data=tmp_path / "data", environment={"ESCALERA_DATABASE_URL": fresh_dsn, "ESCALERA_KEY_FILE": str(key)}
    )
    async with open_store(fresh_dsn, key) as store:
        found = await people(store, 4)

    said = await asyncio.to_thread(terminal.run, "keys", "rotate", "--lang", lang)
    assert (said.status, says in said.out) == (0, True), said
    told = json.loads((await asyncio.to_thread(terminal.run, "keys", "rotate", "--json")).out)

    assert told["keys"] == 4
    assert wrapped_by(fresh_dsn) == {told["id"]}
    assert len(list(tmp_path.glob("keys.retired-*"))) == 2
    async with open_store(fresh_dsn, key) as store:
        assert await all_read(store, found)
    with psycopg.connect(fresh_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('escalera.keys.rotation', 0))")
        busy = await asyncio.to_thread(terminal.run, "keys", "rotate")
        assert (busy.status, "ROTATION_RUNNING" in busy.err) == (1, True)
