"""`escalera case statement`: a balance as a tree on a screen, as JSON and as PDF, from a server that runs."""

import asyncio
import stat
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from api.translate_statement import statement_out
from cli.language import LANGUAGES, Words
from cli.plain import Plain, plain
from cli.statement_tree import statement_tree
from tests.api.door import Door, opened
from tests.api.test_statements import owing
from tests.cli.terminal import Said, Terminal
from tests.infra.statements.material import explained, story
from tests.infra.statements.pdf_text import lines

ALL = plain(statement_out(explained(story())))
NARROW, WIDE = 40, 110


def drawn(found: Plain = ALL, *, language: str = "en", width: int = WIDE) -> list[str]:
    """Return what a terminal of so many columns shows."""
    screen = Console(width=width, file=StringIO(), highlight=False)
    screen.print(statement_tree(Words(language), found))
    assert isinstance(screen.file, StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


def all_of(node: Plain) -> list[Plain]:
    return [node, *(each for under in node["nodes"] for each in all_of(under))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [NARROW, 80, 200])
def test_every_amount_is_shown_at_the_right_edge_however_narrow(language: str, width: int) -> None:
    words, shown = Words(language), drawn(language=language, width=width)
    nodes = [each for each in all_of(ALL["tree"]) if each["amount"]["minor"]]
    assert len(nodes) > 20
    edges: set[int] = set()
    for node in nodes:
        amount = words.amount(node["amount"]["minor"], "EUR")
        there = [line for line in shown if line.endswith(f" {amount}")]
        assert there, amount
        edges |= {len(line) for line in there}
    assert len(edges) == 1
    assert max(len(line) for line in shown) <= width


def test_a_line_of_interest_tells_days_sum_rate_and_source() -> None:
    shown = drawn()
    assert any(
        line.strip().startswith("2024-06-01 – 2024-06-15  15 days of 365 on 10,000.00 at 12.5 % [1]")
        and line.endswith("51.36")
        for line in shown
    )
    assert any(line.startswith("[1] es.money.ley3_2004: Ley 3/2004 arts. 5 y 7") for line in shown)
    assert any("transfer-1 (TRANSFER)  #3" in line for line in shown)
    assert "Not complete: the rate of some days is not known." in shown


def test_what_bears_nothing_and_what_is_not_known_have_no_amount() -> None:
    shown = [line.strip() for line in drawn()]
    assert "2025-02-10 – 2025-03-01  no interest: moratorium" in shown
    assert "2026-07-01 – 2026-07-15  rate not known: es.demora" in shown
    assert any(line.startswith("may be claimed besides: 40.00 EUR [") for line in shown)


def test_each_language_says_it_in_its_own_words() -> None:
    assert any("15 días de 365 sobre 10.000,00 al 12,5 %" in line for line in drawn(language="es"))
    assert any("15 dias de 365 sobre 10.000,00 a 12,5 %" in line for line in drawn(language="pt"))


def test_markup_in_a_reference_stays_text() -> None:
    node = {**ALL["tree"]["nodes"][0], "name": "[red]F-1[/red]"}
    found = {**ALL, "tree": {**ALL["tree"], "nodes": [node]}}
    assert any("[red]F-1[/red]" in line for line in drawn(found))


async def asked(door: Door, folder: Path, *arguments: str) -> Said:
    terminal = Terminal(data=folder / "data", environment={})
    return await asyncio.to_thread(terminal.run, "case", "statement", "acme/R-1", "--server", door.address, *arguments)


async def test_a_server_is_asked_and_its_answer_shown(tmp_path: Path) -> None:
    async with opened() as door:
        await owing(door)
        shown = await asked(door, tmp_path, "--at", "2024-07-30")
        assert shown.status == 0, shown.err
        assert "acme/R-1  at the end of 2024-07-30, EUR" in shown.out
        assert "4,112.97" in shown.out
        assert "\x1b[" not in shown.out
        told = (await asked(door, tmp_path, "--at", "2024-07-30", "--json")).json()
        assert told["balance"] == {"amount": "4112.97", "currency": "EUR", "minor": 411297}
        assert [each["interest"]["rate_percent"] for each in all_of(told["tree"]) if each["interest"]] == [
            "12.5", "12.5", "12.25"
        ]  # fmt: skip
        before = (await asked(door, tmp_path, "--known-at", "2024-06-15T08:00:00Z", "--json")).json()
        assert (before["version"], before["known_time"]) == (told["version"] - 2, "2024-06-15T08:00:00Z")


async def test_a_document_is_written_for_its_owner_only(tmp_path: Path) -> None:
    async with opened() as door:
        await owing(door)
        door.clock.at = datetime(2024, 7, 30, 9, tzinfo=UTC)
        file = tmp_path / "statement.pdf"
        file.write_text("older and longer " * 100_000)
        file.chmod(0o644)
        said = await asked(door, tmp_path, "--pdf", str(file), "--lang", "es-ES", "--json")
        told = said.json()
        assert told == {
            "file": str(file),
            "media_type": "application/pdf",
            "sha256": sha256(file.read_bytes()).hexdigest(),
            "language": "es-ES",
            "bytes": file.stat().st_size,
        }
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert any("Estado de cuenta a 30 de julio de 2024" in row for row in lines(file.read_bytes()))
        assert "SHA-256" in (await asked(door, tmp_path, "--pdf", str(file))).out
        nowhere = await asked(door, tmp_path, "--pdf", str(tmp_path))
        assert (nowhere.status, "Traceback" in nowhere.err) == (2, False)


async def test_a_day_that_is_none_is_not_understood(tmp_path: Path) -> None:
    async with opened() as door:
        await owing(door)
        assert (await asked(door, tmp_path, "--at", "yesterday")).status == 2
        early = await asked(door, tmp_path, "--at", "2020-01-01")
        assert early.status == 1
        assert "CASE_NOT_FOUND" in early.err
