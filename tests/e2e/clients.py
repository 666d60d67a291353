"""Clients that keep sending until they have an answer, and remember what was acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import grpc

from api.client import OPTIONS, AsyncDoors, acting_as
from domain.case.identity import case_id
from protos.escalera import v1 as pb

CREDITOR = "crash"
PASSING = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.CANCELLED,
}


@dataclass(slots=True)
class Told:
    """What the clients know: each acknowledged request with its case, and calls that are still without an answer."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    tries: int = 0


def one_cent() -> pb.RecordPayment:
    payment = pb.RecordPayment(method="CASH")
    payment.amount.currency_code, payment.amount.nanos = "PEN", 10_000_000
    return payment


async def open_cases(
    doors: AsyncDoors,
    count: int,
    *,
    opened: datetime,
    due: date,
    due_days: int = 10,
    strategy: str = "consumer",
    with_phones: bool = False,
) -> list[str]:
    """Open `count` cases of debtors with an e-mail address, due a day apart in turns of `due_days`; return their ids.

    with_phones: each debtor also has a number of their own for text messages, and one for WhatsApp.
    """
    items = []
    for number in range(count):
        item = pb.OpenCasesItem(request_id=f"open-{number}")
        item.effective_time.FromDatetime(opened.astimezone(UTC))
        opening = item.open
        opening.creditor_id, opening.reference, opening.portfolio = CREDITOR, f"C-{number}", "consumer"
        opening.currency, opening.country, opening.time_zone, opening.language = "PEN", "PE", "America/Lima", "es"
        opening.strategy.name = strategy
        obligation = opening.obligations.add(obligation_id="1")
        obligation.principal.currency_code, obligation.principal.units = "PEN", 1_000
        falls_due = due + timedelta(days=number % due_days)
        obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = (
            falls_due.year,
            falls_due.month,
            falls_due.day,
        )
        opening.obligors.add(role=pb.ROLE_PRINCIPAL).person.reference = f"D-{number}"
        person = item.persons.add()
        person.person_name.reference = f"D-{number}"
        person.register.name, person.register.language = f"Deudor {number}", "es"
        person.register.country, person.register.time_zone = "PE", "America/Lima"
        person.contact_points.add(point_id="email", channel=pb.CHANNEL_EMAIL, address=f"deudor{number}@example.com")
        if with_phones:
            for channel, prefix in ((pb.CHANNEL_SMS, "+5191000"), (pb.CHANNEL_WHATSAPP, "+5192000")):
                person.contact_points.add(point_id=f"{channel}", channel=channel, address=f"{prefix}{number:04}")
        items.append(item)

    async def requests() -> AsyncIterator[pb.OpenCasesRequest]:
        yield pb.OpenCasesRequest(items=items)

    async for response in doors.cases.OpenCases(requests(), metadata=acting_as("system:crash")):
        assert not [outcome for outcome in response.outcomes if outcome.HasField("refusal")], response
    return [str(case_id(CREDITOR, f"C-{number}")) for number in range(count)]


async def keep_paying(address: str, name: str, cases: list[str], told: Told, stop: asyncio.Event) -> None:
    """Pay a cent at a time on one case after the other, each request until it has an answer, until `stop`."""
    async with grpc.aio.insecure_channel(address, options=OPTIONS) as channel:
        doors = AsyncDoors(channel)
        number = 0
        while not stop.is_set():
            number += 1
            request_id, case = f"{name}-{number}", cases[number % len(cases)]
            request = pb.RecordPaymentRequest(request_id=request_id, case_name=pb.CaseName(case_id=case))
            request.command.CopyFrom(one_cent())
            request.command.payment_id = request_id
            await _until_answered(doors, request, case, told)
            await asyncio.sleep(0.01)


async def _until_answered(doors: AsyncDoors, request: pb.RecordPaymentRequest, case: str, told: Told) -> None:
    while True:
        told.tries += 1
        try:
            await doors.cases.RecordPayment(request, timeout=5, metadata=acting_as("system:crash"))
        except grpc.aio.AioRpcError as error:
            if error.code() in PASSING:
                await asyncio.sleep(0.1)
                continue
            told.refused[request.request_id] = f"{error.code().name} {error.details()}"
            return
        told.acknowledged[request.request_id] = case
        return
