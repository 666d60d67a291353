"""Forgetting a person, holding what is evidence, and handing out what is known, through the door."""

import json
from hashlib import sha256
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import named, opening
from tests.api.door import Door

PERSON = pb.PersonName(creditor_id="acme", reference="customer-1")
FORGET = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED)


async def register(door: Door, person: pb.PersonName = PERSON, **changes: Any) -> None:
    told = {"name": "Ana Muñoz", "language": "es", "country": "PE", "time_zone": "America/Lima"} | changes
    command = pb.RegisterPerson(**told)
    await door.persons.RegisterPerson(
        pb.RegisterPersonRequest(request_id=f"register-{person.reference}", person_name=person, command=command)
    )
    point = pb.AddContactPoint(point_id="mail", channel=pb.CHANNEL_EMAIL, address="ana@example.com")
    await door.persons.AddContactPoint(
        pb.AddContactPointRequest(request_id=f"point-{person.reference}", person_name=person, command=point)
    )


async def forget(door: Door, request: str = "forget", **terms: Any) -> pb.ForgetPersonResult:
    asked: dict[str, Any] = {"person_name": PERSON, "command": FORGET} | terms
    result: pb.ForgetPersonResult = await door.persons.ForgetPerson(pb.ForgetPersonRequest(request_id=request, **asked))
    return result


async def export(door: Door, **terms: Any) -> tuple[bytes, pb.PersonExportPart]:
    asked: dict[str, Any] = {"request_id": "export", "person_name": PERSON} | terms
    content = b""
    async for part in door.persons.ExportPerson(pb.ExportPersonRequest(**asked)):
        content += part.content
    return content, part


async def refusal(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return str(error.value.details())


async def test_a_person_is_forgotten_and_nothing_can_be_asked_about_them_any_more(door: Door) -> None:
    await register(door)
    foreseen = await forget(door, "ask", validate_only=True)
    assert (foreseen.forgotten, foreseen.validated_only) == (True, True)

    done = await forget(door)

    assert (done.forgotten, list(done.blocks)) == (True, [])
    assert list(done.events) == ["ErasureRequested", "PersonForgotten"]
    assert (await forget(door)).repeated
    shown = await door.persons.GetPerson(pb.GetPersonRequest(person_name=PERSON))
    assert shown.name == shown.contact_points[0].address == "[erased]"
    assert shown.HasField("forget_time")
    moved = pb.ChangePlace(country="PE", time_zone="America/Lima", language="en")
    change = pb.ChangePlaceRequest(request_id="move", person_name=PERSON, command=moved)
    assert "PERSON_FORGOTTEN" in await refusal(door.persons.ChangePlace(change))


async def test_what_stands_against_it_is_told_with_law_case_and_day(door: Door) -> None:
    obligors = [pb.Obligor(person=pb.PersonName(reference="customer-1"))]
    await door.cases.OpenCase(
        pb.OpenCaseRequest(request_id="open", command=opening("R-1", country="CL", obligors=obligors))
    )
    await register(door)
    hold = pb.PlaceLegalHold(hold_id="h-1", reason="LAWSUIT", citation="Juzgado 3, 2026-114")
    await door.persons.PlaceLegalHold(pb.PlaceLegalHoldRequest(request_id="hold", person_name=PERSON, command=hold))

    refused = await forget(door)

    assert not refused.forgotten
    assert not refused.HasField("until_date")
    assert {each.kind for each in refused.blocks} == {
        pb.BLOCK_KIND_CASE_OPEN,
        pb.BLOCK_KIND_RETENTION,
        pb.BLOCK_KIND_LEGAL_HOLD,
    }
    by_kind = {each.kind: each for each in refused.blocks}
    assert by_kind[pb.BLOCK_KIND_LEGAL_HOLD].citation == "Juzgado 3, 2026-114"
    assert by_kind[pb.BLOCK_KIND_RETENTION].citation == "Ley 19.496 art. 37"
    case = (await door.case()).case_id
    assert by_kind[pb.BLOCK_KIND_CASE_OPEN].case_id == case
    shown = await door.persons.GetPerson(pb.GetPersonRequest(person_name=PERSON))
    assert [each.hold_id for each in shown.legal_holds] == ["h-1"]

    release = pb.ReleaseLegalHold(hold_id="h-1", reason="SETTLED")
    await door.persons.ReleaseLegalHold(
        pb.ReleaseLegalHoldRequest(request_id="release", person_name=PERSON, command=release)
    )
    close = pb.CloseCase(closure=pb.CLOSURE_WITHDRAWN)
    await door.cases.CloseCase(pb.CloseCaseRequest(request_id="close", case_name=named(), command=close))
    kept = await forget(door, "forget-again")
    assert [each.kind for each in kept.blocks] == [pb.BLOCK_KIND_RETENTION]
    assert kept.until_date == Date(
        year=door.clock.now().year + 2, month=door.clock.now().month, day=door.clock.now().day
    )


async def test_everything_is_handed_out_in_parts_with_what_proves_them_whole(door: Door) -> None:
    await register(door)

    content, last = await export(door, reason="ACCESS_REQUEST")

    assert (last.media_type, last.sha256) == ("application/json", sha256(content).hexdigest())
    assert json.loads(content)["identity"]["name"] == "Ana Muñoz"
    pdf, last = await export(door, format=pb.EXPORT_FORMAT_PDF, language="pt_BR", request_id="pdf")
    assert pdf.startswith(b"%PDF-")
    assert (last.media_type, last.language) == ("application/pdf", "pt-BR")
    again, _ = await export(door, request_id="later")
    assert [each["reason"] for each in json.loads(again)["handouts"]] == ["ACCESS_REQUEST", ""]


async def test_nobody_is_handed_out_or_forgotten_who_is_not_known(door: Door) -> None:
    assert "PERSON_UNKNOWN" in await refusal(forget(door))
    assert "PERSON_NOT_FOUND" in await refusal(export(door))
