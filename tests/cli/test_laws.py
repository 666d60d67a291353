"""`escalera laws`: which law is shipped, how sure each rule is, which rates run out; texts of one's own, checked."""

import json
from datetime import date
from pathlib import Path

import pytest

from cli.language import LANGUAGES, Words
from cli.law_text import gaps, rules_of, running_out, says, tables_of, warning
from domain.ledger.law import LawPack
from infra.laws import load_laws
from tests.cli.terminal import Terminal

LAWS = load_laws()
RATES = """
[[rates]]
id = "es.demora"
quoted = "nominal"
cite = "BOE"
confidence = "text"
rows = [
  { first = 2026-07-01, last = 2026-12-31, percent = 10.15 },
]
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(data=tmp_path / "data", environment={})


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "es.toml").write_text(RATES)
    return folder


def shown(terminal: Terminal, *arguments: str) -> str:
    """Return what is said, its lines joined."""
    said = terminal.run("laws", *arguments)
    assert said.status == 0, said.err
    return " ".join(said.out.split())


def test_every_pack_and_every_table_is_listed_and_rates_that_run_out_are_told(terminal: Terminal) -> None:
    said = shown(terminal, "list", "--on", "2026-06-01")
    assert all(f" {each.id} " in said for each in LAWS.packs)
    assert all(f" {each.id} " in said for each in LAWS.tables)
    assert all(pack.content_hash[:16] in said for pack in LAWS.packs)
    assert "! es.demora: no rate after 2026-06-30, in 29 days" in said
    assert "! es.demora: sin tasa después del 2026-06-30, hace 145 días" in shown(
        terminal, "list", "--on", "2026-11-22", "--lang", "es"
    )
    told = terminal.run("laws", "list", "--on", "2026-06-01", "--json").json()
    assert {"table": "es.demora", "last": "2026-06-30", "days_left": 29} in told["warnings"]
    assert {each["id"] for each in told["packs"]} == {each.id for each in LAWS.packs}


def test_a_pack_is_shown_with_every_source_and_how_sure_it_is(terminal: Terminal) -> None:
    told = terminal.run("laws", "show", "es.money", "--json", "--on", "2026-11-22").json()
    pack = LAWS.of_place("ES", date(2026, 1, 1))
    assert [(each["id"], each["cite"], each["confidence"]) for each in told["pack"]["rules"]] == [
        (each.id, each.cite, each.confidence) for each in rules_of(pack)
    ]
    (table,) = told["tables"]
    assert (table["id"], table["rows"][0]["percent"], table["rows"][-1]["last"]) == ("es.demora", "9.09", "2026-06-30")
    said = shown(terminal, "show", "ES", "--lang", "pt")
    assert "es.money@" in said
    assert "juros de mora" in said
    assert "segundo terceiros" in said
    assert "a taxa não é conhecida" in said  # 2005-07-01 to 2005-12-31


def test_a_rate_table_can_be_shown_alone(terminal: Terminal) -> None:
    said = shown(terminal, "show", "eu.ecb")
    assert "2.15 %" in said
    assert "European Central Bank" in said


def test_what_is_not_there_is_refused_with_what_is(terminal: Terminal) -> None:
    said = terminal.run("laws", "show", "atlantis.money", "--json")
    error = json.loads(said.err)["error"]
    assert said.status == 1
    assert error["reason"] == "LAW_NOT_FOUND"
    assert "es.money" in error["accepted"]


def test_rates_of_ones_own_are_checked_and_counted(terminal: Terminal, own: Path) -> None:
    assert "es.demora: 1 more rows, until 2026-12-31" in shown(terminal, "check", str(own), "--on", "2026-10-01")
    assert "! es.demora: no rate after 2026-12-31, in 39 days" in shown(
        terminal, "check", str(own), "--on", "2026-11-22"
    )
    assert "2026-12-31" in shown(terminal, "show", "es.demora", "--laws", str(own))


@pytest.mark.parametrize(
    ("wrong", "right", "named"),
    [
        ("percent = 10.15", "percnt = 10.15", "line 8"),
        ("2026-07-01", "2026-06-01", "2026-06-01"),
        ('quoted = "nominal"', 'quoted = "daily"', "quoted"),
        ("[[rates]]", "[[rates", "es.toml"),
    ],
)
def test_what_is_wrong_with_a_text_is_told_with_file_and_line(
    terminal: Terminal, own: Path, wrong: str, right: str, named: str
) -> None:
    (own / "es.toml").write_text(RATES.replace(wrong, right))
    said = terminal.run("laws", "check", str(own))
    assert said.status == 1
    assert "es.toml" in said.err
    assert named in said.err
    assert "Traceback" not in said.err


def test_a_folder_that_adds_nothing_is_said_to_add_nothing(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "Nothing is added" in shown(terminal, "check", str(tmp_path / "empty"))
    assert terminal.run("laws", "check", str(tmp_path / "nowhere")).status == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", LAWS.packs, ids=lambda pack: pack.id)
def test_every_rule_is_said_in_every_language(pack: LawPack, language: str) -> None:
    words = Words(language)
    for rule in rules_of(pack):
        said = says(words, rule)
        assert "{" not in said
        assert said == says(Words("en"), rule) if language == "en" else said != says(Words("en"), rule)
        assert type(rule).__name__ not in said
        assert words.has("confidence", rule.confidence)


def test_days_between_rates_are_found() -> None:
    (gap,) = gaps(LAWS.table("pe.bcrp.pen"))
    assert gap == (date(2022, 11, 1), date(2024, 10, 31))
    assert [each.id for each in tables_of(LAWS.of_place("CO", date(2026, 1, 1)), LAWS)] == ["co.ibc.consumo"]


def test_a_rate_runs_out_sixty_days_before_its_last() -> None:
    table = [LAWS.table("es.demora")]
    assert running_out(table, date(2026, 5, 1)) == []
    (soon,) = running_out(table, date(2026, 5, 2))
    assert soon.days_left == 59
    assert warning(Words("en"), soon) == "es.demora: no rate after 2026-06-30, in 59 days"
