"""A PostgreSQL server as in production (fsync on) for the time of a measurement, with a fresh database each."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from infra.embedded.postgres import EmbeddedPostgres
from infra.migrations import apply

_NUMBERS = count(1)


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    """Run a server on an empty directory of the project, and remove it afterwards."""
    parent = Path(__file__).parents[1] / ".escalera"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=parent) as folder:
        postgres = EmbeddedPostgres(Path(folder, "pg"))
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()


def fresh(postgres: EmbeddedPostgres, *, migrated: bool = True) -> str:
    """Make an empty database and return its DSN."""
    name = f"bench_{next(_NUMBERS)}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dsn = postgres.dsn_of(name)
    if migrated:
        apply(dsn)
    return dsn
