"""Stories of any commands, with values that now and then fit together."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import get_args

from hypothesis import strategies as st

from domain.case import commands as asked
from domain.case.approval_words import Act, Wanted
from domain.case.commands import CaseCommand
from domain.case.decider import CASE, CaseDecider, case_decider
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.words import (
    AgreedRate,
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    HoldReason,
    Installment,
    Obligor,
    PlacedWith,
    PlanShape,
    Role,
    Schedule,
    Scope,
    Stage,
    StepAction,
    StrategyPin,
)
from domain.decider import Rejected
from domain.ledger.words import DayCount, Interruption, Nature, Quoted
from infra.bounds import load_bounds
from tests.domain.case.material import (
    CO_DEBTOR,
    DEBTOR,
    MAY_1,
    THREE,
    eur,
    invoice,
    opening,
)
from tests.domain.case.money import LAWS, terms

ids = st.sampled_from(("a", "b", "c"))
obligation_ids = st.sampled_from(("1", "2", "3", "4"))
step_keys = st.sampled_from([f"{entry}.{name}" for entry in range(1, 6) for name in ("a", "b")])
sums = st.sampled_from((1, 20, 50, 100, 333.33, 600, 700)).map(eur)
instants = st.integers(0, 80).map(lambda days: MAY_1 + timedelta(hours=12 * days))
days = st.integers(-2, 60).map(lambda number: date(2026, 5, 1) + timedelta(days=number))
people = st.sampled_from((DEBTOR, CO_DEBTOR))
instalments = st.lists(st.builds(Installment, due_on=days, amount=sums), min_size=1, max_size=3).map(
    lambda listed: tuple(sorted(listed, key=lambda one: one.due_on))
)

_GIVEN: dict[str, st.SearchStrategy[object]] = {
    "at": instants,
    "by": st.sampled_from(("ladder", "agent:a", "supervisor:s")),
    "obligation": obligation_ids.map(lambda name: invoice(name, 40, date(2026, 5, 5))),
    "obligor": st.builds(Obligor, person_id=people, role=st.sampled_from(Role)),
    "person_id": people,
    "reason": st.just("BECAUSE"),
    "closure": st.sampled_from(Closure),
    "stage": st.sampled_from(Stage),
    "step_key": step_keys,
    "action": st.sampled_from(StepAction),
    "due_at": instants,
    "skipped": st.booleans(),
    "task_kind": st.just("CALL"),
    "task_id": ids,
    "channel": st.sampled_from(Channel),
    "charge": sums,
    "charge_component": st.sampled_from(Component),
    "strategy": st.builds(StrategyPin, name=st.just("consumer"), version=st.integers(1, 2)),
    "hold_id": ids,
    "scope": st.sampled_from(Scope),
    "from_at": instants,
    "until": st.none() | instants,
    "payment_id": st.sampled_from(("p1", "p2", "p3", "p4")),
    "amount": sums,
    "obligation_id": st.just("") | obligation_ids,
    "component": st.sampled_from(Component),
    "period": st.sampled_from(("", "2026-05")),
    "due_on": days,
    "pay_by": days,
    "grace_days": st.integers(0, 3),
    "installments": instalments,
    "obligation_ids": st.lists(obligation_ids, max_size=2).map(tuple),
    "outcome": st.just("DONE"),
    "placed_with": st.sampled_from(PlacedWith),
    "direction": st.sampled_from(Direction),
    "next_allowed_at": st.none() | instants,
    "permit_id": ids,
    "inquiry": st.integers(0, 2),
    "on": days,
    "expires_at": instants,
    "first": days,
    "last": days,
    "ends_on": days,
    "days_left": st.sampled_from((90, 30, 7, 0)),
    "nature": st.none() | st.sampled_from(Nature),
    "rates": st.just(()) | st.just((AgreedRate(component=Component.LATE_INTEREST, percent="24"),)),
    "quoted": st.sampled_from(Quoted),
    "day_count": st.none() | st.sampled_from(DayCount),
    "order": st.just(()) | st.permutations(tuple(Component)).map(tuple),
    "custom": st.sampled_from(("", "", "house.money.principal_first")),
    "ended": st.booleans(),
    "recoverable": st.booleans(),
    "stands": st.booleans(),
    "tolerance_minor": st.sampled_from((0, 0, 50)),
    "cure_days": st.integers(0, 5),
    "reward_minor": st.sampled_from((0, 0, 5_00)),
    "schedule": st.none()
    | st.builds(
        Schedule,
        shape=st.just(PlanShape.EQUAL),
        first_on=days,
        count=st.integers(1, 4),
        rate_percent=st.sampled_from(("", "12")),
    ),
    "currency": st.just("EUR"),
    "unit_value": st.just(""),
    "wanted": st.builds(Wanted, act=st.just(Act.WAIVER), waiver_id=ids, amount=sums, reason=st.just("BECAUSE"))
    | st.builds(Wanted, act=st.just(Act.CLOSURE), closure=st.sampled_from(Closure), reason=st.just("BECAUSE")),
}
_REASONS = {asked.PlaceHold: HoldReason}
_OUTCOMES = {
    asked.ResolveDispute: DisputeOutcome,
    asked.RecordContactOutcome: ContactOutcome,
    asked.LogContact: ContactOutcome,
}


def _any(command: type) -> st.SearchStrategy[CaseCommand]:
    """Any command of a class: fields from small pools, so that commands meet each other."""
    fields: dict[str, st.SearchStrategy[object]] = {
        name: _GIVEN.get(name, ids)
        for name in command.__dataclass_fields__  # type: ignore[attr-defined]  # a dataclass
    }
    if command in _REASONS:
        fields["reason"] = st.sampled_from(_REASONS[command])
    if command is asked.InterruptLimitation:
        fields["kind"] = st.sampled_from(Interruption)
    if command is asked.AgreePlan:
        given = st.builds(command, **fields | {"schedule": st.none()})
        return given | st.builds(command, **fields | {"installments": st.just(()), "reward_minor": st.just(0)})
    if command in _OUTCOMES:
        fields["outcome"] = st.sampled_from(_OUTCOMES[command])
    return st.builds(command, **fields)


_MONEY = (
    asked.RecordPayment,
    asked.ReversePayment,
    asked.AddCharge,
    asked.Waive,
    asked.PostInterest,
    asked.JudgeAgreements,
)
_AGREED = (asked.MakePromise, asked.AgreePlan, asked.AgreeSettlement, asked.OpenDispute, asked.ResolveDispute)
_ALL = tuple(kind for kind in get_args(CaseCommand) if kind is not asked.OpenCase)
every_command = st.one_of(
    *(_any(kind) for kind in _ALL), *(_any(kind) for kind in _MONEY), *(_any(kind) for kind in _MONEY + _AGREED)
)
stories = st.lists(every_command, max_size=25)
LAWFUL = case_decider(Policy(laws=LAWS, bounds=load_bounds()))
deciders = st.sampled_from((CASE, LAWFUL))


def decided(
    commands: Sequence[CaseCommand], *, times: int = 1, decider: CaseDecider = CASE
) -> Iterator[tuple[CaseEvent, ...]]:
    """Yield what follows from each of the commands on one case, each asked so often in a row.

    Where there is law, the case bears interest of a thousandth a day, unless a command says otherwise.
    """
    history = decider.decide(opening(THREE), decider.initial)
    if decider is LAWFUL:
        history += decider.decide(terms("36.5", terms_id="first", at=MAY_1), decider.fold(history))
    yield history
    for command in commands:
        for _ in range(times):
            with suppress(Rejected):
                told = decider.decide(command, decider.fold(history))
                history += told
                yield told


def live(commands: Sequence[CaseCommand], *, times: int = 1, decider: CaseDecider = CASE) -> tuple[CaseEvent, ...]:
    """Return the history of a case of which the commands are asked, each so often in a row."""
    return tuple(event for told in decided(commands, times=times, decider=decider) for event in told)
