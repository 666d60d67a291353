"""A strategy's text: what it may say, and what is said when it is wrong."""

from datetime import time

import pytest

from domain.case.words import Channel, Stage, StepAction
from domain.decider import Rejected
from domain.ladder.read import content_hash, read_strategy
from domain.ladder.strategy import Anchor, DayKind, Gate, StepPlan

STEP = """
[[stages.steps]]
key = "overdue"
action = "CONTACT"
anchor = "DUE"
offset_days = 2
day_kind = "BUSINESS"
at = 10:30:00
channels = ["EMAIL", "SMS"]
template = "overdue"
balance_minor_min = 500
attempts = 3
"""

TEXT = f"""
name = "mine"
version = 3
description = "A ladder."
[[stages]]
stage = "PRE_DUE"
gate = {{ days_past_due = -10 }}
[[stages]]
stage = "SOFT"
gate = {{ days_past_due = 1, stay_days = 1, balance_minor_min = 2, contacts_min = 3, no_open_dispute = true }}
{STEP}
[[stages]]
stage = "NEGOTIATION"
gate = {{ days_past_due = 30 }}
[[stages]]
stage = "PRE_LEGAL"
gate = {{ days_past_due = 60 }}
[[stages]]
stage = "LEGAL"
gate = {{ days_past_due = 90 }}
"""


def test_a_text_becomes_a_strategy() -> None:
    mine = read_strategy(TEXT)
    assert (mine.name, mine.version, mine.description, len(mine.stages)) == ("mine", 3, "A ladder.", 5)
    soft = mine.stages[1]
    assert soft.stage is Stage.SOFT
    assert soft.gate == Gate(days_past_due=1, stay_days=1, balance_minor_min=2, contacts_min=3, no_open_dispute=True)
    assert soft.steps == (
        StepPlan(
            key="overdue",
            action=StepAction.CONTACT,
            anchor=Anchor.DUE,
            offset_days=2,
            day_kind=DayKind.BUSINESS,
            at=time(10, 30),
            channels=(Channel.EMAIL, Channel.SMS),
            template="overdue",
            balance_minor_min=500,
            attempts=3,
        ),
    )


def test_a_text_has_one_hash_whatever_its_line_ends() -> None:
    assert read_strategy(TEXT).content_hash == content_hash(TEXT.replace("\n", "\r\n"))
    assert read_strategy(TEXT + "# a word\n").content_hash != read_strategy(TEXT).content_hash


@pytest.mark.parametrize(
    ("found", "put", "where", "accepted"),
    [
        ('name = "mine"', "", "strategy/name", "a text"),
        ("version = 3", 'version = "3"', "strategy/version", "a whole number"),
        ("version = 3", "version = true", "strategy/version", "a whole number"),
        ("version = 3", "version = 3\ncolor = 1", "strategy/color", "description, name, stages, version"),
        ('stage = "SOFT"', 'stage = "EARLY"', "stage 2/stage", "PRE_DUE, SOFT"),
        ("days_past_due = 30", "days = 30", "NEGOTIATION/gate/days", "days_past_due"),
        ("gate = { days_past_due = 60 }", "gate = 60", "PRE_LEGAL/gate", "[stages.gate]"),
        ("no_open_dispute = true", "no_open_dispute = 1", "SOFT/gate/no_open_dispute", "true or false"),
        ("offset_days = 2", "offset_days = 2.5", "SOFT/overdue/offset_days", "a whole number"),
        ("offset_days = 2", "", "SOFT/overdue/offset_days", "a whole number"),
        ("at = 10:30:00", 'at = "10:30"', "SOFT/overdue/at", "a local time"),
        ('"SMS"', '"FAX"', "SOFT/overdue/channels", "EMAIL, SMS"),
        ('channels = ["EMAIL", "SMS"]', 'channels = "EMAIL"', "SOFT/overdue/channels", "EMAIL"),
        ('anchor = "DUE"', 'anchor = "due"', "SOFT/overdue/anchor", "DUE, STAGE_ENTERED"),
        ('key = "overdue"', "", "SOFT/step 1/key", "a text"),
        ("attempts = 3", "tries = 3", "SOFT/overdue/tries", "attempts"),
        ("[[stages.steps]]", "[stages.steps]", "SOFT/steps", "[[steps]]"),
    ],
)
def test_what_is_wrong_is_said_with_its_stage_step_and_field(found: str, put: str, where: str, accepted: str) -> None:
    assert found in TEXT
    with pytest.raises(Rejected) as refused:
        read_strategy(TEXT.replace(found, put, 1))
    assert refused.value.reason == "STRATEGY_UNREADABLE"
    assert refused.value.field == where
    assert where in refused.value.detail
    assert accepted in (refused.value.accepted or "")


@pytest.mark.parametrize("text", ["name = ", "\x00", "name = 1\nname = 2", ""])
def test_what_is_no_strategy_at_all_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="STRATEGY_UNREADABLE"):
        read_strategy(text)
