"""`escalera case limitation`: the clocks of a case on a screen, in three languages, and for programs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import Door, opened
from tests.api.test_limitation_service import debt
from tests.cli.terminal import Said, Terminal

CASE = "acme/R-1"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A case in Peru with a demand that counted, an acknowledgment that did not, and days that do not count."""
    async with opened() as running:
        await running.open(
            country="PE", time_zone="America/Lima", obligations=[debt(), debt("PAGARE", obligation_id="o-2")]
        )
        for name, kind, year in (("i-1", pb.INTERRUPTION_DEMAND, 2022), ("i-2", pb.INTERRUPTION_ACKNOWLEDGMENT, 2024)):
            command = pb.InterruptLimitation(
                interruption_id=name, kind=kind, effective_date=Date(year=year, month=5, day=10), proof=f"doc-{name}"
            )
            request = pb.InterruptLimitationRequest(request_id=name, case_name=named(), command=command)
            await running.cases.InterruptLimitation(request)
        stopped = pb.SuspendLimitation(
            suspension_id="s-1",
            first_date=Date(year=2023, month=1, day=1),
            last_date=Date(year=2023, month=1, day=31),
            reason="EMERGENCY",
            proof="decree-1",
        )
        await running.cases.SuspendLimitation(
            pb.SuspendLimitationRequest(request_id="s-1", case_name=named(), command=stopped)
        )
        yield running


@dataclass(frozen=True)
class Screen:
    """Commands to a door that runs in this process, each a process of its own."""

    terminal: Terminal
    address: str

    async def __call__(self, *arguments: str, lang: str = "en") -> Said:
        given = (*arguments, "--server", self.address, "--lang", lang)
        return await asyncio.to_thread(self.terminal.run, *given)


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    terminal = Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"})
    return Screen(terminal, door.address)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            (
                "Limitation as of 2026-11-23, by pe.money@",
                "10 years: Código Civil art. 2001.1 (",
                "ordinary: 2022-05-10 demand (i-1, doc-i-1) begins it again; last day 2032-06-10",
                "2024-05-10 acknowledgment (i-2, doc-i-2) does not count: this law does not name it",
                "2023-01-01 to 2023-01-31 do not count: 31 days",
                "o-2 · PAGARE",
            ),
        ),
        (
            "es",
            (
                "Prescripción al 2026-11-23, según pe.money@",
                "10 años: Código Civil art. 2001.1 (",
                "ordinaria: 2022-05-10 requerimiento (i-1, doc-i-1) hace que vuelva a empezar; último día 2032-06-10",
                "2024-05-10 reconocimiento (i-2, doc-i-2) no cuenta: esta ley no lo nombra",
                "de 2023-01-01 a 2023-01-31 no cuenta: 31 días",
            ),
        ),
        (
            "pt",
            (
                "Prescrição em 2026-11-23, segundo pe.money@",
                "10 anos: Código Civil art. 2001.1 (",
                "ordinária: 2022-05-10 notificação (i-1, doc-i-1) faz recomeçar o prazo; último dia 2032-06-10",
                "2024-05-10 reconhecimento (i-2, doc-i-2) não conta: esta lei não o nomeia",
                "de 2023-01-01 a 2023-01-31 não conta: 31 dias",
            ),
        ),
    ],
)
async def test_a_screen_says_until_when_and_why(screen: Screen, lang: str, sentences: tuple[str, ...]) -> None:
    said = await screen("case", "limitation", CASE, lang=lang)
    assert said.status == 0, said.err
    for sentence in sentences:
        assert sentence in said.out


async def test_for_programs_every_field_is_there(screen: Screen) -> None:
    found = (await screen("case", "limitation", CASE, "--on", "2026-05-10", "--json")).json()
    ordinary, exchange = (debt["clocks"][0] for debt in found["debts"])
    assert found["on_date"] == "2026-05-10"
    assert (ordinary["last_date"], ordinary["suspended_days"], ordinary["standing"]) == ("2032-06-10", 31, "RUNNING")
    assert (exchange["last_date"], exchange["barred_date"]) == ("2025-06-10", "2025-06-11")
    assert exchange["standing"] == "ENDED"
    assert [move["uncounted"] for move in ordinary["not_counted"]] == ["NOT_BY_THIS_LAW"]


async def test_a_plea_is_told_first(screen: Screen, door: Door) -> None:
    plea = pb.PleadTimeBar(plea_id="pl-1", proof="letter-1")
    await door.cases.PleadTimeBar(pb.PleadTimeBarRequest(request_id="pl", case_name=named(), command=plea))
    said = await screen("case", "limitation", CASE, lang="es")
    assert "No puede demandarse: el deudor opone la prescripción." in said.out
    assert "prescripción opuesta" in said.out


async def test_what_cannot_be_shown_ends_with_a_status_that_says_so(screen: Screen) -> None:
    assert (await screen("case", "limitation", "acme/none")).status == 1
    assert (await screen("case", "limitation", CASE, "--on", "2026-02-30")).status == 2
