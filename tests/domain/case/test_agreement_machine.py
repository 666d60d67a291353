"""Agreements through any life: payments on any day, reversals at any point, judged as often as anybody likes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.case.agreement import in_force
from domain.case.commands import AgreePlan, CancelPlan, CancelPromise, CaseCommand
from domain.case.decider import CASE
from domain.case.events import CaseEvent, RewardGranted, WaiverReversed
from domain.case.installments import asked_by
from domain.case.plan_kept import first_short, lost_at
from domain.case.promise_kept import paid_in_time
from domain.case.received import received_since
from domain.case.settlement import paid_for
from domain.case.state import Agreed, Case, Plan
from domain.case.view import balance_minor, open_plan, open_promises, open_settlement
from domain.case.words import Every, Installment, PlanShape, Schedule
from domain.decider import Rejected
from domain.money import Money
from tests.domain.case.material import BY, MAY_1, bounce, eur, judge, opening, pay, promise, settlement

DAY = timedelta(days=1)
ids = st.sampled_from(("a", "b", "c"))
euros = st.sampled_from((5.0, 10.0, 12.5, 25.0, 33.34, 40.0, 50.0, 100.0))
days = st.integers(0, 12)
few = st.sampled_from((0, 0, 2))


class Agreements(RuleBasedStateMachine):
    """One case of a hundred euros. What is refused changes nothing; what follows is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.history: tuple[CaseEvent, ...] = ()
        self.now = MAY_1
        self._payments = 0
        self._ask(opening())

    @property
    def case(self) -> Case:
        state = CASE.fold(self.history)
        assert isinstance(state, Case)
        return state

    def _ask(self, command: CaseCommand) -> None:
        state = CASE.fold(self.history)
        try:
            told = CASE.decide(command, state)
        except Rejected:
            return
        self.history += told
        again = CASE.decide(command, CASE.fold(self.history))
        assert again == (), f"{command} asked twice, decided twice: {again}"

    def _on(self, after: int) -> date:
        return (self.now + after * DAY).date()

    @rule(after=st.integers(1, 9))
    def time_passes(self, after: int) -> None:
        self.now += after * DAY

    @rule(name=ids, amount=euros, after=days, grace=few, missing=few)
    def promises(self, name: str, amount: float, after: int, grace: int, missing: int) -> None:
        made = promise(name, amount, self._on(after), at=self.now, grace_days=grace)
        self._ask(replace(made, tolerance_minor=missing * 100))

    @rule(
        name=ids, each=st.sampled_from((5.0, 10.0, 20.0)), apart=st.integers(1, 6), count=st.integers(2, 4), missing=few
    )
    def promises_in_parts(self, name: str, each: float, apart: int, count: int, missing: int) -> None:
        parts = tuple(Installment(due_on=self._on(apart * (1 + place)), amount=eur(each)) for place in range(count))
        made = promise(name, each * count, parts[-1].due_on, at=self.now)
        self._ask(replace(made, installments=parts, tolerance_minor=missing * 100))

    @rule(
        name=ids,
        first=days,
        count=st.integers(1, 4),
        rate=st.sampled_from(("", "24")),
        cure=few,
        missing=few,
        reward=few,
    )
    def agrees_a_plan(self, name: str, first: int, count: int, rate: str, cure: int, missing: int, reward: int) -> None:
        schedule = Schedule(
            shape=PlanShape.EQUAL, first_on=self._on(first), count=count, every=Every.WEEK, rate_percent=rate
        )
        command = AgreePlan(
            at=self.now,
            by=BY,
            plan_id=name,
            schedule=schedule,
            cure_days=cure,
            tolerance_minor=missing * 100,
            reward_minor=reward * 100,
        )
        self._ask(command)

    @rule(name=ids, amount=euros, after=days)
    def agrees_a_settlement(self, name: str, amount: float, after: int) -> None:
        self._ask(settlement(name, amount, self._on(after), at=self.now))

    @rule(amount=euros, before=st.sampled_from((0, 0, 0, 1, 4, 10)))
    def pays(self, amount: float, before: int) -> None:
        self._payments += 1
        self._ask(pay(f"p{self._payments}", amount, max(self.now - before * DAY, MAY_1)))

    @rule(place=st.integers(0, 3))
    def pays_what_is_next(self, place: int) -> None:
        found = open_plan(self.case)
        if found is not None:
            due = found[1].installments[min(place, len(found[1].installments) - 1)]
            self._payments += 1
            self._ask(pay(f"p{self._payments}", due.amount.minor / 100, self.now))

    @rule(number=st.integers(1, 12))
    def bounces(self, number: int) -> None:
        self._ask(bounce(f"p{number}", self.now))

    @rule()
    def is_judged(self) -> None:
        self._ask(judge(self.now))

    @rule(name=ids)
    def cancels(self, name: str) -> None:
        self._ask(CancelPromise(at=self.now, by=BY, promise_id=name, reason="ASKED"))
        self._ask(CancelPlan(at=self.now, by=BY, plan_id=name, reason="ASKED"))

    @invariant()
    def one_agreement_at_most_is_in_force(self) -> None:
        case = self.case
        alone = [bool(open_plan(case)), bool(open_settlement(case))]
        stands = [plan.stands for plan in case.plans.values()]
        stands += [found.stands for found in case.settlements.values()]
        assert stands.count(Agreed.OPEN) <= 1
        assert not (any(alone) and open_promises(case))

    @invariant()
    def what_is_kept_is_kept_by_money_that_stands(self) -> None:
        case = self.case
        if not balance_minor(case):
            return
        reached = paid_in_time(case)
        for name, made in case.promises.items():
            if made.stands is Agreed.KEPT:
                asked = asked_by(made.installments) or (made.amount.minor,)
                for sums, wanted in zip(reached[name], asked, strict=True):
                    assert sums >= wanted - made.tolerance_minor, f"promise {name} is kept by nothing"
        for name, plan in case.plans.items():
            if plan.stands is Agreed.KEPT:
                paid = received_since(case, plan.agreed_at)
                assert paid >= asked_by(plan.installments)[-1] - plan.tolerance_minor - self._given(name)
        for found in case.settlements.values():
            if found.stands is Agreed.KEPT:
                assert paid_for(case, found) >= found.amount.minor

    @invariant()
    def a_plan_that_is_judged_is_in_force_or_lost(self) -> None:
        case = CASE.fold((*self.history, *CASE.decide(judge(self.now), CASE.fold(self.history))))
        assert isinstance(case, Case)
        assert CASE.decide(judge(self.now), case) == (), "judging twice is judging once"
        for plan in self._open(case.plans.values()):
            short = first_short(case, plan, self.now)
            assert short is None or lost_at(case, plan, short) > self.now
            assert in_force(case, self.now) or not case.open

    @invariant()
    def money_adds_up(self) -> None:
        ledger = self.case.ledger
        standing = sum(got.amount.minor for got in ledger.payments.values() if not got.reversed)
        assert ledger.credit >= 0
        assert standing == ledger.credit + sum(debt.paid for debt in ledger.debts.values())
        assert all(minor >= 0 for debt in ledger.debts.values() for minor in debt.owed.values())

    def _given(self, plan_id: str) -> int:
        """Return what the house has given up for the plan, in minor units."""
        given = Money(0, "EUR")
        for event in self.history:
            if isinstance(event, RewardGranted) and event.authority == f"plan:{plan_id}":
                given = event.amount
            elif isinstance(event, WaiverReversed) and event.waiver_id.startswith(f"plan:{plan_id}"):
                given = Money(0, "EUR")
        return given.minor

    def _open(self, plans: Iterable[Plan]) -> list[Plan]:
        return [plan for plan in plans if plan.stands is Agreed.OPEN]


TestAgreements = Agreements.TestCase
TestAgreements.settings = settings(max_examples=150, stateful_step_count=25)
