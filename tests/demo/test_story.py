"""The demo itself, small and fast, as a person starts it: real servers, real mail, everything verified."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_a_small_demo_ends_with_everything_verified(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-P", "-m", "cli", "demo", "--cases", "20", "--days", "20", "--speed", "86400"]
    environment = {**os.environ, "COLUMNS": "100", "LANG": "C"}
    done = subprocess.run(
        [*command, "--json", str(figures), "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=PROJECT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text())
    assert found["verified"]
    assert {check["name"] for check in found["checks"]} == {
        "replay",
        "lawful",
        "mail_ids",
        "permits",
        "delivered",
        "money",
        "deeds",
    }
    assert sum(row["cases"] for row in found["funnel"]) == 20
    assert found["mail"]["messages"] > 0
    assert sum(sums["collected"] for sums in found["money"]) > 0
    assert "Verification: holds" in done.stdout
    assert "\x1b[" not in done.stdout  # plain lines where nobody watches


def test_a_folder_with_something_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    command = [sys.executable, "-P", "-m", "cli", "demo", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 2
    assert (tmp_path / "mine").read_text() == "keep"
