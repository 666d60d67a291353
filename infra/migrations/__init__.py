"""The database's schema, as numbered SQL files that are applied once each, in order, and never edited afterwards."""

from infra.migrations.runner import ChangedMigration, MigrationError, apply

__all__ = ["ChangedMigration", "MigrationError", "apply"]
