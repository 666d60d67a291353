"""Sealing a log and holding it against its seal, beside reading the same rows and hashing them with SHA-256.

Also what share of a core a sealer takes that keeps up with 5,000 events a second: the processor time that it needed,
spread over the time in which so many events come.
"""

import asyncio
import os
import resource
import tempfile
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import psycopg

from application.sealing import Sealer
from benchmarks.database import fresh, server
from benchmarks.measure import side_by_side
from infra.read_tables import open_pool
from infra.transparency.folder import Folder
from infra.transparency.key_file import KeyFile
from infra.transparency.published import Published
from infra.transparency.sealed_log import PostgresSealedLog
from infra.transparency.verify import verify_seal

EVENTS = int(os.environ.get("BENCH_SEALED_EVENTS", "1000000"))
RATE = 5_000
_FILL = """
    INSERT INTO events (originator_id, originator_version, topic, state, recorded_at, effective_at, metadata)
    SELECT ('00000000-0000-4000-8000-' || lpad((each / 12)::text, 12, '0'))::uuid, each %% 12 + 1, 'PaymentRecorded',
        convert_to('{"v":1,"at":"2026-03-02T09:30:15.250000Z","payment_id":"pay-' || each || '","amount":{"minor":' ||
            each || ',"currency":"MXN"},"method":"TRANSFER","parts":[{"obligation_id":"inv-1","component":' ||
            '"PRINCIPAL","minor":' || each || '}],"law":"","consent_id":""}', 'UTF8'),
        now(), now(), jsonb_build_object('actor', 'importer:bank', 'request_id', 'r-' || each, 'trace_id', '')
    FROM generate_series(0, %s - 1) AS each"""


def measure(events: int = EVENTS) -> dict[str, Any]:
    """Return sealing and verification, in events a second."""
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        dsn = fresh(postgres)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_FILL, (events,))
            connection.execute("VACUUM ANALYZE events")
        signer = KeyFile(Path(folder, "seal"), name="escalera.invalid/bench")
        public = Path(folder, "public")
        seconds, busy = asyncio.run(_seal(dsn, signer, public))
        compared = side_by_side(lambda: _verified(dsn, signer, public, events), lambda: _bare(dsn, events))
    return {
        "verify_vs_sha256": compared,
        "sealing": {
            "events": events,
            "events_per_second": round(events / seconds),
            f"share_of_a_core_at_{RATE}_per_second": round(busy / events * RATE, 3),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
    }


async def _seal(dsn: str, signer: KeyFile, public: Path) -> tuple[float, float]:
    """Seal and publish everything; return the seconds that it took, and those of the processor."""
    async with open_pool(dsn, size=2) as pool:
        sealer = Sealer(log=PostgresSealedLog(pool), signer=signer, copies=(Published(Folder(public)),))
        started, worked = perf_counter(), process_time()
        await sealer.seal_all()
        seconds, busy = perf_counter() - started, process_time() - worked
        await sealer.sign()
    return seconds, busy


def _verified(dsn: str, signer: KeyFile, public: Path, events: int) -> float:
    started = perf_counter()
    audit = verify_seal(dsn, signer.key, public=Folder(public))
    assert audit.whole, "nobody touched it"
    assert audit.leaves == events, "and it is all there"
    return events / (perf_counter() - started)


def _bare(dsn: str, events: int) -> float:
    """Read every row with all its columns, and hash it."""
    started = perf_counter()
    count = 0
    with psycopg.connect(dsn) as connection, connection.cursor("bare", binary=True) as cursor:
        cursor.itersize = 4_096
        cursor.execute(
            "SELECT notification_id, originator_id, originator_version, topic, state, recorded_at, effective_at,"
            " metadata::text FROM events ORDER BY notification_id"
        )
        for row in cursor:
            sha256(row[4]).digest()
            count += 1
    assert count == events, "every event is read"
    return events / (perf_counter() - started)
