"""An engine's life as its operator sees it: started, used, killed, started again, stopped."""

import json
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from application.relay import far
from infra.mail_sink import MailSink
from tests.cli.terminal import Terminal, stop, until_gone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

OPENING = ("--portfolio", "consumer", "--strategy", "consumer", "--currency", "PEN", "--country", "PE")
PLACE = ("--zone", "America/Lima", "--language", "es")
OWES = ("--owes", "I-1:1437.00:2024-10-30", "--owes", "I-2:200.5:2024-11-30", "--person", "C-1")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    used = Terminal(data=tmp_path / "data", environment={})
    yield used
    used.clean_up()


def test_an_engine_is_used_killed_started_again_and_stopped(terminal: Terminal) -> None:
    _remember_ports(terminal)
    process = terminal.up()
    _open_a_case(terminal)
    _act_on_it(terminal)
    _is_refused(terminal)
    first = terminal.places()
    assert stop(process, signal.SIGKILL) == -signal.SIGKILL
    assert until_gone(terminal.data) == []
    assert terminal.run("case", "show", "andes/F-1").status == 3

    process = terminal.up()
    again = terminal.places()
    assert {key: again[key] for key in ("grpc", "temporal", "smtp")} == {
        key: first[key] for key in ("grpc", "temporal", "smtp")
    }
    shown = terminal.run("case", "show", "andes/F-1", "--json").json()
    assert shown["balance"] == {"amount": "1537.50", "currency": "PEN", "minor": 153750}
    second = terminal.run("up")
    assert second.status == 1
    assert "in use" in second.err
    _look_at_everything(terminal)
    assert stop(process, signal.SIGINT) == 0
    assert until_gone(terminal.data) == []
    assert not (terminal.data / "running.json").exists()


def _remember_ports(terminal: Terminal) -> None:
    """As if from a run before: not the usual ones, which other engines on this machine want as well."""
    terminal.data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as grpc, socket.create_server(("127.0.0.1", 0)) as smtp:
        ports = {"grpc": grpc.getsockname()[1], "smtp": smtp.getsockname()[1]}
    (terminal.data / "ports.json").write_text(json.dumps(ports))


def _open_a_case(terminal: Terminal) -> None:
    person = ("--name", "Camila Quispe", "--country", "PE", "--zone", "America/Lima", "--email", "c1@debtors.example")
    assert terminal.run("person", "register", "andes/C-1", *person).status == 0
    opened = terminal.run("case", "open", "andes/F-1", *OPENING, *PLACE, *OWES)
    assert opened.status == 0, opened.err
    assert "CaseOpened" in opened.out
    assert "Already done" in terminal.run("case", "open", "andes/F-1", *OPENING, *PLACE, *OWES).out


def _act_on_it(terminal: Terminal) -> None:
    dry = terminal.run("case", "pay", "andes/F-1", "100", "--id", "p1", "--dry-run", "--json").json()
    assert dry["validated_only"]
    paid = terminal.run("case", "pay", "andes/F-1", "100", "--id", "p1", "--json").json()
    assert paid["events"] == ["PaymentRecorded"]
    assert terminal.run("case", "pay", "andes/F-1", "100", "--id", "p1", "--json").json()["events"] == []
    assert terminal.run("case", "pause", "andes/F-1").status == 0
    assert terminal.run("case", "resume", "andes/F-1", "--reason", "DONE").status == 0
    assert terminal.run("case", "escalate", "andes/F-1", "legal").status == 0


def _is_refused(terminal: Terminal) -> None:
    reused = terminal.run("case", "pay", "andes/F-1", "200", "--id", "p1")
    assert reused.status == 1
    assert "PAYMENT_EXISTS_WITH_OTHER_TERMS" in reused.err
    currency = terminal.run("case", "pay", "andes/F-1", "5MXN")
    assert (currency.status, "accepted: PEN" in currency.err) == (1, True)
    assert terminal.run("case", "pay", "andes/F-1", "1.234").status == 2
    assert terminal.run("case", "show", "nothing").status == 2
    unknown = terminal.run("case", "show", "andes/none", "--json")
    assert unknown.status == 1
    assert '"reason": "CASE_NOT_FOUND"' in unknown.err
    assert terminal.run("case", "pay", "andes/F-1").status == 2


def _look_at_everything(terminal: Terminal) -> None:
    history = terminal.run("case", "history", "andes/F-1", "--lang", "es")
    assert "Pago de 100,00 PEN" in history.out
    assert "Lo que sigue" in history.out
    assert [each["name"] for each in terminal.run("case", "history", "andes/F-1", "--json").json()["events"]][:1] == [
        "CaseOpened"
    ]
    assert "Camila Quispe" in terminal.run("person", "show", "andes/C-1").out
    assert terminal.run("case", "replay", "andes/F-1", "--version", "1", "--json").json()["version"] == 1
    assert "andes/F-1" in terminal.run("cases", "--stage", "LEGAL").out
    assert terminal.run("cases", "--stage", "SOFT", "--json").json()["cases"] == []
    assert terminal.run("report", "funnel", "--json").json()["cases"] == 1
    assert "1,537.50" in terminal.run("report", "stages").out
    for quiet in (("worklist",), ("strategies", "list"), ("strategies", "show", "consumer"), ("projections", "status")):
        assert terminal.run(*quiet).status == 0
    assert terminal.run("projections", "rebuild", "--json").json()["cases"] == 1
    # Whether anything waits for a time within a year depends on the hour at which the test runs; the ladder says it.
    waits = terminal.run("case", "show", "andes/F-1", "--json").json()["next_step"].get("due_time")
    soon = waits is not None and not far((datetime.fromisoformat(waits) - datetime.now(UTC)).total_seconds())
    assert terminal.run("rehydrate", "--json").json()["cases"] == int(soon)
    assert terminal.run("verify", "--json").json()["verified"]


async def test_ports_that_are_taken_are_left_alone(terminal: Terminal) -> None:
    stranger = MailSink(terminal.data.parent / "stranger")
    terminal.data.mkdir()
    port = await stranger.start()
    (terminal.data / "ports.json").write_text(f'{{"grpc": {port}, "smtp": {port}}}')
    process = terminal.up()
    places = terminal.places()
    assert not places["grpc"].endswith(f":{port}")
    assert not places["smtp"].endswith(f":{port}")
    assert places["grpc"].startswith("127.0.0.1:")
    assert stop(process, signal.SIGTERM) == 0
    await stranger.stop()
    assert terminal.run("up", "--grpc-port", "1", "--clock", "noon").status == 3
