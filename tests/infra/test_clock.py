"""Clocks that run fast, and one that stands still until it is started."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.clock import HeldClock, SpeedClock, SystemClock, clock_from
from infra.settings import SettingInvalid

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_clock_is_made_again_from_its_setting(tmp_path: Path) -> None:
    fast = SpeedClock(business=NEW_YEAR, real=datetime.now(UTC) - timedelta(seconds=10), speed=86_400)
    again = clock_from(fast.setting)
    assert isinstance(again, SpeedClock)
    assert NEW_YEAR + 10 * DAY <= again.now() < NEW_YEAR + 20 * DAY
    held = clock_from(HeldClock(business=NEW_YEAR, start_file=tmp_path / "a*b", speed=86_400).setting)
    assert isinstance(held, HeldClock)
    assert held.now() == NEW_YEAR
    assert isinstance(clock_from("system"), SystemClock)


def test_a_held_clock_stands_still_until_any_process_starts_it(tmp_path: Path) -> None:
    mine, theirs = (HeldClock(business=NEW_YEAR, start_file=tmp_path / "clock", speed=86_400) for _ in range(2))
    assert theirs.now() == theirs.now() == NEW_YEAR
    mine.start()
    assert theirs.now() > NEW_YEAR


def test_a_held_clock_gives_waits_as_if_it_started_now(tmp_path: Path) -> None:
    held = HeldClock(business=NEW_YEAR, start_file=tmp_path / "clock", speed=86_400)
    assert held.wait_seconds(NEW_YEAR + 3 * DAY) == 3.0
    assert held.wait_seconds(NEW_YEAR - DAY) == 0.0


@pytest.mark.parametrize(
    "setting", ["noon", "2026-01-01@2026-01-01*1", "2026-01-01T00:00Z@file:x*fast", "2026-01-01T00:00Z@*1"]
)
def test_a_setting_that_is_no_clock_is_refused(setting: str) -> None:
    with pytest.raises(SettingInvalid):
        clock_from(setting)
