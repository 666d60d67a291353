"""How fast a channel may send, and when it had better not try: a token bucket and a circuit breaker before any `Post`.

A provider that is down or overrun delays messages and loses none: what is held back is `NotSent`, so it comes again.
All counts are of one process; the channel's rate is shared out by whoever sets it.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from application.messages import Connected, Inquiry, Message, NotSent, Post, Sent
from domain.case.words import Channel, ContactOutcome
from infra.settings import SettingInvalid

RATE_LIMIT: Final = "RATE_LIMIT"
CIRCUIT_OPEN: Final = "CIRCUIT_OPEN"
PATIENCE_SECONDS: Final = 15.0  # with the channel's own timeouts below what the workflow allows for a delivery

Monotonic = Callable[[], float]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many messages a second, and how many at once after a silence."""

    per_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        assert self.per_second > 0, self.per_second
        assert self.burst >= 1, self.burst


RATE: Final = re.compile(r"([A-Z]+)=([0-9]+(?:\.[0-9]+)?)(?:/([0-9]+))?")


def rates_from(setting: str) -> dict[Channel, Rate]:
    """Read "SMS=10,WHATSAPP=20/40": messages a second, and how many at once; raise `SettingInvalid`."""
    rates: dict[Channel, Rate] = {}
    for part in filter(None, map(str.strip, setting.split(","))):
        found = RATE.fullmatch(part)
        if not found or found[1] not in Channel.__members__ or float(found[2]) <= 0 or found[3] == "0":
            raise SettingInvalid(f"ESCALERA_CHANNEL_RATES must be like SMS=10,WHATSAPP=20/40; {part!r} is not")
        rates[Channel(found[1])] = Rate(per_second=float(found[2]), burst=int(found[3] or 1))
    return rates


class Bucket:
    """A token bucket whose tokens may be taken ahead of time: who takes one is told how long to wait for it."""

    def __init__(self, rate: Rate, monotonic: Monotonic) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._tokens = float(rate.burst)
        self._counted_at = monotonic()

    def wait_seconds(self) -> float:
        """Return how long the next token would have to be waited for."""
        self._count()
        return max((1.0 - self._tokens) / self._rate.per_second, 0.0)

    def take(self) -> None:
        """Take the next token; it may be used after the wait."""
        self._tokens -= 1.0

    def _count(self) -> None:
        now = self._monotonic()
        earned = (now - self._counted_at) * self._rate.per_second
        self._tokens = min(self._tokens + earned, float(self._rate.burst))
        self._counted_at = now


class Breaker:
    """Opens after `failures_max` failures in a row; after `rest_seconds` one message may try, and closes or reopens it.

    A failure is a provider that was not reached or did not answer; a refusal is an answer.
    """

    def __init__(
        self, *, failures_max: int = 5, rest_seconds: float = 30.0, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._failures_max = failures_max
        self._rest_seconds = rest_seconds
        self._monotonic = monotonic
        self._failures = 0
        self._opened_at = 0.0
        self._probe_ends_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self._failures_max

    def held_seconds(self) -> float:
        """Return how long nothing may be sent; 0 where a message may try."""
        if not self.is_open:
            return 0.0
        return max(self._opened_at + self._rest_seconds, self._probe_ends_at) - self._monotonic()

    def try_it(self) -> None:
        """Let one message through; should it never say how that went, another may try after a rest."""
        if self.is_open:
            self._probe_ends_at = self._monotonic() + self._rest_seconds

    def succeeded(self) -> None:
        """Close it: the provider answered."""
        self._failures = 0
        self._probe_ends_at = 0.0

    def failed(self) -> None:
        """Count a failure; the last one allowed, or one more, opens it for its rest."""
        self._failures += 1
        self._opened_at = self._monotonic()
        self._probe_ends_at = 0.0


class Throttled:
    """A `Post` behind a bucket and a breaker. `admit` waits for a turn; `send` without it takes its own."""

    def __init__(
        self,
        post: Post,
        *,
        rate: Rate | None = None,
        breaker: Breaker | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        monotonic: Monotonic = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.post = post
        self._bucket = Bucket(rate, monotonic) if rate else None
        self._breaker = breaker or Breaker(monotonic=monotonic)
        self._patience_seconds = patience_seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._paused_until = monotonic()
        self._admitted: set[str] = set()

    async def admit(self, key: str) -> None:
        """Wait for the message's turn; raise `NotSent` RATE_LIMIT or CIRCUIT_OPEN when it will not come soon."""
        self._require_open_door()
        if self._bucket is not None:
            wait = self._bucket.wait_seconds()
            if wait > self._patience_seconds:
                raise NotSent(RATE_LIMIT, retry_after_seconds=wait)
            self._bucket.take()
            if wait > 0:
                await self._sleep(wait)
                self._require_open_door()  # much may have happened meanwhile
        self._breaker.try_it()
        self._admitted.add(key)

    def _require_open_door(self) -> None:
        held = self._breaker.held_seconds()
        if held > 0:
            raise NotSent(CIRCUIT_OPEN, retry_after_seconds=held)
        paused = self._paused_until - self._monotonic()
        if paused > 0:
            raise NotSent(RATE_LIMIT, retry_after_seconds=paused)

    async def send(self, message: Message) -> Sent:
        """Send as the channel does, in the message's turn, and learn from what the provider says."""
        if message.key not in self._admitted:
            await self.admit(message.key)
        self._admitted.discard(message.key)
        try:
            sent = await self.post.send(message)
        except NotSent as failure:
            if failure.retry_after_seconds > 0:  # it is there, and asks for a pause
                self._paused_until = max(self._paused_until, self._monotonic() + failure.retry_after_seconds)
                self._breaker.succeeded()
            else:
                self._breaker.failed()
            raise
        if sent.outcome is ContactOutcome.UNKNOWN:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        return sent

    async def close(self) -> None:
        """Close what the channel keeps open."""
        if isinstance(self.post, Connected):
            await self.post.close()


class ThrottledInquiry(Throttled):
    """The same, around a provider that can be asked."""

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        """Ask the provider; questions have no turn of their own."""
        assert isinstance(self.post, Inquiry), type(self.post)
        return await self.post.ask(key, address=address, since=since)


def throttled(post: Post, *, rate: Rate | None = None, breaker: Breaker | None = None) -> Throttled:
    """Return the channel behind a bucket and a breaker; it can be asked if the channel can."""
    kind = ThrottledInquiry if isinstance(post, Inquiry) else Throttled
    return kind(post, rate=rate, breaker=breaker)
