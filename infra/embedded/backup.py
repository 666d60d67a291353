"""Backups of a PostgreSQL server, and the way back to an instant: a base backup, and the write-ahead log after it.

    EmbeddedPostgres(folder, settings={**DURABLE, **archiving(archive)})   # every segment is copied into the archive
    take_base(server.dsn, into=backups / "monday")
    restore(backups / "monday", archive, into=fresh_folder, to=instant)    # a server stopped at that instant

The programs are those that came with the server. A restored server begins a timeline of its own.
"""

import shlex
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.embedded.postgres import DURABLE, EmbeddedPostgres, find_postgres
from infra.embedded.process import ServerError, await_end, spawn

ARCHIVE_TIMEOUT_SECONDS: Final = 60  # a segment that is not full is archived after that: what a lost disk costs at most
BACKUP_TIMEOUT_SECONDS: Final = 6 * 3_600.0
RECOVERY_TIMEOUT_SECONDS: Final = 6 * 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredServer:
    """Where a restored server stands."""

    timeline: int
    restored_to: datetime | None  # when the last transaction was committed that came out of the log; None: none did


def archiving(folder: Path) -> dict[str, str]:
    """Return the server settings that copy every finished segment of the write-ahead log into `folder`.

    A segment is there whole or not at all; the same one a second time is no error, another of its name is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = _quoted(folder / "%f")
    fresh = _quoted(folder / ".%f.new")
    command = f"cmp -s %p {place} || {{ test ! -e {place} && cp %p {fresh} && sync {fresh} && mv {fresh} {place}; }}"
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": command,
        "archive_timeout": str(ARCHIVE_TIMEOUT_SECONDS),
    }


def take_base(dsn: str, *, into: Path, binaries: Path | None = None) -> None:
    """Copy a running server's data into the folder `into`, which must not be there yet, and verify the copy.

    The role of the DSN must be allowed to replicate. Raises ServerError with the end of the program's output.
    """
    programs = binaries or find_postgres()
    if into.exists():
        raise ServerError(f"{into} is there already: each base backup has a folder of its own.")
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh, log = into.with_name(f"{into.name}.new"), into.with_name(f"{into.name}.log")
    shutil.rmtree(fresh, ignore_errors=True)
    place, password = _without_password(dsn)
    copying = [str(programs / "pg_basebackup"), "-d", place, "-D", str(fresh), "-X", "stream", "-c", "fast", "-w"]
    _run(copying, log, name="pg_basebackup", environment=password)
    _verify(programs, fresh, log)
    fresh.rename(into)
    log.unlink()


def restore(
    base: Path, archive: Path, *, into: Path, to: datetime | None = None, binaries: Path | None = None
) -> RestoredServer:
    """Make a server's folder `into` out of a base backup and an archive, as it was at the instant `to`, and stop it.

    to: real time; None for all that the archive has. Raises ServerError: there is data already, the backup is damaged,
    or the archive does not reach that far.
    """
    programs = binaries or find_postgres()
    data, fresh, log = into / "data", into / "data.restoring", into / "restore.log"
    if data.exists():
        raise ServerError(f"{data} is there already: restore into a new folder, and keep the old one.")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(fresh, ignore_errors=True)
    _verify(programs, base, log)
    shutil.copytree(base, fresh, symlinks=True)
    fresh.chmod(0o700)
    wanted = {
        "restore_command": f"cp {_quoted(archive.absolute() / '%f')} %p",
        "recovery_target_action": "promote",
        "recovery_target_timeline": "latest",
        # Said also where there is none: a restore that was cut off leaves its own in the data, and in backups of them.
        "recovery_target_time": to.astimezone(UTC).isoformat() if to is not None else "",
    }
    with (fresh / "postgresql.auto.conf").open("a") as settings:
        settings.writelines(f"{name} = '{_escaped(value)}'\n" for name, value in wanted.items())
    (fresh / "recovery.signal").touch(mode=0o600)
    fresh.rename(data)
    # Nobody may read while it recovers, so that it is not ready before it is promoted.
    server = EmbeddedPostgres(into, settings={**DURABLE, "hot_standby": "off"}, binaries=programs)
    try:
        dsn = server.start(timeout=RECOVERY_TIMEOUT_SECONDS)
        return _settled(dsn, wanted)
    except ServerError:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)
        raise
    finally:
        server.stop()


def _settled(dsn: str, wanted: Iterable[str]) -> RestoredServer:
    """Forget how it was restored, and say where it stands."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_last_xact_replay_timestamp(), pg_walfile_name(pg_current_wal_lsn())"
        ).fetchone()
        assert row is not None, "the question has one answer"
        for name in wanted:
            connection.execute(f"ALTER SYSTEM RESET {name}".encode())
    return RestoredServer(restored_to=row[0] and row[0].astimezone(UTC), timeline=int(row[1][:8], 16))


def _verify(programs: Path, base: Path, log: Path) -> None:
    """Hold a base backup against its manifest: every file, and the log that it needs to become consistent."""
    _run([str(programs / "pg_verifybackup"), str(base)], log, name="pg_verifybackup")


def _without_password(dsn: str) -> tuple[str, dict[str, str]]:
    """Return a DSN and what is set beside it: everybody on this machine sees what stands on a command line."""
    told = conninfo_to_dict(dsn)
    password = told.pop("password", None)
    return make_conninfo("", **told), {"PGPASSWORD": str(password)} if password else {}


def _run(command: Sequence[str], log: Path, *, name: str, environment: Mapping[str, str] | None = None) -> None:
    process = spawn(command, log, death_signal=signal.SIGKILL, environment=environment)
    await_end(process, name=name, log=log, timeout=BACKUP_TIMEOUT_SECONDS)


def _quoted(path: Path) -> str:
    """Quote a path for the shell; a per cent sign of its own, which is not %f, is doubled for the server."""
    folder, name = str(path.parent.absolute()).replace("%", "%%"), path.name
    return shlex.quote(f"{folder}/{name}")


def _escaped(value: str) -> str:
    return value.replace("'", "''")
