"""A second person's word about a person on the command line: asked, shown, given, refused, taken back."""

import asyncio
import json
from pathlib import Path

import pytest

from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door
from tests.api.test_person_approvals import door as door
from tests.api.test_person_erasure import PERSON
from tests.cli.terminal import Terminal
from tests.cli.test_contact import Screen

ANA = f"{PERSON.creditor_id}/{PERSON.reference}"


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    return Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"}), door.address)


async def test_somebody_is_forgotten_by_two(screen: Screen) -> None:
    alone = await screen("person", "forget", ANA, "--as", "supervisor:sol")
    assert (alone.status, "admin, legal, supervisor" in alone.err) == (1, True)
    assert (await screen("person", "approve-request", ANA)).status == 2, "nothing waits"

    asked = await screen("person", "ask-forget", ANA, "--as", "back-office:bea", lang="en")

    assert (asked.status, "PersonApprovalRequested" in asked.out) == (0, True)
    assert "Ana" in (await screen("person", "show", ANA)).out
    own = await screen("person", "approve-request", ANA, "--as", "supervisor:bea")
    assert (own.status, "FOUR_EYES" in own.err) == (1, True)
    done = await screen("person", "approve-request", ANA, "--as", "supervisor:sol", lang="es")
    assert (done.status, "datos suprimidos" in done.out) == (0, True)
    shown = (await screen("person", "show", ANA, lang="en")).out
    assert "Ana" not in shown
    assert "approved and done" in shown


async def test_what_stands_against_it_is_said_to_whoever_asks_or_approves(screen: Screen, door: Door) -> None:
    asked = await screen("person", "ask-forget", ANA, "--as", "back-office:bea", "--id", "a-1")
    assert asked.status == 0
    obligors = [pb.Obligor(person=pb.PersonName(reference=PERSON.reference))]
    await door.cases.OpenCase(pb.OpenCaseRequest(request_id="open", command=opening("R-1", obligors=obligors)))

    approved = await screen("person", "approve-request", ANA, "--as", "supervisor:sol", lang="pt")

    assert (approved.status, "(GDPR) art. 17(3)(e); Ley 29733" in approved.out) == (4, True)
    again = await screen("person", "ask-forget", ANA, "--as", "back-office:bea", "--erasure", "e-2", "--json")
    assert (again.status, [each["kind"] for each in json.loads(again.out)["blocks"]]) == (4, ["CASE_OPEN"])


@pytest.mark.parametrize(
    ("lang", "wanted", "waits", "approved", "handed_out"),
    [
        ("en", "to hand everything out (COURT)", "waits", "approved", "handed out: JSON, PDF"),
        ("es", "entregarlo todo (COURT)", "espera", "aprobada", "entregado: JSON, PDF"),
        ("pt", "entregar tudo (COURT)", "aguarda", "aprovado", "entregue: JSON, PDF"),
    ],
)
async def test_everything_is_handed_out_by_two(
    screen: Screen, tmp_path: Path, lang: str, wanted: str, waits: str, approved: str, handed_out: str
) -> None:
    out = ("person", "export", ANA, "--as", "back-office:bea", "--out", str(tmp_path / "out"))
    assert (await screen(*out)).status == 1
    ask = ("person", "ask-export", ANA, "--reason", "COURT", "--as", "back-office:bea")
    assert (await screen(*ask, "--until", "2026-11-25T09:00:00Z")).status == 0
    shown = (await screen("person", "show", ANA, lang=lang)).out
    assert wanted in shown
    assert waits in shown
    assert (await screen("person", "approve-request", ANA, "--as", "supervisor:sol")).status == 0
    assert approved in (await screen("person", "show", ANA, lang=lang)).out
    assert (await screen(*out)).status == 0
    files = await asyncio.to_thread(lambda: {file.name for file in (tmp_path / "out").iterdir()})
    assert files == {"person.json", "person.pdf"}
    assert handed_out in (await screen("person", "show", ANA, lang=lang)).out
    assert (await screen(*out)).status == 1, "once in each form"


async def test_a_request_is_refused_or_taken_back_and_decided_when_it_is_said(screen: Screen) -> None:
    ask = ("person", "ask-export", ANA, "--reason", "COURT", "--format", "json", "--as", "back-office:bea")
    assert (await screen(*ask, "--id", "a-1")).status == 0
    assert (await screen(*ask, "--id", "a-2")).status == 0
    both = await screen("person", "refuse-request", ANA, "--as", "supervisor:sol", lang="en")
    assert (both.status, "a-1, a-2" in both.err) == (2, True)
    no = await screen("person", "refuse-request", ANA, "a-1", "--as", "supervisor:sol", "--reason", "NOT_THEM")
    assert (no.status, "PersonApprovalRefused" in no.out) == (0, True)
    back = await screen("person", "withdraw-request", ANA, "--as", "back-office:bea")
    assert (back.status, "PersonApprovalWithdrawn" in back.out) == (0, True)
    then = await screen(*ask, "--at", "2026-11-01T09:00:00Z", lang="en")
    assert (then.status, "leave --at 2026-11-01T09:00:00Z out" in then.err) == (2, True)
    tried = await screen(*ask, "--dry-run", "--json")
    assert json.loads(tried.out)["events"] == ["PersonApprovalRequested"]
    assert (await screen("person", "approve-request", ANA)).status == 2, "nothing waits"
