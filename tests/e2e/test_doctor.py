"""With an engine that was just started nothing is wrong, and where none runs that is what is wrong."""

from pathlib import Path

import pytest

from tests.e2e.running import Up, ask

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_nothing_is_wrong_with_a_running_engine(up: Up) -> None:
    said = ask(Path(up.places.folder), "doctor")
    assert said["well"]
    assert said["not_looked_at"] == []
    # What a first start on one machine leaves to be decided; the rest depends on the machine and the day.
    lacking = {"LOG_NOT_ARCHIVED"}
    of_the_day = {"TIME_ZONES_OLD", "RATES_END", "RATES_END_SOMEWHERE", "DISK_LOW", "LIBRARY_DIFFERS"}
    assert {each["code"] for each in said["findings"]} - of_the_day == lacking


def test_where_no_engine_runs_that_is_said(tmp_path: Path) -> None:
    said = ask(tmp_path, "doctor", status=1)
    assert "ENGINE_NOT_RUNNING" in {each["code"] for each in said["findings"]}
    assert "database" in said["looked_at"]
