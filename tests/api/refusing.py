"""A refusal as a client reads it, out of the rich status that a call ended with."""

from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.rpc import error_details_pb2, status_pb2

from api.errors import DETAILS_KEY

# What gRPC's client in Python says by itself of a call that was refused while it was still writing.
STILL_WRITING: Final = "Internal error from Core"


@dataclass(frozen=True)
class Refused:
    """A refusal as a client reads it."""

    code: grpc.StatusCode
    reason: str
    fields: tuple[str, ...]
    metadata: dict[str, str]
    text: str


def refusal(error: grpc.aio.AioRpcError) -> Refused:
    """Unpack the rich status of an error."""
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY:
            status.ParseFromString(value)  # binary, by its key
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
    fields = tuple(found.field for found in bad.field_violations)
    return Refused(error.code(), info.reason, fields, dict(info.metadata), error.details() or "")


async def refused(call: Any) -> Refused:
    """Return how a call was refused; fail when it was not."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return refusal(error)
    raise AssertionError(f"it was answered: {answer}")
