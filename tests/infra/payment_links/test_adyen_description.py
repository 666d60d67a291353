"""Every request that we make of Adyen is one that its own description of the API allows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from application.adyen_words import DECIMALS
from application.payment_provider import LinkRequest, ProviderRefused, ProviderStands, ProviderUnavailable
from domain.money import Money
from infra.payment_links.adyen import COUNTRIES, AdyenLinks
from tests.counterparts import prism
from tests.counterparts.adyen import API_KEY, FakeAdyen, url_of
from tests.counterparts.provider import running

REQUEST = LinkRequest(
    reference=prism.ADYEN_REFERENCE,
    amount=Money(125_050, "MXN"),
    expires_at=datetime(2026, 12, 1, 6, tzinfo=UTC),
    country="MX",
    language="es-419",
    return_to="https://collections.example.com/pay/abc/thanks",
)


@pytest.fixture(scope="module")
def adyen() -> Iterator[str]:
    with prism.adyen() as address:
        yield address


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[AdyenLinks]:
    async def at_once(_seconds: float) -> None:
        return

    links = AdyenLinks(url=url_of(address), sleep=at_once)
    # Prism serves a description's paths without the version, which is in its server's address.
    links._place = replace(links._place, base=links._place.base.removesuffix("/v71"))
    try:
        yield links
    finally:
        await links.close()


@pytest.mark.parametrize("country", sorted(COUNTRIES))
@pytest.mark.parametrize("language", ["es", "es-419", "pt-BR", "en"])
async def test_a_link_for_every_country_and_language_is_valid(adyen: str, country: str, language: str) -> None:
    async with opened(adyen) as links:
        made = await links.create(replace(REQUEST, country=country, language=language))

    assert made.provider_id == "PLE83C39B0A0DE0C1E"


@pytest.mark.parametrize("currency", sorted(DECIMALS))
async def test_a_link_in_every_currency_is_valid(adyen: str, currency: str) -> None:
    async with opened(adyen) as links:
        await links.create(replace(REQUEST, amount=Money(10**13, currency)))


async def test_asking_and_ending_are_valid(adyen: str) -> None:
    async with opened(adyen) as links:
        assert await links.ask("PL61C53A8B97E6915A") is ProviderStands.OPEN
        assert await links.end("PL61C53A8B97E6915A") is ProviderStands.EXPIRED


async def test_the_mock_refuses_what_the_description_does_not_allow(adyen: str) -> None:
    async with opened(adyen) as links:
        with pytest.raises(ProviderRefused, match="14030"):
            await links.create(replace(REQUEST, return_to=None))  # type: ignore[arg-type]  # a wrong one on purpose


RIGHT: dict[str, Any] = {
    "merchantAccount": "AcmeCOM",
    "reference": "r-1",
    "amount": {"currency": "MXN", "value": 125_050},
    "expiresAt": "2026-12-01T06:00:00+00:00",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"currency": "MXN", "value": "125050"}},
        {"amount": {"currency": "PESO", "value": 125_050}},
        {"amount": {"currency": "MXN", "value": 1, "unit": "cents"}},
        {"expiresAt": "tomorrow"},
        {"refrence": "r-1"},
        {"reusable": "no"},
        {"merchantAccount": None},
    ],
)
async def test_a_field_that_is_wrong_is_an_error(adyen: str, wrong: dict[str, object]) -> None:
    assert (await _answered(adyen, RIGHT)).status_code == 201
    assert (await _answered(adyen, RIGHT | wrong)).status_code == 422


async def test_the_mock_refuses_who_does_not_say_who_he_is(adyen: str) -> None:
    assert (await _answered(adyen, RIGHT, key="")).status_code == 401


async def test_our_stand_in_answers_as_the_description_says() -> None:
    async with running(FakeAdyen()) as fake:
        with prism.adyen(f"{fake.address}/v71") as judge:
            async with opened(judge) as links:
                made = await links.create(REQUEST)
                again = await links.create(REQUEST)
                stands = [await links.ask(made.provider_id), await links.end(made.provider_id)]

    assert made == again
    assert stands == [ProviderStands.OPEN, ProviderStands.EXPIRED]


async def test_what_our_stand_in_must_not_answer_does_not_pass() -> None:
    async with running(FakeAdyen()) as fake:
        with prism.adyen(f"{fake.address}/v71") as judge:
            async with opened(judge) as links:
                made = await links.create(REQUEST)
                fake.links[made.provider_id]["status"] = "asleep"
                with pytest.raises(ProviderUnavailable, match="HTTP_500"):
                    await links.ask(made.provider_id)


async def _answered(address: str, said: dict[str, object], *, key: str = API_KEY) -> httpx2.Response:
    async with httpx2.AsyncClient(headers={"X-API-Key": key} if key else {}) as client:
        return await client.post(f"{address}/paymentLinks", json=said)
