"""What the payments of a case would have paid, had everything been known in time.

The money is lived through again in the order of business days, with the functions that decide it live: obligations and
charges come on their days, waivers and rewards give up what was decided, and every payment that stands finds the
interest of its day posted, and pays by the order that held for it. Terms and moratoria hold for the days that they
speak of, whenever they were recorded. What came before a given place in that order is taken as the books have it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.case.accruing import interest_due
from domain.case.allocation import order_for, pays
from domain.case.evolve import evolve_all, evolve_case
from domain.case.evolve_ledger import unapplied
from domain.case.happened import Happened
from domain.case.ladder_events import HoldPlaced, HoldReleased
from domain.case.money_events import (
    AmountWaived,
    ChargeAdded,
    CreditApplied,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    RewardGranted,
    WaiverReversed,
)
from domain.case.policy import Policy
from domain.case.record_events import CaseClosed, CaseOpened, CaseReopened, ObligationAdded
from domain.case.state import Absent, Case
from domain.case.terms_events import OrderConsented, TermsRecorded
from domain.case.view import balance_minor, local_date
from domain.case.words import Closure, Component, Part
from domain.ledger.statement import INTEREST
from domain.ledger.told import BY_LAW
from domain.ledger.words import Choice
from domain.money import Money

Place = tuple[int, int]  # a local day as an ordinal, and a place in the log
Key = tuple[str, Component]
BEGINNING: Place = (0, 0)


@dataclass(slots=True)
class Paid:
    """What one payment pays: at once, and later out of its credit."""

    parts: tuple[Part, ...] = ()
    later: list[CreditApplied] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The case as it would be, and what each payment pays in it."""

    case: Case
    paid: Mapping[str, Paid]


def place_of(case: Case, payment_id: str) -> Place:
    """Return where a payment stands in the order of business days."""
    for number, event in enumerate(case.money_told, start=1):
        if isinstance(event, PaymentRecorded) and event.payment_id == payment_id:
            return _place(case, event, number)
    raise AssertionError("the case has the payment")


def replay(case: Case, policy: Policy, *, since: Place, until: datetime, naming: str = "") -> Replayed:
    """Live a case's money through again, from `since` on, and post its interest through the local day of `until`.

    naming: the payment whose choice among debts is still to be judged; choices of others were. Raise `Rejected`
    CHOICE_NOT_ALLOWED, CHOICE_NOT_DUE.
    """
    facts = _Facts(case)
    stage = _Stage(case, policy, facts, naming)
    reduced = facts.withheld()
    for (place, fact), withheld in zip(facts.dated, reduced, strict=True):
        if place < since:
            stage.as_booked(fact)
        else:
            stage.live(fact, withheld)
    stage.end(until)
    return Replayed(case=stage.case, paid=stage.paid)


class _Facts:
    """What happened to a case's money apart from what was derived of it, by business day and then as recorded."""

    def __init__(self, case: Case) -> None:
        self.case = case
        reversed_payments = {each.payment_id for each in case.money_told if isinstance(each, PaymentReversed)}
        back = {each.waiver_id for each in case.money_told if isinstance(each, WaiverReversed)}
        self.known: list[Happened] = []  # holds for the days that it names
        dated: list[tuple[Place, Happened]] = []
        booked: dict[str, Paid] = {}
        used: dict[str, list[tuple[Place, Happened]]] = {}
        for number, event in enumerate(case.money_told, start=1):
            match event:
                case CaseOpened() | TermsRecorded() | HoldPlaced() | HoldReleased():
                    self.known.append(event)
                    continue
                case OrderConsented(payment_id=payment_id) if payment_id:
                    self.known.append(event)
                    continue
                case PaymentRecorded(payment_id=payment_id):
                    if payment_id in reversed_payments:
                        continue
                    booked[payment_id] = Paid(parts=event.parts)
                case PaymentReallocated(payment_id=payment_id, parts=parts):
                    booked[payment_id] = Paid(parts=parts)
                    used.pop(payment_id, None)
                    continue
                case CreditApplied(payment_id=payment_id):
                    if payment_id in booked:
                        used.setdefault(payment_id, []).append((_place(case, event, number), event))
                    continue
                case PaymentReversed() | WaiverReversed():
                    continue
                case AmountWaived(waiver_id=waiver_id) if waiver_id in back:
                    continue
                case CaseClosed(closure=Closure.PAID | Closure.SETTLED):
                    continue  # it followed from the money
                case _:
                    pass
            dated.append((_place(case, event, number), event))
        dated.extend(each for applied in used.values() for each in applied)
        self.booked = booked
        self.dated = sorted(dated, key=lambda each: each[0])

    def withheld(self) -> list[Mapping[Key, int]]:
        """Return for each fact what must be left unpaid then, because something decided later gives it up."""
        found: list[Mapping[Key, int]] = []
        need: dict[Key, int] = {}
        for _, fact in reversed(self.dated):
            found.append(dict(need))
            for key, minor in _moves(fact):
                need[key] = max(need.get(key, 0) - minor, 0)
        return found[::-1]


class _Stage:
    """The case as it is lived through again."""

    def __init__(self, case: Case, policy: Policy, facts: _Facts, naming: str) -> None:
        begun = evolve_all(Absent(), facts.known)  # type: ignore[arg-type]  # events of the case, as it kept them
        assert isinstance(begun, Case), "a case keeps its opening"
        self.case = begun
        self.paid: dict[str, Paid] = {}
        self._books = case
        self._policy = policy
        self._facts = facts
        self._naming = naming

    def as_booked(self, fact: Happened) -> None:
        """Take a fact as the books have it."""
        match fact:
            case PaymentRecorded(payment_id=payment_id):
                parts = self._facts.booked[payment_id].parts
                self.paid[payment_id] = Paid(parts=parts)
                self._tell(replace(fact, parts=parts))
            case CreditApplied(payment_id=payment_id):
                self.paid[payment_id].later.append(fact)
                self._tell(fact)
            case _:
                self._tell(fact)

    def live(self, fact: Happened, withheld: Mapping[Key, int]) -> None:
        """Let a fact happen, with what follows from it."""
        match fact:
            case CreditApplied():
                return  # follows again
            case ChargeAdded(reason=reason) if reason == BY_LAW:
                return
            case PaymentRecorded():
                self._pay(fact, withheld)
            case AmountWaived() | RewardGranted():
                self._post(fact.at)
                self._cover(fact.at, fact.parts)
                self._tell(fact)
            case CaseReopened():
                if not self.case.open:
                    self._tell(fact)
            case _:
                self._tell(fact)
        self._use_credit(fact.at, withheld)

    def end(self, until: datetime) -> None:
        """Post what is left to be posted, and let credit pay it."""
        self._post(until)
        self._use_credit(until, {})

    def _pay(self, payment: PaymentRecorded, withheld: Mapping[Key, int]) -> None:
        parts: tuple[Part, ...] = ()
        if self.case.open:
            self._post(payment.at)
            order = order_for(self.case, self._policy, payment.at, payment.payment_id)
            if payment.payment_id != self._naming:
                order = replace(order, rule=replace(order.rule, choice=Choice.ANY))
            parts = pays(
                self.case,
                payment.amount.minor,
                order,
                at=payment.at,
                contested=self._contested(payment.at),
                chosen=payment.obligation_id,
                withheld=withheld,
            ).parts
        self.paid[payment.payment_id] = Paid(parts=parts)
        self._tell(replace(payment, parts=parts))

    def _use_credit(self, at: datetime, withheld: Mapping[Key, int]) -> None:
        ledger = self.case.ledger
        if ledger.credit <= 0 or not self.case.open or not balance_minor(self.case):
            return
        for payment_id, received in ledger.payments.items():
            left = unapplied(received)
            if left <= 0:
                continue
            order = order_for(self.case, self._policy, at)
            contested = self._contested(at)
            parts = pays(self.case, left, order, at=at, contested=contested, withheld=withheld).parts
            if parts:
                used = CreditApplied(at=at, payment_id=payment_id, parts=parts)
                self.paid[payment_id].later.append(used)
                self._tell(used)

    def _post(self, at: datetime) -> None:
        self._tell(*interest_due(self.case, self._policy, at))

    def _cover(self, at: datetime, parts: Iterable[Part]) -> None:
        """Post as much interest as was given up then: what was given up was owed, as far as anybody knew."""
        for part in parts:
            debt = self.case.ledger.debts.get(part.obligation_id)
            lacking = part.minor - (0 if debt is None else debt.owed.get(part.component, 0))
            if lacking > 0 and part.component in INTEREST:
                charge = ChargeAdded(
                    at=at,
                    charge_id=f"given up:{len(self.case.ledger.charges)}",
                    obligation_id=part.obligation_id,
                    component=part.component,
                    amount=Money(lacking, self.case.currency),
                    reason=BY_LAW,
                )
                self._tell(charge)

    def _contested(self, at: datetime) -> frozenset[str]:
        """Return the obligations that were in dispute at an instant."""
        return frozenset(
            obligation_id
            for dispute in self._books.disputes.values()
            if dispute.opened_at <= at and (dispute.resolved_at is None or dispute.resolved_at > at)
            for obligation_id in dispute.obligation_ids
        )

    def _tell(self, *events: Happened) -> None:
        if events:
            self.case = evolve_case(self.case, *events)  # type: ignore[arg-type]  # events of a case, as above


def _place(case: Case, event: Happened, number: int) -> Place:
    return local_date(case, event.at).toordinal(), number


def _moves(fact: Happened) -> Sequence[tuple[Key, int]]:
    """Return what a fact adds to components, or takes off, in a way that payments must leave room for.

    For interest by law the books are a guess: what was posted on other facts is near to what will be posted.
    """
    match fact:
        case ObligationAdded(obligation=terms):
            return [((terms.obligation_id, Component.PRINCIPAL), terms.principal.minor)]
        case ChargeAdded(reason=reason, amount=amount) if reason == BY_LAW and amount.minor < 0:
            return []  # it corrected what is not posted this time
        case ChargeAdded():
            return [((fact.obligation_id, fact.component), fact.amount.minor)]
        case AmountWaived(parts=parts) | RewardGranted(parts=parts):
            return [((each.obligation_id, each.component), -each.minor) for each in parts]
        case _:
            return []
