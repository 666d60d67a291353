"""The adapters of `application.relay`: bookmarks in PostgreSQL or in memory, and who leads."""

from infra.relay.bookmarks import MemoryBookmarks, PostgresBookmarks, PostgresPersonCases
from infra.relay.leadership import lead
from infra.relay.process import relay_until

__all__ = ["MemoryBookmarks", "PostgresBookmarks", "PostgresPersonCases", "lead", "relay_until"]
