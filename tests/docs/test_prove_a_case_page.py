"""The page that proves a case shows what was really said: its commands are run again, on a log of their own."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.cli.test_evidence import house_told, terminal_on
from tests.infra.evidence.bundles import run

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "prove-a-case.md"
BLOCK = re.compile(r"^```\n(\$ .*?)^```", re.MULTILINE | re.DOTALL)
FILES = (".zip", ".py", ".tlog-proof")


def transcript(page: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the page, and what it says there."""
    for block in BLOCK.findall(page):
        command, _, said = block.partition("\n")
        yield command.removeprefix("$ python3 "), said


def tidy(said: str) -> str:
    """Return lines without what stands behind them, hashes and keys as such, and rulers of one length."""
    lines = "\n".join(" ".join(line.split()) for line in said.strip("\n").splitlines())
    lines = re.sub(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", "+<key>", lines)
    return re.sub(r"─+", "─", re.sub(r"\b[0-9a-f]{64}\b", "<hash>", lines)).strip()


def said_by(terminal: Terminal, folder: Path, command: str) -> str:
    program, *arguments = shlex.split(command)
    if program == "verify.py":
        key = terminal.run("audit", "key").out.strip()
        done = run(program, *(key if each == "KEY" else each for each in arguments), folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
    said = terminal.run(*(str(folder / each) if each.endswith(FILES) else each for each in arguments))
    assert said.status == 0, said.out + said.err
    return said.out.replace(f"{folder}/", "")


def test_every_command_of_the_page_says_what_the_page_shows(fresh_dsn: str, tmp_path: Path) -> None:
    told = list(transcript(PAGE.read_text(encoding="utf-8")))
    assert len(told) == 7
    asyncio.run(house_told(fresh_dsn, tmp_path))
    terminal = terminal_on(fresh_dsn, tmp_path)
    for command, shown in told:
        assert tidy(said_by(terminal, tmp_path, command)) == tidy(shown), command
