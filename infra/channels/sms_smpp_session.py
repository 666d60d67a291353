"""A bound session with an SMSC: requests and their answers in any order, what the SMSC says by itself, a pulse."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from application.messages import NotSent
from infra.channels.sms_smpp_wire import (
    HEADER,
    LATER,
    NEVER,
    OK,
    Pdu,
    Unreadable,
    answer_to,
    body_length,
    decode,
    encode,
)

PORTS: Final = {"smpp": 2775, "smpps": 3550}
PASSWORD_MAX, SYSTEM_ID_MAX = 8, 15  # SMPP 3.4 5.2.1, 5.2.2
SEQUENCE_MAX: Final = 0x7FFF_FFFF
PART_SECONDS: Final = 1.0
LATE_MAX: Final = 10_000  # requests without an answer that are remembered

OnDeliver = Callable[[Pdu], Awaitable[None]]
OnLate = Callable[[str, Pdu], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an SMSC is: `smpp://system_id:password@host:port?from=SENDER[&system_type=][&long=udh][&ca=FILE]`.

    smpps:// is TLS from the start, its certificate checked (`ca` names an authority of one's own, PEM). SMPP itself
    has no secrets: without TLS it belongs into a private network. long: "payload" gives the SMSC a long text in one
    piece (message_payload), so that it is taken whole or not at all; "udh" cuts it here, for an SMSC that takes no
    other.
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    sender: str
    system_type: str = ""
    cuts_here: bool = False
    tls: bool = False
    authority: str = ""

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read such a URL; raise ValueError where it is none."""
        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        system_id, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme not in PORTS or not parts.hostname or not system_id or not options.get("from"):
            raise ValueError("smpp[s]://system_id:password@host:port?from=SENDER")
        if len(system_id) > SYSTEM_ID_MAX or len(password) > PASSWORD_MAX:
            raise ValueError(
                f"a system_id of at most {SYSTEM_ID_MAX} and a password of at most {PASSWORD_MAX} characters"
            )
        if options.get("long", "payload") not in ("payload", "udh"):
            raise ValueError("long=payload or long=udh")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            system_id=system_id,
            password=password,
            sender=options["from"],
            system_type=options.get("system_type", ""),
            cuts_here=options.get("long") == "udh",
            tls=parts.scheme == "smpps",
            authority=options.get("ca", ""),
        )


class Unanswered(Exception):
    """The request went out and no answer came. The text is a code."""


class Session:
    """One connection, bound. `ended` is set when it is of no more use.

    on_deliver: is handed every deliver_sm; when it raises, the SMSC is asked to come again. None: we only send.
    on_late: is handed the answer to a request that nobody waits for any more, with the request's key.
    """

    def __init__(
        self,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        *,
        timeout_seconds: float,
        on_deliver: OnDeliver | None,
        on_late: OnLate,
    ) -> None:
        self.ended = asyncio.Event()
        self._reader, self._writer = streams
        self._timeout_seconds = timeout_seconds
        self._on_deliver = on_deliver
        self._on_late = on_late
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._late: OrderedDict[int, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger(__name__)

    @classmethod
    async def bind(
        cls,
        place: Place,
        *,
        timeout_seconds: float,
        pulse_seconds: float,
        on_deliver: OnDeliver | None,
        on_late: OnLate,
    ) -> Self:
        """Connect and bind; raise `NotSent` when the SMSC cannot be reached or does not want us."""
        tls = ssl.create_default_context(cafile=place.authority or None) if place.tls else None
        try:
            async with asyncio.timeout(timeout_seconds):
                streams = await asyncio.open_connection(place.host, place.port, ssl=tls)
        except (OSError, TimeoutError) as failure:
            raise NotSent(type(failure).__name__) from None
        session = cls(streams, timeout_seconds=timeout_seconds, on_deliver=on_deliver, on_late=on_late)
        session._start(session._read())
        command = "bind_transceiver" if on_deliver else "bind_transmitter"
        try:
            bound = await session.ask(
                command, key="", system_id=place.system_id, password=place.password, system_type=place.system_type
            )
        except Unanswered as silence:
            await session.close()
            raise NotSent(f"BIND_{silence}") from None
        except asyncio.CancelledError:
            session._end()
            raise
        if bound.status != OK:
            await session.close()
            raise NotSent(f"BIND_{bound.status:08X}")
        session._start(session._pulse(pulse_seconds))
        return session

    async def ask(self, command: str, *, key: str, **fields: Any) -> Pdu:
        """Send a request and return its answer.

        key: what `on_late` is told when the answer comes too late. Raises `NotSent` if nothing was written and
        `Unanswered` if something was.
        """
        if self.ended.is_set() or self._writer.is_closing():
            raise NotSent("DISCONNECTED")
        self._sequence = self._sequence % SEQUENCE_MAX + 1
        number = self._sequence
        octets = encode(command, sequence=number, **fields)
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._writer.write(octets)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await answer
        except TimeoutError:
            raise Unanswered("TIMEOUT") from None
        finally:
            del self._waiting[number]
            if answer.cancelled() and key:
                self._late[number] = key
                while len(self._late) > LATE_MAX:
                    self._late.popitem(last=False)

    async def close(self) -> None:
        """Say goodbye and end; what waits for an answer is unanswered."""
        if not self.ended.is_set():
            with suppress(NotSent, Unanswered, TimeoutError):
                async with asyncio.timeout(PART_SECONDS):
                    await self.ask("unbind", key="")
        self._end()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        try:
            while True:
                header = await self._reader.readexactly(HEADER.size)
                body = await self._reader.readexactly(body_length(header))
                self._take(decode(header, body))
        except (OSError, EOFError, Unreadable):
            self._end()

    def _take(self, pdu: Pdu) -> None:
        if pdu.is_response:
            self._take_answer(pdu)
        elif pdu.command == "deliver_sm":
            self._start(self._hand_on(pdu))
        else:
            self._write(answer_to(pdu))
            if pdu.command == "unbind":
                self._end()

    def _take_answer(self, pdu: Pdu) -> None:
        waiting = self._waiting.get(pdu.sequence)
        if waiting is not None and not waiting.done():
            waiting.set_result(pdu)
        elif (key := self._late.pop(pdu.sequence, None)) is not None:
            self._start(self._on_late(key, pdu))

    async def _hand_on(self, pdu: Pdu) -> None:
        """Answer only when the message has been kept: what we do not answer, or not so, comes again."""
        if not pdu.is_readable:
            self._write(answer_to(pdu, NEVER))
            return
        if self._on_deliver is None:
            self._write(answer_to(pdu, LATER))
            return
        try:
            await self._on_deliver(pdu)
        except Exception as error:
            self._log.error("sms_not_handed_on", error=type(error).__name__, exc_info=error)
            self._write(answer_to(pdu, LATER))
        else:
            self._write(answer_to(pdu))

    async def _pulse(self, seconds: float) -> None:
        """Ask now and then whether anybody is there: a dead line looks like a silent one."""
        while not self.ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.ended.wait()
                    return
            try:
                await self.ask("enquire_link", key="")
            except (NotSent, Unanswered):
                self._end()

    def _write(self, octets: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(octets)

    def _end(self) -> None:
        if self.ended.is_set():
            return
        self.ended.set()
        self._writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unanswered("DISCONNECTED"))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
