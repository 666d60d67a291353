"""A file of payments while the server and the importer are killed: each entry is one payment, or waits once."""

import asyncio
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import grpc
import pytest

from cli.session import UNAVAILABLE
from importers.bulk import send
from tests.api.asking import item
from tests.e2e.running import ask, escalera, running
from tests.importers.payment_files.camt_text import details, entry, message

pytestmark = pytest.mark.e2e

CASES, ENTRIES, STRANGE = 60, 3_000, 15  # every 15th entry names no case


@pytest.mark.timeout(300)
def test_a_file_is_recorded_once_while_the_server_and_the_importer_are_killed(tmp_path: Path) -> None:
    file = tmp_path / "statement.xml"
    file.write_bytes(message(*(_entry(number) for number in range(ENTRIES))))
    waiting = len(range(0, ENTRIES, STRANGE))
    chance = random.Random(7)
    with running(tmp_path / "data") as up:
        asyncio.run(_open(up.places.grpc))
        command = escalera("payments", "import", str(file), "--data", str(tmp_path / "data"), "--json")
        for _ in range(2):  # an importer that dies
            dying = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(2.5 + chance.random())
            dying.kill()
            dying.wait()
        lasting = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2):  # a server that dies
            time.sleep(1.0 + chance.random())
            _kill_api(up.places.pid)
        out, err = lasting.communicate(timeout=200)
        assert lasting.returncode in (4, UNAVAILABLE), err + out
        if lasting.returncode == UNAVAILABLE:
            _imported(command)
        again = _imported(command)
        queue = ask(tmp_path / "data", "payments", "queue", "--limit", "1000")
        verified = ask(tmp_path / "data", "verify")
        paid = [ask(tmp_path / "data", "case", "show", f"acme/INV-{number:06d}") for number in (1, CASES - 1)]

    assert (again["recorded"], again["repeated"], again["left"]) == (0, ENTRIES - waiting, waiting)
    assert len(queue["entries"]) == waiting
    assert verified["verified"]
    for number, case in zip((1, CASES - 1), paid, strict=True):
        expected = len([each for each in range(ENTRIES) if each % STRANGE and each % CASES == number])
        assert len(case["payments"]) == expected


def _imported(command: list[str]) -> Any:
    """Import, once more where no server was there for longer than an importer waits; some entries name no case."""
    for _ in range(5):
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
        if done.returncode != UNAVAILABLE:
            break
    assert done.returncode == 4, done.stderr + done.stdout
    return json.loads(done.stdout)


def _entry(number: int) -> str:
    text = f"factura INV-{number % CASES:06d}" if number % STRANGE else "gracias"
    return entry("0.10", reference=f"B{number}", details=details(f"E{number}", text=text))


async def _open(address: str) -> None:
    items = [item(f"INV-{number:06d}") for number in range(CASES)]
    async with grpc.aio.insecure_channel(address) as channel:
        tally = await send(channel, items, actor="system:test")
    assert tally.recorded == CASES


def _kill_api(supervisor: int) -> None:
    """Kill the process behind the door; the supervisor starts another."""
    for child in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
        if "api" in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
            os.kill(int(child), signal.SIGKILL)
            return
    raise AssertionError("no api process among the supervisor's children")
