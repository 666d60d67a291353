"""What can be known to be wrong with a strategy before any case climbs it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from domain.case.words import LEVELS, StepAction
from domain.decider import Rejected
from domain.ladder.strategy import Anchor, DayKind, Gate, StagePlan, StepPlan, Strategy

DAYS_MAX = 36_500
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")  # no dots or colons: keys become part of step keys and permit ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, and where: "SOFT/second_notice/offset_days"."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check(strategy: Strategy) -> None:
    """Raise `Rejected` STRATEGY_INVALID with every fault in the detail and the first one's place as the field."""
    faults = tuple(faults_of(strategy))
    if faults:
        raise Rejected("STRATEGY_INVALID", "; ".join(map(str, faults)), field=faults[0].where)


def faults_of(strategy: Strategy) -> Iterator[Fault]:
    """Say everything that is wrong with a strategy, in the order of its text."""
    if not _NAME.fullmatch(strategy.name):
        yield Fault(where="strategy/name", what="must be small letters, digits, - and _, beginning with a letter")
    if strategy.version < 1:
        yield Fault(where="strategy/version", what="must be 1 or more")
    stages = tuple(plan.stage for plan in strategy.stages)
    if stages != LEVELS:
        yield Fault(where="strategy/stages", what=f"must be {', '.join(LEVELS)}, each once and in this order")
    for below, above in zip(strategy.stages, strategy.stages[1:], strict=False):
        if above.gate.days_past_due <= below.gate.days_past_due:
            yield Fault(where=f"{above.stage}/gate/days_past_due", what=f"must be more than that of {below.stage}")
    for place, plan in enumerate(strategy.stages):
        above_gate = strategy.stages[place + 1].gate if place + 1 < len(strategy.stages) else None
        yield from _gate_faults(plan)
        yield from _step_faults(plan, above_gate)


def _gate_faults(plan: StagePlan) -> Iterator[Fault]:
    gate, where = plan.gate, f"{plan.stage}/gate"
    if abs(gate.days_past_due) > DAYS_MAX:
        yield Fault(where=f"{where}/days_past_due", what=f"must be within {DAYS_MAX} days")
    for field in ("stay_days", "balance_minor_min", "contacts_min"):
        if getattr(gate, field) < 0:
            yield Fault(where=f"{where}/{field}", what="must not be negative")
    if gate.stay_days > DAYS_MAX:
        yield Fault(where=f"{where}/stay_days", what=f"must be within {DAYS_MAX} days")


def _step_faults(plan: StagePlan, above: Gate | None) -> Iterator[Fault]:
    seen: set[str] = set()
    due_before: StepPlan | None = None
    for step in plan.steps:
        where = f"{plan.stage}/{step.key}"
        if step.key in seen:
            yield Fault(where=f"{where}/key", what="is used twice in this stage")
        seen.add(step.key)
        yield from _shape_faults(step, where)
        if step.anchor is not Anchor.DUE:
            continue
        if due_before is not None and _comes_before(step, due_before):
            yield Fault(where=f"{where}/offset_days", what=f"comes before {due_before.key}, which stands above it")
        due_before = step
        if above is not None and _days_at_least(step) >= above.days_past_due:
            yield Fault(
                where=f"{where}/offset_days", what=f"is never reached: the next stage opens at {above.days_past_due}"
            )
        if step.offset_days > 0 and step.offset_days < plan.gate.days_past_due and step.day_kind is DayKind.CALENDAR:
            yield Fault(where=f"{where}/offset_days", what=f"lies before the stage opens at {plan.gate.days_past_due}")


def _comes_before(step: StepPlan, earlier: StepPlan) -> bool:
    same_kind = step.day_kind is earlier.day_kind
    return same_kind and (step.offset_days, step.at) < (earlier.offset_days, earlier.at)


def _days_at_least(step: StepPlan) -> int:
    """Return the fewest calendar days that the offset can be: business days are at least as many calendar days."""
    return step.offset_days if step.day_kind is DayKind.CALENDAR or step.offset_days > 0 else -DAYS_MAX


def _shape_faults(step: StepPlan, where: str) -> Iterator[Fault]:
    if not _KEY.fullmatch(step.key):
        yield Fault(where=f"{where}/key", what="must be small letters, digits and _, beginning with a letter")
    if abs(step.offset_days) > DAYS_MAX:
        yield Fault(where=f"{where}/offset_days", what=f"must be within {DAYS_MAX} days")
    if step.anchor is not Anchor.DUE and step.offset_days < 0:
        yield Fault(where=f"{where}/offset_days", what="must not be negative: the event is not known beforehand")
    if step.at.tzinfo is not None:
        yield Fault(where=f"{where}/at", what="must be local: the zone is the case's")
    if len(set(step.channels)) < len(step.channels):
        yield Fault(where=f"{where}/channels", what="names a channel twice")
    if step.balance_minor_min < 0:
        yield Fault(where=f"{where}/balance_minor_min", what="must not be negative")
    yield from _action_faults(step, where)


def _action_faults(step: StepPlan, where: str) -> Iterator[Fault]:
    """Say what the step's action needs and lacks, and what is given that it does not use."""
    match step.action:
        case StepAction.CONTACT:
            needed, unused = {"channels", "template"}, {"task_kind", "charge_minor"}
        case StepAction.CHARGE:
            needed, unused = {"charge_minor"}, {"channels", "template", "task_kind"}
        case StepAction.TASK:
            needed, unused = {"task_kind"}, {"template", "charge_minor"}
        case _:
            assert_never(step.action)
    for field in sorted(needed):
        if not getattr(step, field):
            yield Fault(where=f"{where}/{field}", what=f"is missing: a {step.action} step needs it")
    for field in sorted(unused):
        if getattr(step, field):
            yield Fault(where=f"{where}/{field}", what=f"means nothing to a {step.action} step")
    if step.charge_minor < 0:
        yield Fault(where=f"{where}/charge_minor", what="must not be negative")
    if step.attempts < 1:
        yield Fault(where=f"{where}/attempts", what="must be 1 or more")
    if step.action is StepAction.TASK and len(step.channels) > 1:
        yield Fault(where=f"{where}/channels", what="a task has one channel at most")
