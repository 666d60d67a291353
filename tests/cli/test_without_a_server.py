"""What the command line does where there is no server to talk to."""

import json
from pathlib import Path

import eventsourcing.persistence
import psycopg
import psycopg_pool
import pytest

from cli.language import Words
from cli.session import Session
from tests.cli.terminal import Terminal

SESSION = Session(address="", words=Words("en"), as_json=False)


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


def test_a_database_that_does_not_answer_is_said_and_is_no_crash(tmp_path: Path) -> None:
    seal = tmp_path / "seal"
    seal.write_bytes(bytes(32))
    seal.chmod(0o600)
    environment = {
        "ESCALERA_DATABASE_URL": f"postgresql:///postgres?host={tmp_path}",
        "ESCALERA_SEAL_KEY_FILE": str(seal),
        "LC_ALL": "es_MX.UTF-8",
    }
    said = Terminal(data=tmp_path / "data", environment=environment).run("audit", "verify", "--only-seal")
    assert said.status == 3
    assert "La base de datos no responde" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "silence",
    [psycopg.OperationalError("x"), psycopg_pool.PoolTimeout("x"), eventsourcing.persistence.OperationalError("x")],
)
def test_whoever_says_that_the_database_is_silent_is_understood(
    silence: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="3"), SESSION.errors():
        raise silence
    assert "The database does not answer" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_named_and_is_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = tmp_path / "no" / "folder"
    with pytest.raises(SystemExit, match="2"), SESSION.errors():
        wanted.open("w")
    assert capsys.readouterr().err.strip() == f"{wanted}: No such file or directory"


def test_an_engine_that_does_not_start_names_the_command_that_says_why(tmp_path: Path) -> None:
    environment = {"ESCALERA_TLS_CERTIFICATE_FILE": str(tmp_path / "cert.pem"), "LC_ALL": "pt_BR.UTF-8"}
    said = Terminal(data=tmp_path / "data", environment=environment).run("up")
    assert said.status == 3
    assert "escalera doctor --offline` diz" in said.err


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
