"""The house's bounds as files: what is shipped, a folder of one's own in its place, faults with file, line, field."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.case.bounds import EVERYBODY, Bound
from domain.case.words import Stage
from domain.decider import Rejected
from infra.bounds import SHIPPED, load_bounds
from tests.domain.case.material import case_of, climb_to, invoice, nothing, opening

OWN = """# The board's decision of 2026-01-15.

[[bound]]
id = "cards_late"
portfolio = "cards"
stages = ["SOFT", "NEGOTIATION"]
days_past_due_min = 30
discount_percent_max = 40
alone_percent_max = { collector = 5, supervisor = 20 }
approvers = { supervisor = 30, manager = 40 }

[[bound]]
id = "rest"
discount_percent_max = 20
alone_percent_max = 10
approvers = ["supervisor"]
"""


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_ones_own_takes_the_place_of_what_is_shipped(tmp_path: Path) -> None:
    assert load_bounds(write(tmp_path, OWN)).rows == (
        Bound(
            id="cards_late",
            portfolio="cards",
            stages=frozenset((Stage.SOFT, Stage.NEGOTIATION)),
            days_past_due_min=30,
            discount_percent_max=40,
            alone_percent_max={"collector": 5, "supervisor": 20},
            approvers={"supervisor": 30, "manager": 40},
        ),
        Bound(id="rest", discount_percent_max=20, alone_percent_max={EVERYBODY: 10}, approvers={"supervisor": 20}),
    )


def test_files_are_read_by_name_and_the_first_row_that_fits_holds(tmp_path: Path) -> None:
    write(tmp_path, '[[bound]]\nid = "last"\ndiscount_percent_max = 0\n', "20-rest.toml")
    write(tmp_path, '[[bound]]\nid = "first"\nstages = ["SOFT"]\ndiscount_percent_max = 0\n', "10-soft.toml")
    assert [row.id for row in load_bounds(tmp_path).rows] == ["first", "last"]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_what_is_shipped_has_a_row_for_every_stage_and_somebody_to_approve_all_of_it(stage: Stage) -> None:
    story = nothing.after(opening((invoice("1", 100, date(2024, 1, 1)),)))
    for level in list(Stage)[1 : list(Stage).index(stage) + 1]:
        story = story.after(climb_to(level))
    row = load_bounds().of(case_of(story), datetime(2026, 5, 1, tzinfo=UTC))
    assert row.stages >= {stage}
    limits = (*row.approvers.values(), row.alone_percent_max.get(EVERYBODY, 0))
    assert max(limits) == row.discount_percent_max


def test_what_is_shipped_never_gives_more_to_who_waits_less() -> None:
    most = {stage: row.discount_percent_max for row in reversed(load_bounds().rows) for stage in row.stages}
    levels = [stage for stage in Stage if stage is not Stage.CLOSED]
    assert [most[stage] for stage in levels] == sorted(most[stage] for stage in levels)
    assert len(list(SHIPPED.glob("*.toml"))) == 1


@pytest.mark.parametrize(
    ("there", "instead", "line", "field"),
    [
        ("discount_percent_max = 40", "discount_percent_max = 140", 8, "cards_late/discount_percent_max"),
        ("discount_percent_max = 40", "discount_percent_max = -1", 8, "cards_late/discount_percent_max"),
        ("discount_percent_max = 40", 'discount_percent_max = "40"', 8, "cards_late/discount_percent_max"),
        ("discount_percent_max = 40\n", "", 3, "cards_late/discount_percent_max"),
        ("discount_percent_max = 20", "discount_percent = 20", 14, "rest/discount_percent"),
        ('stages = ["SOFT", "NEGOTIATION"]', 'stages = ["SOFT",\n "LEGALLY"]', 7, "cards_late/stages"),
        ('"NEGOTIATION"]', '"CLOSED"]', 6, "cards_late/stages"),
        ("days_past_due_min = 30", "days_past_due_min = 3.5", 7, "cards_late/days_past_due_min"),
        ("collector = 5", "collector = 101", 9, "cards_late/alone_percent_max/collector"),
        ("collector = 5", "Collector = 5", 9, "cards_late/alone_percent_max/Collector"),
        ("supervisor = 20", "supervisor = 41", 9, "cards_late/alone_percent_max"),
        ("alone_percent_max = 10", "alone_percent_max = 21", 15, "rest/alone_percent_max"),
        ("alone_percent_max = 10", "alone_percent_max = [10]", 15, "rest/alone_percent_max"),
        ("manager = 40", "manager = 39", 10, "cards_late/approvers"),
        ("manager = 40", "manager = 41", 10, "cards_late/approvers"),
        ('approvers = ["supervisor"]', 'approvers = ["Boss"]', 16, "rest/approvers"),
        ('approvers = ["supervisor"]', "approvers = 1", 16, "rest/approvers"),
        ('id = "rest"', 'id = "The Rest"', 13, "The Rest/id"),
        ('id = "rest"', 'id = "cards_late"', 13, "cards_late/id"),
        ('id = "rest"\n', "", 12, "2/id"),
        ('portfolio = "cards"', "portfolio = 7", 5, "cards_late/portfolio"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_field(
    tmp_path: Path, there: str, instead: str, line: int, field: str
) -> None:
    assert OWN.count(there) == 1
    with pytest.raises(Rejected) as refused:
        load_bounds(write(tmp_path, OWN.replace(there, instead)))
    assert refused.value.reason == "RULES_INVALID"
    assert refused.value.field == f"own.toml/bound/{field}"
    assert refused.value.detail.startswith(f"own.toml, line {line}: own.toml/bound/{field} ")
    assert refused.value.accepted


def test_a_row_that_no_case_reaches_is_refused(tmp_path: Path) -> None:
    wide, narrow = OWN.split("\n\n")[2], OWN.split("\n\n")[1]
    with pytest.raises(Rejected) as refused:
        load_bounds(write(tmp_path, f"{wide}\n\n{narrow}\n"))
    assert refused.value.detail.startswith("own.toml, line 8: own.toml/bound/cards_late is never reached: rest")


def test_what_two_files_have_wrong_together_is_told_too(tmp_path: Path) -> None:
    write(tmp_path, OWN, "a.toml")
    for text, told in (
        ('\n[[bound]]\nid = "rest"\ndiscount_percent_max = 0\n', "is in a.toml already"),
        (
            '\n[[bound]]\nid = "court"\nstages = ["LEGAL"]\ndiscount_percent_max = 0\n',
            "is never reached: rest of a.toml",
        ),
    ):
        with pytest.raises(Rejected) as refused:
            load_bounds(write(tmp_path, text, "b.toml"))
        assert refused.value.detail.startswith("b.toml, line 2: b.toml/bound/")
        assert told in refused.value.detail


def test_rows_of_other_days_stages_and_portfolios_do_not_hide_each_other(tmp_path: Path) -> None:
    rows = (
        'id = "a"\nportfolio = "cards"\nstages = ["SOFT"]\ndays_past_due_min = 30',
        'id = "b"\nportfolio = "loans"\nstages = ["SOFT"]\ndays_past_due_min = 30',
        'id = "c"\nportfolio = "cards"\nstages = ["SOFT", "LEGAL"]\ndays_past_due_min = 30',
        'id = "d"\nportfolio = "cards"\nstages = ["SOFT"]\ndays_past_due_min = 29',
        'id = "e"\nstages = ["SOFT"]\ndays_past_due_min = 30',
        'id = "f"\nportfolio = "cards"\nstages = ["SOFT"]',
        'id = "g"',
    )
    text = "\n".join(f"[[bound]]\n{row}\ndiscount_percent_max = 0\n" for row in rows)
    assert len(load_bounds(write(tmp_path, text)).rows) == len(rows)


@pytest.mark.parametrize("text", ["", "# nothing\n", "[bound\n", "[law]\nid = 1\n"])
def test_a_file_that_holds_no_bounds_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Rejected, match=r"RULES_(INVALID|UNREADABLE): own\.toml"):
        load_bounds(write(tmp_path, text))


def test_what_is_no_text_no_folder_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Rejected, match="RULES_UNREADABLE") as refused:
            load_bounds(folder)
        assert refused.value.field == "agreements_dir"
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Rejected, match="not UTF-8"):
        load_bounds(tmp_path)
