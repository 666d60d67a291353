"""A settlement: less than what is owed, by a day, instead of everything.

When it is paid in time the rest is waived in the same decision and the case closes as SETTLED. There is no grace:
a settlement is a favor, and its day is its day. If the payment later does not stand, the rest is owed again.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.case.best_offer import require_no_worse
from domain.case.bounds import require_alone
from domain.case.commands import AgreeSettlement, CancelSettlement
from domain.case.deadline import expires_at
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseEvent,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
    WaiverReversed,
)
from domain.case.hold import require_no_legal_hold
from domain.case.plan import require_nothing_agreed
from domain.case.policy import Policy
from domain.case.received import received_between
from domain.case.refusal import other_terms, require_open, require_sum, require_text
from domain.case.rest_waived import rest_waived, standing
from domain.case.state import Agreed, Case, Settlement
from domain.case.view import balance, balance_minor, local_date, open_plan, open_settlement, owed_after_credit
from domain.case.words import AgreementKind, Scope
from domain.decider import Rejected
from domain.money import Money

_WAIVER = "settlement:"  # ids of the waivers that fulfilled settlements bring begin so


def agree_settlement(command: AgreeSettlement, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Agree a settlement. Who allows it is on record; one plan or settlement at a time, none beside a promise.

    It is no way around an offer: what needs a second person has to be offered, and nothing worse than an offer is
    agreed.
    """
    known = case.settlements.get(command.settlement_id)
    if known is not None:
        if (known.amount, known.pay_by) == (command.amount, command.pay_by):
            return ()
        raise other_terms("SETTLEMENT")
    if command.settlement_id in case.offers:
        raise other_terms("OFFER")
    require_open(case)
    require_text(command.settlement_id, "settlement_id")
    require_text(command.authority, "authority")
    require_sum(command.amount, case.currency)
    require_no_legal_hold(case, Scope.ALL, command.at)
    today = local_date(case, command.at)
    if command.pay_by < today:
        raise Rejected(
            "SETTLEMENT_DATE_PAST", f"{command.pay_by} is over", field="pay_by", accepted=f"{today} or later"
        )
    require_owed(case, command.amount)
    require_nothing_agreed(case)
    require_alone(policy.bounds, case, command.amount, by=command.by, at=command.at)
    require_no_worse(case, command.amount)
    agreed = SettlementAgreed(
        at=command.at,
        settlement_id=command.settlement_id,
        amount=command.amount,
        pay_by=command.pay_by,
        authority=command.authority,
    )
    return (agreed,)


def require_owed(case: Case, amount: Money) -> None:
    """Refuse to settle for more than is owed."""
    owed = balance(case)
    if amount > owed:
        raise Rejected("SETTLEMENT_EXCEEDS_BALANCE", f"{owed} is owed", field="amount", accepted=f"up to {owed}")


def cancel_settlement(command: CancelSettlement, case: Case) -> tuple[CaseEvent, ...]:
    """Withdraw a settlement that was not paid yet."""
    settlement = case.settlements.get(command.settlement_id)
    if settlement is None:
        raise Rejected("SETTLEMENT_NOT_FOUND", "the case has no such settlement", field="settlement_id")
    if settlement.stands is Agreed.CANCELLED:
        return ()
    require_open(case)
    if settlement.stands is not Agreed.OPEN:
        accepted = "an open settlement"
        raise Rejected("SETTLEMENT_ENDED", f"it is {settlement.stands}", field="settlement_id", accepted=accepted)
    return (SettlementCancelled(at=command.at, settlement_id=command.settlement_id, reason=command.reason),)


def kept_settlements(case: Case, *, at: datetime, paid_off: bool) -> Iterator[CaseEvent]:
    """Yield the settlement that money has fulfilled, with the waiver of the rest.

    One that was judged lapsed is fulfilled too, if its money was there in time after all and nothing took its place.
    """
    for settlement_id, settlement in case.settlements.items():
        lapsed = settlement.stands is Agreed.BROKEN
        if settlement.stands is not Agreed.OPEN and not (lapsed and not open_plan(case) and not open_settlement(case)):
            continue
        paid = paid_for(case, settlement)
        if paid < settlement.amount.minor and not (paid_off and not lapsed):
            continue
        yield SettlementFulfilled(at=at, settlement_id=settlement_id, paid=Money(paid, case.currency))
        if balance_minor(case):
            yield _rest_waived(case, settlement_id, at=at)
        return


def missed_settlements(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the settlements whose day was over by `at`; the event says when it was."""
    for settlement_id, settlement in case.settlements.items():
        end = settlement_expires_at(case, settlement)
        if settlement.stands is Agreed.OPEN and end <= at:
            paid = Money(paid_for(case, settlement), case.currency)
            yield SettlementLapsed(at=end, settlement_id=settlement_id, paid=paid)


def undone_settlements(before: Case, now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield what is owed again because money that fulfilled a settlement did not stand.

    While nothing is owed, a settlement for which nothing was given up stays fulfilled: other money paid for everything.
    """
    owed = owed_after_credit(now)
    lost_all = owed > 0 and not balance_minor(before)
    for settlement_id, settlement in now.settlements.items():
        if settlement.stands is not Agreed.KEPT:
            continue
        was, paid = paid_for(before, settlement), paid_for(now, settlement)
        waivers = standing(now, _waiver_id(settlement_id))
        if paid >= settlement.amount.minor or not (paid < was or lost_all) or not (owed or waivers):
            continue
        for waiver_id, parts in waivers:
            yield WaiverReversed(at=at, waiver_id=waiver_id, parts=parts, reason=reason)
        if not (open_plan(now) or open_settlement(now)):
            yield AgreementReopened(at=at, kind=AgreementKind.SETTLEMENT, agreement_id=settlement_id, reason=reason)


def settlement_expires_at(case: Case, settlement: Settlement) -> datetime:
    """Return the first instant at which the settlement is late, in UTC."""
    return expires_at(settlement.pay_by, grace_days=0, time_zone=case.time_zone)


def settlement_in_force(case: Case, settlement: Settlement, at: datetime) -> bool:
    """Return whether the settlement suspends the ladder at `at`."""
    return settlement.stands is Agreed.OPEN and at < settlement_expires_at(case, settlement)


def paid_for(case: Case, settlement: Settlement) -> int:
    """Return what came in for the settlement while it could be kept, in minor units."""
    return received_between(case, settlement.agreed_at, settlement_expires_at(case, settlement))


def settled_by_agreement(case: Case) -> bool:
    """Return whether a fulfilled settlement has forgiven something that still stands."""
    return any(waiver_id.startswith(_WAIVER) for waiver_id in case.ledger.forgiven)


def _waiver_id(settlement_id: str) -> str:
    return f"{_WAIVER}{settlement_id}"


def _rest_waived(case: Case, settlement_id: str, *, at: datetime) -> AmountWaived:
    mine = _waiver_id(settlement_id)
    return rest_waived(case, mine, balance_minor(case), at=at, reason="SETTLEMENT_FULFILLED", authority=mine)
