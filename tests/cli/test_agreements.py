"""Plans computed and promises over several cases on the command line, against a real door."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from protos.escalera import v1 as pb
from tests.api.door import Door, opened
from tests.cli.terminal import Said, Terminal

ANA = [pb.Obligor(person=pb.PersonName(reference="P-1"))]
BOTH = ("--case", "acme/R-1", "--case", "acme/R-2")
FROM = ("--from", "2027-01-10")


class Escalera(Protocol):
    async def __call__(self, *arguments: str) -> Said: ...


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        await running.open("R-1", obligors=ANA)
        await running.open("R-2", obligors=ANA)
        yield running


@pytest.fixture
def escalera(door: Door, tmp_path: Path) -> Escalera:
    terminal = Terminal(data=tmp_path / "data", environment={"COLUMNS": "160"})

    async def run(*arguments: str) -> Said:
        return await asyncio.to_thread(terminal.run, *arguments, "--server", door.address)

    return run


async def test_a_plan_is_shown_before_it_is_agreed_and_is_then_agreed_so(door: Door, escalera: Escalera) -> None:
    terms = ("--equal", "3", *FROM, "--rate", "12", "--down", "10")
    before = await door.position()
    shown = (await escalera("case", "plan-preview", "acme/R-1", *terms, "--json")).json()
    assert await door.position() == before
    assert [each["due_date"] for each in shown["installments"]][1:] == ["2027-01-10", "2027-02-10", "2027-03-10"]
    assert shown["installments"][-1]["left"]["minor"] == 0
    agreed = await escalera("case", "plan", "acme/R-1", *terms, "--json")
    assert agreed.json()["events"] == ["PlanAgreed"]
    (plan,) = (await escalera("case", "show", "acme/R-1", "--json")).json()["plans"]
    sums = [(each["due_date"], each["amount"]) for each in plan["installments"]]
    assert sums == [(each["due_date"], each["amount"]) for each in shown["installments"]]


@pytest.mark.parametrize(("language", "said"), [("en", "still owed"), ("es", "queda por pagar"), ("pt", "resta pagar")])
async def test_a_plan_is_a_table_in_the_reader_s_language(escalera: Escalera, language: str, said: str) -> None:
    shown = await escalera(
        "case", "plan-preview", "acme/R-1", "--capacity", "30", *FROM, "--every", "week", "--lang", language
    )
    assert shown.status == 0, shown.err
    assert said in shown.out
    assert "2027-01-17" in shown.out


async def test_what_would_do_is_said_with_the_refusal(escalera: Escalera) -> None:
    refused = await escalera("case", "plan-preview", "acme/R-1", "--capacity", "0.50", *FROM, "--rate", "60")
    assert refused.status == 1
    assert "EUR or more" in refused.err
    none = await escalera("case", "plan-preview", "acme/R-1")
    assert "--equal" in none.err
    two = await escalera("case", "plan-preview", "acme/R-1", "--equal", "2", "--step", "2", *FROM)
    assert "--equal" in two.err


async def test_a_promise_over_two_cases_is_made_and_followed(door: Door, escalera: Escalera) -> None:
    promise = ("person", "promise", "acme/P-1", "2027-01-10", *BOTH, "--amount", "30", "--id", "jp-1")
    tried = await escalera(*promise, "--dry-run", "--lang", "en")
    assert "nothing was changed" in tried.out
    made = (await escalera(*promise, "--json")).json()
    assert [part["amount"]["minor"] for part in made["parts"]] == [15_00, 15_00]
    followed = await escalera("person", "promised", "jp-1", *BOTH, "--lang", "es")
    assert "jp-1: vigente" in followed.out
    assert (await escalera("person", "promised", "jp-1", *BOTH, "--json")).json()["standing"] == "OPEN"


async def test_each_case_may_be_given_its_own_part(door: Door, escalera: Escalera) -> None:
    shares = ("--case", "acme/R-1=10", "--case", "acme/R-2=20.50EUR")
    made = await escalera("person", "promise", "acme/P-1", "2027-01-10", *shares, "--lang", "en")
    assert made.status == 0, made.err
    assert [case.promises[0].amount.units for case in (await door.case("R-1"), await door.case("R-2"))] == [10, 20]
    assert "acme/R-2" in made.out
    more = await escalera("person", "promise", "acme/P-1", "2027-01-10", "--case", "acme/R-1=10", "--json")
    assert "SHARES_INVALID" in more.err
