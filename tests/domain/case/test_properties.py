"""What holds for every history: asked twice decides once, money adds up, and folding never fails."""

from copy import deepcopy
from datetime import date
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.case import commands as asked
from domain.case.commands import CaseCommand
from domain.case.decider import CASE, CaseDecider
from domain.case.events import CaseEvent, RewardGranted, WaiverReversed
from domain.case.evolve import SUBJECTS
from domain.case.state import Agreed
from domain.case.words import (
    Closure,
    ContactOutcome,
    Stage,
)
from domain.ledger.statement import statement
from tests.domain.case.any_story import decided, deciders, live, stories
from tests.domain.case.material import (
    DEBTOR,
    charge,
    climb_to,
    dispute,
    hold,
    may,
    opening,
    pay,
    permit,
    promise,
    three_invoices,
)
from tests.domain.case.money import LAWS, by_component


@given(stories, deciders)
@settings(max_examples=200)
def test_any_list_of_commands_decided_twice_gives_the_events_of_once(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    assert live(commands, times=2, decider=decider) == live(commands, decider=decider)


@given(stories, deciders)
@settings(max_examples=200)
def test_money_adds_up_after_every_event(commands: list[CaseCommand], decider: CaseDecider) -> None:
    """Nothing is owed that is less than nothing, either, as soon as all that one decision tells has happened."""
    state = decider.initial
    rewarded = 0
    for told in decided(commands, decider=decider):
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
@settings(max_examples=200)
def test_a_case_closed_by_money_owes_nothing_and_has_one_agreement_at_most(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    state = decider.fold(live(commands, decider=decider))
    assert isinstance(state, Case)
    if state.closure is Closure.PAID:
        assert all(debt.balance == 0 for debt in state.ledger.debts.values())
    stands = [plan.stands for plan in state.plans.values()] + [found.stands for found in state.settlements.values()]
    assert stands.count(Agreed.OPEN) <= 1


@given(stories, deciders)
@settings(max_examples=200)
def test_what_is_decided_on_is_what_anybody_reads_from_the_log(
    commands: list[CaseCommand], decider: CaseDecider
) -> None:
    history = live(commands, decider=decider)
    state = decider.fold(history)
    assert isinstance(state, Case)
    on = date(2026, 7, 1)
    pack = LAWS.of_place(state.country, on)
    kept, read = (statement(each, at=on, pack=pack, book=LAWS) for each in (state.money_told, history))
    assert by_component(kept) == by_component(read)
    assert kept.credit == read.credit == state.ledger.credit
    assert all(minor >= 0 for minor in by_component(read).values())


@given(stories, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_folding_never_fails_whatever_the_order(commands: list[CaseCommand], chance: object) -> None:
    history = list(live(commands))
    chance.shuffle(history)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    CASE.fold(history)
    CASE.fold(history[::2] + history)


@given(stories)
@settings(max_examples=100)
def test_evolving_leaves_what_was_before_as_it_was(commands: list[CaseCommand]) -> None:
    history = live(commands)
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
