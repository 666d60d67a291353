"""`up` listens where it is told to, or says why it does not: no setting is passed over in silence."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded import ServerError
from infra.settings import SettingInvalid, Settings
from tests.cli.terminal import Terminal, stop, until_gone
from workers.engine import Engine, EngineOptions
from workers.own_doors import OwnDoor, OwnDoors, require_meant
from workers.ports import Ports, free_port


def doors(grpc_port: int = 0, **named: str) -> OwnDoors:
    return OwnDoors.of({f"ESCALERA_{name}": value for name, value in named.items()}, grpc_port=grpc_port)


def test_without_a_word_both_are_on_this_machine_at_any_port() -> None:
    assert doors() == OwnDoors(grpc=OwnDoor(host="127.0.0.1", port=0), web=OwnDoor(host="127.0.0.1", port=0))


def test_what_is_named_is_where_it_listens() -> None:
    found = doors(GRPC_ADDRESS="127.0.0.2:6001", WEB_ADDRESS="[::1]:0")
    assert found == OwnDoors(grpc=OwnDoor(host="127.0.0.2", port=6001), web=OwnDoor(host="[::1]", port=0))
    assert (found.grpc.bound(6001), found.web.bound(7)) == ("127.0.0.2:6001", "[::1]:7")


def test_a_door_to_everywhere_is_reached_on_this_machine_by_this_machine() -> None:
    assert OwnDoor(host="0.0.0.0", port=443).bound(443) == "0.0.0.0:443"
    assert OwnDoor(host="0.0.0.0", port=443).reached(443) == "127.0.0.1:443"
    assert OwnDoor(host="[::]").reached(1) == "[::1]:1"


def test_the_port_of_the_command_line_is_taken_where_the_setting_has_none_or_the_same() -> None:
    assert doors(6001).grpc == OwnDoor(port=6001)
    assert doors(6001, GRPC_ADDRESS="localhost:0").grpc == OwnDoor(host="localhost", port=6001)
    assert doors(6001, GRPC_ADDRESS="localhost:6001").grpc == OwnDoor(host="localhost", port=6001)
    with pytest.raises(SettingInvalid, match="two ports"):
        doors(6002, GRPC_ADDRESS="localhost:6001")


@pytest.mark.parametrize("address", ["50051", "localhost", "localhost:", "::1:50051", "localhost:65536", "a b:1"])
def test_what_is_no_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_GRPC_ADDRESS must be host:port"):
        doors(GRPC_ADDRESS=address)
    with pytest.raises(SettingInvalid, match="ESCALERA_WEB_ADDRESS must be host:port"):
        doors(WEB_ADDRESS=address)


def test_a_port_that_a_setting_asks_for_is_taken_or_refused_by_the_setting_s_name(tmp_path: Path) -> None:
    holder, asked = Ports(tmp_path / "1"), Ports(tmp_path / "2")
    held = holder.choose()
    with pytest.raises(ServerError, match="ESCALERA_WEB_ADDRESS"):
        asked.choose(web=held["web"])
    holder.give_back()
    wanted = free_port()
    later = Ports(tmp_path / "3")
    assert later.choose(web=wanted)["web"] == wanted
    later.give_back()


def test_how_another_temporal_is_reached_is_not_passed_over_where_nobody_says_where_it_is() -> None:
    environment = {"ESCALERA_TEMPORAL_API_KEY": "k", "ESCALERA_TEMPORAL_TLS": "yes"}
    with pytest.raises(SettingInvalid, match=r"TEMPORAL_TLS, ESCALERA_TEMPORAL_API_KEY: .*TEMPORAL_ADDRESS is empty"):
        require_meant(environment, Settings.from_env(environment), own_temporal=True)
    require_meant(environment, Settings.from_env(environment), own_temporal=False)


def test_an_engine_for_nobody_else_looks_at_no_setting_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCALERA_GRPC_ADDRESS", "collections.example.com:443")
    monkeypatch.setenv("ESCALERA_TEMPORAL_API_KEY", "k")
    assert Engine(tmp_path, EngineOptions(only_embedded=True))._doors == OwnDoors()
    with pytest.raises(SettingInvalid, match="ESCALERA_"):
        Engine(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    until_gone(tmp_path / "data")


def test_an_address_of_elsewhere_is_refused_with_a_sentence_before_anything_is_started(folder: Path) -> None:
    said = Terminal(data=folder, environment={"ESCALERA_GRPC_ADDRESS": "0.0.0.0:50051"}).run("up")
    assert (said.status, "ESCALERA_GRPC_ADDRESS: 0.0.0.0:50051" in said.err) == (3, True), said.err
    assert "ESCALERA_ACCESS_FILE" in said.err
    assert not folder.exists()


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_an_engine_is_where_its_settings_say(folder: Path, tmp_path: Path) -> None:
    named = {
        "ESCALERA_GRPC_ADDRESS": "localhost:0",
        "ESCALERA_WEB_ADDRESS": "localhost:0",
        "ESCALERA_MAIL_FOLDER": str(tmp_path / "letters"),
        "ESCALERA_TEMPORAL_NAMESPACE": "quito",
    }
    terminal = Terminal(data=folder, environment=named)
    try:
        process = terminal.up()
        places = terminal.places()
        assert places["grpc"].startswith("localhost:")
        assert places["web"].startswith("http://localhost:")
        assert places["mail"] == str(tmp_path / "letters")
        assert places["environment"]["ESCALERA_TEMPORAL_NAMESPACE"] == "quito"
        assert terminal.run("cases", "--server", places["grpc"]).status == 0
        assert stop(process, signal.SIGTERM) == 0
    finally:
        terminal.clean_up()
