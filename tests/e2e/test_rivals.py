"""Many clients want something of one case at once, over gRPC, against the real log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import grpc
import pytest

from api.client import AsyncDoors, refused
from domain.case.identity import case_id
from protos.escalera import v1 as pb
from tests.e2e.checks import doors_of, rows, shown
from tests.e2e.clients import CREDITOR, one_cent, open_cases
from tests.e2e.running import Up

RIVALS = 64
CLIENTS = 8
OWED = 100_000  # cents
OPENED_AT, DUE = datetime(2026, 1, 5, tzinfo=UTC), date(2099, 1, 5)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


@pytest.fixture
async def case(up: Up) -> str:
    """A case, the same one for all, that falls due when nobody runs these tests any more."""
    async with doors_of(up.places) as doors:
        (opened,) = await open_cases(doors, 1, opened=OPENED_AT, due=DUE)
    return opened


@asynccontextmanager
async def clients(up: Up, count: int) -> AsyncIterator[list[AsyncDoors]]:
    """So many clients, each with a connection of its own."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(doors_of(up.places)) for _ in range(count)]


async def test_64_rivals_on_one_case_are_all_heard_once(up: Up, case: str) -> None:
    before = await _paid(up, case)
    async with clients(up, RIVALS) as rivals:
        answers = await asyncio.gather(*(_pay(doors, case, f"rival-{n}") for n, doors in enumerate(rivals)))
    assert not any(answer.repeated for answer in answers)
    versions = [answer.version for answer in answers]
    assert len(set(versions)) == RIVALS
    assert max(versions) - min(versions) == RIVALS - 1
    assert await _paid(up, case) == before + RIVALS


async def test_one_request_of_8_clients_is_done_once_and_answered_alike(up: Up, case: str) -> None:
    before = await _paid(up, case)
    async with clients(up, CLIENTS) as rivals:
        for number in range(20):
            answers = await asyncio.gather(*(_pay(doors, case, f"same-{number}") for doors in rivals))
            assert len({(answer.version, answer.position) for answer in answers}) == 1
            assert sum(not answer.repeated for answer in answers) == 1
    assert await _paid(up, case) == before + 20


async def test_one_request_id_for_8_different_things_is_taken_by_one(up: Up, case: str) -> None:
    before = await _paid(up, case)
    async with clients(up, CLIENTS) as rivals:
        calls = (_pay(doors, case, "reused", payment_id=f"p-{n}") for n, doors in enumerate(rivals))
        answers = await asyncio.gather(*calls, return_exceptions=True)
    refusals = [refused(answer) for answer in answers if isinstance(answer, grpc.RpcError)]
    assert [(each.reason, each.field) for each in refusals] == [("REQUEST_ID_REUSED", "request_id")] * (CLIENTS - 1)
    assert await _paid(up, case) == before + 1


async def test_a_case_opened_by_8_clients_at_once_is_one_case(up: Up) -> None:
    async with clients(up, CLIENTS) as rivals:
        calls = (open_cases(doors, 5, opened=OPENED_AT, due=DUE) for doors in rivals)
        answers = await asyncio.gather(*calls)
    assert {tuple(cases) for cases in answers} == {tuple(str(case_id(CREDITOR, f"C-{n}")) for n in range(5))}


async def _pay(doors: AsyncDoors, case: str, request_id: str, *, payment_id: str = "") -> pb.CommandResult:
    request = pb.RecordPaymentRequest(request_id=f"{case}-{request_id}", case_name=pb.CaseName(case_id=case))
    request.command.CopyFrom(one_cent())
    request.command.payment_id = payment_id or request_id
    answer: pb.CommandResult = await doors.cases.RecordPayment(request, timeout=30)
    return answer


async def _paid(up: Up, case: str) -> int:
    """Return how many cents are paid: as many as there are payments in the log, and as are missing from the balance."""
    query = f"SELECT count(*) FROM events WHERE originator_id = '{UUID(case)}' AND topic = 'PaymentRecorded'"
    ((payments,),) = await rows(up.places, query)
    async with doors_of(up.places) as doors:
        balance = (await shown(doors, case)).balance
    assert balance.units * 100 + balance.nanos // 10_000_000 == OWED - payments
    return int(payments)
