"""Replaying a whole log with its state digests, in one process and in two, beside a bare read of the same rows.

Also what digesting costs in the first place, and what both exports for process mining write a second.
"""

import asyncio
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from benchmarks.database import fresh, server
from benchmarks.measure import side_by_side
from benchmarks.rebuilding import fill
from infra.process_files.pseudonyms import Pseudonyms
from infra.settings import Settings
from workers.exporting import FORMATS, Export, export_to
from workers.replaying import digested_now, replay_all
from workers.sealer import sealed_now, signer_of

JOBS = 2


def measure() -> dict[str, Any]:
    """Return events a second."""
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        dsn = fresh(postgres)
        settings = Settings(
            database_url=dsn, key_file=str(Path(folder, "keys")), seal_key_file=str(Path(folder, "seal"))
        )
        events = asyncio.run(fill(dsn, Path(settings.key_file)))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE events")
        asyncio.run(sealed_now(settings))
        started = perf_counter()
        asyncio.run(digested_now(settings))
        digested = perf_counter() - started
        compared = side_by_side(lambda: _replayed(settings, events, 1), lambda: _bare(dsn, events))
        written = {f"export_{form}_events_per_second": round(_exported(dsn, form, folder)) for form in FORMATS}
        return {
            "replay_vs_bare_read": compared,
            "replaying": {
                "events": events,
                f"{JOBS}_processes_events_per_second": round(_replayed(settings, events, JOBS)),
                "digesting_events_per_second": round(events / digested),
                **written,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
        }


def _replayed(settings: Settings, events: int, jobs: int) -> float:
    started = perf_counter()
    found = replay_all(settings, signer_of(settings).key, jobs=jobs)
    assert (found.events, found.not_sealed, found.found_total) == (events, 0, 0)
    return events / (perf_counter() - started)


def _bare(dsn: str, events: int) -> float:
    """Read every row in the order of the streams, and do nothing with it."""
    started, count = perf_counter(), 0
    with psycopg.connect(dsn) as connection, connection.cursor("bare", binary=True) as cursor:
        cursor.itersize = 4_000
        cursor.execute(
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at, metadata::text"
            " FROM events ORDER BY originator_id, originator_version"
        )
        count = sum(1 for _ in cursor)
    assert count == events
    return events / (perf_counter() - started)


def _exported(dsn: str, form: str, folder: str) -> float:
    path, started = Path(folder, f"log.{form}"), perf_counter()
    done = export_to(path, Export(dsn=dsn, pseudonym=Pseudonyms(bytes(32))), form)
    assert os.path.getsize(path) > 0
    return done.events / (perf_counter() - started)


if __name__ == "__main__":
    for key, found in measure().items():
        print(key, found)
