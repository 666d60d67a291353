"""The other side of the door: stubs of every service on one channel, and refusals as something to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from protos.escalera.v1 import (
    agreement_service_pb2_grpc,
    audit_service_pb2_grpc,
    case_service_pb2_grpc,
    contact_service_pb2_grpc,
    limitation_service_pb2_grpc,
    payment_link_service_pb2_grpc,
    payment_queue_service_pb2_grpc,
    person_service_pb2_grpc,
    query_service_pb2_grpc,
    report_service_pb2_grpc,
    statement_service_pb2_grpc,
    strategy_service_pb2_grpc,
)

ACTOR_KEY = "x-escalera-actor"
MESSAGE_BYTES_MAX = 16 * 1024 * 1024
OPTIONS: Sequence[tuple[str, int]] = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.enable_http_proxy", 0),  # loopback addresses must not go through the machine's proxy
)


class Doors:
    """The services behind one blocking channel."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.cases = case_service_pb2_grpc.CaseServiceStub(channel)
        self.persons = person_service_pb2_grpc.PersonServiceStub(channel)
        self.queries = query_service_pb2_grpc.QueryServiceStub(channel)
        self.reports = report_service_pb2_grpc.ReportServiceStub(channel)
        self.contacts = contact_service_pb2_grpc.ContactServiceStub(channel)
        self.agreements = agreement_service_pb2_grpc.AgreementServiceStub(channel)
        self.links = payment_link_service_pb2_grpc.PaymentLinkServiceStub(channel)
        self.payments = payment_queue_service_pb2_grpc.PaymentQueueServiceStub(channel)
        self.statements = statement_service_pb2_grpc.StatementServiceStub(channel)
        self.limitation = limitation_service_pb2_grpc.LimitationServiceStub(channel)
        self.strategies = strategy_service_pb2_grpc.StrategyServiceStub(channel)
        self.audit = audit_service_pb2_grpc.AuditServiceStub(channel)


class AsyncDoors:
    """The services behind one asyncio channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.cases = case_service_pb2_grpc.CaseServiceStub(channel)
        self.persons = person_service_pb2_grpc.PersonServiceStub(channel)
        self.queries = query_service_pb2_grpc.QueryServiceStub(channel)
        self.reports = report_service_pb2_grpc.ReportServiceStub(channel)
        self.contacts = contact_service_pb2_grpc.ContactServiceStub(channel)
        self.agreements = agreement_service_pb2_grpc.AgreementServiceStub(channel)
        self.links = payment_link_service_pb2_grpc.PaymentLinkServiceStub(channel)
        self.payments = payment_queue_service_pb2_grpc.PaymentQueueServiceStub(channel)
        self.statements = statement_service_pb2_grpc.StatementServiceStub(channel)
        self.limitation = limitation_service_pb2_grpc.LimitationServiceStub(channel)
        self.strategies = strategy_service_pb2_grpc.StrategyServiceStub(channel)
        self.audit = audit_service_pb2_grpc.AuditServiceStub(channel)


def acting_as(actor: str) -> tuple[tuple[str, str], ...]:
    """The metadata that says who asks: "role:id"; none for "", where a proof says it."""
    return ((ACTOR_KEY, actor),) if actor else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why the engine said no. `reason` is UPPER_SNAKE; `field` and `accepted` are "" where they do not apply."""

    code: str  # gRPC's own: "FAILED_PRECONDITION"
    reason: str
    detail: str
    field: str = ""
    accepted: str = ""


def refused(error: grpc.RpcError) -> Refused:
    """Read a failed call; a failure without a reason of ours (an unreachable server) has its code as its reason."""
    call = cast(Any, error)  # every RpcError of a stub is a Call as well, which its type does not say
    code = call.code().name
    found = {"reason": code, "detail": call.details() or ""}
    violations: list[str] = []
    for detail in _details(call):
        info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            found |= {"reason": info.reason, "accepted": info.metadata.get("accepted", "")}
        elif detail.Unpack(request):
            found["field"] = ", ".join(each.field for each in request.field_violations)
            violations = [f"{each.field}: {each.description}" for each in request.field_violations]
    # The status's text repeats what the details say in parts.
    found["detail"] = found["detail"].removeprefix(f"{found['reason']}: ")
    found["detail"] = found["detail"].removesuffix(f" (accepted: {found.get('accepted')})")
    if len(violations) > 1:
        found["detail"] = "; ".join(violations)
    return Refused(code=code, **found)


def _details(call: Any) -> Sequence[Any]:
    try:
        status = rpc_status.from_call(call)
    except ValueError:  # a status among the details that contradicts the call's own: trust the call
        return ()
    return status.details if status else ()
