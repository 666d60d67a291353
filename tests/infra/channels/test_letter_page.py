"""A letter on paper: what stands on it, and that it is the same letter whoever makes it again."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from application.messages import Facts, Message
from domain.case.words import Channel
from domain.money import Money
from infra.channels.letter_head import Letterhead, load_letterheads
from infra.channels.letter_page import Unsettable, page, page_data
from infra.settings import SettingInvalid
from infra.templates import load_catalogue

ROOT = Path(__file__).parents[3]
HEAD = Letterhead(lines=("Calle 10 # 5-20", "110111 Bogotá"), foot=("NIT 900.123.456-7",))
FACTS = Facts(
    name="Ana María Ruiz",
    creditor_id="acme",
    creditor="Acme Financiera S.A.",
    reference="F-2001",
    owed=Money(123_450, "COP"),
    due_on=date(2026, 3, 16),
    on=date(2026, 6, 17),
    language="es-CO",
    jurisdiction="CO",
)


def letter(template: str = "demand_letter", address: str = "Carrera 7 # 45-10\nBogotá", **facts: object) -> Message:
    told = replace(FACTS, **facts)  # type: ignore[arg-type]  # the tests know the fields
    words = load_catalogue().words(template, Channel.LETTER, told)
    return Message(key="case:1:LETTER", channel=Channel.LETTER, address=address, words=words, name=told.name,
                   language=words.language or told.language, on=told.on, facts=told)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "jurisdiction", "currency"),
    [
        ("es-CO", "CO", "COP"),
        ("es-ES", "ES", "EUR"),
        ("pt-BR", "BR", "BRL"),
        ("en-US", "US-MA", "USD"),
        ("fi", "FI", "EUR"),
    ],
)
@pytest.mark.parametrize("template", ["demand_letter", "overdue", "second_notice"])
def test_every_letter_is_set_in_every_language(template: str, language: str, jurisdiction: str, currency: str) -> None:
    message = letter(template, language=language, jurisdiction=jurisdiction, owed=Money(123_450, currency))

    assert page(message, HEAD).pdf.startswith(b"%PDF-")


def test_the_same_letter_is_the_same_bytes_in_another_process_in_another_zone() -> None:
    script = "from tests.infra.channels.test_letter_page import *; print(sha256(page(letter(), HEAD).pdf).hexdigest())"
    made = [
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={"TZ": zone, "PATH": ""}, text=True,
                       capture_output=True, check=True).stdout.strip()
        for zone in ("America/Bogota", "Asia/Tokyo")
    ]  # fmt: skip

    assert made == [sha256(page(letter(), HEAD).pdf).hexdigest()] * 2


@pytest.mark.parametrize(
    "other", [{"name": "Ana María Ruis"}, {"owed": Money(123_451, "COP")}, {"on": date(2026, 6, 18)}]
)
def test_another_word_or_another_day_is_another_document(other: dict[str, Any]) -> None:
    assert page(letter(**other), HEAD).pdf != page(letter(), HEAD).pdf


def test_it_can_be_read_aloud_and_in_thirty_years() -> None:
    pdf = page(letter(), HEAD).pdf

    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"2026-06-17" in pdf
    assert b"/Lang(es" in pdf.replace(b"/Lang (", b"/Lang(")


def test_what_the_reader_looks_for_stands_beside_the_address() -> None:
    data = page_data(letter(), HEAD)

    assert data["facts"] == [
        {"label": "Referencia", "value": "F-2001"},
        {"label": "Fecha", "value": "17 de junio de 2026"},
        {"label": "Monto adeudado", "value": "$1.234,50"},
        {"label": "Vencido desde", "value": "16 de marzo de 2026"},
    ]
    assert data["to"] == ["Ana María Ruiz", "Carrera 7 # 45-10", "Bogotá"]


def test_what_is_not_due_yet_is_not_called_due() -> None:
    rows = page_data(letter("overdue", due_on=date(2026, 6, 30)), HEAD)["facts"]

    assert isinstance(rows, list)
    assert [row["label"] for row in rows] == ["Referencia", "Fecha", "Monto adeudado"]


def test_who_writes_on_whose_behalf_is_said() -> None:
    agency = page_data(letter(sender="Cobranzas Andinas"), HEAD)["sender"]

    assert agency == {
        "name": "Cobranzas Andinas",
        "behalf": "por encargo de Acme Financiera S.A.",
        "return_line": "Cobranzas Andinas · Calle 10 # 5-20 · 110111 Bogotá",
        "foot": ["Cobranzas Andinas", "NIT 900.123.456-7"],
    }


def test_what_the_law_wants_said_stands_apart_and_nothing_is_lost() -> None:
    message = letter(duties=("opt_out_notice", "information_use"))
    data = page_data(message, HEAD)
    said = [data[part] for part in ("paragraphs", "disclosures")]

    assert data["disclosures"] == [[message.words.notices[0]]]
    assert all(isinstance(part, list) for part in said)
    whole = [*data["paragraphs"], *data["disclosures"], data["closing"]]  # type: ignore[misc]  # lists, as asserted
    assert sorted("\n".join(each) for each in whole) == sorted(message.words.body.strip().split("\n\n"))


@pytest.mark.parametrize(
    ("jurisdiction", "paper"), [("US-MA", "us-letter"), ("CO", "us-letter"), ("ES", "a4"), ("", "a4")]
)
def test_the_paper_is_the_countrys(jurisdiction: str, paper: str) -> None:
    message = letter(jurisdiction=jurisdiction)

    assert page(message, HEAD).paper == paper
    assert page(message, replace(HEAD, paper="a4")).paper == "a4"


@pytest.mark.parametrize("trick", ["#panic()", "*bold*", "$ x $", '#read("/etc/passwd")', ']#eval("1")[', "\\u{41}"])
def test_no_word_is_read_as_markup(trick: str) -> None:
    message = letter(name=f"Ana {trick}")
    data = page_data(message, HEAD)

    assert page(message, HEAD).pdf
    assert isinstance(data["to"], list)
    assert data["to"][0] == f"Ana {trick}"


def test_a_long_address_stays_in_its_window() -> None:
    data = page_data(letter(address="\n".join(f"line {number}" for number in range(20))), HEAD)

    assert isinstance(data["to"], list)
    assert len(data["to"]) == 7
    assert data["to"][-1].endswith("line 19")


def test_letters_that_no_font_of_ours_has_are_not_printed_as_boxes() -> None:
    with pytest.raises(Unsettable, match="LETTER_UNSETTABLE"):
        page(letter(name="王小明"), HEAD)


def test_letterheads_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "letterheads.toml"
    file.write_text('[acme]\nlines = ["Calle 10 # 5-20", "110111 Bogotá"]\nfoot = ["NIT 900.123.456-7"]\n')

    assert load_letterheads(file) == {"acme": HEAD}
    assert load_letterheads(None) == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("acme = 1", "acme must be a table"),
        ("[acme]\nlogo = 'x'", r"acme\.logo"),
        ("[acme]\nlines = 'x'", r"acme\.lines"),
        ("[acme]\nfoot = ['a\\nb']", None),
        ('[acme]\nfoot = ["a\\nb"]', r"acme\.foot"),
        ("[acme]\nlines = ['1', '2', '3', '4', '5']", r"acme\.lines"),
        ("[acme]\npaper = 'a3'", r"acme\.paper"),
        ("[acme", "letterheads.toml"),
    ],
)
def test_what_is_no_letterhead_is_said_at_the_start(tmp_path: Path, text: str, named: str | None) -> None:
    file = tmp_path / "letterheads.toml"
    file.write_text(text)

    if named is None:
        assert load_letterheads(file)
        return
    with pytest.raises(SettingInvalid, match=named):
        load_letterheads(file)
