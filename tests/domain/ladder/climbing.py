"""Drives a case up its ladder as the application does: look at what is owed, wait until it is due, take it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from domain.calendar import BusinessCalendar, at_local
from domain.case import Case
from domain.case import commands as asked
from domain.case.commands import CaseCommand, OpenCase
from domain.case.decider import CASE
from domain.case.words import Channel, ContactOutcome, Obligation, Obligor, Role, Stage, StepAction, StrategyPin
from domain.ladder.next_step import next_step
from domain.ladder.owed import (
    Action,
    Charge,
    Contact,
    Due,
    EnterStage,
    JudgeAgreements,
    Nothing,
    Owed,
    RaiseAlarm,
    Skip,
    Task,
)
from domain.ladder.strategy import Anchor, Gate, StagePlan, StepPlan, Strategy
from domain.ledger.book import NO_LAWS, LawBook
from domain.money import Money

DEBTOR = UUID("11111111-1111-4111-8111-111111111111")
LIMA = "America/Lima"
DUE_ON = date(2026, 3, 2)  # a Monday
BY = "ladder"


def instant(day: date, hour: int = 0, minute: int = 0, zone: str = LIMA) -> datetime:
    return at_local(day, time(hour, minute), zone)


def obligation(name: str, due_on: date, minor: int = 100_00) -> Obligation:
    return Obligation(obligation_id=name, reference=name, principal=Money(minor, "USD"), due_on=due_on)


def opening(
    *obligations: Obligation,
    at: datetime | None = None,
    zone: str = LIMA,
    grace_days: int = 0,
    strategy: str = "test",
) -> OpenCase:
    owed = obligations or (obligation("I1", DUE_ON),)
    return OpenCase(
        creditor_id="creditor",
        reference="reference",
        portfolio="portfolio",
        currency="USD",
        country="PE",
        time_zone=zone,
        language="es",
        strategy=StrategyPin(name=strategy, version=1),
        obligations=owed,
        obligors=(Obligor(person_id=DEBTOR, role=Role.PRINCIPAL),),
        grace_days=grace_days,
        at=at or instant(owed[0].due_on - timedelta(days=40), zone=zone),
        by="system:test",
    )


def contact(key: str, offset: int, **more: object) -> StepPlan:
    terms: dict[str, object] = {"channels": (Channel.EMAIL,), "template": "overdue", "anchor": Anchor.DUE, **more}
    return StepPlan(key=key, action=StepAction.CONTACT, offset_days=offset, **terms)  # type: ignore[arg-type]  # terms by name


def task(key: str, offset: int, **more: object) -> StepPlan:
    terms: dict[str, object] = {"task_kind": "call", "anchor": Anchor.DUE, **more}
    return StepPlan(key=key, action=StepAction.TASK, offset_days=offset, **terms)  # type: ignore[arg-type]  # terms by name


def charge(key: str, offset: int, **more: object) -> StepPlan:
    terms: dict[str, object] = {"charge_minor": 1500, "anchor": Anchor.DUE, **more}
    return StepPlan(key=key, action=StepAction.CHARGE, offset_days=offset, **terms)  # type: ignore[arg-type]  # terms by name


def ladder(*stages: StagePlan) -> Strategy:
    return Strategy(name="test", version=1, description="", stages=stages)


def stage(name: Stage, gate: Gate | int, *steps: StepPlan) -> StagePlan:
    return StagePlan(stage=name, gate=gate if isinstance(gate, Gate) else Gate(days_past_due=gate), steps=steps)


def levels(soft: int = 1, negotiation: int = 30, pre_legal: int = 60, legal: int = 120) -> Strategy:
    """A ladder of gates with no steps."""
    return ladder(
        stage(Stage.PRE_DUE, -30),
        stage(Stage.SOFT, soft),
        stage(Stage.NEGOTIATION, negotiation),
        stage(Stage.PRE_LEGAL, pre_legal),
        stage(Stage.LEGAL, legal),
    )


def given(*commands: CaseCommand) -> Case:
    """Return the case after the commands; every one of them must be accepted."""
    state = CASE.initial
    for command in commands:
        state = CASE.fold(CASE.decide(command, state), state)
    assert isinstance(state, Case)
    return state


def after(case: Case, *commands: CaseCommand) -> Case:
    """Return the case after further commands."""
    state = CASE.fold((), case)
    for command in commands:
        state = CASE.fold(CASE.decide(command, state), state)
    assert isinstance(state, Case)
    return state


def command_for(due: Due, now: datetime) -> CaseCommand:
    """Return the command that takes a due action; every contact is allowed."""
    action: Action = due.action
    match action:
        case EnterStage():
            return asked.EnterStage(stage=action.stage, reason=action.reason, at=now, by=BY)
        case Contact():
            return asked.PermitContact(
                permit_id=f"case:{action.step_key}:{action.channel}",
                person_id=action.person_id,
                channel=action.channel,
                template=action.template,
                rules="rules",
                step_key=action.step_key,
                due_at=due.due_at,
                at=now,
                by=BY,
            )
        case Charge():
            return _step(action.step_key, StepAction.CHARGE, due, now, charge=action.amount)
        case Task():
            return _step(action.step_key, StepAction.TASK, due, now, task_kind=action.kind, channel=action.channel)
        case Skip():
            return _step(action.step_key, action.action, due, now, skipped=True, reason=action.reason)
        case JudgeAgreements():
            return asked.JudgeAgreements(at=now, by=BY)
        case RaiseAlarm():
            return asked.RaiseLimitationAlarm(
                obligation_id=action.obligation_id,
                action=action.action,
                ends_on=action.ends_on,
                days_left=action.days_left,
                at=now,
                by=BY,
            )


def _step(key: str, action: StepAction, due: Due, now: datetime, **more: object) -> asked.TakeStep:
    return asked.TakeStep(step_key=key, action=action, due_at=due.due_at, at=now, by=BY, **more)  # type: ignore[arg-type]  # terms by name


def refusal(
    due: Due, now: datetime, *, next_allowed_at: datetime | None = None, reason: str = "REFUSED"
) -> asked.RefuseContact:
    """Return the record that the rules did not allow a due contact."""
    action = due.action
    assert isinstance(action, Contact)
    return asked.RefuseContact(
        step_key=action.step_key,
        person_id=action.person_id,
        channel=action.channel,
        reason=reason,
        next_allowed_at=next_allowed_at,
        at=now,
        by=BY,
    )


def outcome(due: Due, now: datetime, became: ContactOutcome) -> asked.RecordContactOutcome:
    action = due.action
    assert isinstance(action, Contact)
    return asked.RecordContactOutcome(
        permit_id=f"case:{action.step_key}:{action.channel}", outcome=became, at=now, by=BY
    )


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One action of a climb, and when it was taken."""

    at: datetime
    action: Action
    due: Due

    def __str__(self) -> str:
        action = self.action
        name = action.stage if isinstance(action, EnterStage) else getattr(action, "step_key", "")
        return f"{self.at:%Y-%m-%d %H:%M} {type(action).__name__} {name}".rstrip()


def look(
    case: Case,
    strategy: Strategy,
    now: datetime,
    calendar: BusinessCalendar | None = None,
    *,
    laws: LawBook = NO_LAWS,
) -> Owed:
    return next_step(case, strategy, now, calendar or BusinessCalendar(), laws=laws)


def due(case: Case, strategy: Strategy, now: datetime, calendar: BusinessCalendar | None = None) -> Due:
    owed = look(case, strategy, now, calendar)
    assert isinstance(owed, Due), owed
    return owed


def nothing(case: Case, strategy: Strategy, now: datetime) -> Nothing:
    owed = look(case, strategy, now)
    assert isinstance(owed, Nothing), owed
    return owed


def climb(
    case: Case,
    strategy: Strategy,
    *,
    start: datetime,
    until: datetime,
    calendar: BusinessCalendar | None = None,
    events: Sequence[tuple[datetime, Callable[[Case], CaseCommand]]] = (),
    actions_max: int = 500,
    laws: LawBook = NO_LAWS,
) -> tuple[Case, list[Taken]]:
    """Take what falls due from `start` to `until`, and between it what happens at given instants; money before time."""
    now, taken, coming = start, [], list(events)
    for _ in range(actions_max):
        owed = look(case, strategy, now, calendar, laws=laws)
        if isinstance(owed, Due) and owed.due_at <= now and not (coming and coming[0][0] <= now):
            after_it = after(case, command_for(owed, now))
            assert after_it != case, f"{owed} changed nothing"
            case = after_it
            taken.append(Taken(at=now, action=owed.action, due=owed))
            continue
        look_at = owed.due_at if isinstance(owed, Due) else owed.look_again_at
        if coming and (look_at is None or coming[0][0] <= max(look_at, now)):
            at, happens = coming.pop(0)
            now = max(now, at)
            case = after(case, happens(case))
            continue
        if look_at is None or look_at > until:
            return case, taken
        assert look_at > now, f"{owed} looks back from {now}"
        now = look_at
    raise AssertionError(f"no end of it: {[str(one) for one in taken[-5:]]}")


def table(taken: Sequence[Taken]) -> list[str]:
    return [str(one) for one in taken]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
