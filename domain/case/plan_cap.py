"""The law's cap on the interest that a plan bears of its own.

Agreed rates are recorded as they are and reduced or lost by the law; a plan is the house's own proposal, so one that
asks for more than may be agreed is refused. Where the rate of the cap is not known on that day, nobody can say.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from domain.calendar import days_between
from domain.case.schedule import bears_own_interest
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import Installment, Schedule
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.law import Terms
from domain.ledger.most import Cap, most_agreed_rate
from domain.ledger.percent import percent
from domain.ledger.terms_told import terms_told

_YEAR = 365  # a plan's rate is a simple one, actual/365
_SHOWN = 10**6  # a cap is told to four decimals of a percent, rounded down


def require_rate_within_caps(
    schedule: Schedule | None, installments: Sequence[Installment], case: Case, laws: LawBook, on: date
) -> None:
    """Refuse a plan whose interest is above the least cap on any of the debts; raise `Rejected` RATE_ABOVE_CAP.

    Where installments are given with their interest, it is measured by what the cap would bear on what they leave
    unpaid, give or take a minor unit each.
    """
    if not bears_own_interest(schedule, installments):
        return
    cap = _least(case, laws, on)
    if cap is None:
        return
    if schedule is not None:
        above = Fraction(schedule.rate_percent) / 100 > cap.rate
    else:
        asked = sum(each.interest for each in installments)
        above = asked > _borne(installments, balance_minor(case), cap.rate, on) + len(installments)
    if above:
        accepted = f"up to {percent(Fraction(int(cap.rate * _SHOWN), _SHOWN))} % a year"
        field = "installments" if schedule is None else "schedule.rate_percent"
        raise Rejected("RATE_ABOVE_CAP", f"more than {cap.cite} allows", field=field, accepted=accepted)


def _least(case: Case, laws: LawBook, on: date) -> Cap | None:
    """Return the least cap on the debts on which something is owed; None where none is known."""
    try:
        pack = laws.of_place(case.country, on)
    except Rejected:  # no law of the place is known, so none caps
        return None
    owing = [key for key, debt in case.ledger.debts.items() if debt.balance]
    told = terms_told(case.money_told, owing)
    natures = {told.get(each, Terms()).nature for each in owing}
    caps = [most_agreed_rate(pack, laws, nature=each, currency=case.currency, on=on) for each in natures]
    return min((each for each in caps if each is not None), key=lambda each: each.rate, default=None)


def _borne(installments: Sequence[Installment], owed: int, rate: Fraction, on: date) -> Fraction:
    """Return the interest at a rate, in minor units, on what is unpaid until each of the installments."""
    borne, left = Fraction(0), owed
    days = [on, *(each.due_on for each in installments)]
    for (begun, due_on), each in zip(pairwise(days), installments, strict=True):
        borne += left * rate * days_between(begun, due_on) / _YEAR
        left -= each.amount.minor - each.interest
    return borne
