"""Ids of requests: whoever gives one to a request of their own keeps nobody else, and not the engine, from anything."""

import ast
from pathlib import Path
from typing import Any

import pytest

from api.server import SERVICES
from application.request import OUR_OWN
from domain.case.identity import case_id
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named
from tests.api.door import Door, refused
from tests.fuzz.attack import methods

APPLICATION = Path(__file__).resolve().parents[2] / "application"


def note(request_id: str) -> pb.AddNoteRequest:
    person = pb.PersonName(creditor_id="acme", reference="customer-R-1")
    return pb.AddNoteRequest(
        request_id=request_id, case_name=named(), command=pb.AddNote(note_id="n", person=person, text="x")
    )


@pytest.mark.parametrize("begins", OUR_OWN)
async def test_an_id_of_the_engine_s_own_is_refused(door: Door, begins: str) -> None:
    """Used by somebody else before, "ladder:<case>:<version>:..." would be refused to the ladder for ever."""
    await door.open()
    no = await refused(door.cases.AddNote(note(f"{begins}{case_id('acme', 'R-1')}:1:StageEntered")))
    assert (no.reason, no.fields) == ("REQUEST_ID_RESERVED", ("request_id",))
    bulk = pb.OpenCasesRequest(items=[item("R-2")])
    bulk.items[0].request_id = f"{begins}x"
    answer = await door.cases.OpenCases(batches(bulk)).read()
    assert answer.outcomes[0].refusal.reason == "REQUEST_ID_RESERVED"
    assert (await door.cases.AddNote(note(f"my-{begins}x"))).events == ["NoteAdded"]


def test_every_id_that_the_engine_makes_begins_as_one_of_its_own() -> None:
    made = {text for file in APPLICATION.glob("*.py") for text in _ids_made(ast.parse(file.read_text()))}
    assert made - {"{what}:"} == {each for each in OUR_OWN if each not in ("attempt:", "failed:")}
    claims = (APPLICATION / "delivery_desk.py").read_text()
    assert all(f'"{each}"' in claims for each in ("attempt", "failed"))


def _ids_made(tree: ast.AST) -> list[str]:
    """Return how the ids begin that are given as `request_id=f"..."`."""
    given = [each.value for each in ast.walk(tree) if isinstance(each, ast.keyword) and each.arg == "request_id"]
    texts = [ast.unparse(each)[2:-1] for each in given if isinstance(each, ast.JoinedStr)]
    return [f"{text.partition(':')[0]}:" for text in texts]


def test_every_request_that_has_an_id_is_looked_at_at_the_door() -> None:
    """One that had it deeper inside would go by: then the door must learn of it."""
    deeper = {
        f"{method.name}.{field.name}"
        for method in methods()
        for field in method.input_type.fields
        if field.message_type is not None and "request_id" in field.message_type.fields_by_name
    }
    assert SERVICES
    assert deeper == {"OpenCases.items"}


async def test_the_same_id_of_another_caller_is_no_way_to_an_answer(door: Door) -> None:
    def by(actor: str) -> Any:
        return (("x-escalera-actor", actor),)

    await door.open()
    assert (await door.cases.AddNote(note("n-1"), metadata=by("collector:ana"))).events == ["NoteAdded"]
    no = await refused(door.cases.AddNote(note("n-1"), metadata=by("collector:bob")))
    assert no.reason == "REQUEST_ID_REUSED"
    assert "R-1" not in no.text
    assert str(case_id("acme", "R-1")) not in no.text
