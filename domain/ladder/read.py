"""A strategy's text, made into a `Strategy`. The text is TOML 1.0; `docs/reference` describes its keys.

What is wrong with a text is said with its stage, step and field: `SOFT/call/offset_days: must be a whole number`.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar, cast

from domain.case.words import Channel, Stage, StepAction
from domain.decider import Rejected
from domain.ladder.check import check
from domain.ladder.strategy import Anchor, DayKind, Gate, StagePlan, StepPlan, Strategy

W = TypeVar("W", bound=StrEnum)
Table = Mapping[str, Any]  # Any: what TOML can hold; every value is looked at before it is used

_STRATEGY = {"name", "version", "description", "stages"}
_STAGE = {"stage", "gate", "steps"}
_GATE = {"days_past_due", "stay_days", "balance_minor_min", "contacts_min", "no_open_dispute"}
_STEP = {
    "key",
    "action",
    "anchor",
    "offset_days",
    "day_kind",
    "at",
    "channels",
    "template",
    "task_kind",
    "charge_minor",
    "balance_minor_min",
    "unless_replied",
    "attempts",
}


def read_strategy(text: str) -> Strategy:
    """Return the strategy that a text describes, checked; raise `Rejected` STRATEGY_UNREADABLE or STRATEGY_INVALID.

    `Rejected.field` says where ("SOFT/second_notice/offset_days"), `accepted` what would do.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Rejected("STRATEGY_UNREADABLE", f"not TOML: {error}", accepted="TOML 1.0") from error
    _only(table, _STRATEGY, "strategy")
    stages = _tables(table, "stages", "strategy")
    strategy = Strategy(
        name=_text(table, "name", "strategy"),
        version=_number(table, "version", "strategy"),
        description=_text(table, "description", "strategy", ""),
        stages=tuple(_stage(stage, place) for place, stage in enumerate(stages, start=1)),
    )
    check(strategy)
    return replace(strategy, content_hash=content_hash(text))


def content_hash(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal digits; line ends do not count, so that it is one on every system."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _stage(table: Table, place: int) -> StagePlan:
    where = f"stage {place}"
    stage = _word(Stage, _text(table, "stage", where), f"{where}/stage")
    _only(table, _STAGE, stage)
    gate: object = table.get("gate", {})
    if not isinstance(gate, dict):
        raise _wrong(f"{stage}/gate", "must be a table", "[stages.gate]")
    steps = _tables(table, "steps", stage, required=False)
    return StagePlan(
        stage=stage,
        gate=_gate(cast(Table, gate), f"{stage}/gate"),
        steps=tuple(_step(step, stage, number) for number, step in enumerate(steps, start=1)),
    )


def _gate(table: Table, where: str) -> Gate:
    _only(table, _GATE, where)
    return Gate(
        days_past_due=_number(table, "days_past_due", where),
        stay_days=_number(table, "stay_days", where, 0),
        balance_minor_min=_number(table, "balance_minor_min", where, 0),
        contacts_min=_number(table, "contacts_min", where, 0),
        no_open_dispute=_truth(table, "no_open_dispute", where, False),
    )


def _step(table: Table, stage: Stage, number: int) -> StepPlan:
    key = _text(table, "key", f"{stage}/step {number}")
    where = f"{stage}/{key}"
    _only(table, _STEP, where)
    channels: object = table.get("channels", [])
    if not isinstance(channels, list) or not all(isinstance(each, str) for each in cast(list[object], channels)):
        raise _wrong(f"{where}/channels", "must be a list of channels", _choices(Channel))
    return StepPlan(
        key=key,
        action=_word(StepAction, _text(table, "action", where), f"{where}/action"),
        anchor=_word(Anchor, _text(table, "anchor", where, Anchor.DUE), f"{where}/anchor"),
        offset_days=_number(table, "offset_days", where),
        day_kind=_word(DayKind, _text(table, "day_kind", where, DayKind.CALENDAR), f"{where}/day_kind"),
        at=_time(table, "at", where, time(9, 0)),
        channels=tuple(_word(Channel, channel, f"{where}/channels") for channel in cast(list[str], channels)),
        template=_text(table, "template", where, ""),
        task_kind=_text(table, "task_kind", where, ""),
        charge_minor=_number(table, "charge_minor", where, 0),
        balance_minor_min=_number(table, "balance_minor_min", where, 0),
        unless_replied=_truth(table, "unless_replied", where, False),
        attempts=_number(table, "attempts", where, 5),
    )


# ── one value each; a default of None makes the key required


def _number(table: Table, key: str, where: str, default: int | None = None) -> int:
    return _value(table, key, where, default, lambda found: type(found) is int, "a whole number")


def _text(table: Table, key: str, where: str, default: str | None = None) -> str:
    return _value(table, key, where, default, lambda found: isinstance(found, str), "a text")


def _truth(table: Table, key: str, where: str, default: bool | None = None) -> bool:
    return _value(table, key, where, default, lambda found: isinstance(found, bool), "true or false")


def _time(table: Table, key: str, where: str, default: time | None = None) -> time:
    return _value(table, key, where, default, lambda found: isinstance(found, time), "a local time such as 09:30:00")


V = TypeVar("V")


def _value(table: Table, key: str, where: str, default: V | None, fits: Callable[[Any], bool], kind: str) -> V:
    found = table.get(key, default)
    if found is None:
        raise _wrong(f"{where}/{key}", "is missing", kind)
    if not fits(found):
        raise _wrong(f"{where}/{key}", f"must be {kind}", kind)
    value: V = found
    return value


def _tables(table: Table, key: str, where: str, *, required: bool = True) -> list[Table]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found) or (required and not found):
        raise _wrong(f"{where}/{key}", "must be a list of tables", f"[[{key}]]")
    return found


def _word(words: type[W], text: str, where: str) -> W:
    try:
        return words(text)
    except ValueError:
        raise _wrong(where, f"{text!r} is not known", _choices(words)) from None


def _only(table: Table, known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise _wrong(f"{where}/{key}", "is not a key of ours", ", ".join(sorted(known)))


def _choices(words: type[StrEnum]) -> str:
    return ", ".join(words)


def _wrong(where: str, what: str, accepted: str) -> Rejected:
    return Rejected("STRATEGY_UNREADABLE", f"{where}: {what}", field=where, accepted=accepted)
