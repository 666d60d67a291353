"""The house's rules on second persons as files: beside bounds or apart, faults with file, line and field."""

from pathlib import Path

import pytest

from domain.case.approval_rules import ApprovalRule
from domain.case.words import Closure
from domain.decider import Rejected
from domain.person.approval_rules import PersonRule, needed
from domain.person.approval_words import PersonAct
from domain.read_approvals import CASE_ACTS, read_approvals
from infra.bounds import load_bounds, load_person_rules

BOUND = '[[bound]]\nid = "all"\ndiscount_percent_max = 10\nalone_percent_max = 10\n'
OWN = """
[[approval]]
id = "large"
acts = ["WAIVER"]
portfolio = "cards"
above = ["500.00 EUR", "90000 CLP"]
approvers = { legal = 100 }

[[approval]]
id = "rest"
acts = ["WAIVER", "WRITTEN_OFF"]
alone_percent_max = { collector = 5, "*" = 1 }
approvers = { supervisor = 50, legal = 100 }
"""


PEOPLE = """
[[approval]]
id = "hand-out"
acts = ["EXPORT"]
alone = ["debtor"]
approvers = ["supervisor", "admin"]

[[approval]]
id = "both"
acts = ["FORGET", "EXPORT"]
approvers = ["admin"]
"""


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_is_shipped_asks_a_second_person_for_whatever_gives_up_what_is_owed() -> None:
    rules = load_bounds().approvals
    covered = {act for rule in rules for act in rule.acts}
    assert covered == set(CASE_ACTS) - {Closure.PLACED, Closure.SOLD}, "handing over and selling give nothing up"
    for rule in rules:
        for role in ("collector", "back-office", "supervisor", "legal", "agency", "debtor"):
            assert rule.alone_percent_max.get(role, 0) <= 30


def test_what_is_shipped_asks_a_second_person_before_somebody_is_handed_out_or_forgotten() -> None:
    rules = load_person_rules()
    for act in PersonAct:
        for role in ("back-office", "collector", "supervisor", "legal", "auditor", "admin", "agency"):
            rule = needed(rules, act, by=f"{role}:x")
            assert rule is not None, f"{role} does {act} alone"
            assert {"supervisor", "admin"} <= set(rule.approvers)
    assert needed(rules, PersonAct.EXPORT, by="debtor:x") is None
    assert needed(rules, PersonAct.FORGET, by="debtor:x") is not None


def test_rules_about_people_stand_beside_those_about_cases(tmp_path: Path) -> None:
    expected = (
        PersonRule(
            id="hand-out",
            acts=frozenset({PersonAct.EXPORT}),
            alone=frozenset({"debtor"}),
            approvers=("admin", "supervisor"),
        ),
        PersonRule(id="both", acts=frozenset(PersonAct), approvers=("admin",)),
    )
    write(tmp_path, BOUND + OWN + PEOPLE)
    assert load_person_rules(tmp_path) == expected
    assert {rule.id for rule in load_bounds(tmp_path).approvals} == {"large", "rest"}


def test_rules_stand_beside_bounds_or_in_a_file_of_their_own(tmp_path: Path) -> None:
    expected = (
        ApprovalRule(
            id="large",
            acts=frozenset({"WAIVER"}),
            portfolio="cards",
            above={"EUR": 50_000, "CLP": 90_000},
            approvers={"legal": 100},
        ),
        ApprovalRule(
            id="rest",
            acts=frozenset({"WAIVER", "WRITTEN_OFF"}),
            alone_percent_max={"collector": 5, "*": 1},
            approvers={"supervisor": 50, "legal": 100},
        ),
    )
    assert load_bounds(write(tmp_path, BOUND + OWN)).approvals == expected
    (tmp_path / "own.toml").unlink()
    write(tmp_path, BOUND, "a.toml")
    assert load_bounds(write(tmp_path, OWN, "b.toml")).approvals == expected


def test_a_house_that_says_nothing_asks_nobody(tmp_path: Path) -> None:
    assert load_bounds(write(tmp_path, BOUND)).approvals == ()
    assert load_person_rules(tmp_path) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "large"', 'id = "Large"'), "line 7: .*cannot be 'Large'"),
        (('id = "rest"', 'id = "large"'), "is used twice"),
        (('acts = ["WAIVER"]', 'acts = ["PAID"]'), "line 8: .*does not know 'PAID'"),
        (('acts = ["WAIVER"]', "acts = []"), "is missing or empty"),
        (('"500.00 EUR"', '"500 euros"'), "cannot read '500 euros'"),
        (('"500.00 EUR"', '"500.001 EUR"'), "cannot be '500.001 EUR'"),
        (('"90000 CLP"', '"1.00 EUR"'), "cannot be '1.00 EUR'"),
        (("legal = 100 }\n\n", "legal = 101 }\n\n"), "more than everything"),
        (("approvers = { legal = 100 }\n\n", "\n"), "has nobody who may approve"),
        (("collector = 5", "Collector = 5"), "is no role"),
        (('portfolio = "cards"', 'segment = "cards"'), "segment"),
        (('above = ["500.00 EUR", "90000 CLP"]', ""), ""),
        (("[[approval]]", "[[approvals]]"), "approvals"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_what_would_do(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    text = BOUND + OWN.replace(*change, 1)
    if not said:
        assert len(load_bounds(write(tmp_path, text)).approvals) == 2
        return
    with pytest.raises(Rejected, match=said) as info:
        load_bounds(write(tmp_path, text))
    assert info.value.reason == "RULES_INVALID"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"EXPORT"]', '"EXPORT", "WAIVER"]'), "line 8: .*has 'WAIVER' beside 'EXPORT'"),
        (('acts = ["EXPORT"]', 'acts = ["WAIVER", "EXPORT"]'), "line 8: .*has 'EXPORT' beside 'WAIVER'"),
        (('"EXPORT"]', '"EXPORT", "SELL"]'), "line 8: .*does not know 'SELL'"),
        (('alone = ["debtor"]', "alone_percent_max = { debtor = 100 }"), "line 9: .*is not a key of the format"),
        (('alone = ["debtor"]', 'portfolio = "cards"'), "line 9: .*is not a key of the format"),
        (('"debtor"]', '"debtor", "Otto"]'), "line 9: .*has 'Otto', which is no role"),
        (('approvers = ["supervisor", "admin"]', "approvers = []"), "line 10: .*has nobody who may approve"),
        (('acts = ["FORGET", "EXPORT"]', 'acts = ["EXPORT"]'), "line 12: .*is never reached: hand-out above it"),
        (('id = "both"', 'id = "hand-out"'), "line 13: .*is used twice"),
    ],
)
def test_what_is_wrong_with_a_rule_about_people_is_said_the_same_way(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    assert change[0] in PEOPLE
    with pytest.raises(Rejected, match=said):
        load_person_rules(write(tmp_path, BOUND + PEOPLE.replace(*change, 1)))


def test_a_row_that_is_never_reached_is_refused() -> None:
    wide = OWN.replace('portfolio = "cards"\n', "").replace('above = ["500.00 EUR", "90000 CLP"]\n', "")
    narrow = wide.replace('acts = ["WAIVER", "WRITTEN_OFF"]', 'acts = ["WAIVER"]')
    with pytest.raises(Rejected, match="is never reached: large above it fits all of it"):
        read_approvals(narrow, "own.toml")


def test_the_same_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, BOUND + OWN, "a.toml")
    with pytest.raises(Rejected, match=r"b\.toml: large is in another file already"):
        load_bounds(write(tmp_path, OWN, "b.toml"))
