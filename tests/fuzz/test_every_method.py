"""Every method of every service under attack, in short; `python3 run.py fuzz` goes on for as long as it is told."""

import asyncio
from pathlib import Path
from random import Random

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from api.server import SERVICES
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named
from tests.api.door import Door, refused
from tests.fuzz import hostile
from tests.fuzz.attack import STATUSES, Attacker, methods
from tests.fuzz.mutation import garbled, spoil
from tests.fuzz.plausible import Plausible
from tests.fuzz.raid import besieged, raid

MEMORY_MAX = 96 * 2**20  # what four hundred calls may leave behind: caches of formats, zones and rules fill up


@pytest.mark.timeout(300)
async def test_hostile_calls_are_refused_and_tell_nothing_of_the_inside(fresh_dsn: str, tmp_path: Path) -> None:
    async with besieged(fresh_dsn, tmp_path) as door:
        found = await raid(door, seed=11, calls=400)
        await door.open("R-afterwards")
    assert found.findings == []
    assert found.crashes == []
    assert found.telling == []
    assert found.memory[-1] - found.memory[0] < MEMORY_MAX
    assert found.attacked.answers["OK"] > 40, "the attack gets no further than the door"
    assert {method for method, _ in found.attacked.by_method} == {method.name for method in methods()}


async def test_every_text_of_a_hostile_list_in_every_field_of_an_opening(door: Door) -> None:
    """Ids, references, places, reasons: whatever is put there is refused or kept as a text."""
    attacker = Attacker(door, 5)
    openings = []
    for number, text in enumerate(each for each in hostile.TEXTS if len(each) <= 256):
        told = item(f"H-{number}", history=[pb.CaseCommand(assign=pb.Assign(collector=text[:128]))])
        told.open.obligations[0].reference = told.open.portfolio = text[:128]
        told.open.reference += text[:128]
        openings.append(told)
    request = pb.OpenCasesRequest(items=openings)
    (answer,) = [answer async for answer in door.cases.OpenCases(batches(request))]
    reasons = {outcome.refusal.reason for outcome in answer.outcomes}
    assert reasons <= {"", "REQUEST_INVALID"}
    assert sum(not outcome.refusal.reason for outcome in answer.outcomes) > len(openings) / 2
    open_case = next(method for method in methods() if method.name == "OpenCase")
    for each in openings:
        body = pb.OpenCaseRequest(request_id=each.request_id, command=each.open).SerializeToString()
        await attacker.call(open_case, body)
    assert attacker.so_far.findings == []


async def test_a_request_with_thousands_of_faults_is_refused_in_few_words(door: Door) -> None:
    wrong = pb.ListCasesRequest(filter=pb.CaseFilter(stages=[99] * 5_000))  # type: ignore[list-item]  # no such stage
    no = await refused(door.queries.ListCases(wrong))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")
    assert len(no.fields) == 8
    assert len(no.text) < 1_000


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-62_135_596_800, False), (253_402_300_799, False), (253_370_764_799, True)]
)
async def test_the_ends_of_the_calendar_are_refused_at_the_door(door: Door, seconds: int, taken: bool) -> None:
    """In another zone, or some days on, there is no such instant: it would break whoever reads it later."""
    await door.open()
    hold = pb.PlaceHold(hold_id="h", reason=pb.HOLD_REASON_HARDSHIP, scope=pb.SCOPE_ALL)
    hold.until_time.seconds = seconds
    hold.from_time.FromDatetime(door.clock.at)
    request = pb.PlaceHoldRequest(request_id="h", case_name=named(), command=hold)
    if taken:
        await door.cases.PlaceHold(request)
        assert (await door.case()).holds[0].hold_id == "h"
    else:
        no = await refused(door.cases.PlaceHold(request))
        assert (no.reason, no.fields) == ("INSTANT_INVALID", ("command.until_time",))


async def test_bytes_that_are_no_http_do_not_stop_the_server(door: Door) -> None:
    chance = Random(3)
    for sent in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        chance.randbytes(4_096),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" * 40,
    ):
        _, writer = await asyncio.open_connection("127.0.0.1", door.api.port)
        writer.write(sent)
        writer.close()
        await writer.wait_closed()
    await door.open()


def test_attacks_are_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[bytes]:
        chance = Random(seed)
        plausible = Plausible(chance, ("00000000-0000-0000-0000-000000000001",))
        sent = []
        for method in methods():
            message = plausible.message(method.input_type)
            spoil(message, chance)
            sent.append(garbled(message.SerializeToString(deterministic=True), chance))
        return sent

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_every_message_of_every_method_can_be_made() -> None:
    plausible = Plausible(Random(1), ())
    for method in methods():
        message = plausible.message(method.input_type)
        assert isinstance(message, GetMessageClass(method.input_type))
    assert {method.containing_service.full_name for method in methods()} == set(SERVICES)


def test_an_answer_of_unknown_or_internal_would_be_found() -> None:
    assert STATUSES.isdisjoint(
        {
            grpc.StatusCode.UNKNOWN,
            grpc.StatusCode.INTERNAL,
            grpc.StatusCode.DEADLINE_EXCEEDED,
            grpc.StatusCode.DATA_LOSS,
        }
    )
