"""Terms, offers, plans and limitation on the command line: each command against a real door, and what the card says."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import Door, opened
from tests.cli.terminal import Said, Terminal

CASE = "acme/R-1"
ORDER = "principal,interest,late_interest,fees,costs"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        await running.open()
        yield running


@dataclass(frozen=True)
class Screen:
    """`escalera case` on a door that runs in this process, each command a process of its own."""

    terminal: Terminal
    address: str

    async def __call__(self, command: str, *arguments: str) -> Said:
        given = ("case", command, CASE, *arguments, "--server", self.address)
        return await asyncio.to_thread(self.terminal.run, *given)

    async def events(self, command: str, *arguments: str) -> list[str]:
        said = await self(command, *arguments, "--json")
        assert said.status == 0, said.err
        found: list[str] = said.json()["events"]
        return found

    async def case(self) -> Any:
        return (await self("show", "--json")).json()


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    return Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "160"}), door.address)


async def test_a_debt_gets_its_terms_more_time_and_costs(screen: Screen) -> None:
    said = await screen.events("terms", "--nature", "consumer", "--late-rate", "8.5", "--source", "contract 7")
    assert said == ["TermsRecorded"]
    assert await screen.events("consent", "--order", ORDER, "--reason", "GRACE", "--id", "co-1") == ["OrderConsented"]
    assert await screen.events("extend", "2027-01-31", "--reason", "FLOODS") == ["DueDateExtended"]
    assert "CostAdvanced" in await screen.events("cost", "12", "court_fee", "--proof", "receipt 3")
    assert await screen.events("cost", "7", "lawyer", "--bear", "--proof", "receipt 4") == ["CostAdvanced"]
    assert await screen.events("charge", "5", "fees", "--reason", "REMINDER") == ["ChargeAdded"]
    assert await screen.events("waive", "5", "--component", "fees", "--reason", "GOODWILL") == ["AmountWaived"]
    assert await screen.events("reward", "3", "--as", "supervisor:s-1") == ["RewardGranted"]
    assert await screen.events("interest") == []
    case = await screen.case()
    assert case["terms"][0]["rates"] == [{"component": "LATE_INTEREST", "percent": "8.5"}]
    assert case["extensions"][0]["due_date"] == "2027-01-31"
    assert [(each["kind"], each["recoverable"]) for each in case["costs"]] == [("COURT_FEE", True), ("LAWYER", False)]
    card = (await screen("show", "--lang", "es")).out
    assert "intereses de mora 8.5 % anual" in card
    assert "a cargo del acreedor" in card
    ended = await screen.events("consent", "--order", ORDER, "--reason", "GRACE", "--id", "co-1", "--end")
    assert ended == ["OrderConsented"]


async def test_an_offer_is_made_approved_by_another_accepted_and_cancelled(screen: Screen) -> None:
    assert (await screen("approve")).status == 2
    assert await screen.events("offer", "60", "2026-12-10", "--as", "collector:c-1") == ["SettlementOffered"]
    offer = (await screen.case())["offers"][0]
    assert offer["expire_time"] == "2026-12-10T23:00:00Z", "the end of the day where the case lives"
    own = await screen("approve", "--as", "collector:c-1")
    assert own.status == 1, own.err
    waiting = (await screen("show", "--lang", "pt")).out
    assert "espera aprovação" in waiting
    assert "espera por supervisor" in waiting
    assert await screen.events("approve", "--as", "supervisor:s-1") == ["OfferApproved"]
    assert "approved by supervisor:s-1" in (await screen("show")).out
    assert await screen.events("accept") == ["OfferAccepted", "SettlementAgreed"]
    settlement = (await screen.case())["settlements"][0]["settlement_id"]
    assert await screen.events("cancel", settlement) == ["SettlementCancelled"]
    unknown = await screen("cancel", "nothing")
    assert (unknown.status, "no open agreement nothing" in unknown.err) == (2, True)


async def test_offers_are_refused_and_taken_back(screen: Screen, door: Door) -> None:
    one = ("offer", "60", "2026-12-10", "--until", "2026-12-01T12:00:00+00:00", "--as", "collector:c-1")
    assert await screen.events(*one, "--id", "o-1") == ["SettlementOffered"]
    assert await screen.events("refuse", "--reason", "LOW", "--as", "supervisor:s-1") == ["OfferRefused"]
    assert await screen.events(*one, "--id", "o-2") == ["SettlementOffered"]
    assert await screen.events("withdraw-offer", "o-2", "--reason", "MISTAKE") == ["OfferWithdrawn"]
    discount = await screen.events("discount", "10", "2026-12-10", "--id", "d-1", "--as", "supervisor:s-1")
    assert discount == ["DiscountOffered"]
    assert "Early-payment discounts" in (await screen("show")).out
    binding = await screen("withdraw-discount", "d-1", "--reason", "MISTAKE")
    assert (binding.status, "OFFER_BINDING" in binding.err) == (1, True)
    await _owe_more(door)
    assert await screen.events("withdraw-discount", "d-1", "--reason", "MISTAKE") == ["DiscountWithdrawn"]


async def test_a_plan_is_computed_or_named_date_by_date(screen: Screen) -> None:
    equal = ("plan", "--equal", "4", "--from", "2026-12-10", "--down", "20", "--down-on", "2026-12-01")
    assert await screen.events(*equal, "--rate", "12", "--cure", "5", "--id", "pl-1") == ["PlanAgreed"]
    plan = (await screen.case())["plans"][0]
    assert (len(plan["installments"]), plan["cure_days"]) == (5, 5)
    card = (await screen("show")).out
    assert "equal installments, 12 % a year" in card
    assert await screen.events("cancel", "pl-1") == ["PlanCancelled"]
    named = await screen.events(
        "plan", "--installment", "2026-12-10=60", "--installment", "2027-01-10=40EUR", "--tolerance", "1"
    )
    assert named == ["PlanAgreed"]
    amounts = [each["amount"]["minor"] for each in (await screen.case())["plans"][1]["installments"]]
    assert amounts == [6000, 4000]


@pytest.mark.parametrize(
    "shape",
    [
        ("--step", "4", "--by", "10"),
        ("--balloon", "4", "--last", "40"),
        ("--capacity", "30", "--every", "fortnight"),
    ],
)
async def test_a_plan_has_other_shapes(screen: Screen, shape: tuple[str, ...]) -> None:
    assert await screen.events("plan", *shape, "--from", "2026-12-10") == ["PlanAgreed"]
    installments = (await screen.case())["plans"][0]["installments"]
    assert sum(each["amount"]["minor"] for each in installments) == 10_000


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--equal", "4"),
        ("--from", "2026-12-10"),
        ("--equal", "4", "--capacity", "5", "--from", "2026-12-10"),
        ("--equal", "4", "--from", "2026-12-10", "--installment", "2026-12-10=100"),
        ("--installment", "2026-12-10"),
    ],
)
async def test_a_plan_that_is_half_said_is_not_understood(screen: Screen, wrong: tuple[str, ...]) -> None:
    assert (await screen("plan", *wrong)).status == 2


async def test_less_settles_it_and_a_promise_is_made_in_parts(screen: Screen) -> None:
    settled = await screen.events("settle", "80", "2026-12-10", "--id", "s-1", "--authority", "board")
    assert settled == ["SettlementAgreed"]
    assert await screen.events("cancel", "s-1") == ["SettlementCancelled"]
    parts = ("--installment", "2026-12-05=10", "--installment", "2026-12-10=20", "--tolerance", "0.5")
    assert await screen.events("promise", "30", "2026-12-10", *parts, "--id", "a-1") == ["PromiseMade"]
    promise = (await screen.case())["promises"][0]
    assert [each["amount"]["minor"] for each in promise["installments"]] == [1000, 2000]
    assert "en 2 partes" in (await screen("show", "--lang", "es")).out
    assert await screen.events("cancel", "a-1") == ["PromiseCancelled"]


async def test_the_clock_of_limitation_is_moved(screen: Screen) -> None:
    interrupted = await screen.events("interrupt", "acknowledgment", "2026-11-02", "--proof", "letter")
    assert interrupted == ["LimitationInterrupted"]
    talks = ("suspend-limitation", "2026-11-02", "2026-11-09", "--reason", "TALKS", "--proof", "minutes")
    assert await screen.events(*talks) == ["LimitationSuspended"]
    assert "TimeBarPleaded" in await screen.events("plead", "--proof", "answer")


async def test_a_command_repeated_under_its_request_id_is_done_once(screen: Screen) -> None:
    first = await screen("charge", "5", "fees", "--reason", "REMINDER", "--request-id", "r-1", "--json")
    again = await screen("charge", "5", "fees", "--reason", "REMINDER", "--request-id", "r-1", "--json")
    assert first.json()["version"] == again.json()["version"]
    assert again.json()["repeated"]


async def test_of_several_debts_the_one_that_is_meant_has_to_be_named(screen: Screen, door: Door) -> None:
    await _owe_more(door)
    asked = await screen("charge", "5", "fees")
    assert (asked.status, "o-1, o-2" in asked.err) == (2, True)
    assert await screen.events("charge", "5", "fees", "--obligation", "o-2", "--reason", "REMINDER") == ["ChargeAdded"]


async def _owe_more(door: Door) -> None:
    more = pb.Obligation(obligation_id="o-2", principal=euros(50), due_date=Date(year=2026, month=12, day=20))
    request = pb.AddObligationRequest(request_id="more", case_name=named(), command=pb.AddObligation(obligation=more))
    await door.cases.AddObligation(request)
