"""What holds for every history: asked twice decides once, money adds up, and folding never fails."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import date, timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.case import commands as asked
from domain.case.commands import CaseCommand
from domain.case.decider import CASE, CaseDecider, case_decider
from domain.case.events import CaseEvent, RewardGranted, WaiverReversed
from domain.case.evolve import SUBJECTS
from domain.case.policy import Policy
from domain.case.state import Agreed
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
from domain.ledger.statement import statement
from domain.ledger.words import DayCount, Interruption, Nature, Quoted
from infra.bounds import load_bounds
from tests.domain.case.material import (
    CO_DEBTOR,
    DEBTOR,
    MAY_1,
    THREE,
    charge,
    climb_to,
    dispute,
    eur,
    hold,
    invoice,
    may,
    opening,
    pay,
    permit,
    promise,
    three_invoices,
)
from tests.domain.case.money import LAWS, by_component, terms

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


def _decided(
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


def _live(commands: Sequence[CaseCommand], *, times: int = 1, decider: CaseDecider = CASE) -> tuple[CaseEvent, ...]:
    """Return the history of a case of which the commands are asked, each so often in a row."""
    return tuple(event for told in _decided(commands, times=times, decider=decider) for event in told)


@given(stories, deciders)
@settings(max_examples=200, deadline=None)
def test_any_list_of_commands_decided_twice_gives_the_events_of_once(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    assert _live(commands, times=2, decider=decider) == _live(commands, decider=decider)


@given(stories, deciders)
@settings(max_examples=200, deadline=None)
def test_money_adds_up_after_every_event(commands: list[CaseCommand], decider: CaseDecider) -> None:
    """Nothing is owed that is less than nothing, either, as soon as all that one decision tells has happened."""
    state = decider.initial
    rewarded = 0
    for told in _decided(commands, decider=decider):
        for event in told:
            state = decider.evolve(state, event)
            assert isinstance(state, Case)
            rewarded += event.amount.minor if isinstance(event, RewardGranted) else 0
            if isinstance(event, WaiverReversed) and event.waiver_id in state.rewards:
                rewarded -= sum(part.minor for part in event.parts)
            _adds_up(state, rewarded)
        if told:
            assert isinstance(state, Case)
            assert state.ledger.credit >= 0
            for debt in state.ledger.debts.values():
                assert all(minor >= 0 for minor in debt.owed.values())
                assert debt.waived >= 0
                assert debt.paid >= 0


def _adds_up(state: Case, rewarded: int) -> None:
    ledger = state.ledger
    for debt in ledger.debts.values():
        assert debt.balance == debt.terms.principal.minor + debt.charged - debt.waived - debt.paid
    standing = sum(got.amount.minor for got in ledger.payments.values() if not got.reversed)
    assert standing == ledger.credit + sum(debt.paid for debt in ledger.debts.values())
    given_up = sum(part.minor for parts in ledger.forgiven.values() for part in parts)
    assert given_up + rewarded == sum(debt.waived for debt in ledger.debts.values())


@given(stories, deciders)
@settings(max_examples=200, deadline=None)
def test_a_case_closed_by_money_owes_nothing_and_has_one_agreement_at_most(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    state = decider.fold(_live(commands, decider=decider))
    assert isinstance(state, Case)
    if state.closure is Closure.PAID:
        assert all(debt.balance == 0 for debt in state.ledger.debts.values())
    stands = [plan.stands for plan in state.plans.values()] + [found.stands for found in state.settlements.values()]
    assert stands.count(Agreed.OPEN) <= 1


@given(stories, deciders)
@settings(max_examples=200, deadline=None)
def test_what_is_decided_on_is_what_anybody_reads_from_the_log(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    history = _live(commands, decider=decider)
    state = decider.fold(history)
    assert isinstance(state, Case)
    on = date(2026, 7, 1)
    pack = LAWS.of_place(state.country, on)
    kept, read = (statement(each, at=on, pack=pack, book=LAWS) for each in (state.money_told, history))
    assert by_component(kept) == by_component(read)
    assert kept.credit == read.credit == state.ledger.credit
    assert all(minor >= 0 for minor in by_component(read).values())


@given(stories, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_folding_never_fails_whatever_the_order(commands: list[CaseCommand], chance: object) -> None:
    history = list(_live(commands))
    chance.shuffle(history)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    CASE.fold(history)
    CASE.fold(history[::2] + history)


@given(stories)
@settings(max_examples=100, deadline=None)
def test_evolving_leaves_what_was_before_as_it_was(commands: list[CaseCommand]) -> None:
    history = _live(commands)
    state = CASE.initial
    for event in history:
        before = deepcopy(state)
        after = CASE.evolve(state, event)
        assert state == before
        state = after
    assert state == CASE.fold(history)


def test_evolving_a_case_that_was_lived_through_leaves_every_earlier_state_as_it_was() -> None:
    told = asked.RecordContactOutcome(at=may(4), by="a", permit_id="1.a:EMAIL", outcome=ContactOutcome.DELIVERED)
    lived = three_invoices.after(
        permit("1.a"),
        told,
        charge("f", 5, may(5)),
        promise("p", 50, date(2026, 5, 20)),
        pay("p1", 60, may(6)),
        hold("h", at=may(7)),
        asked.ReleaseHold(at=may(8), by="s", hold_id="h", reason="OVER"),
        climb_to(Stage.SOFT, may(30)),
        asked.AddNote(at=may(31), by="a", note_id="n", person_id=DEBTOR, text="note"),
        dispute("d", "3", at=may(32)),
    )
    states = [CASE.initial]
    for event in lived.history:
        states.append(CASE.evolve(states[-1], event))
    again = [CASE.fold(lived.history[:count]) for count in range(len(lived.history) + 1)]
    assert states == again


def test_every_event_has_its_subject() -> None:
    assert set(SUBJECTS) == set(get_args(CaseEvent))


def test_an_event_on_a_case_that_does_not_exist_means_nothing() -> None:
    history = CASE.decide(opening(), CASE.initial)
    assert CASE.fold(history[1:]) == CASE.initial
    assert CASE.fold((*history, history[0])) == CASE.fold(history)
