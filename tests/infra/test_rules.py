"""The contact rules of a process: those shipped, one's own on top, and every text that a permit may name."""

from datetime import date
from pathlib import Path

import pytest

from domain.compliance.proposal import Scope
from domain.compliance.rule_words import About
from domain.compliance.words import Actor
from domain.decider import Rejected
from infra.evidence.rule_texts import rule_texts
from infra.rules import RECORDS, SHIPPED, load_rules, readings_of
from infra.templates.check import laws_of

TODAY = date(2026, 11, 22)
FOLDERS = (SHIPPED, RECORDS)
OWN = """
[ruleset]
id = "acme"
version = 1
jurisdiction = "CO"
creditors = ["acme"]

[[ruleset.cap]]
id = "week1"
channels = ["*"]
per = ["debtor"]
max = 1
period = "rolling:7d"
count = "attempt"
cite = "Acme's board, 2026-01-15"
confidence = "text"
"""


def test_every_file_that_we_ship_holds_one_set_by_its_own_name() -> None:
    by_file = {rules.file.removesuffix(".toml") for rules in load_rules().rule_sets}
    named = {rules.id for rules in load_rules().rule_sets} - {"cl.ley21719"}  # which comes later, on top of cl.records

    assert {file.stem for folder in FOLDERS for file in folder.glob("*.toml")} == by_file == named


@pytest.mark.parametrize(("folder", "about"), [(SHIPPED, About.CONTACTS), (RECORDS, About.RECORDS)])
def test_what_is_about_records_stands_in_a_folder_of_its_own(folder: Path, about: About) -> None:
    files = {file.name for file in folder.glob("*.toml")}

    assert {rules.about for rules in load_rules().rule_sets if rules.file in files} == {about}


def test_every_text_is_found_by_its_stamp_whatever_it_is_about() -> None:
    stamps = [rules.stamp for rules in load_rules().rule_sets]

    assert set(rule_texts(stamps)) == set(stamps)


def test_law_on_records_wants_nothing_of_the_words_of_messages() -> None:
    told = {law.jurisdiction for law in laws_of(load_rules().rule_sets)}

    assert {"ES", "US"} <= told
    assert {"EU", "US-CA"}.isdisjoint(told)


def test_every_rule_says_where_it_stands_and_how_sure_that_is() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for folder in FOLDERS for file in folder.glob("*.toml")}
    assert {name for name, text in texts.items() if text.count("\ncite = ") != text.count("\nconfidence = ")} == set()
    assert all(text.startswith("# ") and "\nversion = " in text for text in texts.values())


def test_rules_of_ones_own_stand_on_top_of_those_shipped(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(OWN, encoding="utf-8")
    scope = Scope(jurisdictions=frozenset(("CO",)), creditor_id="acme")

    applicable = [rules.id for rules in load_rules(tmp_path).applicable(scope, TODAY)]

    assert applicable == ["acme", "co.ley2300", "house"]
    assert [rules.id for rules in load_rules().applicable(scope, TODAY)] == ["co.ley2300", "house"]


def test_rules_of_a_creditor_leave_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(OWN, encoding="utf-8")
    scope = Scope(jurisdictions=frozenset(("CO",)), creditor_id="other")
    assert "acme" not in [rules.id for rules in load_rules(tmp_path).applicable(scope, TODAY)]


@pytest.mark.parametrize("version", [1, 2])
def test_nobody_replaces_a_law_that_we_ship(tmp_path: Path, version: int) -> None:
    text = (SHIPPED / "co.ley2300.toml").read_text(encoding="utf-8").replace("max = 1", "max = 9")
    (tmp_path / "looser.toml").write_text(text.replace("version = 1", f"version = {version}"), encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        load_rules(tmp_path)
    assert refused.value.reason == "RULES_SHIPPED"
    assert refused.value.detail.startswith("looser.toml: co.ley2300")


def test_a_copy_of_what_we_ship_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_bytes((SHIPPED / "co.ley2300.toml").read_bytes())
    assert len(load_rules(tmp_path).rule_sets) == len(load_rules().rule_sets)


def test_one_version_of_ones_own_has_one_text(tmp_path: Path) -> None:
    (tmp_path / "first.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "second.toml").write_text(OWN.replace("max = 1", "max = 2"), encoding="utf-8")
    with pytest.raises(Rejected, match=r"second\.toml"):
        load_rules(tmp_path)


def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(OWN.replace("max = 1", "max = 0"), encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        load_rules(tmp_path)
    assert refused.value.reason == "RULES_INVALID"
    assert refused.value.detail.startswith("acme.toml, line 12: acme/cap/week1/max")


def test_what_is_no_text_and_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_bytes(b"\xff\xfe\x00")
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Rejected, match="RULES_UNREADABLE"):
            load_rules(folder)


def test_a_creditor_in_its_own_name_has_the_city_s_rules_and_not_the_federal_ones() -> None:
    scope = Scope(jurisdictions=frozenset(("US-NY-NYC",)), actors=frozenset((Actor.ORIGINAL_CREDITOR,)))
    assert [rules.id for rules in load_rules().applicable(scope, TODAY)] == ["house", "us.nyc"]


def test_readings_are_taken_by_rule_set_and_stand_in_the_stamp() -> None:
    readings = readings_of("co.ley2300.direct_contact=two_way, cl.ley19496.week = calendar,co.ley2300.week=calendar")
    assert readings == {
        "co.ley2300": {"direct_contact": "two_way", "week": "calendar"},
        "cl.ley19496": {"week": "calendar"},
    }
    strict = load_rules().current("co.ley2300", TODAY)
    loose = load_rules().with_readings(readings).current("co.ley2300", TODAY)
    assert strict is not None
    assert loose is not None
    assert loose.stamp == f"{strict.stamp}(direct_contact=two_way,week=calendar)"


@pytest.mark.parametrize("text", ["week=calendar", "co.ley2300.week", "co.ley2300.week=", "a.b=c, a.b=d", "=c"])
def test_readings_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(Rejected, match="READINGS_INVALID"):
        readings_of(text)


def test_no_readings_change_nothing() -> None:
    assert readings_of("") == {}
