"""Rebuilding the case summary from the log, beside bare reads of the same log.

`rebuild_vs_read` has the stock recorder's `select_notifications` beside it, which gives stored events without decoding
them; `rebuild_vs_rows` has plain rows of psycopg, which nobody reads a log with.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid5

import psycopg

from application.ports import Append, Appended, Metadata, StreamWrite
from benchmarks.append import stock_recorder
from benchmarks.database import fresh, server
from benchmarks.histories import BY, SPACE, START, life
from benchmarks.measure import Ratio, side_by_side
from infra.event_store import open_store
from infra.settings import Settings
from workers.read_tables import build_anew

CASES = 4_000
PAGE = 1_000
ROWS = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM events"
    " WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
)


def measure() -> dict[str, Ratio]:
    """Return events per second: rebuilt, and read."""
    with server() as postgres, TemporaryDirectory() as folder:
        dsn = fresh(postgres)
        settings = Settings(database_url=dsn, key_file=str(Path(folder, "keys")))
        events = asyncio.run(fill(dsn, Path(settings.key_file)))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE events")
            # The stock recorder reads the same rows, through a view under the name of its own table.
            connection.execute("CREATE VIEW stock_events AS SELECT * FROM events")

        def ours() -> float:
            started = perf_counter()
            rebuilt = asyncio.run(build_anew(settings))
            assert (rebuilt.events, rebuilt.parked) == (events, ())
            return events / (perf_counter() - started)

        recorder = stock_recorder(dsn, create=False)

        def stock() -> float:
            started, position, read = perf_counter(), 0, 0
            while page := recorder.select_notifications(position, PAGE, inclusive_of_start=False):
                position, read = page[-1].id, read + len(page)
            assert read == events
            return events / (perf_counter() - started)

        def rows() -> float:
            started, position, read = perf_counter(), 0, 0
            with psycopg.connect(dsn, autocommit=True) as reading:
                while page := reading.execute(ROWS, (position, PAGE)).fetchall():
                    position, read = page[-1][4], read + len(page)
            assert read == events
            return events / (perf_counter() - started)

        return {"rebuild_vs_read": side_by_side(ours, stock), "rebuild_vs_rows": side_by_side(ours, rows)}


async def fill(dsn: str, keys: Path) -> int:
    """Write the lives of `CASES` cases into the log and return how many events they have."""
    events = 0
    async with open_store(dsn, keys) as store:
        for first in range(0, CASES, 500):
            lives = {uuid5(SPACE, f"life-{number}"): life(number) for number in range(first, first + 500)}
            outcomes = await store.append_many(
                [
                    Append(
                        writes=(StreamWrite(stream_id=stream, expected_version=0, events=told),),
                        metadata=Metadata(actor=BY),
                        recorded_at=START,
                    )
                    for stream, told in lives.items()
                ]
            )
            assert all(isinstance(outcome, Appended) for outcome in outcomes)
            events += sum(map(len, lives.values()))
    return events


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
