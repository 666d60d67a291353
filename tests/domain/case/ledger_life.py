"""One case that commands are asked of, twice each, and how it would be had others been asked: for a machine's rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from domain.case.commands import (
    AddCharge,
    AddObligation,
    AdvanceCost,
    CaseCommand,
    GrantReward,
    PostInterest,
    RecordPayment,
    Waive,
)
from domain.case.decider import case_decider
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.state import Case, Ledger
from domain.case.view import local_date
from domain.case.words import Component, Obligation
from domain.decider import Rejected
from domain.ledger.stated import Statement
from domain.ledger.statement import statement
from domain.money import Money
from infra.bounds import load_bounds
from tests.domain.case.material import BY
from tests.domain.case.money import LAWS, Owed

DECIDER = case_decider(Policy(laws=LAWS, bounds=load_bounds()))
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Life:
    """A case after commands were asked of it, and those of them that were refused."""

    case: Case
    refused: tuple[CaseCommand, ...]


class LedgerLife(RuleBasedStateMachine):
    """What is refused changes nothing; what is asked twice is decided once."""

    def begin(self, zone: str, now: datetime, currency: str, scale: int) -> None:
        self.zone, self.now, self.currency, self.scale = zone, now, currency, scale
        self.number = 0
        self.history: tuple[CaseEvent, ...] = ()
        self.asked: list[CaseCommand] = []

    @property
    def case(self) -> Case:
        state = DECIDER.fold(self.history)
        assert isinstance(state, Case)
        return state

    def ask(self, command: CaseCommand) -> bool:
        try:
            told = DECIDER.decide(command, DECIDER.fold(self.history))
        except Rejected:
            return False
        self.history += told
        self.asked.append(command)
        assert DECIDER.decide(command, DECIDER.fold(self.history)) == (), "asked twice, decided twice"
        return True

    def lived(self, commands: Sequence[CaseCommand]) -> "Life":
        """Return the case after these commands, and those that were refused."""
        state, refused = DECIDER.initial, []
        for command in commands:
            try:
                state = DECIDER.fold(DECIDER.decide(command, state), state)
            except Rejected:
                refused.append(command)
        assert isinstance(state, Case)
        return Life(state, tuple(refused))

    def left(self, commands: Sequence[CaseCommand]) -> tuple[Owed, int]:
        """Return what is owed and what is kept when all interest is posted after these commands."""
        ledger = self.lived((*commands, PostInterest(at=self.now, by=BY))).case.ledger
        return owed_of(ledger), ledger.credit

    def stated(self, history: Sequence[Any]) -> Statement:
        on = local_date(self.case, self.now)
        return statement(history, at=on, pack=LAWS.of_place(self.case.country, on), book=LAWS)

    def in_all(self, amount: Money) -> list[CaseCommand]:
        """Return the commands that bring, ask for or give up an amount."""
        at: dict[str, Any] = {"at": self.now, "by": BY, "amount": amount}
        said: dict[str, Any] = {"reason": "X", "authority": BY}
        return [
            RecordPayment(payment_id="z", **at),
            AddCharge(charge_id="z", obligation_id="1", component=Component.FEES, reason="X", **at),
            AdvanceCost(cost_id="z", obligation_id="1", kind="X", **at),
            Waive(waiver_id="z", **at, **said),
            GrantReward(reward_id="z", **at, **said),
        ]

    def following(self, what: str, share: int) -> CaseCommand:
        """Return something that comes after a payment that is not known yet."""
        name = f"f{len(self.asked)}"
        match what:
            case "pays":
                return self.payment(share, 0, "")
            case "charges":
                at: dict[str, Any] = {"at": self.now, "by": BY, "amount": self.money(share)}
                return AddCharge(charge_id=name, obligation_id="1", component=Component.COSTS, reason="X", **at)
            case "owes":
                return AddObligation(at=self.now, by=BY, obligation=self.obligation(name, share, -2))
            case _:
                return PostInterest(at=self.now, by=BY)

    def payment(self, share: int, before: int, named: str) -> RecordPayment:
        self.number += 1
        at, amount = self.before(before), self.money(share)
        return RecordPayment(at=at, by=BY, payment_id=f"p{self.number}", amount=amount, obligation_id=named)

    def obligation(self, name: str, share: int, due_in: int) -> Obligation:
        due_on = (self.now + timedelta(days=due_in)).date()
        return Obligation(obligation_id=name, reference=name, principal=self.money(share), due_on=due_on)

    def money(self, share: int) -> Money:
        return Money(share * self.scale, self.currency)

    def before(self, hours: int) -> datetime:
        return self.now - hours * HOUR


def sums(shown: Statement) -> list[tuple[object, ...]]:
    """Return all sums of a statement with how they were derived."""
    parts = [(owed, part) for owed in shown.obligations for part in owed.components]
    return [(owed.obligation_id, part.component, part.posted, part.balance, part.accrual) for owed, part in parts]


def owed_of(ledger: Ledger) -> Owed:
    """Return what the state says is owed, by obligation and component."""
    return {(name, part): minor for name, debt in ledger.debts.items() for part, minor in debt.owed.items() if minor}
