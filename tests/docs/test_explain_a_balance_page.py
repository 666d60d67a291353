"""The page that explains a balance shows what was really said: its commands are run again, against a server."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.api.door import opened
from tests.cli.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "explain-a-balance.md"
BLOCK = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOW = datetime(2025, 8, 4, 9, tzinfo=UTC)


def transcript(page: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the page, and what it says there."""
    for block in BLOCK.findall(page):
        for piece in re.split(r"^\$ python3 run\.py ", block, flags=re.MULTILINE)[1:]:
            lines = piece.splitlines(keepends=True)
            last = next(place for place, line in enumerate(lines) if not line.endswith("\\\n"))
            yield "".join(lines[: last + 1]).replace("\\\n", " "), "".join(lines[last + 1 :])


def tidy(said: str) -> str:
    """Return lines without what stands behind them, and hashes as such."""
    lines = "\n".join(line.rstrip() for line in said.strip("\n").splitlines())
    return re.sub(r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b", "<hash>", lines)


async def test_every_command_of_the_page_says_what_the_page_shows(tmp_path: Path) -> None:
    told = list(transcript(PAGE.read_text(encoding="utf-8")))
    assert len(told) > 5
    async with opened() as door:
        door.clock.at = NOW
        terminal = Terminal(data=tmp_path, environment={"ESCALERA_GRPC_ADDRESS": door.address})
        for command, shown in told:
            arguments = [str(tmp_path / each) if each.endswith(".pdf") else each for each in shlex.split(command)]
            said = await asyncio.to_thread(terminal.run, *arguments)
            assert said.status == 0, said.err
            assert tidy(said.out.replace(f"{tmp_path}/", "")) == tidy(shown), command
