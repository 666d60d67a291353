"""The database: reached, of the right version and schema, durable, append only, cleared for contacts."""

import re
import time
from datetime import UTC, datetime
from typing import Any, Final

from psycopg import AsyncConnection, Error

from application.diagnosis import Finding, doubtful, wrong
from infra.database import WRITER_ROLE
from infra.migrations.runner import FOLDER, migrations_in
from workers.doctor.keys import opens, present_id
from workers.doctor.scene import CONNECT_SECONDS, Scene

TESTED_VERSION: Final = 18
OLDEST_VERSION: Final = 16
SKEW_DOUBTFUL_SECONDS, SKEW_WRONG_SECONDS = 2.0, 30.0
CONNECTIONS_SHARE: Final = 0.8
DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
STRONGER: Final = {"remote_apply", "remote_write"}  # of synchronous_commit, beyond "on"
APPEND_ONLY: Final = re.compile(r"CREATE TRIGGER (\w+_append_only) [^;]*? ON (\w+)", re.DOTALL)


async def look(scene: Scene) -> list[Finding]:
    """Connect, and look at all that does not need our tables before what does."""
    if not scene.settings.database_url:
        return [wrong("ENGINE_NOT_RUNNING" if scene.folder else "DATABASE_NOT_NAMED", folder=scene.folder or "")]
    started = time.monotonic()
    try:
        connection: AsyncConnection[Any] = await AsyncConnection.connect(
            scene.settings.database_url, autocommit=True, connect_timeout=int(CONNECT_SECONDS)
        )
    except Error as error:
        return [wrong("DATABASE_UNREACHABLE", error=type(error).__name__, seconds=round(time.monotonic() - started))]
    scene.database = connection
    findings = [*await _server(scene), *await _clock(scene), *await _archive(scene)]
    migrated = await _migrations(scene)
    findings += migrated
    if any(finding.severity == "WRONG" for finding in migrated):
        await connection.close()
        scene.database = None  # the other parts would ask for tables that are not there, or are others
        return findings
    scene.countries = tuple(
        str(country) for (country,) in await scene.rows("SELECT DISTINCT country FROM read_tables.case_summary")
    )
    scene.owing = tuple(
        (str(country), str(currency))
        for country, currency in await scene.rows(
            "SELECT DISTINCT country, currency FROM read_tables.case_summary WHERE closed_at IS NULL"
        )
    )
    return [*findings, *await _append_only(scene), *await _rights(scene), *await _keys_open(scene)]


async def _server(scene: Scene) -> list[Finding]:
    findings: list[Finding] = []
    version, standby, used, most = await scene.row(
        "SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(),"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::int"
    )
    if version < OLDEST_VERSION:
        findings.append(wrong("DATABASE_OLD", version=version, tested=TESTED_VERSION))
    elif version != TESTED_VERSION:
        findings.append(doubtful("DATABASE_OTHER", version=version, tested=TESTED_VERSION))
    if standby:
        findings.append(wrong("DATABASE_IS_STANDBY"))
    if used > most * CONNECTIONS_SHARE:
        findings.append(doubtful("CONNECTIONS_SHORT", used=used, most=most))
    # What the processes get, whatever this session was told: the server's, the database's and the role's own.
    for name, wanted in DURABLE.items():
        (found,) = await scene.row("SELECT setting FROM pg_settings WHERE name = %s", name)
        if found != wanted and found not in STRONGER:
            findings.append(wrong("NOT_DURABLE", name=name, value=found, wanted=wanted))
    (checksums,) = await scene.row("SELECT setting FROM pg_settings WHERE name = 'data_checksums'")
    if checksums != "on":
        findings.append(doubtful("NO_CHECKSUMS"))
    return findings


async def _clock(scene: Scene) -> list[Finding]:
    """Compare the clocks; half of what the question took is not the clocks' fault."""
    asked_at = datetime.now(UTC)
    (theirs,) = await scene.row("SELECT clock_timestamp()")
    answered_at = datetime.now(UTC)
    middle = asked_at + (answered_at - asked_at) / 2
    return skew((theirs - middle).total_seconds(), (answered_at - asked_at).total_seconds())


def skew(seconds: float, asking_seconds: float) -> list[Finding]:
    """Return what to say of a database whose clock is so many seconds ahead, as seen through a question so long."""
    beyond = abs(seconds) - asking_seconds / 2
    if beyond >= SKEW_WRONG_SECONDS:
        return [wrong("CLOCKS_APART", seconds=f"{seconds:+.1f}")]
    return [doubtful("CLOCKS_APART", seconds=f"{seconds:+.1f}")] if beyond >= SKEW_DOUBTFUL_SECONDS else []


async def _archive(scene: Scene) -> list[Finding]:
    (mode,) = await scene.row("SELECT current_setting('archive_mode')")
    if mode == "off":
        return [doubtful("LOG_NOT_ARCHIVED")]
    failed, segment, failing = await scene.row(
        "SELECT failed_count, coalesce(last_failed_wal, ''),"
        " last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver"
    )
    return [wrong("ARCHIVE_FAILS", count=failed, segment=segment)] if failing else []


async def _migrations(scene: Scene) -> list[Finding]:
    ours = {each.number: each for each in migrations_in(FOLDER)}
    (there,) = await scene.row("SELECT to_regclass('migrations') IS NOT NULL")
    rows = await scene.rows("SELECT number, name, sha256 FROM migrations ORDER BY number") if there else []
    applied = {number: (name, digest) for number, name, digest in rows}
    findings: list[Finding] = []
    if pending := [each.name for number, each in ours.items() if number not in applied]:
        findings.append(wrong("MIGRATIONS_PENDING", names=", ".join(pending)))
    if newer := [name for number, (name, _) in applied.items() if number not in ours]:
        findings.append(wrong("DATABASE_NEWER", names=", ".join(newer)))
    for number, (name, digest) in applied.items():
        if number in ours and ours[number].sha256 != digest:
            findings.append(wrong("MIGRATION_CHANGED", name=name))
    return findings


async def _append_only(scene: Scene) -> list[Finding]:
    """Compare the triggers with those that the migrations made: each must fire always, for owners too."""
    text = "\n".join(each.sql for each in migrations_in(FOLDER))
    rows = await scene.rows(
        "SELECT t.tgname, t.tgrelid::regclass::text, t.tgenabled = 'A' FROM pg_trigger t WHERE NOT t.tgisinternal"
    )
    firing = {(str(name), str(table)) for name, table, always in rows if always}
    return [
        wrong("NOT_APPEND_ONLY", table=table)
        for name, table in dict.fromkeys(APPEND_ONLY.findall(text))
        if (name, table) not in firing
    ]


async def _rights(scene: Scene) -> list[Finding]:
    if not await scene.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", WRITER_ROLE):
        return [wrong("ROLE_MISSING", role=WRITER_ROLE)]
    rows = await scene.rows(
        "SELECT kept.name, string_agg(may, ', ') FROM unnest(ARRAY['events', 'receipts']) AS kept (name),"
        " unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS may WHERE has_table_privilege(%s, kept.name, may)"
        " GROUP BY kept.name",
        WRITER_ROLE,
    )
    return [wrong("ROLE_TOO_STRONG", role=WRITER_ROLE, table=table, rights=rights) for table, rights in rows]


async def _keys_open(scene: Scene) -> list[Finding]:
    """Try the master key on the newest key that it should open, and see whether all others are under it too."""
    rows = await scene.rows(
        "SELECT wrapped_key, wrapped_by FROM person_keys WHERE wrapped_key IS NOT NULL ORDER BY made_at DESC LIMIT 1"
    )
    wrapped, by = rows[0] if rows else (b"", "")
    if found := opens(scene.settings, bytes(wrapped), str(by)):
        return found
    (left,) = await scene.row(
        "SELECT count(*) FROM person_keys WHERE wrapped_key IS NOT NULL AND wrapped_by NOT IN ('', %s)",
        present_id(scene.settings),
    )
    return [doubtful("ROTATION_UNFINISHED", count=left)] if left else []
