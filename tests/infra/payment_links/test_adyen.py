"""Adyen's links: asked for again under one key, so that whatever goes wrong with an answer there is one link."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx2
import pytest

from application.adyen_words import from_adyen, to_adyen
from application.payment_provider import (
    LinkRequest,
    ProviderRefused,
    ProviderStands,
    ProviderUnavailable,
    reference_of,
    referred_to,
)
from domain.case.identity import case_id
from domain.decider import Rejected
from domain.money import Money
from infra.payment_links.adyen import TRIES, AdyenLinks, AdyenPlace
from infra.settings import SettingInvalid
from tests.counterparts.adyen import FakeAdyen, Mood, url_of
from tests.counterparts.provider import running

QUICK = httpx2.Timeout(5.0, read=0.3)
REQUEST = LinkRequest(
    reference=reference_of(case_id("acme", "K-1"), "l-1"),
    amount=Money(125_050, "MXN"),
    expires_at=datetime(2026, 12, 1, 6, tzinfo=UTC),
    country="MX",
    language="es-MX",
    return_to="https://collections.example.com/pay/abc/thanks",
)


@asynccontextmanager
async def opened(fake: FakeAdyen) -> AsyncIterator[AdyenLinks]:
    async def at_once(_seconds: float) -> None:
        return

    links = AdyenLinks(url=url_of(fake.address), timeout=QUICK, sleep=at_once)
    try:
        yield links
    finally:
        await links.close()


def first(mood: Mood) -> Callable[[str, int], Mood]:
    """The first request goes wrong, the others well."""
    return lambda _method, before: mood if before == 0 else Mood.NONE


def always(mood: Mood) -> Callable[[str, int], Mood]:
    return lambda _method, _before: mood


async def test_adyen_is_told_what_it_needs_and_nothing_of_the_person() -> None:
    async with running(FakeAdyen()) as fake, opened(fake) as links:
        made = await links.create(REQUEST)

    ((method, path, said),) = fake.requests
    assert (method, path) == ("POST", "/paymentLinks")
    assert said == {
        "merchantAccount": "AcmeCOM",
        "reference": REQUEST.reference,
        "amount": {"currency": "MXN", "value": 125_050},
        "countryCode": "MX",
        "shopperLocale": "es-ES",
        "expiresAt": "2026-12-01T06:00:00+00:00",
        "returnUrl": REQUEST.return_to,
        "reusable": False,
    }
    assert fake.links[made.provider_id]["url"] == made.url


@pytest.mark.parametrize(
    "mood",
    [
        Mood.WORK_THEN_TIMEOUT,
        Mood.WORK_THEN_500,
        Mood.WORK_THEN_HANG_UP,
        Mood.HANG_UP,
        Mood.IN_PROGRESS,
        Mood.TOO_MANY,
        Mood.NO_CREDENTIALS,
    ],
)
async def test_whatever_goes_wrong_once_there_is_one_link(mood: Mood) -> None:
    async with running(FakeAdyen(mood=first(mood))) as fake, opened(fake) as links:
        made = await links.create(REQUEST)

    assert list(fake.links) == [made.provider_id]
    assert [said for _, _, said in fake.requests[1:]] == [fake.requests[0][2]]


@pytest.mark.parametrize("mood", [Mood.WORK_THEN_TIMEOUT, Mood.WORK_THEN_500, Mood.IN_PROGRESS, Mood.TOO_MANY])
async def test_when_nothing_is_certain_that_is_said_and_asking_later_finds_the_one_link(mood: Mood) -> None:
    async with running(FakeAdyen(mood=always(mood))) as fake, opened(fake) as links:
        with pytest.raises(ProviderUnavailable):
            await links.create(REQUEST)
        assert len(fake.requests) == TRIES

        fake.mood = always(Mood.NONE)
        made = await links.create(REQUEST)

    assert list(fake.links) == [made.provider_id]


async def test_a_page_of_somebody_else_is_no_answer() -> None:
    async with running(FakeAdyen(mood=always(Mood.NONSENSE))) as fake, opened(fake) as links:
        with pytest.raises(ProviderUnavailable, match="ANSWER_UNREADABLE"):
            await links.create(REQUEST)


async def test_what_adyen_refuses_is_asked_for_once() -> None:
    async with running(FakeAdyen(mood=always(Mood.REFUSE))) as fake, opened(fake) as links:
        with pytest.raises(ProviderRefused, match="130"):
            await links.create(REQUEST)

    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(REQUEST, country="FR"), "COUNTRY_UNKNOWN"),
        (replace(REQUEST, amount=Money(100, "ISK")), "PAYMENT_CURRENCY_UNKNOWN"),
    ],
)
async def test_what_adyen_cannot_be_asked_for_it_is_not_asked_for(request_: LinkRequest, code: str) -> None:
    async with running(FakeAdyen()) as fake, opened(fake) as links:
        with pytest.raises(ProviderRefused, match=code):
            await links.create(request_)

    assert fake.requests == []


async def test_a_link_is_ended_and_stays_so() -> None:
    async with running(FakeAdyen()) as fake, opened(fake) as links:
        made = await links.create(REQUEST)

        assert await links.ask(made.provider_id) is ProviderStands.OPEN
        assert await links.end(made.provider_id) is ProviderStands.EXPIRED
        assert await links.end(made.provider_id) is ProviderStands.EXPIRED


async def test_a_link_that_was_paid_meanwhile_says_so_when_it_is_ended() -> None:
    async with running(FakeAdyen()) as fake, opened(fake) as links:
        made = await links.create(REQUEST)
        fake.paid(made.provider_id)

        assert await links.end(made.provider_id) is ProviderStands.PAID


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        (Money(125_050, "MXN"), 125_050),
        (Money(50_000, "CLP"), 5_000_000),  # Adyen counts hundredths of a Chilean peso, ISO 4217 does not
        (Money(5_000_000, "COP"), 5_000_000),
        (Money(70_000, "PYG"), 70_000),
        (Money(10**15, "BRL"), 10**15),
    ],
)
def test_money_is_counted_as_adyen_counts_it_and_back(amount: Money, value: int) -> None:
    assert to_adyen(amount) == value
    assert from_adyen(value, amount.currency) == amount


def test_half_a_chilean_peso_is_no_money_of_ours() -> None:
    with pytest.raises(Rejected, match="AMOUNT_INVALID"):
        from_adyen(5_050, "CLP")


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "l-1",
        "x.l-1",
        f"{case_id('acme', 'K-1')}.",
        f"{case_id('acme', 'K-1')}",
        f"{case_id('a', 'b')}".upper() + ".l-1",
    ],
)
def test_what_is_no_reference_of_ours(reference: str) -> None:
    assert referred_to(reference) is None
    assert referred_to(REQUEST.reference) == (case_id("acme", "K-1"), "l-1")


@pytest.mark.parametrize(
    "url",
    [
        "https://key@checkout-test.adyen.com/v71?merchant=M",
        "adyen+https://checkout-test.adyen.com/v71?merchant=M",
        "adyen+https://key:more@checkout-test.adyen.com/v71?merchant=M",
        "adyen+https://key@checkout-test.adyen.com/v70?merchant=M",
        "adyen+https://key@checkout-test.adyen.com/v71",
        "adyen+https://key@checkout-test.adyen.com/v71?merchant=M&store=1",
    ],
)
def test_what_is_no_address_of_adyens(url: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        AdyenPlace.parse(url)

    assert "key@" not in str(refused.value)


def test_the_live_address_has_a_prefix_and_a_path() -> None:
    place = AdyenPlace.parse(
        "adyen+https://a%2Fb%3D@1797-Acme-checkout-live.adyenpayments.com/checkout/v71?merchant=AcmeMX"
    )

    assert place.base == "https://1797-Acme-checkout-live.adyenpayments.com/checkout/v71"
    assert (place.api_key, place.merchant) == ("a/b=", "AcmeMX")
    assert "a/b=" not in repr(place)
