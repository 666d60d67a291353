"""From a DSN to a pool of connections: eventsourcing's datastore, set up for this system."""

from collections.abc import Callable
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from infra.packed_arrays import register_arrays

WRITER_ROLE = "escalera_writer"
OWN_ARGUMENTS = ("dbname", "host", "port", "user", "password")


class Datastore(PostgresDatastore):
    """A bounded pool of autocommit connections, in UTC.

    `role`: what every connection acts as (None: whoever logs in). `size`: the most connections it opens.
    """

    def __init__(self, dsn: str, *, size: int = 4, role: str | None = None, connect_timeout: float = 10.0) -> None:
        given: dict[str, Any] = conninfo_to_dict(dsn)
        self._role = role
        super().__init__(
            *(str(given.pop(name, None) or "") for name in OWN_ARGUMENTS),
            pool_size=1,
            max_overflow=size - 1,
            connect_timeout=connect_timeout,
        )
        # The library passes five arguments on; a DSN may say more (sslmode, options, application_name).
        assert isinstance(self.pool.kwargs, dict)
        self.pool.kwargs |= given

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """Return what sets up each new connection."""
        as_library = super().after_connect_func()
        role = self._role

        def set_up(connection: Connection[Any]) -> None:
            as_library(connection)
            register_arrays(connection)
            connection.execute(
                "SELECT set_config('TimeZone', 'UTC', false),"
                # Look-ups by key only. A plan made while the tables were small must not outlive that.
                " set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),"
                " set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false),"
                " set_config('role', coalesce(%s::text, 'none'), false)",
                (role,),
            )

        return set_up
