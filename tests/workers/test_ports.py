"""Ports are spoken for before anybody listens on them: two engines that start at once never get the same."""

import socket
from pathlib import Path

import pytest

from infra.embedded import ServerError
from workers.ports import Ports, free_port


def test_two_engines_that_look_at_once_take_different_ports(tmp_path: Path) -> None:
    one, other = Ports(tmp_path / "1"), Ports(tmp_path / "2")
    first, second = one.choose(), other.choose()  # nobody listens yet
    assert not set(first.values()) & set(second.values())
    one.give_back()
    other.give_back()


def test_what_was_given_back_can_be_had_again(tmp_path: Path) -> None:
    (tmp_path / "1").write_text(f'{{"grpc": {free_port()}, "smtp": {free_port()}, "web": {free_port()}}}')
    one, later = Ports(tmp_path / "1"), Ports(tmp_path / "1")
    first = one.choose()
    one.give_back()
    assert later.choose() == first
    later.give_back()


def test_a_port_that_is_asked_for_is_taken_or_refused(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        busy: int = listening.getsockname()[1]
        with pytest.raises(ServerError, match=str(busy)):
            Ports(tmp_path / "1").choose(grpc=busy)
    wanted, asked = free_port(), Ports(tmp_path / "1")
    assert asked.choose(grpc=wanted)["grpc"] == wanted
    asked.give_back()
