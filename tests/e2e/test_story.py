"""The demo as a user runs it: its figures agree with each other, and a table that lies is found out."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.clock import SpeedClock
from infra.mail_sink import tally
from tests.e2e.running import START_SECONDS, ask, escalera, left_over, running

CASES, DAYS = 20, 25
DAYS_PER_SECOND = 2  # faster than the demo: nothing here depends on steps being taken on their day

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_the_demo_is_verified_and_afterwards_a_corrupted_table_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    figures = await asyncio.to_thread(_told, folder)
    assert not await asyncio.to_thread(left_over, folder)
    _consistent(figures)
    seen = tally(folder / "mail")
    assert figures["mail"] == {"messages": seen.messages, "message_ids": len(seen.message_ids), "duplicates": 0}

    # What it left behind is a data folder like any other. Its clock goes on from the story's last day.
    last_day = datetime.fromisoformat(figures["starts_at"]) + timedelta(days=DAYS + 1)
    clock = SpeedClock(business=last_day, real=datetime.now(UTC) + timedelta(hours=1), speed=1)
    with running(folder, "--clock", clock.setting) as up:
        before = ask(folder, "verify")
        assert (before["verified"], before["cases_checked"]) == (True, CASES)
        assert before["events_read"] >= figures["events"]
        with psycopg.connect(up.places.database) as connection:
            connection.execute("UPDATE read_tables.case_summary SET balance = balance + 1 WHERE closure = 'PAID'")
        after = ask(folder, "verify", status=1)
        assert not after["verified"]
        paid = sum(each["cases"] for each in figures["funnel"] if each["closure"] == "PAID")
        assert [each["field"] for each in after["differences"]] == ["balance"] * paid
        ask(folder, "projections", "rebuild")
        assert ask(folder, "verify")["verified"]


def _told(folder: Path) -> Any:
    """Run the demo, which must end well, and return its figures."""
    size = ("--cases", str(CASES), "--days", str(DAYS), "--speed", str(DAYS_PER_SECOND * 86_400))
    command = escalera("demo", *size, "--json", "-", "--data", str(folder))
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS + 3 * DAYS, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def _consistent(figures: Any) -> None:
    """Count again what is told in more than one way."""
    assert figures["verified"]
    assert {check["name"]: check["holds"] for check in figures["checks"]} == dict.fromkeys(
        ("replay", "lawful", "mail_ids", "permits", "delivered", "money", "deeds"), True
    )
    assert (figures["cases"], figures["days"]) == (CASES, DAYS)
    assert sum(each["cases"] for each in figures["funnel"]) == CASES
    assert sum(each["cases"] for each in figures["money"]) == CASES
    for sums in figures["money"]:
        owed = sums["principal"] + sums["charged"] - sums["waived"] - sums["collected"]
        assert owed == sums["balance"] >= 0
    (email,) = (each for each in figures["contacts"] if each["channel"] == "EMAIL")
    assert sum(email["outcomes"].values()) == email["permitted"]
    accepted = sum(count for outcome, count in email["outcomes"].items() if outcome in ("ACCEPTED", "DELIVERED"))
    assert figures["mail"]["messages"] == accepted > 0
    told = {each["kind"]: each["accepted"] for each in figures["told"]}
    assert told["Pay"] > 0
    assert figures["lateness"]["steps"] > 0
