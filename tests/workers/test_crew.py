"""Work that processes share: all of it is done, or it is an error; and nobody is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.cli.terminal import PROJECT, processes_of, until_gone
from workers.crew import Hand, More, ProcessDied, share

DIES, FAILS, TALKS = "dies", "fails", "talks"


class Unsendable(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


@contextmanager
def hired() -> Iterator[Hand[Any, Any]]:
    yield work


def work(piece: object, told: More) -> Any:
    match piece:
        case int():
            told("SQUARES", 1)
            return piece * piece, os.getpid()
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fails":
            raise ValueError("this piece cannot be done")
        case "talks":
            while True:
                told("SQUARES", 1)
                sleep(0.05)
        case _:
            raise Unsendable("one", "other")
    return None


@pytest.mark.parametrize("processes", [1, 3])
def test_every_piece_is_done_once_and_told_of(processes: int) -> None:
    found: list[tuple[int, int]] = []
    told: list[tuple[str, int]] = []
    share(range(50), hired, processes=processes, take=found.append, told=lambda *more: told.append(more))
    assert sorted(square for square, _ in found) == [number * number for number in range(50)]
    assert told == [("SQUARES", 1)] * 50
    others = {process for _, process in found} - {os.getpid()}
    assert (processes > 1) == bool(others)
    assert all(not Path("/proc", str(process)).exists() for process in others)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_piece_that_fails_fails_the_whole(processes: int) -> None:
    with pytest.raises(ValueError, match="this piece cannot be done"):
        share([1, FAILS, 2], hired, processes=processes, take=lambda _: None)


def test_an_error_that_cannot_be_sent_is_one_all_the_same() -> None:
    with pytest.raises(RuntimeError, match="Unsendable"):
        share([None], hired, processes=2, take=lambda _: None)


def test_a_process_that_is_killed_is_an_error_and_ends_the_others() -> None:
    left = list[int]()
    with pytest.raises(ProcessDied, match="signal 9"):
        share([1, TALKS, DIES], hired, processes=3, take=lambda found: left.append(found[1]))
    assert all(not Path("/proc", str(process)).exists() for process in left)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_who_is_interrupted_or_killed_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    program = (
        "from tests.workers.test_crew import TALKS, hired\n"
        "from workers.crew import share\n"
        "if __name__ == '__main__':\n"
        "    share([TALKS, TALKS], hired, processes=2, take=print, told=lambda *_: print('.', flush=True))\n"
    )
    (tmp_path / "program.py").write_text(program)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py")],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "ESCALERA_DATA": str(tmp_path)},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == ".\n"
        assert len(processes_of(tmp_path)) >= 3  # it and its two
        parent.send_signal(number)  # to it alone, as `kill` does
        _, said = parent.communicate(timeout=60)
    finally:
        parent.kill()
    assert parent.returncode != 0
    assert said.count("Traceback") <= 1, "its processes die without a word"
    assert not until_gone(tmp_path)
