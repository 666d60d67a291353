"""A statement on paper: every amount of the tree is on it, and it is the same document whoever makes it again."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import get_args

import pytest

from application.statement_desk import Explained
from application.statement_view import Node, tree_of
from benchmarks import statement as five_hundred
from cli.language import Words
from domain.case.events import CaseEvent, ChargeAdded
from domain.case.words import Obligation
from domain.decider import Rejected
from domain.ledger.bearing import EXTENSION, PLAN, STOPS_INTEREST
from domain.ledger.law import CompensationRule
from domain.ledger.words import Quoted
from domain.money import Money, exponent
from infra.statements import StatementPages
from infra.statements.wording import LABELS, MINUS, wording_for
from infra.templates.languages import locale_for
from infra.templates.shelf import load_languages
from tests.domain.ledger.material import owing, posted
from tests.infra.statements.material import ON, PAGES, explained, facts, story, terms
from tests.infra.statements.pdf_text import lines

ROOT = Path(__file__).parents[3]
LANGUAGES = ("es-419", "es-ES", "pt-BR", "en")


def printed(told: Explained, language: str = "es-ES", **changes: object) -> list[list[str]]:
    pdf, _ = PAGES.pdf(told, facts(told, language, **changes))
    return lines(pdf)


def whole(told: Explained, language: str = "es-ES", **changes: object) -> str:
    """Return all the text, its lines joined."""
    return " ".join(" ".join(" ".join(row) for row in printed(told, language, **changes)).split())


def all_of(node: Node) -> list[Node]:
    return [node, *(each for under in node.nodes for each in all_of(under))]


def read(amount: str, currency: str) -> int:
    """Return the minor units of an amount as any of our languages writes it."""
    digits = int("".join(re.findall(r"\d", amount)))
    marked = re.search(r"[.,](\d+)\D*$", amount)
    decimals = len(marked[1]) if marked else 0
    assert decimals == exponent(currency) or (decimals == 3 and not exponent(currency)), amount
    return -digits if MINUS in amount else digits


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("currency", "country", "percent"),
    [("EUR", "ES", ""), ("BRL", "BR", "12"), ("PEN", "PE", "9.5"), ("CLP", "CL", "6"), ("KWD", "ES", "7.25")],
)
def test_every_amount_of_the_tree_is_on_paper(language: str, currency: str, country: str, percent: str) -> None:
    told = explained(story(currency, country, percent))
    known = facts(told, language)
    wording = wording_for(
        load_languages().written_for(known), locale_for(known, load_languages().written_for(known)), currency
    )
    on_paper = "\n".join(" ".join(row) for row in printed(told, language))
    nodes = all_of(tree_of(told.statement))
    amounts = {wording.sum(node.minor) for node in nodes if not isinstance(node.told, CompensationRule)}
    amounts |= {wording.money(node.told.amount) for node in nodes if isinstance(node.told, CompensationRule)}
    assert len(amounts) > 8
    assert {each for each in amounts if each not in on_paper} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_added_up_on_paper_adds_up(language: str) -> None:
    """Read back from the document alone: the summary, and every list of interest."""
    told = explained(story())
    words = tomllib.loads(LABELS.read_text(encoding="utf-8"))[language]["label"]
    rows = printed(told, language)
    start = next(place for place, row in enumerate(rows) if row[-1] == words["balance"])
    summed = takewhile(lambda row: row[0] != words["total"], rows[start + 1 :])
    total = next(row for row in rows[start:] if row[0] == words["total"])
    assert sum(read(row[-1], "EUR") for row in summed) == read(total[-1], "EUR") == told.statement.balance
    borne = [row for row in rows if len(row) == 6 and row[4].startswith("[")]
    not_charged = [read(row[1], "EUR") for row in rows if row[0] == words["not_posted"]]
    charged = [read(row[1], "EUR") for row in rows if row[0] == words["posted"]]
    assert sum(read(row[5], "EUR") for row in borne) + sum(charged) == sum(not_charged)
    for row in borne:
        days, year = map(int, row[1].split("/"))
        rate = float(re.sub(r"[^\d.]", "", row[3].replace(",", ".")))
        assert read(row[5], "EUR") == pytest.approx(read(row[2], "EUR") * rate * days / year / 100, abs=len(borne))


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_hundred_events_are_set_with_every_amount(language: str) -> None:
    told = explained(five_hundred.history(), on=five_hundred.ON)
    assert len(told.recorded) == 500
    known = facts(told, language)
    pdf, written = PAGES.pdf(told, known)
    assert written == language
    wording = wording_for(
        load_languages().by_tag[language], locale_for(known, load_languages().by_tag[language]), "EUR"
    )
    rows = lines(pdf)
    there = {text for row in rows for text in row}
    nodes = [each for each in all_of(tree_of(told.statement)) if not isinstance(each.told, CompensationRule)]
    assert {wording.sum(node.minor) for node in nodes} - there == set()
    assert re.search(r"\d+ (de|of) \d\d", rows[-1][-1])


def test_the_same_statement_is_the_same_bytes_in_another_process_in_another_zone() -> None:
    script = (
        "from tests.infra.statements.test_statement_pages import *; told = explained(story());"
        "print(sha256(PAGES.pdf(told, facts(told))[0]).hexdigest())"
    )
    made = [
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={"TZ": zone, "PATH": ""}, text=True,
                       capture_output=True, check=True).stdout.strip()
        for zone in ("America/Bogota", "Asia/Tokyo")
    ]  # fmt: skip
    told = explained(story())
    assert made == [sha256(PAGES.pdf(told, facts(told))[0]).hexdigest()] * 2


def test_another_day_is_another_document() -> None:
    today, tomorrow = explained(story()), explained(story(), on=date(2026, 7, 16))
    assert PAGES.pdf(today, facts(today)) != PAGES.pdf(tomorrow, facts(tomorrow))


def test_it_can_be_read_aloud_and_in_thirty_years() -> None:
    told = explained(story())
    pdf, _ = PAGES.pdf(told, facts(told))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"/TH" in pdf


@pytest.mark.parametrize("trick", ["#panic()", "*bold*", "$ x $", '#read("/etc/passwd")', ']#eval("1")[', "\\u{41}"])
def test_no_word_is_read_as_markup(trick: str) -> None:
    opened = owing((f"1{trick}", 100_00, date(2026, 6, 1)))
    debt = Obligation(
        obligation_id="1", reference=f"F {trick}", principal=Money(100_00, "EUR"), due_on=date(2026, 6, 1)
    )
    opened = replace(opened, reference=f"K {trick}", obligations=(debt,))
    rows = printed(explained([opened]), name=f"Ana {trick}")
    assert {f"K {trick}", f"Ana {trick}", f"F {trick}"} <= {text for row in rows for text in row}


def test_what_each_payment_paid_is_told_and_adds_up_to_it() -> None:
    rows = printed(explained(story()))
    at = next(place for place, row in enumerate(rows) if row[0] == "Qué ha pagado cada pago")
    told = rows[at + 1 :]
    cheque = next(place for place, row in enumerate(told) if "cheque-17" in row)
    assert told[cheque] == [
        "10 jul 2024", "Pago · 1.000,00\u00a0€", "cheque-17", "F-1, intereses de demora", "80,00\u00a0€"
    ]  # fmt: skip
    assert told[cheque + 1 : cheque + 3] == [["F-1, principal", "900,00\u00a0€"], ["queda a su favor", "20,00\u00a0€"]]
    back = told[cheque + 3]
    assert back[1] == f"Pago devuelto · {MINUS}1.000,00\u00a0€"
    assert back[-1] == f"{MINUS}80,00\u00a0€"


def test_the_period_of_a_charge_is_told_in_days_where_it_is_days() -> None:
    days = posted("i-1", 5_00, date(2026, 6, 30), period="2026-06-01..2026-06-30")
    assert isinstance(days, ChargeAdded)
    free = replace(days, charge_id="c-2", reason="FEE", period="a..b #x")
    texts = {text for row in printed(explained([story()[0], days, free])) for text in row}
    assert {"1 jun 2026 – 30 jun 2026", "c-2 · a..b #x"} <= texts


def test_who_it_is_for_is_said_where_that_is_known() -> None:
    assert any("Ana María Ruiz" in row for row in printed(explained(story())))
    nobody = printed(explained(story()), name="")
    assert not any("A nombre de" in row for row in nobody)


def test_what_is_not_known_is_not_left_out_in_silence() -> None:
    rows = [" ".join(row) for row in printed(explained(story()))]
    assert any("El total puede cambiar" in row for row in rows)
    assert any("Del 1 de julio de 2026 al 15 de julio de 2026 no se conoce el tipo" in row for row in rows)
    assert any("Del 10 de febrero de 2025 al 1 de marzo de 2025 no se devengan intereses" in row for row in rows)


def test_interest_that_is_lost_is_told_with_what_was_agreed_and_what_was_allowed() -> None:
    opened = owing(("1", 1_000_000, date(2025, 11, 10)), currency="COP", country="CO")
    told = explained([opened, terms(percent="30", quoted=Quoted.EFFECTIVE)], on=date(2025, 11, 20))
    rows = whole(told, "es-CO")
    assert "(30%) superaba el máximo legal (24,99%). Código de Comercio art. 884." in rows


def test_a_rate_that_was_turned_into_a_simple_one_shows_both() -> None:
    opened = owing(("1", 1_000_000, date(2025, 11, 10)), currency="COP", country="CO")
    told = explained([opened, terms(percent="20", quoted=Quoted.EFFECTIVE)], on=date(2025, 11, 20))
    texts = [text for row in printed(told, "es-CO") for text in row]
    assert "20%" in texts
    assert any(re.fullmatch(r"= 18,2\d+% simple", text) for text in texts)


def test_when_it_was_known_is_said() -> None:
    told = explained(story(), known_at=datetime(2026, 7, 15, 12, tzinfo=UTC))
    rows = whole(told)
    assert "se conocían el 15 de julio de 2026" in rows


def test_where_to_turn_and_where_to_pay_stand_at_the_end() -> None:
    rows = whole(explained(story()), pay_at="https://pay.example/K-1")
    assert "atencion@acme.example" in rows
    assert "https://pay.example/K-1" in rows


def test_letters_that_no_font_of_ours_has_are_refused_and_not_printed_as_boxes() -> None:
    with pytest.raises(Rejected, match="STATEMENT_UNSETTABLE") as refused:
        printed(explained(story()), name="王小明")
    assert "王" not in str(refused.value)


def test_for_evidence_such_letters_are_written_by_their_numbers() -> None:
    told = explained(story())
    pdf, _ = StatementPages(load_languages(), {}, spells=True).pdf(told, facts(told, name="王\x1b[31m 😀"))
    text = " ".join(" ".join(row) for row in lines(pdf))
    assert "[U+738B] [31m [U+1F600]" in text.replace("\n", " ")


def test_the_languages_say_the_same_and_every_event_has_words() -> None:
    told = tomllib.loads(LABELS.read_text(encoding="utf-8"))
    assert set(told) == set(LANGUAGES) == set(load_languages().by_tag)
    for language in LANGUAGES:
        for group in ("label", "event", "component", "pause"):
            assert told[language][group].keys() == told["en"][group].keys(), language
            for key, text in told[language][group].items():
                assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", told["en"][group][key])), key


def test_every_event_that_is_booked_and_every_reason_to_rest_has_words_on_paper_and_on_screen() -> None:
    books = (ROOT / "domain" / "ledger" / "journal.py").read_text(encoding="utf-8")
    booked = {each.__name__ for each in get_args(CaseEvent) if f"case {each.__name__}(" in books}
    assert {"PaymentRecorded", "PaymentReallocated", "RewardGranted"} <= booked
    told = tomllib.loads(LABELS.read_text(encoding="utf-8"))["en"]
    for name in (*booked, "InterestCharged"):
        assert name in told["event"]
        assert Words("es").has("booked", name)
    for reason in (*STOPS_INTEREST, PLAN, EXTENSION):
        assert reason in told["pause"]
        assert Words("pt").has("pause", reason)


@pytest.mark.parametrize(("currency", "written"), [("CLP", "$1.000.000"), ("EUR", "10.000,00")])
def test_a_currency_has_its_own_decimals(currency: str, written: str) -> None:
    country = {"CLP": "CL", "EUR": "ES"}[currency]
    told = explained([owing(("1", 10_000_00, date(2026, 6, 1)), currency=currency, country=country)], on=ON)
    assert any(written in text for row in printed(told, "es") for text in row)
