"""`audit verify` of a whole log, part by part and in all, beside a bare read of the same rows hashed with SHA-256.

The log is a portfolio worked for weeks (`portfolio`). Every audit runs in a process of its own, so that its memory is
its own too: a log of a tenth of the size says whether that grows.
"""

import asyncio
import os
import resource
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import psycopg

from benchmarks.database import fresh, server
from benchmarks.measure import side_by_side
from benchmarks.portfolio import COHORT, fill
from benchmarks.processes import children_of, peak_megabytes
from infra.closed_log import streamed
from infra.settings import Settings
from workers.audit import audit_log, audit_seal
from workers.garbage import collect_rarely
from workers.read_tables import build_anew
from workers.replaying import digested_now, replay_all
from workers.sealer import sealed_now, signer_of

EVENTS: Final = int(os.environ.get("BENCH_AUDIT_EVENTS", "1000000"))
ROUNDS: Final = 3
JOBS: Final = 2
WATCHED_EVERY: Final = 0.1  # seconds
ROWS: Final = (
    "SELECT notification_id, originator_id, originator_version, topic, state, recorded_at, effective_at,"
    " metadata::text FROM events ORDER BY notification_id"
)
Found = Mapping[str, float]


def measure(events: int = EVENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the seal alone and the whole, in events a second beside the bare read, and what each part takes."""
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        small = seeded(fresh(postgres), Path(folder, "small"), events // 10)
        large = seeded(fresh(postgres), Path(folder, "large"), events)
        parts = {part: measured(audited, large) for part, audited in PARTS.items()}
        before = {part: measured(PARTS[part], small)["peak_mb"] for part in GROWING}
        return {
            "audit_seal_vs_sha256": side_by_side(_rate(_seal, large), _rate(_bare, large), rounds=rounds),
            "audit_vs_sha256": side_by_side(_rate(_whole_shared, large), _rate(_bare, large), rounds=rounds),
            "auditing": {
                "events": _count(large),
                **{part: {name: round(value, 1) for name, value in found.items()} for part, found in parts.items()},
                "peak_mb_at_a_tenth": before,
                "memory_ratio": {part: round(parts[part]["peak_mb"] / before[part], 2) for part in GROWING},
            },
        }


def seeded(dsn: str, folder: Path, events: int, *, cohort: int = COHORT) -> Settings:
    """Write a log, its read tables, its seal and its state digests."""
    folder.mkdir()
    settings = Settings(
        database_url=dsn,
        key_file=str(folder / "keys"),
        seal_key_file=str(folder / "seal"),
        public_log_folder=str(folder / "public"),
    )
    asyncio.run(fill(dsn, Path(settings.key_file), events, cohort=cohort))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE events")
    asyncio.run(build_anew(settings))
    asyncio.run(sealed_now(settings))
    asyncio.run(digested_now(settings))
    return settings


def _count(settings: Settings) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM events").fetchone()
    assert row is not None, "an aggregate has one row"
    return int(row[0])


Audited = Callable[[Settings], int]
"""Does something with a log, and returns with how many of its events."""


def _seal(settings: Settings) -> int:
    audit = audit_seal(settings, signer_of(settings).key)
    assert audit.whole, "nobody touched it"
    return audit.leaves


def _states(settings: Settings) -> int:
    found = replay_all(settings, signer_of(settings).key)
    assert found.holds
    assert not found.not_sealed, "every stream has a digest"
    return found.events


def _whole(settings: Settings, jobs: int = 1) -> int:
    audit = audit_log(settings, signer_of(settings).key, jobs=jobs)
    assert audit.whole, "nobody touched it"
    return audit.states.events


def _whole_shared(settings: Settings) -> int:
    return _whole(settings, JOBS)


def _bare(settings: Settings) -> int:
    """Read every row with all its columns by a cursor, as one reads what is too much for memory, and hash it."""
    with psycopg.connect(settings.database_url) as connection, connection.cursor("bare", binary=True) as cursor:
        cursor.itersize = 4_096
        cursor.execute(ROWS)
        return sum(1 for row in cursor if sha256(row[4]).digest())


def _bare_ahead(settings: Settings) -> int:
    """Do the same while the server reads ahead, as the audit does."""
    with psycopg.connect(settings.database_url) as connection:
        return sum(1 for row in streamed(connection, ROWS, ()) if sha256(row[4]).digest())


PARTS: Final[Mapping[str, Audited]] = {
    "bare": _bare,
    "bare_ahead": _bare_ahead,
    "seal": _seal,
    "states": _states,
    "whole_1_process": _whole,
    f"whole_{JOBS}_processes": _whole_shared,
}
GROWING: Final = ("seal", "whole_1_process", f"whole_{JOBS}_processes")


def _rate(audited: Audited, settings: Settings) -> Callable[[], float]:
    return lambda: measured(audited, settings)["per_second"]


def measured(audited: Audited, settings: Settings) -> Found:
    """Do it in a process of its own; return events a second, seconds of processor, and the most memory in megabytes."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_in_process, args=(theirs, audited, settings))
    process.start()
    theirs.close()
    found: Found = ours.recv()
    process.join()
    return found


def _in_process(pipe: Any, audited: Audited, settings: Settings) -> None:
    collect_rarely()
    done = threading.Event()
    with ThreadPoolExecutor(1) as watching:
        peak = watching.submit(_peak, done)
        started, worked = perf_counter(), process_time()
        events = audited(settings)
        seconds, own = perf_counter() - started, process_time() - worked
        done.set()
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    pipe.send(
        {
            "per_second": events / seconds,
            "seconds": seconds,
            "processor_seconds": own + theirs.ru_utime + theirs.ru_stime,
            "peak_mb": peak.result(),
        }
    )


def _peak(done: threading.Event) -> float:
    """Return the most memory that one of the processes has had: this one, or one that shares its work."""
    most = 0.0
    while not done.wait(WATCHED_EVERY):
        for pid in children_of(os.getpid()):
            with suppress(OSError, ProcessLookupError):  # it has ended meanwhile
                most = max(most, peak_megabytes(pid))
    return max(most, peak_megabytes(os.getpid()))


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
