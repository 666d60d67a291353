"""Files of invoices and of fines that mean no good: refused by line, in little memory, without a stack trace."""

import gzip
import tracemalloc
from pathlib import Path
from random import Random

import pytest

from importers import fines, invoices
from importers.fines import FinesFileInvalid
from importers.lines import LINE_MAX
from tests.fuzz import hostile
from tests.importers.payment_files.test_hostile import tampered

HEADER = "creditor,portfolio,invoice,debtor,name,email,phone,country,currency,amount,due\n"
LINE = "acme,shops,F-1,C-1,Ana,ana@example.com,+51987654321,PE,PEN,100.00,2026-12-01\n"
FINES = (
    "case_id,activity,date,amount,paymentAmount,expense,dismissal,points\n"
    "A1,Create Fine,2006-07-24,35.0,0.0,,NIL,0\nA1,Send Fine,2006-12-05,,0.0,11.0,NIL,0\n"
    "A1,Payment,2007-01-05,,46.0,,NIL,0\n"
)
GIANT = 24 << 20


def read_invoices(content: bytes, folder: Path) -> str:
    """Return what was wrong with an invoice file; "" where nothing was."""
    path = folder / "invoices.csv"
    path.write_bytes(content)
    try:
        good, errors = invoices.read(path)
    except UnicodeDecodeError:  # told by the command line
        return "not UTF-8"
    list(invoices.items(good))
    return "; ".join(map(str, errors))


def read_fines(content: bytes, folder: Path, name: str = "fines.csv") -> str:
    """Return why a file of fines was refused; "" where it was not."""
    path = folder / name
    path.write_bytes(content)
    try:
        list(fines.items(path, fines.Seen()))
    except FinesFileInvalid as refusal:
        return str(refusal)
    return ""


def test_the_samples_are_good(tmp_path: Path) -> None:
    assert read_invoices((HEADER + LINE).encode(), tmp_path) == ""
    assert read_fines(FINES.encode(), tmp_path) == ""


@pytest.mark.parametrize("seed", range(4))
def test_a_file_that_was_tampered_with_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    for _ in range(150):
        read_invoices(tampered((HEADER + LINE * 2).encode(), chance), tmp_path)
        read_fines(tampered(FINES.encode(), chance), tmp_path)
        read_fines(tampered(gzip.compress(FINES.encode(), mtime=0), chance), tmp_path, "fines.csv.gz")


@pytest.mark.parametrize("before", [HEADER, HEADER + "acme,", HEADER + '"', HEADER + LINE + '"acme"\n,"', ""])
def test_a_giant_line_is_refused_in_little_memory(before: str, tmp_path: Path) -> None:
    content = before.encode() + b"x" * GIANT
    path = tmp_path / "invoices.csv"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        _, errors = invoices.read(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert errors
    assert most < GIANT
    assert "xxxxxxxx" not in "".join(map(str, errors))


def test_a_gzip_bomb_ends_at_its_first_giant_line(tmp_path: Path) -> None:
    bomb = gzip.compress(FINES.encode() + b"\x00" * GIANT)
    assert len(bomb) < GIANT / 500
    tracemalloc.start()
    try:
        refused = read_fines(bomb, tmp_path, "bomb.csv.gz")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "it cannot be read" in refused
    assert most < 8 * LINE_MAX


def test_a_fine_without_end_is_refused(tmp_path: Path) -> None:
    rows = "A1,Payment,2007-01-05,,46.0,,NIL,0\n" * 2_000
    assert "a fine of more than 1000 rows" in read_fines((FINES + rows).encode(), tmp_path)


def test_more_lines_than_a_file_may_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoices, "LINES_MAX", 3)
    assert "more than 3 lines" in read_invoices((HEADER + LINE * 5).encode(), tmp_path)


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_a_formula_or_a_path_in_a_name_is_sent_as_it_stands_or_refused(text: str, tmp_path: Path) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    path = tmp_path / "invoices.csv"
    path.write_bytes((HEADER + LINE.replace("Ana,", f"{quoted},", 1)).encode())
    good, errors = invoices.read(path)
    assert bool(good) != bool(errors)
    for item in invoices.items(good):
        assert item.persons[0].register.name == text.replace("\r\n", "\n").strip() or "\r" in text
    assert hostile.PLANTED not in "".join(map(str, errors))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp500"])
def test_another_encoding_is_refused_or_read(encoding: str, tmp_path: Path) -> None:
    read_invoices((HEADER + LINE.replace("Ana", "Ñandú")).encode(encoding), tmp_path)
    read_fines(FINES.encode(encoding), tmp_path)
