"""What the command line does where there is no server to talk to."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(data=tmp_path / "data", environment={})


@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "show", "andes/F-1"),
        ("cases",),
        ("verify",),
        ("projections", "status"),
        ("rehydrate",),
        ("case", "show", "andes/F-1", "--server", "127.0.0.1:1"),
    ],
)
def test_a_missing_server_is_said_and_has_its_own_status(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    said = terminal.run(*arguments)
    assert said.status == 3
    assert "escalera up" in said.err
    assert "Traceback" not in said.err


def test_it_is_said_in_the_reader_s_language_and_to_programs_as_json(tmp_path: Path) -> None:
    spanish = Terminal(data=tmp_path, environment={"LC_ALL": "es_MX.UTF-8"})
    assert "No se conoce" in spanish.run("cases").err
    assert json.loads(spanish.run("cases", "--json").err)["error"]["reason"] == "NO_SERVER"
    assert "Nenhum servidor" in spanish.run("cases", "--lang", "pt").err


def test_a_strategy_is_checked_without_a_server(terminal: Terminal, tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "strategies" / "consumer.toml"
    assert terminal.run("strategies", "check", str(shipped), "--json").json()["name"] == "consumer"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(shipped.read_text().replace('channels = ["EMAIL"]', 'channels = ["PIGEON"]'))
    said = terminal.run("strategies", "check", str(wrong))
    assert said.status == 1
    assert "PIGEON" in said.err


def test_every_command_explains_itself_and_a_wrong_one_is_usage(terminal: Terminal) -> None:
    for command in ((), ("case",), ("case", "pay"), ("person",), ("import",), ("projections",), ("demo",), ("up",)):
        said = terminal.run(*command, "--help")
        assert said.status == 0
        assert "Usage" in said.out
    assert terminal.run("nonsense").status == 2
