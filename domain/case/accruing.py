"""What the law has let accrue on a case, for whoever decides: the same statement that anybody reads.

Nothing accrues where no terms were recorded, where no law is known, and before the case was opened.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from domain.case.happened import Happened
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
from domain.case.record_events import ObligationAdded
from domain.case.state import Case
from domain.case.view import local_date
from domain.decider import Rejected
from domain.ledger.stated import ComponentBalance, Statement
from domain.ledger.statement import statement
from domain.ledger.told import BY_LAW
from domain.money import Money

MOVES_MONEY = (
    PaymentRecorded,
    PaymentReallocated,
    PaymentReversed,
    CreditApplied,
    ChargeAdded,
    AmountWaived,
    WaiverReversed,
    RewardGranted,
    ObligationAdded,  # what it adds is owed from its day on, so money of an earlier day finds less
)
_DAY = timedelta(days=1)


def stated(case: Case, policy: Policy, day: date) -> Statement | None:
    """Return what the case owes at the end of a local day; None where nothing can be derived."""
    if not case.terms:
        return None
    try:
        pack = policy.laws.of_place(case.country, day)
        return statement(case.money_told, at=day, pack=pack, book=policy.laws)
    except Rejected:  # no law of the place, or the case was not open yet
        return None


def interest_due(case: Case, policy: Policy, at: datetime) -> tuple[ChargeAdded, ...]:
    """Return the charges that post all interest borne through the local day of `at` and not posted yet.

    One for each obligation and kind of interest; it is negative where more was posted than is owed, though never by
    more than is still owed of it.
    """
    found = stated(case, policy, local_date(case, at))
    if found is None:
        return ()
    charges: list[ChargeAdded] = []
    for owed in found.obligations:
        for balance in owed.components:
            if balance.accrual is None or not balance.not_posted:
                continue
            charge_id = _unused(f"law:{owed.obligation_id}:{balance.component}:{found.at}", case.ledger.charges)
            charges.append(
                ChargeAdded(
                    at=at,
                    charge_id=charge_id,
                    obligation_id=owed.obligation_id,
                    component=balance.component,
                    amount=Money(balance.not_posted, case.currency),
                    reason=BY_LAW,
                    period=_period(balance, owed.due_on, found.at),
                    law=found.law,
                )
            )
    return tuple(charges)


def rates_missing(case: Case, policy: Policy, at: datetime) -> bool:
    """Return whether interest through the local day of `at` cannot be told, because nobody gave the rates."""
    found = stated(case, policy, local_date(case, at))
    return found is not None and not found.complete


def last_moved(case: Case) -> datetime | None:
    """Return the latest instant at which money moved; None if none did since the case was opened."""
    return max((event.at for event in case.money_told if isinstance(event, MOVES_MONEY)), default=None)


def comes_late(case: Case, at: datetime) -> bool:
    """Return whether money has moved on a later local day than that of `at`."""
    last = last_moved(case)
    return last is not None and local_date(case, at) < local_date(case, last)


def posted_by_law(events: Iterable[Happened]) -> Iterable[ChargeAdded]:
    """Yield the charges among `events` that posted interest by law."""
    return (event for event in events if isinstance(event, ChargeAdded) and event.reason == BY_LAW)


def _period(balance: ComponentBalance, due_on: date, until: date) -> str:
    """Return the days that a posting is for; a correction is for all since default."""
    ends = [line.period.rpartition("..")[2] for line in balance.lines if line.reason == BY_LAW and line.period]
    begun = max((date.fromisoformat(each) for each in ends), default=None)
    lines = () if balance.accrual is None else balance.accrual.lines
    first = lines[0].first if lines else due_on + _DAY
    if begun is not None and begun < until and balance.not_posted > 0:
        first = begun + _DAY
    return f"{first}..{until}"


def _unused(charge_id: str, known: Collection[str]) -> str:
    """Return an id that no charge has: the second posting of a day gets a number."""
    number, found = 1, charge_id
    while found in known:
        number += 1
        found = f"{charge_id}:{number}"
    return found
