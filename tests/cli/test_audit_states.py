"""`escalera audit digests` and `replay`, on a log of their own."""

import random
from pathlib import Path

import psycopg

from infra.event_store import open_store
from tests.cli.terminal import Terminal
from tests.projections import lives


async def test_a_log_is_digested_and_replayed_and_what_was_altered_is_named(fresh_dsn: str, tmp_path: Path) -> None:
    histories = {lives.stream(seed): lives.life(seed, 20) for seed in range(4)}
    async with open_store(fresh_dsn, tmp_path / "master") as store:
        await lives.write(store, histories, chance=random.Random(1))
    environment = {
        "DATABASE_URL": fresh_dsn,
        "ESCALERA_KEY_FILE": str(tmp_path / "master"),
        "ESCALERA_SEAL_KEY_FILE": str(tmp_path / "seal"),
        "ESCALERA_PUBLIC_LOG_FOLDER": str(tmp_path / "public"),
    }
    terminal = Terminal(data=tmp_path / "data", environment=environment)
    assert terminal.run("audit", "head").status == 0
    assert terminal.run("audit", "digests", "--json").json()["size"] == 4

    whole = terminal.run("audit", "replay", "--all", "--jobs", "2")
    assert (whole.status, whole.err) == (0, "")
    assert "This code reads the log as it was sealed." in whole.out
    assert terminal.run("audit", "replay", "creditor-1/R-1", "--json").status == 1  # no case has this id here
    assert terminal.run("audit", "replay", str(lives.stream(1)), "--json").json()["compared"] == 1
    assert terminal.run("audit", "replay").status == 2

    with psycopg.connect(fresh_dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        owner.execute(
            "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), 'Madrid', 'Lisbon'), 'UTF8')"
            " WHERE originator_id = %s AND originator_version = 1",
            (lives.stream(2),),
        )
    found = terminal.run("audit", "replay", "--all", "--lang", "es")
    assert found.status == 1
    assert f"Otro estado: {lives.stream(2)}" in found.out
    assert "NO lee el registro" in found.out
