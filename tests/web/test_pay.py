"""Our page before the payment: in the debtor's language, for who has the address, and leading only where it should."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest

from application.payment_links import DAYS
from domain.money import Money
from tests.application.paying import unavailable
from tests.web.paying_door import PayingDoor, opened_paying_door
from web.language import CATALOGUE
from web.pay import sum_of

PESOS = (("MX", "MXN"), ("CO", "COP"), ("CL", "CLP"), ("BR", "BRL"), ("PE", "PEN"), ("ES", "EUR"))


@pytest.fixture
async def door() -> AsyncIterator[PayingDoor]:
    async with opened_paying_door() as opened:
        yield opened


async def test_the_page_says_what_is_asked_for_in_the_debtors_language(door: PayingDoor) -> None:
    _, token = await door.paying.linked()

    page = await door.client.get(f"/pay/{token}", headers={"Accept-Language": "en"})

    assert (page.status_code, page.headers["content-language"]) == (200, "es")
    assert "<h1>Pagar 500,00\xa0€</h1>" in page.text
    assert "Acme S.A." in page.text
    assert "c-1" in page.text
    assert "9 de marzo de 2026, 9:00 (hora estándar de Europa central)" in page.text
    assert "Ana" not in page.text


@pytest.mark.parametrize(("language", "title"), [("pt", "Pagar € 500,00"), ("en", "Pay 500,00 €")])
async def test_the_reader_may_choose_another_language(door: PayingDoor, language: str, title: str) -> None:
    _, token = await door.paying.linked()

    page = await door.client.get(f"/pay/{token}?lang={language}")

    assert page.headers["content-language"] == language
    assert title in page.text.replace("\xa0", " ")
    assert f'href="{token}/go?lang={language}"' in page.text


async def test_the_button_leads_to_the_providers_page(door: PayingDoor) -> None:
    _, token = await door.paying.linked()

    answer = await door.client.get(f"/pay/{token}/go")

    assert (answer.status_code, answer.headers["location"]) == (303, "https://pay.example/PL1")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_looking_changes_nothing(door: PayingDoor) -> None:
    _, token = await door.paying.linked()
    before = await door.paying.house.store.position()

    for path in ("", "/go", "/thanks", "?lang=pt"):
        for method in ("GET", "HEAD"):
            await door.client.request(method, f"/pay/{token}{path}")

    assert await door.paying.house.store.position() == before


async def test_while_the_provider_is_silent_the_page_says_so_and_the_button_tries_again(door: PayingDoor) -> None:
    door.provider.mood = unavailable
    _, token = await door.paying.linked()

    answer = await door.client.get(f"/pay/{token}/go")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert CATALOGUE["es"].of("pay", "later") in answer.text
    assert 'href="go?lang=es"' in answer.text
    door.provider.mood = lambda: None
    assert (await door.client.get(f"/pay/{token}/go?lang=es")).status_code == 303


async def test_after_the_payment_it_says_thanks_before_and_after_the_provider_confirms(door: PayingDoor) -> None:
    case_id, token = await door.paying.linked()

    waiting = await door.client.get(f"/pay/{token}/thanks")
    await door.tell(door.told(case_id))
    paid = await door.client.get(f"/pay/{token}/thanks")
    again = await door.client.get(f"/pay/{token}/go")

    assert CATALOGUE["es"].of("pay", "thanks") in waiting.text
    for page in (paid, again):
        assert page.status_code == 200
        assert CATALOGUE["es"].of("pay", "paid", amount="500,00\xa0€") in page.text
        assert "/go" not in page.text


@pytest.mark.parametrize("path", ["", "/go"])
async def test_a_link_that_ran_out_says_so_and_what_was_owed_no_longer(door: PayingDoor, path: str) -> None:
    _, token = await door.paying.linked()
    door.paying.later(days=DAYS)

    answer = await door.client.get(f"/pay/{token}{path}")

    assert answer.status_code == 410
    assert CATALOGUE["es"].of("pay", "expired") in answer.text
    assert "500" not in answer.text


@pytest.mark.parametrize("path", ["", "/go", "/thanks"])
async def test_a_guessed_address_shows_nothing(door: PayingDoor, path: str) -> None:
    _, token = await door.paying.linked()

    for guess in ("x", token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token.upper(), "%2e%2e"):
        answer = await door.client.get(f"/pay/{guess}{path}", headers={"Accept-Language": "pt"})
        assert answer.status_code == 404
        assert "500" not in answer.text


async def test_nothing_is_loaded_from_anywhere_and_nothing_runs(door: PayingDoor) -> None:
    _, token = await door.paying.linked()

    page = await door.client.get(f"/pay/{token}")

    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.headers["x-frame-options"] == "DENY"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "<script" not in page.text
    assert "http" not in page.text


def test_a_peso_says_whose_it_is() -> None:
    spanish = CATALOGUE["es"]

    assert [sum_of(spanish, country, Money(5_000_000, currency)) for country, currency in PESOS] == [
        "$50,000.00 MXN",
        "$50.000,00 COP",
        "$5.000.000 CLP",
        "R$50,000.00 BRL",
        "S/\xa050,000.00",
        "50.000,00\xa0€",
    ]


def test_every_word_is_there_in_every_language() -> None:
    keys = [set(words.table["pay"]) for words in CATALOGUE.values()]

    assert keys[0] == keys[1] == keys[2]
