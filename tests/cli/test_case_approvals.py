"""A second person's word on the command line: asked, listed, given, refused; and over gRPC, what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from domain.case.bounds import Bounds
from domain.case.decider import case_decider
from domain.case.policy import Policy
from infra.bounds import load_bounds
from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import LAWS, Door, opened, refused
from tests.cli.terminal import Terminal
from tests.cli.test_case_money import Screen

COLLECTOR = (("x-escalera-actor", "collector:ana"),)
SOL = (("x-escalera-actor", "supervisor:sol"),)
ANA = (("x-escalera-actor", "supervisor:ana"),)


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A door under the house's own rules, and a case of 100.00 on it."""
    policy = Policy(laws=LAWS, bounds=Bounds(approvals=load_bounds().approvals))
    monkeypatch.setattr("tests.api.door.case_decider", lambda _: case_decider(policy))
    async with opened() as running:
        await running.open()
        yield running


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    return Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "160"}), door.address)


def wanting(approval_id: str = "a-1", **wanted: object) -> pb.RequestApprovalRequest:
    command = pb.RequestApproval(approval_id=approval_id, **wanted)  # type: ignore[arg-type]  # fields by name
    return pb.RequestApprovalRequest(request_id=f"ask-{approval_id}", case_name=named(), command=command)


def waiver(amount: float) -> pb.Waive:
    return pb.Waive(waiver_id="w-1", amount=euros(amount), reason="HARDSHIP")


def giving(approval_id: str = "a-1", request_id: str = "give") -> pb.GiveApprovalRequest:
    command = pb.GiveApproval(approval_id=approval_id)
    return pb.GiveApprovalRequest(request_id=request_id, case_name=named(), command=command)


async def test_a_waiver_beyond_the_limit_is_refused_asked_for_and_done_by_another_person(door: Door) -> None:
    waive = pb.WaiveRequest(request_id="w", case_name=named(), command=waiver(40))
    no = await refused(door.cases.Waive(waive, metadata=COLLECTOR))
    assert (no.code, no.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "APPROVAL_REQUIRED")
    assert no.metadata["accepted"] == "a request that another person approves (legal, supervisor), or up to 10.00 EUR"
    assert no.fields == ("command.amount",)
    asked = await door.cases.RequestApproval(wanting(waive=waiver(40)), metadata=COLLECTOR)
    assert asked.events == ["ApprovalRequested"]
    again = await door.cases.RequestApproval(wanting(waive=waiver(40)), metadata=COLLECTOR)
    assert again.repeated
    (waits,) = (await door.case()).approvals
    assert (waits.state, waits.requested_by, waits.waive.amount) == (
        pb.APPROVAL_STATE_WAITING,
        "collector:ana",
        euros(40),
    )
    assert list(waits.approvers) == ["legal", "supervisor"]
    assert waits.expire_time.seconds - waits.request_time.seconds == 7 * 86_400
    own = await refused(door.cases.GiveApproval(giving(), metadata=ANA))
    assert (own.code, own.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FOUR_EYES")
    given = await door.cases.GiveApproval(giving(), metadata=SOL)
    assert given.events == ["ApprovalGiven", "AmountWaived"]
    case = await door.case()
    assert (case.approvals[0].state, case.approvals[0].decided_by) == (pb.APPROVAL_STATE_GIVEN, "supervisor:sol")
    assert case.balance == euros(60)


async def test_a_write_off_is_asked_for_and_done_by_another_person(door: Door) -> None:
    close = pb.CloseCase(closure=pb.CLOSURE_WRITTEN_OFF, reason="UNCOLLECTABLE")
    request = pb.CloseCaseRequest(request_id="c", case_name=named(), command=close)
    no = await refused(door.cases.CloseCase(request, metadata=SOL))
    assert (no.reason, no.fields) == ("APPROVAL_REQUIRED", ("command.closure",))
    await door.cases.RequestApproval(wanting(close_case=close), metadata=SOL)
    otto = (("x-escalera-actor", "supervisor:otto"),)
    assert (await door.cases.GiveApproval(giving(), metadata=otto)).events == ["ApprovalGiven", "CaseClosed"]
    assert (await door.case()).closure == pb.CLOSURE_WRITTEN_OFF


async def test_a_request_that_asks_for_nothing_is_refused(door: Door) -> None:
    no = await refused(door.cases.RequestApproval(wanting(), metadata=COLLECTOR))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")


async def test_on_the_screen_it_is_asked_shown_refused_and_asked_again(screen: Screen) -> None:
    assert (await screen("approve-request")).status == 2, "nothing waits"
    ask = ("waive", "40", "--reason", "HARDSHIP", "--as", "collector:ana")
    assert await screen.events("ask", *ask, "--id", "a-1") == ["ApprovalRequested"]
    card = (await screen("show", "--lang", "es")).out
    assert "olicitudes de aprobación" in card
    assert "condonación 40" in card
    assert "espera" in card
    own = await screen("approve-request", "--as", "supervisor:ana")
    assert own.status != 0
    assert await screen.events("refuse-request", "--as", "supervisor:sol") == ["ApprovalRefused"]
    assert await screen.events("ask", *ask, "--id", "a-2") == ["ApprovalRequested"]
    assert await screen.events("withdraw-request", "--as", "collector:ana") == ["ApprovalWithdrawn"]
    assert await screen.events("ask", "written_off", "--as", "supervisor:sol") == ["ApprovalRequested"]
    assert await screen.events("approve-request", "--as", "legal:leo") == ["ApprovalGiven", "CaseClosed"]
    for language, said in (("es", "pide aprobación"), ("pt", "pede aprovação"), ("en", "Approval asked for by")):
        told = (await screen("history", "--lang", language)).out
        assert said in told
        assert "{" not in told
    await asyncio.sleep(0)
