"""The event log on PostgreSQL."""

from infra.event_store.store import PostgresEventStore, open_store

__all__ = ["PostgresEventStore", "open_store"]
