"""The house's rules on second persons as files: beside bounds or apart, faults with file, line and field."""

from pathlib import Path

import pytest

from domain.case.approval_rules import ApprovalRule
from domain.case.read_approvals import ACTS, read_approvals
from domain.case.words import Closure
from domain.decider import Rejected
from infra.bounds import load_bounds

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


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_is_shipped_asks_a_second_person_for_whatever_gives_up_what_is_owed() -> None:
    rules = load_bounds().approvals
    covered = {act for rule in rules for act in rule.acts}
    assert covered == set(ACTS) - {Closure.PLACED, Closure.SOLD}, "handing over and selling give nothing up"
    for rule in rules:
        for role in ("collector", "back-office", "supervisor", "legal", "agency", "debtor"):
            assert rule.alone_percent_max.get(role, 0) <= 30


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


def test_a_row_that_is_never_reached_is_refused() -> None:
    wide = OWN.replace('portfolio = "cards"\n', "").replace('above = ["500.00 EUR", "90000 CLP"]\n', "")
    narrow = wide.replace('acts = ["WAIVER", "WRITTEN_OFF"]', 'acts = ["WAIVER"]')
    with pytest.raises(Rejected, match="is never reached: large above it fits all of it"):
        read_approvals(narrow, "own.toml")


def test_the_same_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, BOUND + OWN, "a.toml")
    with pytest.raises(Rejected, match=r"b\.toml: large is in another file already"):
        load_bounds(write(tmp_path, OWN, "b.toml"))
