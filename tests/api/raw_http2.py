"""HTTP/2 by hand (RFC 9113, RFC 7541), as far as somebody needs it who does what no client library would."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW = 4  # the setting's number
FRAME_MAX, WINDOW = 16_384, 65_535
PATIENCE_SECONDS = 20.0


class Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    payload: bytes


def message(content: bytes, *, compressed: bool = False) -> bytes:
    """Return a gRPC message with its prefix."""
    return bytes([compressed]) + len(content).to_bytes(4, "big") + content


class RawClient:
    """A connection. Streams have odd numbers; what came is in `frames`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.frames: list[Frame] = []
        self.ended = False
        self._reader, self._writer = reader, writer
        self._moved = asyncio.Event()
        self._window, self._initial = WINDOW, WINDOW
        self._windows: dict[int, int] = {}

    def open(self, stream: int, path: str, *, end: bool = False, **headers: str) -> None:
        """Send the headers of a call; names with underscores stand for dashes."""
        told = {":path": path, ":authority": "x", "content-type": "application/grpc", "te": "trailers"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        block = b"\x83\x86" + b"".join(_field(name, value) for name, value in told.items())
        self._windows[stream] = self._initial
        self._send(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)

    async def send(self, stream: int, data: bytes, *, end: bool = True) -> None:
        """Send data, as far as the server takes it; stops where it wants no more."""
        while data and not self.ended and not self.of(stream, RST_STREAM):
            room = min(FRAME_MAX, len(data), self._window, self._windows[stream])
            if room <= 0:
                self._moved.clear()
                await asyncio.wait_for(self._moved.wait(), PATIENCE_SECONDS)
                continue
            part, data = data[:room], data[room:]
            self._window, self._windows[stream] = self._window - room, self._windows[stream] - room
            self._send(DATA, END_STREAM if end and not data else 0, stream, part)
            await self._writer.drain()

    def of(self, stream: int, *kinds: int) -> list[Frame]:
        """Return the frames of a stream that came so far."""
        return [each for each in self.frames if each.stream == stream and each.kind in kinds]

    async def until(self, stream: int, *kinds: int) -> Frame:
        """Return the first frame of some kinds on a stream."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := self.of(stream, *kinds)):
                assert not self.ended, "the connection was ended"
                self._moved.clear()
                await self._moved.wait()
        return found[0]

    async def until_ended(self) -> None:
        """Wait until the server ends the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.ended:
                self._moved.clear()
                await self._moved.wait()

    def greet(self, settings: dict[int, int]) -> None:
        """Send what comes first."""
        self._writer.write(PREFACE)
        self._send(SETTINGS, 0, 0, b"".join(struct.pack(">HI", name, value) for name, value in settings.items()))

    async def run(self) -> None:
        """Read until the end."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await self._reader.readexactly(9)
                length, stream = int.from_bytes(head[:3], "big"), int.from_bytes(head[5:], "big") & 0x7FFF_FFFF
                self._take(Frame(head[3], head[4], stream, await self._reader.readexactly(length)))
        self.ended = True
        self._moved.set()

    def _take(self, frame: Frame) -> None:
        match frame.kind:
            case _ if frame.kind == SETTINGS and not frame.flags & ACK:
                self._send(SETTINGS, ACK, 0, b"")
                for name, value in struct.iter_unpack(">HI", frame.payload):
                    if name == INITIAL_WINDOW:
                        self._windows = {each: had + value - self._initial for each, had in self._windows.items()}
                        self._initial = value
            case _ if frame.kind == PING and not frame.flags & ACK:
                self._send(PING, ACK, 0, frame.payload)
            case _ if frame.kind == WINDOW_UPDATE and frame.stream:
                self._windows[frame.stream] = self._windows.get(frame.stream, 0) + int.from_bytes(frame.payload, "big")
            case _ if frame.kind == WINDOW_UPDATE:
                self._window += int.from_bytes(frame.payload, "big")
        self.frames.append(frame)
        self._moved.set()

    def _send(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
        self._writer.write(head + payload)


@asynccontextmanager
async def raw_client(port: int, *, source: str = "127.0.0.1", **settings: int) -> AsyncIterator[RawClient]:
    """Connect, from an address of this machine; settings: `window` that every answer begins with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    client = RawClient(reader, writer)
    told = {INITIAL_WINDOW: settings["window"]} if "window" in settings else {}
    client.greet(told)
    running = asyncio.create_task(client.run())
    try:
        await client.until(0, SETTINGS)
        yield client
    finally:
        running.cancel()
        writer.close()
        await asyncio.gather(running, return_exceptions=True)


def _field(name: str, value: str) -> bytes:
    """Return a header as it is written: both whole, and in no table (RFC 7541, 6.2.2)."""
    return b"\0" + _text(name.encode()) + _text(value.encode())


def _text(octets: bytes) -> bytes:
    if len(octets) < 127:
        return bytes([len(octets)]) + octets
    rest, length = len(octets) - 127, b"\x7f"
    while rest > 127:
        length, rest = length + bytes([rest & 127 | 128]), rest >> 7
    return length + bytes([rest]) + octets
