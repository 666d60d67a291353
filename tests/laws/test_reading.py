"""Bad packs are refused with file, line and field; folders of one's own add rates, and change no law."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from domain.decider import Rejected
from domain.ledger.book import LawBook, allocation_of
from domain.ledger.law import Article, LawPack
from domain.ledger.read import read_law
from infra.laws import SHIPPED, load_laws
from infra.rules import load_rules

SOUND = (SHIPPED / "co.toml").read_text(encoding="utf-8")
ES_RATES = """
[[rates]]
id = "es.demora"
quoted = "nominal"
cite = "BOE"
confidence = "text"
rows = [
  { first = 2026-07-01, last = 2026-12-31, percent = 10.15 },
]
"""


@pytest.mark.parametrize(
    ("found", "instead", "field"),
    [
        ('order = ["INTEREST", ', "order = [", "co.toml/law/allocation/cc1653/order"),
        ('day_count = "ACT/365"', 'day_count = "ACT/366"', "co.toml/law/interest/cco884/day_count"),
        ("times = 1.5", "times = 0", "co.toml/law/interest/cco884/rate/times"),
        ("times = 1.5", "time = 1.5", "co.toml/law/interest/cco884/rate/time"),
        ('{ table = "co.ibc.consumo", times = 1.5 }', "{ times = 1.5 }", "co.toml/law/interest/cco884/rate"),
        ('component = "LATE_INTEREST"', 'component = "FEES"', "co.toml/law/interest/cco884/component"),
        ("years = 5", "years = 0", "co.toml/law/limitation/cc2536_executive/years"),
        ("percent = 16.24", "percent = -1", "co.toml/rates/co.ibc.consumo/rows/2/percent"),
        ("percent = 16.24", "per_cent = 16.24", "co.toml/rates/co.ibc.consumo/rows/2/per_cent"),
        ("last = 2025-10-31", "last = 2025-11-01", "co.toml/rates/co.ibc.consumo/rows/3/first"),
        ("last = 2025-10-31", "last = 2025-09-01", "co.toml/rates/co.ibc.consumo/rows/2/last"),
        ('rounding = "half_up"', 'rounding = "up"', "co.toml/law/rounding"),
        ('jurisdiction = "CO"', 'jurisdiction = "Colombia"', "co.toml/law/jurisdiction"),
        ('id = "cp305"', 'id = "cco884"', "co.toml/law"),
        ('cite = "Código Penal art. 305"\n', "", "co.toml/law/interest/cp305/cite"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(found: str, instead: str, field: str) -> None:
    text = SOUND.replace(found, instead, 1)
    with pytest.raises(Rejected) as refused:
        read_law(text, "co.toml")
    assert (refused.value.reason, refused.value.field) == ("RULES_INVALID", field)
    line = int(refused.value.detail.removeprefix("co.toml, line ").partition(":")[0])
    assert 0 < line <= text.count("\n")
    if instead and "cco884" not in instead and "first" not in field and "/last" not in field:
        assert instead.partition(" = ")[0].strip("{ ") in text.splitlines()[line - 1] or "rate" in field


def test_what_is_no_toml_or_says_nothing_is_refused() -> None:
    with pytest.raises(Rejected, match="RULES_UNREADABLE"):
        read_law("[law", "x.toml")
    with pytest.raises(Rejected, match="holds no law and no rates"):
        read_law("", "x.toml")


def test_a_pack_that_names_a_table_without_a_sheet_is_refused() -> None:
    with pytest.raises(Rejected, match=r"names the rate table co\.ibc\.consumo"):
        LawBook([read_law(SOUND.partition("[[rates]]")[0], "co.toml")])


def test_a_folder_of_ones_own_adds_the_rates_of_new_days(tmp_path: Path) -> None:
    (tmp_path / "es-2026-2.toml").write_text(ES_RATES, encoding="utf-8")
    row = load_laws(tmp_path).table("es.demora").rate_on(date(2026, 9, 1))
    assert (row.rate, row.cite) == (Fraction("0.1015"), "BOE")
    assert row.stamp.startswith("es.demora@")


def test_two_rates_for_one_day_are_refused(tmp_path: Path) -> None:
    (tmp_path / "es.toml").write_text(ES_RATES.replace("2026-07-01", "2026-06-30"), encoding="utf-8")
    with pytest.raises(Rejected, match="has two rates for 2026-06-30"):
        load_laws(tmp_path)


def test_sheets_of_one_table_must_agree_on_what_a_rate_means(tmp_path: Path) -> None:
    (tmp_path / "es.toml").write_text(ES_RATES.replace("nominal", "effective"), encoding="utf-8")
    with pytest.raises(Rejected, match=r"es\.demora is (effective|nominal) here"):
        load_laws(tmp_path)


def test_what_is_shipped_is_not_rewritten_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "co.toml").write_text(SOUND.replace("version = 1", "version = 2"), encoding="utf-8")
    with pytest.raises(Rejected, match="RULES_SHIPPED"):
        load_laws(tmp_path)


def test_one_version_has_one_text() -> None:
    texts = [SOUND, SOUND.replace("half_up", "down").partition("[[rates]]")[0]]
    with pytest.raises(Rejected, match="version 1 stands in"):
        LawBook([read_law(text, f"{place}.toml") for place, text in enumerate(texts)])


def test_the_newest_version_in_force_holds_and_the_old_one_keeps_its_stamp() -> None:
    rates = read_law(SOUND, "co.toml")
    newer = SOUND.partition("[[rates]]")[0].replace("version = 1", "version = 2\neffective = { from = 2027-01-01 }")
    book = LawBook([rates, read_law(newer, "co-2.toml")])
    before, after = book.of_place("CO", date(2026, 12, 31)), book.of_place("CO", date(2027, 1, 1))
    assert (before.version, after.version) == (1, 2)
    assert book.by_stamp(before.stamp) == before
    assert book.get("co.money", date(2027, 1, 1)) == after


def test_a_part_of_a_country_has_the_countrys_law_and_nobody_anothers() -> None:
    book = load_laws()
    assert book.of_place("CO-DC", date(2026, 1, 1)).id == "co.money"
    for ask in (
        lambda: book.of_place("FR", date(2026, 1, 1)),
        lambda: book.by_stamp("co.money@0000000000000000"),
        lambda: book.table("nothing"),
        lambda: book.custom_order("co.money.cc1653"),
        lambda: allocation_of(book.of_place("EU", date(2026, 1, 1))),
        lambda: book.get("nothing", date(2026, 1, 1)),
    ):
        with pytest.raises(Rejected, match="LAW_NOT_FOUND"):
            ask()


def test_every_rule_has_its_source_and_how_sure_it_is() -> None:
    for pack in load_laws().packs:
        for rule in _rules(pack):
            assert rule.cite
            assert rule.confidence
    for table in load_laws().tables:
        assert all(row.cite and row.confidence for row in table.rows)


def _rules(pack: LawPack) -> Iterator[Article]:
    yield from pack.allocations
    yield from pack.interest
    yield from pack.compensations
    yield from pack.fees
    yield from pack.limitations
    yield from pack.suit_bars


def test_contact_rules_know_nothing_of_law_packs() -> None:
    assert not {rules.id for rules in load_rules().rule_sets} & {pack.id for pack in load_laws().packs}
