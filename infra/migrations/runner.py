"""Applies what has not been applied yet.

MigrationError         the database and the files do not belong together
  ChangedMigration     a file was edited after it had been applied
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

FOLDER = Path(__file__).parent
_LOCK = "SELECT pg_advisory_lock(hashtextextended('escalera.migrations', 0))"
_JOURNAL = """
CREATE TABLE IF NOT EXISTS migrations (
    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
)"""


class MigrationError(Exception):
    """The database cannot be brought up to date; the text says why."""


class ChangedMigration(MigrationError):
    """An applied file differs from what was applied: undo the edit and add a new file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    number: int
    name: str  # file name
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_in(folder: Path) -> list[Migration]:
    """Return the folder's `NNNN_name.sql` files by number; `MigrationError` if the numbers are not 1, 2, 3 ..."""
    found = [
        Migration(number=int(path.name[:4]), name=path.name, sql=path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if re.fullmatch(r"\d{4}_\w+\.sql", path.name)
    ]
    numbers = [each.number for each in found]
    if numbers != list(range(1, len(found) + 1)):
        raise MigrationError(f"the files in {folder.name} are numbered {numbers}")
    return found


def apply(dsn: str, *, folder: Path = FOLDER) -> list[str]:
    """Apply the new files, each in a transaction of its own, and return their names. Several may call this at once.

    Raises:
        ChangedMigration: an applied file has been edited.
        MigrationError: the database has migrations that these files do not know.
    """
    files = migrations_in(folder)
    applied = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute(_LOCK)  # of the session: given back when the connection closes
        connection.execute(_JOURNAL)
        rows: list[tuple[int, str]] = connection.execute("SELECT number, sha256 FROM migrations").fetchall()
        journal = dict(rows)
        if unknown := sorted(set(journal) - {each.number for each in files}):
            raise MigrationError(f"the database is newer than this program: it has migrations {unknown}")
        for migration in files:
            if migration.number in journal:
                if journal[migration.number] != migration.sha256:
                    raise ChangedMigration(f"{migration.name} was edited after it had been applied")
                continue
            _apply_one(connection, migration)
            applied.append(migration.name)
    return applied


def _apply_one(connection: "psycopg.Connection[Any]", migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO migrations (number, name, sha256) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.sha256),
        )
