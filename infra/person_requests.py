"""Requests for a second person's word about people, out of the log itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, LiteralString, get_args
from uuid import UUID

from application.person_requests import PersonRequest, RequestFilter
from application.read_ports import Page
from domain.four_eyes import ApprovalStands
from domain.person.approval_events import PersonApprovalEvent
from domain.person.erasure_events import PersonExported, PersonForgotten
from domain.person.evolve_approval import approval_told, handed_out, none_waits
from domain.person.state import PersonApproval
from infra.codec import EventCodec
from infra.log_lists import LogList, Told
from infra.read_tables.tables import Pool

_ASKED: Final[LiteralString] = """
SELECT to_char(told_instant(asked.state, 'expires_at') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
    asked.originator_id, told_text(asked.state, 'approval_id') COLLATE "C"
FROM events AS asked
WHERE asked.topic = 'PersonApprovalRequested'
AND (told_instant(asked.state, 'expires_at'), asked.originator_id, told_text(asked.state, 'approval_id') COLLATE "C")
    > (%(after_0)s::timestamptz, %(after_1)s::uuid, %(after_2)s::text)
"""
_IN_TIME: Final[LiteralString] = "AND told_instant(asked.state, 'expires_at') > %(at)s"
_TIME_IS_UP: Final[LiteralString] = "AND told_instant(asked.state, 'expires_at') <= %(at)s"
# Nobody has decided on them, nobody has said that they are over, and nobody has forgotten whom they are about.
_UNDECIDED: Final[LiteralString] = """
AND NOT EXISTS (
    SELECT FROM events AS told
    WHERE told.topic IN (
        'PersonApprovalGiven', 'PersonApprovalRefused', 'PersonApprovalWithdrawn', 'PersonApprovalLapsed',
        'PersonForgotten')
    AND told.originator_id = asked.originator_id AND told.originator_version > asked.originator_version
    AND (told.topic = 'PersonForgotten'
        OR told_text(told.state, 'approval_id') = told_text(asked.state, 'approval_id')))
"""
_IN_ORDER: Final[LiteralString] = """
ORDER BY told_instant(asked.state, 'expires_at'), asked.originator_id,
    told_text(asked.state, 'approval_id') COLLATE "C"
LIMIT %(batch)s
"""
_PLACES: Final[LiteralString] = _ASKED + _IN_ORDER
_WAITING: Final[LiteralString] = _ASKED + _IN_TIME + _UNDECIDED + _IN_ORDER
_OVER: Final[LiteralString] = _ASKED + _TIME_IS_UP + _UNDECIDED + _IN_ORDER
_EVENTS: Final[LiteralString] = """
SELECT told.originator_id, told.topic, told.state FROM events AS told
WHERE told.topic IN (
    'PersonApprovalRequested', 'PersonApprovalGiven', 'PersonApprovalRefused', 'PersonApprovalWithdrawn',
    'PersonApprovalLapsed', 'PersonExported', 'PersonForgotten')
AND told.originator_id = ANY(%(streams)s)
ORDER BY told.originator_id, told.originator_version
"""


class PostgresPersonRequests:
    """Asks through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool, codec: EventCodec | None = None) -> None:
        self._list = LogList(
            pool=pool,
            codec=codec or EventCodec(),
            places=_PLACES,
            events=_EVENTS,
            rows=_requests,
            key=_key,
            stream=1,
            first=("0001-01-02T00:00:00.000000+00:00", str(UUID(int=0)), ""),
        )

    async def over(self, at: datetime) -> Sequence[PersonRequest]:
        """Return those whose time is up at an instant, and of which no event says so yet."""
        return await self._list.all(places=_OVER, values={"at": at})

    async def page(
        self, wanted: RequestFilter, at: datetime, *, page_size: int = 50, page_token: str = ""
    ) -> Page[PersonRequest]:
        """Return those that fit at an instant, whose time is up soonest first."""
        question = ("person requests", sorted(wanted.acts), sorted(wanted.states))
        waits = wanted.states == {ApprovalStands.WAITING}
        return await self._list.page(
            question,
            page_size=page_size,
            page_token=page_token,
            fits=lambda request: wanted.fits(request, at),
            places=_WAITING if waits else None,
            values={"at": at} if waits else None,
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
