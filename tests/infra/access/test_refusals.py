"""Refused attempts leave rows, and a flood of them a bounded number."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from application.access import Refusal
from infra.access.refusals import KINDS_MAX, OTHERS, CountedRefusals, open_refusals
from infra.access.used_tokens import PostgresUsedTokens
from infra.clock import SystemClock
from infra.read_tables import open_pool

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def refusal(number: int = 0, *, method: str = "/s/M", principal: str = "collector:ana") -> Refusal:
    return Refusal(at=AT + timedelta(seconds=number), method=method, principal=principal, reason="REACH")


def test_the_first_of_a_kind_is_told_and_the_others_are_counted() -> None:
    refusals = CountedRefusals()
    for number in range(1_000):
        refusals.note(refusal(number))
    assert refusals.taken() == [(AT, AT, "/s/M", "collector:ana", "REACH", 1)]
    refusals.end_span()
    ((first_at, last_at, *_, attempts),) = refusals.taken()
    assert (attempts, last_at - first_at) == (999, timedelta(seconds=998))
    refusals.note(refusal())
    assert len(refusals.taken()) == 1


def test_a_flood_of_kinds_leaves_no_more_rows_than_may_be() -> None:
    refusals = CountedRefusals()
    for number in range(5_000):
        refusals.note(refusal(principal=f"debtor:d-{number}"))
    refusals.end_span()
    rows = refusals.taken()
    assert len(rows) == KINDS_MAX + 1
    assert rows[-1][2:] == (*OTHERS, 5_000 - KINDS_MAX)


async def test_they_are_kept_also_those_counted_at_the_end_and_nobody_changes_them(fresh_dsn: str) -> None:
    async with open_pool(fresh_dsn) as pool:
        async with open_refusals(pool) as refusals:
            for _ in range(7):
                refusals.note(refusal())
            async with asyncio.timeout(10):
                while not rows_of(fresh_dsn):
                    await asyncio.sleep(0.01)
        assert rows_of(fresh_dsn) == [("/s/M", "collector:ana", "REACH", 1), ("/s/M", "collector:ana", "REACH", 6)]
    with psycopg.connect(fresh_dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM access_refusals")


def rows_of(dsn: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        asked = "SELECT method, principal, reason, attempts FROM access_refusals ORDER BY number"
        return connection.execute(asked).fetchall()


async def test_a_token_for_one_call_is_used_once_by_whichever_process(fresh_dsn: str) -> None:
    async with open_pool(fresh_dsn) as pool:
        here, there = (PostgresUsedTokens(pool, SystemClock()) for _ in range(2))
        until = AT + timedelta(days=9_999)
        first = await asyncio.gather(
            *(each.first("https://i", "jti", until) for each in (here, there) for _ in range(5))
        )
        assert sorted(first) == [False] * 9 + [True]
        assert await there.first("https://j", "jti", until)
