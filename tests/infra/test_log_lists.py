"""Lists about people out of a log with thousands of requests: a page costs what is on it, not what was ever asked."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from application.person_requests import RequestFilter
from application.ports import Event
from application.read_ports import Page
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands
from infra.codec import EventCodec
from infra.event_store import open_store
from infra.log_lists import BATCH
from infra.person_requests import _EVENTS, _OVER, _PLACES, _WAITING, PostgresPersonRequests
from infra.read_tables import open_pool
from infra.read_tables.paging import write_token
from infra.read_tables.tables import Pool
from infra.waiting_erasures import _EVENTS as _OF_ERASURES
from infra.waiting_erasures import _PLACES as _ERASURES
from infra.waiting_erasures import PostgresWaitingErasures

OVER, WAITING = 3_000, 40  # requests that nobody waits for any more, and those that wait
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOBODY = str(UUID(int=0))

Row = tuple[str, int, str, dict[str, Any]]  # stream, version, topic, state


def person(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{kind}{number}"))


def asked_for(number: int, *, version: int = 1, expires: str) -> Row:
    wanted = {"act": "FORGET", "reason": "", "formats": [], "erasure_id": "e-1", "erasure_reason": "ASKED"}
    state = {
        "approval_id": f"a-{number}",
        "wanted": wanted | {"despite_open_cases": False},
        "requested_by": "back-office:bea",
        "approvers": ["supervisor"],
        "rule": "forget",
        "expires_at": expires,
    }
    return person("p", number), version, "PersonApprovalRequested", state


def forgotten(stream: str, version: int) -> Row:
    return stream, version, "PersonForgotten", {"erasure_id": "e-1", "also": []}


def approvals() -> Iterator[Row]:
    """One stream a request. Of those that are over one in three lapsed, the others have their time before them."""
    for number in range(1, OVER + WAITING + 1):
        over = number <= OVER
        fraction = f".{number % 1000:06}" if number % 2 else ""
        day = 20 if over and number % 3 == 1 else 23 + number % 5
        yield asked_for(number, expires=f"2026-11-{day}T10:00:00{fraction}Z")
        if over and number % 3 == 2:
            refused = {"approval_id": f"a-{number}", "refused_by": "supervisor:sol", "reason": "NOT_THEM"}
            yield person("p", number), 2, "PersonApprovalRefused", refused
        if over and number % 3 == 0:
            yield forgotten(person("p", number), 2)


def erasures() -> Iterator[Row]:
    """Refused twice each, with another day the second time; those that are over were forgotten in the end."""
    for number in range(1, OVER + WAITING + 1):
        stream = person("q", number)
        asked = {"erasure_id": "e-1", "reason": "ASKED", "by": "supervisor:sol", "despite_open_cases": False}
        yield stream, 1, "ErasureRequested", asked
        yield stream, 2, "ErasureRefused", {"erasure_id": "e-1", "blocks": [], "until": "2026-02-01"}
        until = f"2027-03-{1 + number % 28:02}" if number % 4 else None
        yield stream, 3, "ErasureRefused", {"erasure_id": "e-1", "blocks": [], "until": until}
        if number <= OVER:
            yield forgotten(stream, 4)


class Counting(EventCodec):
    """Counts the events that a list reads."""

    read = 0

    def decode(self, name: str, state: bytes, *more: Any, **others: Any) -> Event:
        self.read += 1
        return super().decode(name, state, *more, **others)


@pytest.fixture
async def pool(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Pool]:
    async with open_store(fresh_dsn, tmp_path / "master.key"), open_pool(fresh_dsn) as opened:
        yield opened


async def told(pool: Pool, *rows: Row) -> None:
    """Put events into the log, as whoever wrote them did."""
    at = "2026-11-01T00:00:00Z"
    written = [
        (stream, version, topic, json.dumps({"v": 1, "at": at} | state).encode())
        for stream, version, topic, state in rows
    ]
    async with pool.connection() as connection:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)", written
            )
        await connection.execute("ANALYZE events")


async def paged(page: Callable[..., Awaitable[Page[Any]]], size: int) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        got = await page(page_size=size, page_token=token)
        assert len(got.rows) == size or not got.next_token
        found += got.rows
        token = got.next_token
        if not token:
            return found


async def plan_of(pool: Pool, question: LiteralString, values: Mapping[str, object]) -> str:
    async with pool.connection() as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        await connection.execute("SET LOCAL enable_sort = off")
        rows = await (await connection.execute(f"EXPLAIN {question}", values)).fetchall()
    return "\n".join(row[0] for row in rows)


async def test_what_waits_is_read_and_not_what_was_ever_asked(pool: Pool) -> None:
    await told(pool, *approvals())
    codec = Counting()
    requests = PostgresPersonRequests(pool, codec)

    found = await paged(lambda **page: requests.page(RequestFilter(), NOW, **page), 7)

    assert {each.approval_id for each in found} == {f"a-{n}" for n in range(OVER + 1, OVER + WAITING + 1)}
    keys = [(each.approval.expires_at, str(each.person_id), each.approval_id) for each in found]
    assert keys == sorted(keys)
    pages = -(-WAITING // 7)
    assert codec.read <= WAITING + pages  # each page looks one further
    codec.read = 0
    first = await requests.page(RequestFilter(), NOW, page_size=7)
    assert ([each.approval_id for each in first.rows], codec.read) == ([each.approval_id for each in found[:7]], 8)


async def test_what_became_of_the_others_comes_page_by_page_too(pool: Pool) -> None:
    await told(pool, *approvals())
    codec = Counting()
    requests = PostgresPersonRequests(pool, codec)
    refused = RequestFilter(states=frozenset({ApprovalStands.REFUSED}))
    everything = RequestFilter(states=frozenset(ApprovalStands))

    assert len(await paged(lambda **page: requests.page(refused, NOW, **page), 300)) == OVER // 3
    found = await paged(lambda **page: requests.page(everything, NOW, **page), 1_000)
    assert len({each.approval_id for each in found}) == len(found) == OVER + WAITING
    codec.read = 0
    page = await requests.page(everything, NOW, page_size=10)
    assert ([each.approval_id for each in page.rows], bool(page.next_token)) == (
        [each.approval_id for each in found[:10]],
        True,
    )
    assert codec.read <= 2 * BATCH


async def test_those_whose_time_is_up_are_found_until_an_event_says_so_and_show_the_same_before_and_after(
    pool: Pool,
) -> None:
    await told(pool, *approvals())
    codec = Counting()
    requests = PostgresPersonRequests(pool, codec)
    lapsed = RequestFilter(states=frozenset({ApprovalStands.LAPSED}))
    shown = [each.approval_id for each in await paged(lambda **page: requests.page(lapsed, NOW, **page), 500)]
    codec.read = 0

    over = await requests.over(NOW)

    assert [each.approval_id for each in over] == shown
    assert len(over) == codec.read == OVER // 3
    await told(
        pool,
        *((str(each.person_id), 2, "PersonApprovalLapsed", {"approval_id": each.approval_id}) for each in over[1:]),
    )
    assert await requests.over(NOW) == over[:1]
    assert [each.approval_id for each in await paged(lambda **page: requests.page(lapsed, NOW, **page), 500)] == shown


async def test_erasures_that_wait_are_read_and_not_those_that_came_to_their_end(pool: Pool) -> None:
    await told(pool, *erasures())
    codec = Counting()
    waiting = PostgresWaitingErasures(pool, codec)

    found = await paged(waiting.page, 9)

    assert len(found) == WAITING
    days = [each.until or date.max for each in found]
    assert days == sorted(days)
    assert date(2026, 2, 1) not in days, "as they were refused last"
    assert codec.read <= 3 * (WAITING + -(-WAITING // 9))
    codec.read = 0
    assert list(await waiting.all()) == found
    assert codec.read == 3 * WAITING
    codec.read = 0
    assert list((await waiting.page(page_size=9)).rows) == found[:9]
    assert codec.read == 3 * 10


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        (_PLACES, {"events_person_requests_in_order"}),
        (_WAITING, {"events_person_requests_in_order", "events_person_requests"}),
        (_OVER, {"events_person_requests_in_order", "events_person_requests"}),
        (_EVENTS, {"events_person_requests"}),
        (_ERASURES, {"events_erasures_in_order", "events_forgotten"}),
        (_OF_ERASURES, {"events_erasures"}),
    ],
)
async def test_places_are_found_in_their_order_by_an_index_and_without_reading_the_log(
    pool: Pool, question: LiteralString, indexes: set[str]
) -> None:
    await told(pool, *approvals(), *erasures())
    after = {"after_0": "2026-11-22", "after_1": NOBODY, "after_2": "", "batch": 10, "at": NOW}
    plan = await plan_of(pool, question, after | {"streams": [UUID(int=0)]})
    assert {each for each in indexes if f"using {each} " in plan or f"on {each} " in plan} == indexes, plan
    assert "Seq Scan" not in plan
    if question not in (_EVENTS, _OF_ERASURES):
        assert "Sort" not in plan, plan


@pytest.mark.parametrize("keys", [("someday", NOBODY, ""), ("2026-11-22", "nobody", ""), ("2026-11-22", NOBODY, "\0")])
async def test_a_token_with_made_up_keys_is_refused(pool: Pool, keys: tuple[str, str, str]) -> None:
    waiting, requests = PostgresWaitingErasures(pool), PostgresPersonRequests(pool)
    question: object = ("person requests", [], [ApprovalStands.WAITING])
    for asking in (
        waiting.page(page_token=write_token("waiting erasures", keys)),
        requests.page(RequestFilter(), NOW, page_token=write_token(question, keys)),
    ):
        with pytest.raises(Rejected) as refused:
            await asking
        assert (refused.value.reason, refused.value.detail) == (
            "PAGE_TOKEN_INVALID",
            "the page token cannot be used: it was not made here",
        )


async def test_a_request_that_was_made_again_is_on_the_list_once_with_its_last_time(pool: Pool) -> None:
    again = (asked_for(1, version=number, expires=f"2027-0{number}-01T00:00:00+01:00") for number in (3, 1, 2))
    await told(pool, *again)
    for states in (RequestFilter(), RequestFilter(states=frozenset(ApprovalStands))):
        found = await PostgresPersonRequests(pool).page(states, NOW)
        assert [each.approval.expires_at for each in found.rows] == [datetime(2027, 2, 28, 23, tzinfo=UTC)]


async def test_a_state_that_nobody_can_read_is_not_passed_over(pool: Pool) -> None:
    await told(pool, *erasures())
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        await connection.execute(
            "UPDATE events SET state = '{' WHERE originator_id = %s AND topic = 'ErasureRefused'",
            (person("q", OVER + 1),),
        )
    with pytest.raises(Exception, match="truncated"):
        await PostgresWaitingErasures(pool).page(page_size=1)
