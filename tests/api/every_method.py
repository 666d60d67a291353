"""Every method that a server answers, from the descriptors, and a request to each that names what a test wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import Default
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from api.server import SERVICES
from protos.escalera import v1 as pb

OTHERS = (
    health_pb2.DESCRIPTOR.services_by_name["Health"].full_name,
    reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"].full_name,
)


def every_method() -> Iterator[MethodDescriptor]:
    """Yield the methods of all our services, of health and of reflection."""
    for service in (*SERVICES, *OTHERS):
        yield from Default().FindServiceByName(service).methods


def path_of(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request is to name."""

    case: pb.CaseName
    person: pb.PersonName
    portfolio: str
    entry: str  # of a bank, that waits


def request_to(method: MethodDescriptor, wanted: Wanted) -> Any:
    """Return a request that names a case, a person, a portfolio and a bank entry wherever it can."""
    request = message_factory.GetMessageClass(method.input_type)()
    _fill(request, wanted, 0)
    return request


def _fill(message: Any, wanted: Wanted, depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        kind = field.message_type
        if kind is None:
            if field.name == "portfolio":
                setattr(message, field.name, wanted.portfolio)
            elif field.name == "queue_id":
                message.queue_id = wanted.entry
            elif field.name == "portfolios":
                message.portfolios.append(wanted.portfolio)
            continue
        if not kind.full_name.startswith("escalera.") or kind.GetOptions().map_entry or depth > 3:
            continue
        inner = getattr(message, field.name)
        one = inner.add() if field.is_repeated else inner
        one.SetInParent()
        if isinstance(one, pb.CaseName):
            one.CopyFrom(wanted.case)
        elif isinstance(one, pb.PersonName):
            one.CopyFrom(wanted.person)
        else:
            _fill(one, wanted, depth + 1)
        if isinstance(one, pb.OpenCase):
            one.creditor_id, one.reference = "acme", f"new-{wanted.portfolio}"
