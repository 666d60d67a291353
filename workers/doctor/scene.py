"""What is being looked over: the settings, the folder, and a connection to the database once there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from psycopg import AsyncConnection

from infra.embedded import EmbeddedPostgres
from infra.settings import Settings

CONNECT_SECONDS: Final = 5.0


@dataclass(kw_only=True)
class Scene:
    """One installation. `database` is set by the part that connects, and closed with the scene."""

    settings: Settings
    environment: Mapping[str, str]
    folder: Path | None
    running: bool
    offline: bool
    database: AsyncConnection[Any] | None = field(default=None, repr=False)
    countries: tuple[str, ...] | None = None  # of the cases; None: not known
    owing: tuple[tuple[str, str], ...] | None = None  # countries and currencies of those that are open; None: likewise

    @property
    def has_database(self) -> bool:
        """Whether the database answers and has our tables."""
        return self.database is not None

    @property
    def is_embedded(self) -> bool:
        """Whether the engine brings its own PostgreSQL along."""
        if self.folder is None:
            return False
        return self.settings.database_url in ("", EmbeddedPostgres(self.folder / "postgres").dsn)

    @property
    def is_resting(self) -> bool:
        """Whether there is nobody to connect to: a data folder whose engine does not run, or nothing at all."""
        return not self.settings.database_url

    async def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        assert self.database is not None, "only parts that need it ask"
        return await (await self.database.execute(question.encode(), values)).fetchall()

    async def row(self, question: str, *values: object) -> tuple[Any, ...]:
        """Return the one row that the database answers."""
        (row,) = await self.rows(question, *values)
        return row

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.database is not None:
            await self.database.close()


def scene_of(environment: Mapping[str, str], *, folder: Path | None, running: bool, offline: bool) -> Scene:
    """Return what is to be looked over; of an embedded engine that rests, with the places that it would use.

    Raises `SettingInvalid`.
    """
    settings = Settings.from_env(environment)
    if folder is not None and not running and folder.is_dir():
        settings = replace(
            settings,
            key_file=settings.key_file or str(folder / "keys"),
            seal_key_file=settings.seal_key_file or str(folder / "seal"),
            public_log_folder=settings.public_log_folder or str(folder / "public-log"),
        )
    return Scene(settings=settings, environment=environment, folder=folder, running=running, offline=offline)
