"""`escalera up`, killed without a word: nothing of it stays behind, and the next start goes on where it was."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from infra.clock import SpeedClock
from tests.e2e.checks import doors_of, goes_on, no_contact_was_made_twice, rows, until, verified
from tests.e2e.clients import open_cases
from tests.e2e.running import Up, left_over, start

CASES = 20
STARTS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    """Whatever a test has started; the last ones are killed when it fails."""
    started: list[Up] = []
    yield started
    for up in started:
        if up.process.poll() is None:
            up.kill()


async def test_up_killed_and_started_again_goes_on_where_it_was(tmp_path: Path, ups: list[Up]) -> None:
    folder = tmp_path / "data"
    clock = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=86_400)
    ups.append(await asyncio.to_thread(start, folder, "--clock", clock.setting))
    places = ups[-1].places
    async with doors_of(places) as doors:
        cases = await open_cases(doors, CASES, opened=STARTS_AT, due=date(2026, 3, 6))
        mails = await until(lambda: no_contact_was_made_twice(places), bool)
        before = await rows(places, "SELECT * FROM events ORDER BY notification_id")

    ups[-1].kill()
    assert not await asyncio.to_thread(left_over, folder)

    ups.append(await asyncio.to_thread(start, folder, "--clock", clock.setting))
    assert ups[-1].places.grpc == places.grpc  # clients find it again
    assert ups[-1].places.temporal == places.temporal
    places = ups[-1].places
    async with doors_of(places) as doors:
        await goes_on(doors, cases, clock.now, late=timedelta(days=4))
        await until(lambda: no_contact_was_made_twice(places), lambda count: count > mails)
        assert (await rows(places, "SELECT * FROM events ORDER BY notification_id"))[: len(before)] == before
        await verified(doors, CASES)

    assert await asyncio.to_thread(ups[-1].stop) == 0
    assert not await asyncio.to_thread(left_over, folder)
    assert not (folder / "running.json").exists()
