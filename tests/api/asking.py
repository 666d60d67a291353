"""Requests as tests send them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from google.type.date_pb2 import Date
from google.type.money_pb2 import Money

from protos.escalera import v1 as pb
from tests.api.refusing import Refused as Refused
from tests.api.refusing import refusal as refusal
from tests.api.refusing import refused as refused


def named(reference: str = "R-1") -> pb.CaseName:
    return pb.CaseName(creditor_id="acme", reference=reference)


def euros(amount: float) -> Money:
    cents = round(amount * 100)
    return Money(currency_code="EUR", units=int(cents / 100), nanos=(cents - int(cents / 100) * 100) * 10_000_000)


def opening(reference: str = "R-1", **changes: Any) -> pb.OpenCase:
    """What opens a case; `changes` are fields of the message."""
    told: dict[str, Any] = {
        "creditor_id": "acme",
        "reference": reference,
        "portfolio": "shops",
        "currency": "EUR",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "language": "de",
        "strategy": pb.StrategyName(name="consumer"),
        "obligations": [
            pb.Obligation(obligation_id="o-1", principal=euros(100), due_date=Date(year=2026, month=12, day=1))
        ],
        "obligors": [pb.Obligor(person=pb.PersonName(reference=f"customer-{reference}"))],
    }
    return pb.OpenCase(**(told | changes))


def payment(
    payment_id: str = "p-1", amount: float = 40, *, request_id: str = "", reference: str = "R-1", **more: Any
) -> pb.RecordPaymentRequest:
    return pb.RecordPaymentRequest(
        request_id=request_id or f"pay-{payment_id}",
        case_name=named(reference),
        command=pb.RecordPayment(payment_id=payment_id, amount=euros(amount)),
        **more,
    )


def item(reference: str, *, history: Sequence[pb.CaseCommand] = (), **more: Any) -> pb.OpenCasesItem:
    """One item of a bulk opening."""
    return pb.OpenCasesItem(request_id=f"bulk-{reference}", open=opening(reference), history=history, **more)


async def batches(*requests: pb.OpenCasesRequest) -> AsyncIterator[pb.OpenCasesRequest]:
    """Send batches, one after the other."""
    for request in requests:
        yield request
