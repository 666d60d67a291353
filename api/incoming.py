"""What callers send, read only for those who are let in, and waited for no longer than an answer may take."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from api.calls import Context
from api.patience import within
from domain.decider import Rejected

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # generic in the stubs only
Read: TypeAlias = Callable[[bytes], Any]


def reading_itself(handler: Handler, watched: Any, *, reads: bool) -> Handler:
    """Return a handler of the same method that is called before there is a message, and reads what comes itself.

    On the line it is the same. A handler that is given its one message would be called once that is there, if ever:
    until then nobody would know who holds the call open, and could count it or end it.

    reads: messages are read as the handler's own; otherwise they come as bytes.
    """
    ends: dict[str, Any] = {
        "request_deserializer": handler.request_deserializer if reads else None,
        "response_serializer": handler.response_serializer,
    }
    if handler.unary_unary:
        return grpc.stream_unary_rpc_method_handler(watched, **ends)
    assert handler.unary_stream or handler.stream_stream, "streams in with one answer out are not ours"
    return grpc.stream_stream_rpc_method_handler(watched, **ends)


async def the_one(context: Context, seconds: float) -> Any:
    """Return the one message of a call, in bytes; None where it ends without. Raise `TookTooLong`; 0: wait for ever."""
    async with within(seconds):
        data: Any = await context.read()
    return None if data is grpc.aio.EOF else data


def forgiving(read: Callable[[bytes], Any] | None) -> Read:
    """Return a reader to which garbage is no error of ours: whoever handles the call refuses it properly."""
    assert read is not None

    def read_or_not(data: bytes | None) -> Any:
        try:
            return None if data is None else read(data)
        except DecodeError:
            return None

    return read_or_not


def readable(request: Any) -> Any:
    """Return a message; raise `Rejected` where there is none that could be read."""
    if request is None:
        accepted = "the message that the .proto files describe"
        raise Rejected("MESSAGE_UNREADABLE", "these bytes are no message of this method", accepted=accepted)
    return request


async def readable_ones(requests: AsyncIterator[bytes], read: Read) -> AsyncIterator[Any]:
    """Yield a stream's messages; raise `Rejected` at one that cannot be read."""
    async for data in requests:
        yield readable(read(data))
