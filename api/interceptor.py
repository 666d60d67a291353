"""What every call goes through, whichever service it is for: rules, span, log line, and refusals as statuses."""

import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias, cast

import grpc
import structlog
from google.protobuf.message import DecodeError

from api import tracing
from api.calls import Context
from api.errors import Failure, failure_of
from api.tracing import Tracing
from api.validation import Invalid, require_valid
from domain.decider import Rejected

OURS: Final = "/escalera."

log = structlog.get_logger("escalera.api")

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # generic in the stubs only


@dataclass(slots=True)
class _Call:
    """One call under way, and what its log line will say."""

    method: str
    request_id: str = ""
    code: str = "OK"
    reason: str = ""


class Doorkeeper(grpc.aio.ServerInterceptor):
    """Stands in every call to our own services; health and reflection pass by."""

    def __init__(self, tracing_: Tracing) -> None:
        self._tracing = tracing_
        self._known: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        method = handler_call_details.method
        kept = self._known.get(method)
        if kept is not None:
            return kept
        handler = await continuation(handler_call_details)
        if handler is None or not method.startswith(OURS):
            return handler
        self._known[method] = watched = self._watched(method, handler)
        return watched

    def _watched(self, method: str, handler: Handler) -> Handler:
        ends = {
            "request_deserializer": _forgiving(handler.request_deserializer),
            "response_serializer": handler.response_serializer,
        }
        one: Any = handler.unary_unary  # the stubs know only the blocking kind
        many: Any = handler.unary_stream
        both: Any = handler.stream_stream
        if one:
            return grpc.unary_unary_rpc_method_handler(self._one_answer(method, one), **ends)
        if many:
            return grpc.unary_stream_rpc_method_handler(self._many_answers(method, many, valid=True), **ends)
        assert both, f"{method}: streams in with one answer out are not ours"
        return grpc.stream_stream_rpc_method_handler(self._many_answers(method, both, valid=False), **ends)

    def _one_answer(self, method: str, serve: Callable[[Any, Context], Awaitable[Any]]) -> Any:
        async def watched(request: Any, context: Context) -> Any:
            with self._call(method, context, request) as call:
                try:
                    _require_time(context)
                    require_valid(_readable(request))
                    return await serve(request, context)
                except Exception as error:
                    failure = _told(call, error)
            return await _abort(context, failure)

        return watched

    def _many_answers(self, method: str, serve: Callable[[Any, Context], AsyncIterator[Any]], *, valid: bool) -> Any:
        """`valid`: the request is one message, held against its rules; a stream of them looks after itself."""

        async def watched(request: Any, context: Context) -> AsyncIterator[Any]:
            failure: Failure | None = None
            with self._call(method, context, request) as call:
                try:
                    _require_time(context)
                    if valid:
                        require_valid(_readable(request))
                    async for response in serve(request if valid else _readable_ones(request), context):
                        yield response
                except Exception as error:
                    failure = _told(call, error)
            if failure is not None:
                await _abort(context, failure)

        return watched

    @contextmanager
    def _call(self, method: str, context: Context, request: Any) -> Iterator[_Call]:
        call = _Call(method=method, request_id=getattr(request, "request_id", ""))
        started = time.perf_counter()
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        with self._tracing.call(method, metadata):
            try:
                yield call
            except BaseException:  # the caller went away, or its deadline has passed
                call.code = grpc.StatusCode.CANCELLED.name
                raise
            finally:
                tracing.outcome(call.code)
                log.info(
                    "call",
                    method=method,
                    code=call.code,
                    reason=call.reason,
                    request_id=call.request_id,
                    milliseconds=round((time.perf_counter() - started) * 1000, 3),
                )


def _forgiving(read: Callable[[bytes], Any] | None) -> Callable[[bytes], Any]:
    """Return a reader to which garbage is no error of ours: whoever handles the call refuses it properly."""
    assert read is not None

    def read_or_not(data: bytes) -> Any:
        try:
            return read(data)
        except DecodeError:
            return None

    return read_or_not


def _readable(request: Any) -> Any:
    if request is None:
        accepted = "the message that the .proto files describe"
        raise Rejected("MESSAGE_UNREADABLE", "these bytes are no message of this method", accepted=accepted)
    return request


async def _readable_ones(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        yield _readable(request)


class _DeadlinePassed(Exception):
    """The call came too late to be begun."""


def _require_time(context: Context) -> None:
    left = cast(float | None, context.time_remaining())  # None without a deadline, whatever the stubs say
    if left is not None and left <= 0:
        raise _DeadlinePassed


def _told(call: _Call, error: Exception) -> Failure:
    if isinstance(error, Invalid):
        failure = error.failure()
    elif isinstance(error, _DeadlinePassed):
        failure = Failure(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "nothing was begun")
    else:
        failure = failure_of(error)
    call.code, call.reason = failure.code.name, failure.reason
    if not failure.foreseen:
        place = traceback.extract_tb(error.__traceback__)[-1]
        # Neither the error's text nor its values: they may be somebody's.
        log.error("failure", method=call.method, error=type(error).__name__, file=place.filename, line=place.lineno)
    return failure


async def _abort(context: Context, failure: Failure) -> NoReturn:
    await context.abort(failure.code, failure.message, failure.metadata())
