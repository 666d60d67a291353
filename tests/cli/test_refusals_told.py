"""What the command line tells of a refusal: who may approve where that takes another, and nothing of what is there."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.access import Role
from domain.case.bounds import Bounds
from domain.case.decider import case_decider
from domain.case.policy import Policy
from infra.bounds import load_bounds
from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import LAWS
from tests.api.guarded import Guarded, guarded
from tests.cli.terminal import Terminal
from tests.cli.test_access import run

WORDS = {"en": "accepted", "es": "se acepta", "pt": "aceita-se"}


@pytest.fixture
async def asks(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guarded]:
    """A case in "shops" and one in "villas", and a waiver that Ana asked for on the first, under the house's rules."""
    policy = Policy(laws=LAWS, bounds=Bounds(approvals=load_bounds().approvals))
    monkeypatch.setattr("tests.api.door.case_decider", lambda _: case_decider(policy))
    async with guarded() as running:
        await running.open("HERE")
        await running.open("THERE", portfolio="villas")
        waiver = pb.Waive(waiver_id="w-1", amount=euros(40), reason="HARDSHIP")
        command = pb.RequestApproval(approval_id="a-1", waive=waiver)
        request = pb.RequestApprovalRequest(request_id="ask", case_name=named("HERE"), command=command)
        await running.door.cases.RequestApproval(request, metadata=running.as_(Role.COLLECTOR, sub="ana"))
        yield running


async def told(asks: Guarded, folder: Path, *arguments: str, role: Role = Role.SUPERVISOR, **claims: Any) -> str:
    """Return what a refused command says on standard error."""
    token = asks.issuer.token(roles=[str(role)], **claims)
    terminal = Terminal(data=folder / "data", environment={})
    server = ("--server", asks.door.address, "--token", token)
    status, out, error = await run(terminal, "case", *arguments, *server)
    assert (status, out) == (1, "")
    return error


@pytest.mark.parametrize("language", WORDS)
async def test_who_may_not_decide_alone_is_told_who_may(asks: Guarded, tmp_path: Path, language: str) -> None:
    words = await told(asks, tmp_path, "approve-request", "acme/HERE", "a-1", "--lang", language, sub="ana")
    assert "FOUR_EYES" in words
    assert f"{WORDS[language]}: another person: legal, supervisor" in words


async def test_who_may_decide_is_told_to_programs_too(asks: Guarded, tmp_path: Path) -> None:
    error = await told(asks, tmp_path, "approve-request", "acme/HERE", "a-1", "--json", sub="ana")
    found = json.loads(error)["error"]
    assert (found["reason"], found["accepted"]) == ("FOUR_EYES", "another person: legal, supervisor")


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_case_out_of_reach_and_none_at_all_sound_alike_to_the_last_letter(
    asks: Guarded, tmp_path: Path, as_json: bool
) -> None:
    more = ("--json",) if as_json else ()
    heard = {
        await told(asks, tmp_path, verb, f"acme/{reference}", *arguments, *more, sub="leo")
        for reference in ("THERE", "NEVER-OPENED")
        for verb, *arguments in (("show",), ("pause",), ("approve-request", "a-1"))
    }
    (words,) = heard
    assert "NOT_PERMITTED" in words
    assert not any(each in words for each in ("villas", "acme", "a-1", "legal"))
    if as_json:
        assert json.loads(words)["error"]["accepted"] == ""


async def test_a_role_that_may_not_call_is_told_nothing_of_what_it_would_have_found(
    asks: Guarded, tmp_path: Path
) -> None:
    heard = {
        await told(asks, tmp_path, "approve-request", name, approval, role=Role.COLLECTOR, sub="ana")
        for name, approval in (("acme/HERE", "a-1"), ("acme/HERE", "a-9"), ("acme/NEVER-OPENED", "a-1"))
    }
    (words,) = heard
    assert "METHOD_NOT_PERMITTED" in words
    assert "supervisor" not in words
