"""Payment links on the command line, in three languages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.door import Door, opened
from tests.application.paying import PUBLIC_URL, KeptProvider, unavailable
from tests.cli.terminal import Said, Terminal

CASE = "acme/R-1"


@dataclass(frozen=True)
class Screen:
    """Commands to a door that runs in this process, each a process of its own."""

    terminal: Terminal
    door: Door

    async def __call__(self, *arguments: str, lang: str = "en") -> Said:
        given = ("payments", *arguments, "--server", self.door.address, "--lang", lang)
        return await asyncio.to_thread(self.terminal.run, *given)

    @property
    def provider(self) -> KeptProvider:
        provider = self.door.services.links._provider
        assert isinstance(provider, KeptProvider)
        return provider


@pytest.fixture
async def screen(tmp_path: Path) -> AsyncIterator[Screen]:
    async with opened() as door:
        await door.open()
        yield Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"}), door)


@pytest.mark.parametrize(
    ("lang", "state", "amount"),
    [("en", "ready", "40.50 EUR"), ("es", "listo", "40,50 EUR"), ("pt", "pronto", "40,50 EUR")],
)
async def test_a_link_is_made_and_its_address_shown(screen: Screen, lang: str, state: str, amount: str) -> None:
    said = await screen("link", CASE, "--amount", "40.50", "--days", "10", "--id", "l-1", lang=lang)

    assert said.status == 0, said.err
    assert f"{PUBLIC_URL}/pay/" in said.out
    assert state in said.out
    assert amount in said.out
    assert (await screen("links", CASE, lang=lang)).out.count(PUBLIC_URL) == 1


async def test_asked_again_it_is_the_same_link(screen: Screen) -> None:
    made = [(await screen("link", CASE, "--id", "l-1", "--json")).json() for _ in range(2)]

    assert made[0] == made[1]
    assert made[0]["amount"]["minor"] == 10_000
    assert len(screen.provider.links) == 1


async def test_more_than_is_owed_is_refused(screen: Screen) -> None:
    said = await screen("link", CASE, "--amount", "100.01")

    assert said.status == 1
    assert "LINK_EXCEEDS_BALANCE" in said.err
    assert "up to 100.00 EUR" in said.err


async def test_a_trial_makes_nothing(screen: Screen) -> None:
    said = await screen("link", CASE, "--dry-run")

    assert said.status == 0, said.err
    assert screen.provider.requests == []


async def test_a_cancelled_link_that_the_provider_does_not_answer_about_says_so(screen: Screen) -> None:
    await screen("link", CASE, "--id", "l-1")
    screen.provider.mood = unavailable
    first = await screen("link-cancel", CASE, "l-1", "PAYS_IN_CASH")
    screen.provider.mood = lambda: None
    second = await screen("link-cancel", CASE, "l-1", "PAYS_IN_CASH")

    assert (first.status, second.status) == (0, 0)
    assert "did not answer" in first.out
    assert "did not answer" not in second.out
    assert "closed" in second.out


async def test_the_provider_is_asked_where_a_link_stands(screen: Screen) -> None:
    await screen("link", CASE, "--id", "l-1")

    said = await screen("link-status", CASE, "l-1", lang="es")

    assert "se puede pagar" in said.out


async def test_nothing_is_asked_of_a_provider_at_another_time(screen: Screen) -> None:
    said = await screen("link", CASE, "--at", "2026-01-01T00:00:00Z")

    assert said.status == 2
    assert "--at" in said.err


@pytest.mark.parametrize(
    ("lang", "title"),
    [("en", "Open payment links"), ("es", "Enlaces de pago abiertos"), ("pt", "Links de pagamento abertos")],
)
async def test_a_case_shows_the_links_that_may_still_be_paid_by(screen: Screen, lang: str, title: str) -> None:
    await screen("link", CASE, "--amount", "40.50", "--id", "l-open")
    await screen("link", CASE, "--amount", "30", "--id", "l-gone")
    await screen("link-cancel", CASE, "l-gone", "PAYS_BY_TRANSFER")
    given = ("case", "show", CASE, "--server", screen.door.address, "--lang", lang)
    shown = await asyncio.to_thread(screen.terminal.run, *given)
    plain = await asyncio.to_thread(screen.terminal.run, *given, "--json")

    assert title.lower() in shown.out.lower()
    assert "l-open" in shown.out
    assert "l-gone" not in shown.out
    assert [each["link_id"] for each in plain.json()["open_payment_links"]] == ["l-open"]
