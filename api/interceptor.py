"""What every call goes through, whichever service it is for: who calls, rules, span, log line, refusals as statuses."""

import re
import time
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

import grpc
import structlog
from google.protobuf.message import DecodeError

from api import tracing
from api.calls import ACTOR, OWN_RECORD, Context, held
from api.errors import Failure, failure_of
from api.guard import NOBODY, Guard, Heard, slowly
from api.patience import require_time, within
from api.tracing import Tracing
from api.turnstile import Limits, Turnstile
from api.validation import Invalid, require_valid
from application.access import Entrant, Unauthenticated
from application.request import require_callers_own
from domain.access import Scope
from domain.decider import Rejected

OURS: Final = "/escalera."
_REQUEST_ID: Final = re.compile(r"[!-~]{1,128}")  # as the .proto files have it

log = structlog.get_logger("escalera.api")

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # generic in the stubs only
Read: TypeAlias = Callable[[bytes], Any]


@dataclass(slots=True)
class _Call:
    """One call under way, and what its log line will say."""

    method: str
    request_id: str = ""
    principal: str = ""  # who has proved who they are; the name in the log may be another's, for whom they act
    code: str = "OK"
    reason: str = ""


Answers: TypeAlias = Callable[[_Call, "Entrant | None", Any, Context], AsyncGenerator[Any]]


class Doorkeeper(grpc.aio.ServerInterceptor):
    """Stands in every call to our own services; health and reflection only show whether they may be called."""

    def __init__(self, tracing_: Tracing, guard: Guard | None = None, limits: Limits | None = None) -> None:
        self._tracing = tracing_
        self._guard = guard
        self._limits = limits or Limits()
        self._turnstile = Turnstile(self._limits)
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
        ours = method.startswith(OURS)
        if handler is None or not (ours or self._guard):
            return handler
        self._known[method] = watched = self._watched(method, handler) if ours else self._shown(method, handler)
        return watched

    def _watched(self, method: str, handler: Handler) -> Handler:
        read = _forgiving(handler.request_deserializer)
        # Requests come as bytes: nothing is read for somebody who is not let in.
        ends: dict[str, Any] = {"request_deserializer": None, "response_serializer": handler.response_serializer}
        one: Any = handler.unary_unary  # the stubs know only the blocking kind
        many: Any = handler.unary_stream
        both: Any = handler.stream_stream
        if one:
            return grpc.unary_unary_rpc_method_handler(self._one_answer(method, read, one), **ends)
        if many:
            return grpc.unary_stream_rpc_method_handler(
                self._many_answers(method, self._asked_once(read, many)), **ends
            )
        assert both, f"{method}: streams in with one answer out are not ours"
        return grpc.stream_stream_rpc_method_handler(self._many_answers(method, self._asked_on(read, both)), **ends)

    def _one_answer(self, method: str, read: Read, serve: Callable[[Any, Context], Awaitable[Any]]) -> Any:
        async def watched(data: bytes, context: Context) -> Any:
            since = time.monotonic()
            with self._call(method, context) as call:
                try:
                    entrant = await self._begun(call, context)
                    request = _valid(call, read(data))
                    heard = await self._guard.reach(entrant, request) if self._guard and entrant else NOBODY
                    with _in_the_name_of(heard):
                        async with within(self._limits.answer_seconds_max):
                            return await serve(request, context)
                except Exception as error:
                    failure = _told(call, error)
                    await slowly(since, error)
            return await _abort(context, failure)

        return watched

    def _many_answers(self, method: str, answers: Answers) -> Any:
        async def watched(data: Any, context: Context) -> AsyncIterator[Any]:
            failure: Failure | None = None
            since = time.monotonic()
            with self._call(method, context) as call:
                try:
                    entrant = await self._begun(call, context)
                    async with aclosing(answers(call, entrant, data, context)) as responses:
                        async for response in responses:
                            yield response
                except Exception as error:
                    failure = _told(call, error)
                    await slowly(since, error)
            if failure is not None:
                await _abort(context, failure)

        return watched

    def _asked_once(self, read: Read, serve: Callable[[Any, Context], AsyncIterator[Any]]) -> Answers:
        """Answer one message, held against its rules."""

        async def answers(call: _Call, entrant: Entrant | None, data: bytes, context: Context) -> AsyncGenerator[Any]:
            request, guard = _valid(call, read(data)), self._guard
            heard = await guard.reach(entrant, request) if guard and entrant else NOBODY
            with _in_the_name_of(heard):
                served = serve(request, context)
                async for response in guard.while_in(entrant, request, served) if guard and entrant else served:
                    yield response

        return answers

    def _asked_on(self, read: Read, serve: Callable[[Any, Context], AsyncIterator[Any]]) -> Answers:
        """Answer a stream of messages, which looks after itself."""

        async def answers(_: _Call, entrant: Entrant | None, data: Any, context: Context) -> AsyncGenerator[Any]:
            guard, requests = self._guard, _readable_ones(data, read)
            heard = await guard.reach_stream(entrant) if guard and entrant else NOBODY
            with _in_the_name_of(heard):
                if not (guard and entrant):
                    served = serve(requests, context)
                elif entrant.scope is Scope.BULK:
                    served = guard.bulk(entrant, requests, serve, context)
                else:
                    served = guard.while_in(entrant, None, serve(requests, context))
                async for response in served:
                    yield response

        return answers

    def _shown(self, method: str, handler: Handler) -> Handler:
        """Let in who may call a service that is not ours; what is asked there concerns nobody."""
        read, write = handler.request_deserializer, handler.response_serializer
        ends: dict[str, Any] = {"request_deserializer": read, "response_serializer": write}
        one: Any = handler.unary_unary
        many: Any = handler.unary_stream or handler.stream_stream

        async def answer(request: Any, context: Context) -> Any:
            await self._let_in_or_abort(method, context)
            return await one(request, context)

        async def answers(request: Any, context: Context) -> None:
            await self._let_in_or_abort(method, context)
            served = many(request, context)
            if not isinstance(served, AsyncIterator):  # it writes what it has to say itself
                await served
                return
            async for response in served:
                await context.write(response)

        if one:
            return grpc.unary_unary_rpc_method_handler(answer, **ends)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(answers, **ends)
        return grpc.stream_stream_rpc_method_handler(answers, **ends)

    async def _let_in_or_abort(self, method: str, context: Context) -> None:
        call = _Call(method=method)
        try:
            await self._let_in(call, context)
        except Exception as error:
            await _abort(context, _told(call, error))
        self._turnstile.leave(call.principal)  # its pace counts; it itself is nothing to wait for

    async def _let_in(self, call: _Call, context: Context) -> Entrant | None:
        """Return who calls; None where nobody is asked, because only this machine can call."""
        require_time(context)
        entrant = None
        if self._guard is not None:
            self._turnstile.look_at(context.peer())
            try:
                entrant = await self._guard.enter(call.method, context)
            except Unauthenticated:
                self._turnstile.refused(context.peer())
                raise
            call.principal = entrant.principal.actor if entrant.principal else ""
        self._turnstile.enter(call.principal)
        return entrant

    async def _begun(self, call: _Call, context: Context) -> Entrant | None:
        """Let in a call that is under way until its answer was taken, not only made: else memory fills with answers."""
        entrant = await self._let_in(call, context)
        taken: Any = lambda _: self._turnstile.leave(call.principal)  # noqa: E731 -- the stubs want a class of theirs
        context.add_done_callback(taken)
        return entrant

    @contextmanager
    def _call(self, method: str, context: Context) -> Iterator[_Call]:
        call = _Call(method=method)
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
                    **({"principal": call.principal} if call.principal else {}),
                )


def _request_id(request: Any) -> str:
    """Return the caller's id for the request; whatever is none stays out of the log, for it may be anything."""
    said = getattr(request, "request_id", "")
    return said if _REQUEST_ID.fullmatch(said) else ""


def _forgiving(read: Callable[[bytes], Any] | None) -> Read:
    """Return a reader to which garbage is no error of ours: whoever handles the call refuses it properly."""
    assert read is not None

    def read_or_not(data: bytes) -> Any:
        try:
            return read(data)
        except DecodeError:
            return None

    return read_or_not


def _valid(call: _Call, request: Any) -> Any:
    call.request_id = _request_id(request)
    require_valid(_readable(request))
    require_callers_own(getattr(request, "request_id", ""))
    return request


def _readable(request: Any) -> Any:
    if request is None:
        accepted = "the message that the .proto files describe"
        raise Rejected("MESSAGE_UNREADABLE", "these bytes are no message of this method", accepted=accepted)
    return request


async def _readable_ones(requests: AsyncIterator[bytes], read: Read) -> AsyncIterator[Any]:
    async for data in requests:
        yield _readable(read(data))


@contextmanager
def _in_the_name_of(heard: Heard) -> Iterator[None]:
    """Let handlers find who calls; nobody: in the metadata."""
    with held(ACTOR, heard.actor), held(OWN_RECORD, heard.own_record):
        yield


def _told(call: _Call, error: Exception) -> Failure:
    if isinstance(error, Invalid):
        failure = error.failure()
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
