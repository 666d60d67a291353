"""A token need not stand on a command line, where every user of the machine can read it."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.parse import Unreadable
from cli.token_file import read_token
from tests.api.guarded import guarded
from tests.cli.terminal import Said, Terminal

CASE = "acme/R-1"
Ask = Callable[..., Awaitable[Said]]


def private(file: Path, content: str, mode: int = 0o600) -> Path:
    file.write_text(content)
    file.chmod(mode)
    return file


def asking(folder: Path, address: str, **environment: str) -> Ask:
    """A terminal that asks for a case, beside the server's event loop."""
    terminal = Terminal(data=folder, environment=environment)

    async def ask(*words: str, given: str = "") -> Said:
        whole = ("case", "show", CASE, "--server", address, "--json", *words)
        with ThreadPoolExecutor(1) as pool:
            return await asyncio.get_running_loop().run_in_executor(pool, lambda: terminal.run(*whole, given=given))

    return ask


def reason(said: Said) -> tuple[int, str]:
    return said.status, json.loads(said.err)["error"]["reason"]


async def test_a_token_comes_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    async with guarded() as asks:
        await asks.open()
        token = asks.issuer.token()
        file = private(tmp_path / "token", f"{token}\n")
        ask = asking(tmp_path, asks.door.address)
        named = asking(tmp_path, asks.door.address, ESCALERA_TOKEN_FILE=str(file))
        for said in (
            await ask("--token-file", str(file)),
            await ask("--token-file", "-", given=f"{token}\nmore that is not of the token\n"),
            await named(),
        ):
            assert (said.status, said.json()["reference"]) == (0, "R-1"), said.err
        assert reason(await ask()) == (1, "CREDENTIALS_MISSING")


async def test_what_is_on_the_command_line_comes_before_the_environment_and_two_at_one_place_are_refused(
    tmp_path: Path,
) -> None:
    async with guarded() as asks:
        await asks.open()
        good, wrong = asks.issuer.token(), asks.issuer.token(aud="elsewhere")
        right_file, wrong_file = private(tmp_path / "right", good), private(tmp_path / "wrong", wrong)
        file_named = asking(tmp_path, asks.door.address, ESCALERA_TOKEN_FILE=str(wrong_file))
        assert (await file_named("--token", good)).status == 0
        token_named = asking(tmp_path, asks.door.address, ESCALERA_TOKEN=wrong)
        assert (await token_named("--token-file", str(right_file))).status == 0
        assert reason(await token_named()) == (1, "TOKEN_INVALID")
        said = await token_named("--token", good, "--token-file", str(right_file))
        assert reason(said) == (2, "NOT_UNDERSTOOD")
        both = asking(tmp_path, asks.door.address, ESCALERA_TOKEN=good, ESCALERA_TOKEN_FILE=str(right_file))
        assert reason(await both()) == (2, "NOT_UNDERSTOOD")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    file = private(tmp_path / "token", "secret-of-ana", mode)
    with pytest.raises(Unreadable) as refused:
        read_token(str(file))
    assert (refused.value.why, refused.value.values) == ("token_file_open", {"mode": f"{mode:04o}"})


def test_a_link_is_judged_by_the_file_behind_it(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(private(tmp_path / "token", "secret-of-ana", 0o644))
    with pytest.raises(Unreadable, match="token_file_open"):
        read_token(str(link))
    (tmp_path / "token").chmod(0o400)
    assert read_token(str(link)) == "secret-of-ana"


def test_the_reader_hears_in_their_language_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    terminal = Terminal(data=tmp_path, environment={})
    file = str(private(tmp_path / "token", "secret-of-ana", 0o644))
    for language, told in (("en", "is open to others"), ("es", "abierto a otros"), ("pt", "aberto a outros")):
        said = terminal.run("case", "show", CASE, "--server", "127.0.0.1:1", "--lang", language, "--token-file", file)
        assert (said.status, told in said.err, f"chmod 600 {file}" in said.err) == (2, True, True), said.err


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "empty"), (" \n", "empty"), ("secret of ana", "unlike"), ("secret-\u00e1", "unlike"), ("a\0b", "unlike")],
)
def test_a_file_without_a_token_is_refused_and_what_it_holds_is_not_repeated(
    tmp_path: Path, content: str, why: str
) -> None:
    file = private(tmp_path / "token", content)
    with pytest.raises(Unreadable) as refused:
        read_token(str(file))
    assert (refused.value.why, refused.value.value) == (f"token_file_{why}", str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    terminal = Terminal(data=tmp_path, environment={})
    said = terminal.run("case", "show", CASE, "--server", "127.0.0.1:1", "--token-file", str(tmp_path / "nowhere"))
    assert (said.status, str(tmp_path / "nowhere") in said.err) == (2, True)


def test_what_a_pipe_of_the_shell_holds_is_one_s_own(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, b"secret-of-ana\n")
    os.close(write)
    try:
        assert read_token(f"/dev/fd/{read}" if sys.platform != "linux" else f"/proc/self/fd/{read}") == "secret-of-ana"
    finally:
        os.close(read)


def test_the_help_says_what_a_token_on_the_command_line_exposes(tmp_path: Path) -> None:
    said = Terminal(data=tmp_path, environment={"COLUMNS": "200"}).run("case", "show", "--help")
    assert "other users of the machine" in said.out
    assert "--token-file" in said.out
