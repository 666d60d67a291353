"""Connections to an SMTP server: how it is reached, what it may be told in the clear, and how one is used again."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from application.messages import NotSent

PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
CONNECTIONS_MAX: Final = 4
IDLE_SECONDS_MAX: Final = (
    20.0  # servers hang up on the silent; RFC 5321 4.5.3.2 asks them for more patience than many have
)
MESSAGES_MAX: Final = 100  # on one connection; a usual limit of servers
PART_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a server is and how it is spoken to.

    smtps://          TLS from the first byte.
    smtp+starttls://  STARTTLS, or nothing is sent.
    smtp://           STARTTLS where the server offers it. With a password, a server elsewhere must offer it.

    A certificate is always checked; `?ca=FILE` names the authority of one's own (PEM).
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls_from_the_start: bool = False
    tls_must_be: bool = False
    authority: str = ""

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read such a URL; raise ValueError where it is none."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(f"one of {', '.join(f'{scheme}://host[:port]' for scheme in PORTS)}")
        password = unquote(parts.password or "")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=password,
            tls_from_the_start=parts.scheme == "smtps",
            tls_must_be=parts.scheme == "smtp+starttls" or bool(password and not _is_here(parts.hostname)),
            authority=parse_qs(parts.query).get("ca", [""])[0],
        )


@dataclass(slots=True, kw_only=True)
class Connection:
    """An open connection. `is_fresh` until its first message has gone through."""

    server: SMTP
    used_at: float
    messages: int = 0

    @property
    def is_fresh(self) -> bool:
        return self.messages == 0

    async def part(self) -> None:
        """Say goodbye; whatever goes wrong now changes nothing about the messages."""
        try:
            await self.server.quit(timeout=PART_SECONDS)
        except (SMTPException, OSError, TimeoutError):
            self.server.close()


class Connections:
    """A few open connections, each used by one message at a time.

    take() gives an idle one or opens one; give_back() keeps it for the next; what is not given back is parted with.
    """

    def __init__(
        self,
        place: Place,
        *,
        timeout_seconds: float,
        connections_max: int = CONNECTIONS_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._timeout_seconds = timeout_seconds
        self._monotonic = monotonic
        self._free = asyncio.Semaphore(connections_max)
        self._idle: list[Connection] = []
        self._tls = ssl.create_default_context(cafile=place.authority or None)
        self._sweep: asyncio.TimerHandle | None = None
        self._partings: set[asyncio.Task[None]] = set()

    async def take(self, *, fresh: bool = False) -> Connection:
        """Return a connection for one message; raise `NotSent` when the server cannot be reached or lets nobody in."""
        await self._free.acquire()
        try:
            while self._idle and not fresh:
                kept = self._idle.pop()
                if kept.server.is_connected and not self._is_stale(kept):
                    return kept
                await kept.part()
            return Connection(server=await self._open(), used_at=self._monotonic())
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Keep a connection that is between two messages."""
        connection.used_at = self._monotonic()
        connection.messages += 1
        if connection.messages >= MESSAGES_MAX:
            self._part_aside(connection)
        else:
            self._idle.append(connection)
            self._sweep_later()
        self._free.release()

    async def drop(self, connection: Connection) -> None:
        """Part with a connection of which it is not certain what the server would take the next word for."""
        self._free.release()
        await connection.part()

    async def close(self) -> None:
        """Part with every idle connection."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        idle, self._idle = self._idle, []
        await asyncio.gather(*(each.part() for each in idle), *self._partings)

    def _is_stale(self, connection: Connection) -> bool:
        return self._monotonic() - connection.used_at > IDLE_SECONDS_MAX

    def _sweep_later(self) -> None:
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_SECONDS_MAX, self._part_with_stale)

    def _part_with_stale(self) -> None:
        self._sweep = None
        stale = [each for each in self._idle if self._is_stale(each)]
        self._idle = [each for each in self._idle if not self._is_stale(each)]
        for each in stale:
            self._part_aside(each)
        if self._idle:
            self._sweep_later()

    def _part_aside(self, connection: Connection) -> None:
        task = asyncio.get_running_loop().create_task(connection.part())
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)

    async def _open(self) -> SMTP:
        """Connect, secure and log in. Whatever fails here is about us and the server, never about a message."""
        place = self._place
        server = SMTP(
            hostname=place.host,
            port=place.port,
            use_tls=place.tls_from_the_start,
            start_tls=False if place.tls_from_the_start else (True if place.tls_must_be else None),
            tls_context=self._tls,
            username=place.user or None,
            password=place.password or None,
            timeout=self._timeout_seconds,
        )
        try:
            await server.connect()
            # Known before the first message: what the server offers decides how it is sent.
            if server.is_ehlo_or_helo_needed:
                await server.ehlo()
        except SMTPResponseException as refusal:
            server.close()
            raise NotSent(f"CONNECT_{refusal.code}") from None
        except (SMTPException, OSError, TimeoutError) as failure:
            server.close()
            raise NotSent(type(failure).__name__) from None
        return server


def _is_here(host: str) -> bool:
    """Whether the host is this machine, so that nothing said to it goes over a wire."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
