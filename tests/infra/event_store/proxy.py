"""A stretch of wire between a client and PostgreSQL that can lose a reply."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

SOCKET = ".s.PGSQL.5432"


class Wire:
    """Passes everything on, until it is told to lose the server's next reply and cut the connection in its place."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._lose_next = False
        self.lost = 0
        self._connections: set[asyncio.Task[None]] = set()

    def lose_next_reply(self) -> None:
        """Let the next request arrive, and its reply not."""
        self._lose_next = True

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a client to the server."""
        here = asyncio.current_task()
        assert here is not None
        self._connections.add(here)
        server_reader, server_writer = await asyncio.open_unix_connection(self._server)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._requests(reader, server_writer))
            both.create_task(self._replies(server_reader, writer))

    async def finish(self) -> None:
        """Wait until every connection has ended."""
        await asyncio.gather(*self._connections)

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        await _hang_up(writer)

    async def _replies(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if self._lose_next:
                    self._lose_next = False
                    self.lost += 1
                    break
                writer.write(data)
        await _hang_up(writer)


@asynccontextmanager
async def wire_to(dsn: str, folder: Path) -> AsyncIterator[tuple[str, Wire]]:
    """A wire to the server of `dsn`, with the DSN to connect through it; `folder` holds its socket."""
    wire = Wire(f"{conninfo_to_dict(dsn)['host']}/{SOCKET}")
    async with await asyncio.start_unix_server(wire.connect, str(folder / SOCKET)):
        yield make_conninfo(dsn, host=str(folder)), wire
        await wire.finish()


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
