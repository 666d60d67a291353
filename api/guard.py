"""At the door: what a caller shows is handed on, and what they ask is held against the rules before anybody answers.

Without one, everybody may do everything in any name: that is for a server that listens on this machine only.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from api.calls import ACTOR_KEY, Context
from api.named import named_by, named_by_entry, named_by_opening, narrow, portfolios_of
from api.open_cases import ITEMS_MAX
from application.access import Access, Entrant, Named, NotPermitted, Presented
from domain.access import Reach, Scope
from domain.decider import Rejected
from protos.escalera import v1 as pb

AUTHORIZATION: Final = "authorization"
# Refusals take this long at least, so that how long one took does not tell what there is.
REFUSAL_SECONDS: Final = 0.05
LOOK_AGAIN_SECONDS: Final = 5.0  # how long a stream goes on at most before its caller's reach is looked at again

_CASES: Final = "/escalera.v1.CaseService/"
_PERSONS: Final = "/escalera.v1.PersonService/"


class Heard(NamedTuple):
    """In whose name the log will have it; whose record it is, where somebody calls for nobody but themselves."""

    actor: str
    own_record: UUID | None = None


NOBODY: Final = Heard("")  # was asked who they are


class Guard:
    """Stands at the door of one server."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def enter(self, method: str, context: Context) -> Entrant:
        """Return who calls; raise `Unauthenticated`, `NotPermitted` or `IssuerUnavailable`."""
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        (certificate, *_) = context.auth_context().get("x509_pem_cert", (b"",))
        presented = Presented(authorization=metadata.get(AUTHORIZATION, ""), certificate=certificate)
        return await self._access.enter(method, presented, metadata.get(ACTOR_KEY, ""))

    async def reach(self, entrant: Entrant, request: Any) -> Heard:
        """Hold a request against the rules, and ask lists for the caller's portfolios; return who is heard."""
        principal = entrant.principal
        match entrant.scope:
            case Scope.NONE | Scope.EVERYTHING:
                named = Named()
            case Scope.PORTFOLIOS:
                if principal and principal.portfolios and not portfolios_of(request):
                    narrow(request, principal.portfolios)
                named = Named(portfolios=portfolios_of(request))
            case Scope.NEW_CASE:
                named = named_by_opening(request)
            case Scope.ENTRY:
                named = named_by_entry(request)
            case _:
                named = named_by(request)
        allowed = await self._access.reach(entrant, named)
        own = allowed.role is not None and self._access.rules.reaches[allowed.role] is Reach.OWN
        return Heard(allowed.actor, principal.person_id if own and principal else None)

    async def reach_stream(self, entrant: Entrant) -> Heard:
        """Hold a stream of requests against the rules, as far as they do not look at each of them."""
        if entrant.scope is Scope.BULK:
            return Heard(entrant.allowed.actor)
        return Heard((await self._access.reach(entrant, Named())).actor)

    async def while_in(self, entrant: Entrant, request: Any, responses: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Hand on a stream of answers for as long as the caller may have them."""
        looked = time.monotonic()
        async for response in responses:
            self._access.still_in(entrant)
            if request is not None and time.monotonic() - looked > LOOK_AGAIN_SECONDS:
                await self.reach(entrant, request)
                looked = time.monotonic()
            yield response

    async def bulk(self, entrant: Entrant, requests: AsyncIterator[Any], serve: Any, context: Context) -> Any:
        """Answer a bulk whose items are permitted one by one; the others are refused in their places."""
        refused: deque[dict[int, str]] = deque()

        async def permitted() -> AsyncIterator[Any]:
            async for request in requests:
                out = await self._not_permitted(entrant, request)
                refused.append(out)
                for place in reversed(out):
                    del request.items[place]
                yield request

        async for response in self.while_in(entrant, None, serve(permitted(), context)):
            for place, request_id in refused.popleft().items():  # in ascending order: each finds its place
                response.outcomes.insert(place, pb.OpenCasesOutcome(request_id=request_id, refusal=_REFUSED))
            yield response

    async def _not_permitted(self, entrant: Entrant, request: Any) -> dict[int, str]:
        """Return the places of the items that are not permitted, ascending, with their request ids."""
        if len(request.items) > ITEMS_MAX:  # refused as a whole by whoever answers
            return {}
        out: dict[int, str] = {}
        for place, item in enumerate(request.items):
            try:
                named = named_by_opening(item)
            except Rejected:  # whoever answers says what is wrong with it
                named = _NAMELESS
            if not await self._access.bulk_reaches(entrant, named, list(_methods_of(item))):
                out[place] = item.request_id
        return out


def _methods_of(item: pb.OpenCasesItem) -> Iterator[str]:
    """Yield the methods that would do one by one what an item does at once."""
    for happened in item.history:
        if told := happened.WhichOneof("command"):
            yield _CASES + type(getattr(happened, told)).__name__
    if item.HasField("hold_if_open"):
        yield f"{_CASES}PlaceHold"
    for person in item.persons:
        yield f"{_PERSONS}RegisterPerson"
        if person.contact_points:
            yield f"{_PERSONS}AddContactPoint"
        if person.consents:
            yield f"{_PERSONS}GiveConsent"


_NAMELESS = Named(portfolios=("",))  # only who reaches everything reaches what has no name
_REFUSED = pb.Refusal(reason="NOT_PERMITTED", detail="this is not permitted")


async def slowly(since: float, error: Exception) -> None:
    """Let a refusal take as long as every other; `since`: when the call came in, by `time.monotonic`."""
    if isinstance(error, NotPermitted):
        await asyncio.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - since)))
