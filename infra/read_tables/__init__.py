"""The read tables in PostgreSQL: written in batches beside their position, read by filter and page."""

from infra.read_tables.payees import PostgresPayees
from infra.read_tables.pool import open_pool
from infra.read_tables.reader import PostgresCaseReader
from infra.read_tables.tables import LIVE, NEXT, PostgresTables
from infra.read_tables.versions import PostgresVersions, RebuildRunning

__all__ = [
    "LIVE",
    "NEXT",
    "PostgresCaseReader",
    "PostgresPayees",
    "PostgresTables",
    "PostgresVersions",
    "RebuildRunning",
    "open_pool",
]
