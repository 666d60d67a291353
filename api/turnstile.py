"""How much one caller, and all of them together, may ask of a server; who asks for more is told when to come again."""

import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, Self

KEPT_MAX: Final = 10_000  # callers whose pace is remembered; beyond, whoever was not seen for longest is forgotten
BUSY_SECONDS: Final = 1.0  # when to come again where nobody knows how long the calls under way will take

HERE: Final = frozenset({"unix", "127.0.0.1", "::"})  # this machine, or a proxy on it; "::" is the /64 of ::1

Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server takes. 0 stands for no limit.

    message_bytes_max:        larger messages are refused with RESOURCE_EXHAUSTED.
    connect_seconds_max:      from the first packet until HTTP/2, and TLS where there is any, are agreed on.
    connections_max:          open at once; more are closed again.
    connection_calls_max:     under way at once on one connection; more wait on the caller's side.
    connection_seconds_max:   then a connection is to be opened anew: no caller holds one for ever.
    connection_grace_seconds: what is still under way then has so long to end.
    connection_idle_seconds_max: a connection without a call is ended after that.
    calls_max:                under way at once, of everybody.
    caller_calls_max:         under way at once, of one caller.
    address_calls_max:        under way at once from one address, whoever makes them, but for 127.0.0.1 and ::1.
    calls_per_second:         of one caller in the long run; ten times as many at once after a silence.
    strangers_per_minute:     refused attempts from one address to prove who one is; more are not looked at.
    answer_seconds_max:       a single answer takes no longer.
    """

    message_bytes_max: int = 8 * 1024 * 1024
    connect_seconds_max: int = 20
    connections_max: int = 1_000
    connection_calls_max: int = 100
    connection_seconds_max: int = 3_600
    connection_grace_seconds: int = 600
    connection_idle_seconds_max: int = 300
    calls_max: int = 1_000
    caller_calls_max: int = 100
    address_calls_max: int = 500
    calls_per_second: int = 200
    strangers_per_minute: int = 60
    answer_seconds_max: int = 60

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the limits, some of them as "name=number,name=number" says; raise `ValueError`."""
        known = {each.name: each.default for each in fields(cls)}
        told: dict[str, int] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            name, _, number = part.partition("=")
            if name not in known or not (number.isascii() and number.isdecimal() and len(number) <= 9):
                raise ValueError(f"{part!r} is no limit; there are {', '.join(known)}, each with =NUMBER")
            told[name] = int(number)
        return cls(**told)

    def options(self) -> list[tuple[str, Any]]:
        """Return what of this gRPC itself looks after."""
        aged: list[tuple[str, Any]] = [
            ("grpc.max_connection_age_ms", self.connection_seconds_max * 1_000),
            ("grpc.max_connection_age_grace_ms", self.connection_grace_seconds * 1_000),
        ]
        idle: list[tuple[str, Any]] = [("grpc.max_connection_idle_ms", self.connection_idle_seconds_max * 1_000)]
        return [
            ("grpc.max_receive_message_length", self.message_bytes_max),
            ("grpc.max_send_message_length", 4 * self.message_bytes_max),
            *([("grpc.max_concurrent_streams", self.connection_calls_max)] if self.connection_calls_max else []),
            *([("grpc.max_allowed_incoming_connections", self.connections_max)] if self.connections_max else []),
            *(aged if self.connection_seconds_max else []),
            *(idle if self.connection_idle_seconds_max else []),
            # Headers: a token of 8 KiB passes, and nobody fills memory with metadata.
            ("grpc.max_metadata_size", 16 * 1024),
            ("grpc.absolute_max_metadata_size", 32 * 1024),
            # Who connects and says nothing, or says it drop by drop, is let go.
            *(
                [("grpc.server_handshake_timeout_ms", self.connect_seconds_max * 1_000)]
                if self.connect_seconds_max
                else []
            ),
            # A connection that is still there answers within 20 seconds; one that is not frees what it held.
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.keepalive_timeout_ms", 20_000),
            ("grpc.keepalive_permit_without_calls", 1),
            # More pings than one in ten seconds are for no good.
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
            ("grpc.http2.max_ping_strikes", 5),
        ]


class TooMany(Exception):
    """More than a caller may ask for now. `reason` is UPPER_SNAKE; again after `retry_seconds`."""

    def __init__(self, reason: str, detail: str, retry_seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.retry_seconds = reason, detail, retry_seconds


class Pace:
    """A bucket for each caller: it holds `burst` calls, and `per_second` come into it."""

    def __init__(self, per_second: float, burst: int, monotonic: Monotonic = time.monotonic) -> None:
        self._per_second, self._burst, self._monotonic = per_second, burst, monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is in it, and since when

    def wait_seconds(self, caller: str) -> float:
        """Return how long it is until the caller's next call; 0: now."""
        return max(0.0, (1.0 - self._holds(caller)) / self._per_second)

    def take(self, caller: str) -> None:
        """Count one call."""
        self._buckets[caller] = (max(0.0, self._holds(caller) - 1.0), self._monotonic())
        self._buckets.move_to_end(caller)
        if len(self._buckets) > KEPT_MAX:
            self._buckets.popitem(last=False)

    def _holds(self, caller: str) -> float:
        held, since = self._buckets.get(caller, (float(self._burst), 0.0))
        return min(self._burst, held + (self._monotonic() - since) * self._per_second)


class Turnstile:
    """Counts the calls of one server."""

    def __init__(self, limits: Limits, monotonic: Monotonic = time.monotonic) -> None:
        self._limits = limits
        self._under_way: Counter[str] = Counter()
        self._from: Counter[str] = Counter()  # by address
        per_second, per_minute = limits.calls_per_second, limits.strangers_per_minute
        self._pace = Pace(per_second, 10 * per_second, monotonic) if per_second else None
        self._strangers = Pace(per_minute / 60, per_minute, monotonic) if per_minute else None

    def enter(self, caller: str) -> None:
        """Count a call that begins; raise `TooMany`. `caller`: who has proved who they are, "" for whoever is here."""
        limits, of_caller = self._limits, self._under_way[caller]
        if limits.calls_max and self._under_way.total() >= limits.calls_max:
            raise TooMany("SERVER_BUSY", f"{limits.calls_max} calls are under way", BUSY_SECONDS)
        if caller and limits.caller_calls_max and of_caller >= limits.caller_calls_max:
            raise TooMany("CALLS_TOO_MANY", f"{of_caller} calls of this caller are under way", BUSY_SECONDS)
        if caller and self._pace:
            if wait := self._pace.wait_seconds(caller):
                raise TooMany("CALLS_TOO_FAST", f"{limits.calls_per_second} calls a second in the long run", wait)
            self._pace.take(caller)
        self._under_way[caller] += 1

    def leave(self, caller: str) -> None:
        """Count a call that ended."""
        self._under_way[caller] -= 1
        if not self._under_way[caller]:
            del self._under_way[caller]

    def come(self, peer: str) -> None:
        """Count a call that somebody begins at an address, before anything is known of them; raise `TooMany`."""
        most, place = self._limits.address_calls_max, _place(peer)
        if most and place not in HERE and self._from[place] >= most:
            raise TooMany("ADDRESS_BUSY", f"{most} calls from this address are under way", BUSY_SECONDS)
        self._from[place] += 1

    def go(self, peer: str) -> None:
        """Count the end of such a call."""
        place = _place(peer)
        self._from[place] -= 1
        if not self._from[place]:
            del self._from[place]

    def look_at(self, peer: str) -> None:
        """Raise `TooMany` where an address has failed too often to prove who it is."""
        if self._strangers and (wait := self._strangers.wait_seconds(_place(peer))):
            raise TooMany("ATTEMPTS_TOO_MANY", "too many refused attempts from this address", wait)

    def refused(self, peer: str) -> None:
        """Count an attempt that failed."""
        if self._strangers:
            self._strangers.take(_place(peer))


def whole_seconds(seconds: float) -> int:
    """Return a wait for whoever counts in seconds alone; never none."""
    return max(1, math.ceil(seconds))


@lru_cache(maxsize=1_000)
def _place(peer: str) -> str:
    """Return where a connection comes from, without its port; of IPv6 the /64, which is one household's."""
    kind, _, rest = peer.partition(":")
    if kind not in ("ipv4", "ipv6"):
        return kind
    host = rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, ipaddress.IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
