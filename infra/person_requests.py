"""Requests for a second person's word about people, out of the log itself."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, LiteralString, get_args
from uuid import UUID

from application.person_requests import PersonRequest, RequestFilter
from application.read_ports import Page
from domain.person.approval_events import PersonApprovalEvent
from domain.person.erasure_events import PersonExported, PersonForgotten
from domain.person.evolve_approval import approval_told, handed_out, none_waits
from domain.person.state import PersonApproval
from infra.codec import EventCodec
from infra.log_lists import LogList, Told
from infra.read_tables.tables import Pool

# Of nobody but those about whom something was asked: most that is handed out needs nobody's word.
_EVENTS: Final[LiteralString] = """
SELECT told.originator_id, told.topic, told.state FROM events AS told
WHERE told.topic IN (
    'PersonApprovalRequested', 'PersonApprovalGiven', 'PersonApprovalRefused', 'PersonApprovalWithdrawn',
    'PersonExported', 'PersonForgotten')
AND EXISTS (
    SELECT FROM events AS asked
    WHERE asked.topic = 'PersonApprovalRequested' AND asked.originator_id = told.originator_id)
ORDER BY told.originator_id, told.originator_version
"""


class PostgresPersonRequests:
    """Asks through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool, codec: EventCodec | None = None) -> None:
        self._list = LogList(pool=pool, codec=codec or EventCodec(), events=_EVENTS, rows=_requests, key=_key, keys=3)

    async def page(
        self, wanted: RequestFilter, at: datetime, *, page_size: int = 50, page_token: str = ""
    ) -> Page[PersonRequest]:
        """Return those that fit at an instant, whose time is up soonest first."""
        question = ("person requests", sorted(wanted.acts), sorted(wanted.states))
        return await self._list.page(
            question, page_size=page_size, page_token=page_token, fits=lambda request: wanted.fits(request, at)
        )


def _requests(told: Told) -> Iterable[PersonRequest]:
    """Return what the events come to, as the fold of a person has it."""
    found: defaultdict[UUID, dict[str, PersonApproval]] = defaultdict(dict)
    for person_id, event in told:
        match event:
            case PersonExported():
                handed_out(found[person_id], event)
            case PersonForgotten():
                none_waits(found[person_id])
            case _:
                assert isinstance(event, get_args(PersonApprovalEvent)), f"{type(event).__name__} was not asked for"
                approval_told(found[person_id], event)
    for person_id, approvals in found.items():
        for approval_id, approval in approvals.items():
            yield PersonRequest(person_id=person_id, approval_id=approval_id, approval=approval)


def _key(request: PersonRequest) -> tuple[str, str, str]:
    expires = request.approval.expires_at.astimezone(UTC).isoformat(timespec="microseconds")
    return (expires, str(request.person_id), request.approval_id)
