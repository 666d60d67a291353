"""Log lines are JSON, ours and the libraries', and an error's text stays out of them."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from infra import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_lines_and_those_of_libraries_look_alike(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", process="relay")

    structlog.get_logger("ours").info("relayed", events=3)
    logging.getLogger("theirs").warning("slow by %d ms", 7)

    ours, theirs = lines(capsys)
    assert (ours["event"], ours["events"], ours["process"], ours["level"]) == ("relayed", 3, "relay", "info")
    assert (theirs["event"], theirs["logger"], theirs["process"]) == ("slow by 7 ms", "theirs", "relay")


def test_an_error_is_its_class_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", process="api")
    try:
        int("Ana Ruiz, Calle Mayor 1")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed too")

    for line in lines(capsys):
        assert line["error"] == "ValueError"
        assert "test_logs" in str(line["raised_at"])
        assert "Ana" not in json.dumps(line)


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("WARNING", process="api")

    structlog.get_logger("ours").info("nothing")

    assert lines(capsys) == []
