"""A channel that is too fast is held back, one whose provider is down is left alone, and nothing is lost by either.

Time is what the test says; nothing sleeps.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from application.messages import Connected, Gate, Inquiry, Message, NotSent, Sent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.throttle import Breaker, Rate, Throttled, rates_from, throttled
from infra.settings import SettingInvalid

ACCEPTED = Sent(outcome=ContactOutcome.ACCEPTED)
UNKNOWN = Sent(outcome=ContactOutcome.UNKNOWN)


@dataclass
class Hands:
    """A clock whose sleepers wake in the order of their times."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@dataclass
class Provider:
    """A post that notes when it was used and does what it is told."""

    hands: Hands
    mood: Callable[[], Sent] = lambda: ACCEPTED
    times: list[float] = field(default_factory=list)

    async def send(self, message: Message) -> Sent:
        self.times.append(self.hands.now)
        return self.mood()


class Asked(Provider):
    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        return ACCEPTED

    async def close(self) -> None:
        self.times.clear()


def message(key: str = "k") -> Message:
    return Message(
        key=key, channel=Channel.SMS, address="+5215550001", words=Words(subject="", body="x"), language="es"
    )


def channel(provider: Provider, *, rate: Rate | None = None, patience: float = 15.0) -> Throttled:
    hands = provider.hands
    breaker = Breaker(failures_max=3, rest_seconds=30.0, monotonic=hands.read)
    return Throttled(
        provider, rate=rate, breaker=breaker, patience_seconds=patience, monotonic=hands.read, sleep=hands.sleep
    )


def raising(failure: NotSent) -> Callable[[], Sent]:
    def raises() -> Sent:
        raise failure

    return raises


async def test_a_crowd_passes_at_the_channels_rate() -> None:
    provider = Provider(Hands())
    post = channel(provider, rate=Rate(per_second=2.0, burst=3))

    await asyncio.gather(*(post.send(message(str(number))) for number in range(11)))

    assert len(provider.times) == 11
    assert sum(time == 100.0 for time in provider.times) == 3
    assert max(provider.times) == pytest.approx(104.0)
    assert sorted(provider.hands.slept) == pytest.approx([0.5 * turn for turn in range(1, 9)])


async def test_whose_turn_comes_too_late_is_told_when_to_come_again() -> None:
    provider = Provider(Hands())
    post = channel(provider, rate=Rate(per_second=0.1), patience=5.0)
    await post.send(message("first"))

    with pytest.raises(NotSent, match="RATE_LIMIT") as held:
        await post.send(message("second"))

    assert held.value.retry_after_seconds == pytest.approx(10.0)
    assert len(provider.times) == 1
    provider.hands.now += 10.0
    await post.send(message("second"))
    assert len(provider.times) == 2


async def test_silence_earns_no_more_than_the_burst() -> None:
    provider = Provider(Hands())
    post = channel(provider, rate=Rate(per_second=10.0, burst=2), patience=0.0)
    provider.hands.now += 3600.0

    for key in ("a", "b"):
        await post.send(message(key))
    with pytest.raises(NotSent, match="RATE_LIMIT"):
        await post.send(message("c"))


async def test_what_was_admitted_takes_its_turn_once() -> None:
    provider = Provider(Hands())
    post = channel(provider, rate=Rate(per_second=0.1, burst=2), patience=0.0)

    await post.admit("a")
    await post.send(message("a"))
    await post.send(message("b"))
    with pytest.raises(NotSent):
        await post.send(message("c"))


@pytest.mark.parametrize("failure", ["ConnectError", "silence"])
async def test_after_failures_in_a_row_the_provider_is_left_alone(failure: str) -> None:
    provider = Provider(Hands(), raising(NotSent(failure)) if failure != "silence" else lambda: UNKNOWN)
    post = channel(provider)
    await failures(post, 3)

    with pytest.raises(NotSent, match="CIRCUIT_OPEN") as held:
        await post.admit("k")

    assert held.value.retry_after_seconds == pytest.approx(30.0)
    assert len(provider.times) == 3


@pytest.mark.parametrize("answer", [ACCEPTED, Sent(outcome=ContactOutcome.REFUSED, detail="21211")])
async def test_an_answer_between_failures_keeps_it_closed(answer: Sent) -> None:
    provider = Provider(Hands())
    post = channel(provider)

    for _ in range(4):
        provider.mood = raising(NotSent("ConnectError"))
        await failures(post, 2)
        provider.mood = lambda: answer
        await post.send(message())

    assert len(provider.times) == 12


async def test_after_its_rest_one_message_tries_and_the_others_wait_for_what_it_finds() -> None:
    provider = Provider(Hands(), raising(NotSent("ConnectError")))
    post = channel(provider)
    await failures(post, 3)
    provider.hands.now += 30.0
    provider.mood = lambda: ACCEPTED

    await post.admit("first")
    with pytest.raises(NotSent, match="CIRCUIT_OPEN"):
        await post.admit("second")
    await post.send(message("first"))

    await post.send(message("second"))
    assert len(provider.times) == 5


async def test_a_trial_that_fails_opens_it_for_another_rest() -> None:
    provider = Provider(Hands(), raising(NotSent("ConnectError")))
    post = channel(provider)
    await failures(post, 3)
    provider.hands.now += 30.0
    await failures(post, 1)

    with pytest.raises(NotSent, match="CIRCUIT_OPEN") as held:
        await post.send(message())

    assert held.value.retry_after_seconds == pytest.approx(30.0)
    assert len(provider.times) == 4


async def test_a_trial_that_nobody_hears_of_again_does_not_close_the_channel_for_ever() -> None:
    provider = Provider(Hands(), raising(NotSent("ConnectError")))
    post = channel(provider)
    await failures(post, 3)
    provider.hands.now += 30.0
    await post.admit("lost")
    provider.hands.now += 30.0
    provider.mood = lambda: ACCEPTED

    await post.send(message("next"))

    assert len(provider.times) == 4


async def test_later_is_a_pause_and_no_failure() -> None:
    provider = Provider(Hands(), raising(NotSent("20429", retry_after_seconds=7.0)))
    post = channel(provider)
    for _ in range(5):
        with pytest.raises(NotSent, match="20429"):
            await post.send(message())
        with pytest.raises(NotSent, match="RATE_LIMIT") as held:
            await post.send(message())
        assert held.value.retry_after_seconds == pytest.approx(7.0)
        provider.hands.now += 7.0

    provider.mood = lambda: ACCEPTED
    assert await post.send(message()) == ACCEPTED


async def test_who_waits_for_a_turn_while_the_provider_goes_down_is_not_sent() -> None:
    provider = Provider(Hands(), raising(NotSent("ConnectError")))
    post = channel(provider, rate=Rate(per_second=1.0, burst=1))

    ended = await asyncio.gather(*(post.send(message(str(n))) for n in range(8)), return_exceptions=True)

    assert len(provider.times) == 3
    assert [str(each) for each in ended].count("CIRCUIT_OPEN") == 5


async def test_it_offers_what_the_channel_offers() -> None:
    plain = throttled(Provider(Hands()))
    asked = throttled(Asked(Hands(), times=[1.0]))

    assert isinstance(plain, Gate)
    assert not isinstance(plain, Inquiry)
    assert isinstance(asked, Inquiry)
    assert await asked.ask("k", address="+5215550001", since=datetime(2026, 3, 2, tzinfo=UTC)) == ACCEPTED
    assert isinstance(asked, Connected)
    await asked.close()
    await plain.close()
    assert isinstance(asked.post, Asked)
    assert asked.post.times == []


def test_rates_are_read_by_channel() -> None:
    assert rates_from("SMS=10, WHATSAPP=0.5/40") == {
        Channel.SMS: Rate(per_second=10.0),
        Channel.WHATSAPP: Rate(per_second=0.5, burst=40),
    }
    assert rates_from("") == {}


@pytest.mark.parametrize("setting", ["SMS", "SMS=0", "SMS=-1", "SMS=1/0", "FAX=1", "sms=1", "SMS=1;WHATSAPP=2"])
def test_a_rate_that_is_none_is_refused_by_name(setting: str) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_CHANNEL_RATES"):
        rates_from(setting)


async def failures(post: Throttled, count: int) -> None:
    for _ in range(count):
        with suppress(NotSent):
            await post.send(message())
