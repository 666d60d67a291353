"""A second person's word about a person, through the door: asked, shown, given, refused, and what it opens."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from domain.person import person_decider
from infra.bounds import load_person_rules
from protos.escalera import v1 as pb
from tests.api.door import Door, opened, refused
from tests.api.test_person_erasure import FORGET, PERSON, export, register

BEA = (("x-escalera-actor", "back-office:bea"),)
SOL = (("x-escalera-actor", "supervisor:sol"),)
SOL_TOO = (("x-escalera-actor", "admin:SOL"),)
ANA = (("x-escalera-actor", "debtor:ana"),)
WANTED = pb.ExportWanted(reason="ACCESS_REQUEST")


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A door under the house's own rules, and somebody who is known behind it."""
    monkeypatch.setattr(
        "tests.api.door.person_decider",
        lambda book, calendar_of: person_decider(book, calendar_of, load_person_rules()),
    )
    async with opened() as running:
        await register(running)
        yield running


def asking(approval_id: str = "a-1", **wanted: Any) -> pb.RequestPersonApprovalRequest:
    command = pb.RequestPersonApproval(approval_id=approval_id, **wanted)
    return pb.RequestPersonApprovalRequest(request_id=f"ask-{approval_id}", person_name=PERSON, command=command)


def giving(approval_id: str = "a-1") -> pb.GivePersonApprovalRequest:
    command = pb.GiveApproval(approval_id=approval_id)
    return pb.GivePersonApprovalRequest(request_id=f"give-{approval_id}", person_name=PERSON, command=command)


async def shown(door: Door) -> pb.Person:
    found: pb.Person = await door.persons.GetPerson(pb.GetPersonRequest(person_name=PERSON))
    return found


async def handed_out(door: Door, metadata: Any, **terms: Any) -> bytes:
    asked: dict[str, Any] = {"request_id": "x-1", "person_name": PERSON} | terms
    parts = [
        part.content async for part in door.persons.ExportPerson(pb.ExportPersonRequest(**asked), metadata=metadata)
    ]
    return b"".join(parts)


async def test_nobody_is_forgotten_by_one_alone_and_another_person_s_word_forgets_them(door: Door) -> None:
    request = pb.ForgetPersonRequest(request_id="forget", person_name=PERSON, command=FORGET)
    no = await refused(door.persons.ForgetPerson(request, metadata=SOL))
    assert (no.code, no.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "APPROVAL_REQUIRED")
    assert no.metadata["accepted"] == "a request that another person approves (admin, legal, supervisor)"

    asked = await door.persons.RequestPersonApproval(asking(forget=FORGET), metadata=SOL)

    assert (list(asked.events), asked.forgotten, list(asked.blocks)) == (["PersonApprovalRequested"], False, [])
    assert (await door.persons.RequestPersonApproval(asking(forget=FORGET), metadata=SOL)).repeated
    (waits,) = (await shown(door)).approvals
    assert (waits.state, waits.requested_by, waits.forget) == (pb.APPROVAL_STATE_WAITING, "supervisor:sol", FORGET)
    assert list(waits.approvers) == ["admin", "legal", "supervisor"]
    assert waits.expire_time.seconds - waits.request_time.seconds == 7 * 86_400
    own = await refused(door.persons.GivePersonApproval(giving(), metadata=SOL_TOO))
    assert (own.code, own.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FOUR_EYES")
    foreseen = giving()
    foreseen.validate_only = True
    otto = (("x-escalera-actor", "legal:otto"),)
    assert (await door.persons.GivePersonApproval(foreseen, metadata=otto)).forgotten
    assert (await shown(door)).name == "Ana Muñoz"
    given = await door.persons.GivePersonApproval(giving(), metadata=otto)
    assert list(given.events) == ["PersonApprovalGiven", "ErasureRequested", "PersonForgotten"]
    assert given.forgotten
    assert (await door.persons.GivePersonApproval(giving(), metadata=otto)).repeated
    gone = await shown(door)
    assert (gone.name, gone.approvals[0].decided_by) == ("[erased]", "legal:otto")


async def test_what_stands_against_it_when_it_is_approved_is_told_and_nobody_is_forgotten(door: Door) -> None:
    await door.persons.RequestPersonApproval(asking(forget=FORGET), metadata=BEA)
    hold = pb.PlaceLegalHold(hold_id="h-1", reason="LAWSUIT", citation="Juzgado 3, 2026-114")
    await door.persons.PlaceLegalHold(pb.PlaceLegalHoldRequest(request_id="hold", person_name=PERSON, command=hold))

    given = await door.persons.GivePersonApproval(giving(), metadata=SOL)

    assert not given.forgotten
    assert [each.citation for each in given.blocks] == ["Juzgado 3, 2026-114"]
    assert (await shown(door)).name == "Ana Muñoz"


async def test_what_is_known_is_handed_out_by_one_alone_to_themselves_only(door: Door) -> None:
    assert b"Ana Mu" in await handed_out(door, ANA)
    no = await refused(handed_out(door, BEA, request_id="x-2"))
    assert (no.code, no.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "APPROVAL_REQUIRED")

    await door.persons.RequestPersonApproval(asking(export=WANTED), metadata=BEA)
    assert (await refused(handed_out(door, BEA, request_id="x-2"))).reason == "APPROVAL_REQUIRED"
    given = await door.persons.GivePersonApproval(giving(), metadata=SOL)

    assert (list(given.events), given.forgotten) == (["PersonApprovalGiven"], False)
    assert b"Ana Mu" in await handed_out(door, BEA, request_id="x-2")
    pdf = await handed_out(door, BEA, request_id="x-3", format=pb.EXPORT_FORMAT_PDF)
    assert pdf.startswith(b"%PDF-")
    assert (await refused(handed_out(door, BEA, request_id="x-4"))).reason == "APPROVAL_REQUIRED"
    (approval,) = (await shown(door)).approvals
    assert list(approval.export.formats) == list(approval.handed_out_formats)
    assert approval.export.reason == "ACCESS_REQUEST"


async def test_it_is_refused_taken_back_or_too_late(door: Door) -> None:
    one_form = pb.ExportWanted(formats=[pb.EXPORT_FORMAT_PDF], reason="COURT")
    for approval_id in ("a-1", "a-2", "a-3"):
        await door.persons.RequestPersonApproval(asking(approval_id, export=one_form), metadata=BEA)
    refuse = pb.RefusePersonApprovalRequest(
        request_id="refuse", person_name=PERSON, command=pb.RefuseApproval(approval_id="a-1", reason="NOT_THEM")
    )
    assert list((await door.persons.RefusePersonApproval(refuse, metadata=SOL)).events) == ["PersonApprovalRefused"]
    withdraw = pb.WithdrawPersonApprovalRequest(
        request_id="withdraw", person_name=PERSON, command=pb.WithdrawApproval(approval_id="a-2", reason="MISTAKE")
    )
    not_theirs = await refused(door.persons.WithdrawPersonApproval(withdraw, metadata=SOL))
    assert not_theirs.reason == "NOT_THE_ASKER"
    assert list((await door.persons.WithdrawPersonApproval(withdraw, metadata=BEA)).events) == [
        "PersonApprovalWithdrawn"
    ]
    door.clock.pass_by(days=7)
    late = await refused(door.persons.GivePersonApproval(giving("a-3"), metadata=SOL))
    assert (late.code, late.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "APPROVAL_EXPIRED")
    found = await shown(door)
    assert [each.state for each in found.approvals] == [
        pb.APPROVAL_STATE_REFUSED,
        pb.APPROVAL_STATE_WITHDRAWN,
        pb.APPROVAL_STATE_LAPSED,
    ]
    assert all(each.export == one_form for each in found.approvals)


async def test_nobody_asks_for_nothing_or_for_what_needs_no_one_else(door: Door) -> None:
    no = await refused(door.persons.RequestPersonApproval(asking(), metadata=BEA))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")
    own = await refused(door.persons.RequestPersonApproval(asking(export=WANTED), metadata=ANA))
    assert (own.reason, own.fields) == ("APPROVAL_NOT_NEEDED", ("command.wanted",))
    forgotten = await door.persons.RequestPersonApproval(asking(forget=FORGET), metadata=ANA)
    assert list(forgotten.events) == ["PersonApprovalRequested"], "whoever wants to be forgotten asks for it"


async def test_a_house_without_rules_asks_nobody() -> None:
    async with opened() as running:
        await register(running)
        content, _ = await export(running)
        assert b"Ana Mu" in content
