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

from api import tracing
from api.calls import ACTOR, OWN_RECORD, Context, held
from api.errors import Failure, failure_of
from api.guard import NOBODY, Guard, Heard, slowly
from api.incoming import Handler, Read, forgiving, readable, readable_ones, reading_itself, the_one
from api.patience import require_time, within
from api.tracing import Tracing
from api.turnstile import Limits, Turnstile
from api.validation import Invalid, require_valid
from application.access import Entrant, Unauthenticated
from application.request import require_callers_own
from domain.access import Scope

OURS: Final = "/escalera."
_REQUEST_ID: Final = re.compile(r"[!-~]{1,128}")  # as the .proto files have it

log = structlog.get_logger("escalera.api")


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
        read = forgiving(handler.request_deserializer)
        # Requests come as bytes: nothing is read for somebody who is not let in.
        one: Any = handler.unary_unary  # the stubs know only the blocking kind
        many: Any = handler.unary_stream
        both: Any = handler.stream_stream
        if one:
            watched = self._one_answer(method, read, one)
        else:
            watched = self._many_answers(method, self._asked_once(read, many) if many else self._asked_on(read, both))
        return reading_itself(handler, watched, reads=False)

    def _one_answer(self, method: str, read: Read, serve: Callable[[Any, Context], Awaitable[Any]]) -> Any:
        async def watched(_: Any, context: Context) -> Any:
            since = time.monotonic()
            with self._call(method, context) as call:
                try:
                    entrant = await self._begun(call, context)
                    request = _valid(call, read(await the_one(context, self._limits.answer_seconds_max)))
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

        async def answers(call: _Call, entrant: Entrant | None, _: Any, context: Context) -> AsyncGenerator[Any]:
            guard = self._guard
            request = _valid(call, read(await the_one(context, self._limits.answer_seconds_max)))
            heard = await guard.reach(entrant, request) if guard and entrant else NOBODY
            with _in_the_name_of(heard):
                served = serve(request, context)
                async for response in guard.while_in(entrant, request, served) if guard and entrant else served:
                    yield response

        return answers

    def _asked_on(self, read: Read, serve: Callable[[Any, Context], AsyncIterator[Any]]) -> Answers:
        """Answer a stream of messages, which looks after itself."""

        async def answers(_: _Call, entrant: Entrant | None, data: Any, context: Context) -> AsyncGenerator[Any]:
            guard, requests = self._guard, readable_ones(data, read)
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
        one: Any = handler.unary_unary
        many: Any = handler.unary_stream or handler.stream_stream
        read = forgiving(handler.request_deserializer)

        async def asked(requests: Any, context: Context) -> Any:
            """Return what the handler is called with."""
            call = _Call(method=method)
            try:
                await self._let_in(call, context)
                self._turnstile.leave(call.principal)  # its pace counts; it itself is nothing to wait for
                if handler.stream_stream:
                    return requests
                return readable(read(await the_one(context, self._limits.answer_seconds_max)))
            except Exception as error:
                await _abort(context, _told(call, error))

        async def answer(requests: Any, context: Context) -> Any:
            return await one(await asked(requests, context), context)

        async def answers(requests: Any, context: Context) -> None:
            served = many(await asked(requests, context), context)
            if not isinstance(served, AsyncIterator):  # it writes what it has to say itself
                await served
                return
            async for response in served:
                await context.write(response)

        return reading_itself(handler, answer if one else answers, reads=bool(handler.stream_stream))

    async def _let_in(self, call: _Call, context: Context) -> Entrant | None:
        """Return who calls; None where nobody is asked, because only this machine can call."""
        require_time(context)
        entrant = None
        if self._guard is not None:
            peer = context.peer()
            self._turnstile.come(peer)
            gone: Any = lambda _: self._turnstile.go(peer)  # noqa: E731 -- as below
            context.add_done_callback(gone)
            self._turnstile.look_at(peer)
            try:
                entrant = await self._guard.enter(call.method, context)
            except Unauthenticated:
                self._turnstile.refused(peer)
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


def _valid(call: _Call, request: Any) -> Any:
    call.request_id = _request_id(request)
    require_valid(readable(request))
    require_callers_own(getattr(request, "request_id", ""))
    return request


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
