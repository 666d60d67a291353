"""The interest that a plan bears of its own, instead of the law's.

It is charged as it was agreed, installment by installment: when one falls due, or is paid in the time that it is for.
Nobody owes more than that: who pays everything off early owes what has fallen due. It is charged when something is
decided that it matters to, as of the day that it fell due on. When a plan is in default, what was charged of it and
not paid is taken back, and the law's interest takes its place.
"""

from collections.abc import Mapping
from datetime import date, datetime

from domain.calendar import start_of_day
from domain.case.events import ChargeAdded
from domain.case.installments import asked_by
from domain.case.plan_kept import enough
from domain.case.received import received_since
from domain.case.state import Case, Plan
from domain.case.view import anchored_on, balance_minor, local_date, oldest_unpaid, open_plan
from domain.case.words import Component
from domain.money import Money

PLAN = "PLAN"  # the reason of a charge of plan interest


def plan_interest_due(case: Case, at: datetime, *, paying: int = 0) -> tuple[ChargeAdded, ...]:
    """Return the charges of the open plan's interest that are due by `at` and not yet made.

    paying: minor units that come in at `at`, and may pay installments before their day.
    """
    found = open_plan(case)
    if found is None or not any(each.interest for each in found[1].installments):
        return ()
    plan_id, plan = found
    today, charged = local_date(case, at), _charged(case, plan_id)
    due = [number for number, each in enumerate(plan.installments, start=1) if each.due_on <= today]
    if paying and at >= plan.agreed_at:
        due = _and_paid(case, plan, due, charged, at, paying)
    obligation_id = _obligation(case)
    charges: list[ChargeAdded] = []
    for number in due:
        each, made = plan.installments[number - 1], charged.get(number, 0)
        if each.interest > made:
            begins = max(start_of_day(each.due_on, case.time_zone), plan.agreed_at)
            amount = Money(each.interest - made, case.currency)
            charges.append(_charge(case, plan_id, number, obligation_id, amount, at=min(at, begins), reason=PLAN))
    return tuple(charges)


def next_interest_on(case: Case, plan_id: str) -> date | None:
    """Return the day of the first installment whose interest was not charged yet."""
    charged = _charged(case, plan_id)
    waiting = (
        each.due_on
        for number, each in enumerate(case.plans[plan_id].installments, start=1)
        if each.interest > charged.get(number, 0)
    )
    return next(waiting, None)


def taken_back(case: Case, plan_id: str, *, at: datetime, reason: str) -> tuple[ChargeAdded, ...]:
    """Return what takes back the plan's interest that was charged and not paid, the last first."""
    charges: list[ChargeAdded] = []
    unpaid = {key: debt.owed.get(Component.INTEREST, 0) for key, debt in case.ledger.debts.items()}
    for (number, obligation_id), minor in reversed(_charged_on(case, plan_id).items()):
        back = min(minor, unpaid.get(obligation_id, 0))
        if back > 0:
            unpaid[obligation_id] -= back
            amount = Money(-back, case.currency)
            charges.append(_charge(case, plan_id, number, obligation_id, amount, at=at, reason=reason))
    return tuple(charges)


def _and_paid(
    case: Case, plan: Plan, due: list[int], charged: Mapping[int, int], at: datetime, paying: int
) -> list[int]:
    """Return the installments that are due with those that are paid before their day, in the time that they are for.

    Unless everything is paid off before the plan is paid: that is no installment paid early.
    """
    paid = received_since(case, plan.agreed_at) + paying
    payoff = balance_minor(case) + sum(plan.installments[each - 1].interest - charged.get(each, 0) for each in due)
    wanted = enough(case, plan, paying=paying, at=at)
    if payoff <= paying and paid < wanted:
        return due
    today, begun = local_date(case, at), local_date(case, plan.agreed_at)
    found: list[int] = []
    for number, (each, asked) in enumerate(zip(plan.installments, asked_by(plan.installments), strict=True), start=1):
        if number in due or (begun <= today and paid >= min(asked, wanted)):
            found.append(number)
        begun = each.due_on
    return found


def _obligation(case: Case) -> str:
    """Return the debt that the plan's interest goes on: the one that the ladder counts from."""
    oldest = oldest_unpaid(case) if anchored_on(case) is not None else None
    debts = case.ledger.debts
    return (oldest or min(debts.values(), key=lambda debt: debt.terms.due_on)).terms.obligation_id


def _charged(case: Case, plan_id: str) -> Mapping[int, int]:
    """Return what was charged by installment, less what was taken back, in minor units; the first is number 1."""
    sums: dict[int, int] = {}
    for (number, _), minor in _charged_on(case, plan_id).items():
        sums[number] = sums.get(number, 0) + minor
    return sums


def _charged_on(case: Case, plan_id: str) -> dict[tuple[int, str], int]:
    periods = {_period(plan_id, number): number for number in range(1, len(case.plans[plan_id].installments) + 1)}
    sums: dict[tuple[int, str], int] = {}
    for event in case.money_told:
        if isinstance(event, ChargeAdded) and event.period in periods:
            key = (periods[event.period], event.obligation_id)
            sums[key] = sums.get(key, 0) + event.amount.minor
    return sums


def _period(plan_id: str, number: int) -> str:
    return f"plan:{plan_id}:{number}"


def _charge(
    case: Case, plan_id: str, number: int, obligation_id: str, amount: Money, *, at: datetime, reason: str
) -> ChargeAdded:
    """A plan may be in default, revived by money that was in time, and charged again: each time has its own id."""
    period = _period(plan_id, number)
    name = period if amount.minor > 0 else f"{period}:back"
    times = sum(each == name or each.startswith(f"{name}#") for each in case.ledger.charges)
    return ChargeAdded(
        at=at,
        charge_id=f"{name}#{times + 1}" if times else name,
        obligation_id=obligation_id,
        component=Component.INTEREST,
        amount=amount,
        reason=reason,
        period=period,
    )
