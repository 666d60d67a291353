"""The demo's leading roles: one debtor each for what must be seen at least once. All are overdue from the start.

A role is told its account and when things happen, as a share of the demo (0 = first day, 1 = last).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from demo.deeds import (
    Accept,
    AgreePlan,
    Approve,
    Bounce,
    Escalate,
    Happening,
    Offer,
    OptOut,
    Pause,
    Pay,
    PayInstallment,
    PaySettlement,
    Promise,
    Resume,
)
from demo.portfolio import Account
from domain.case.due_dates import due_dates
from domain.case.words import Channel, Every, Scope, Stage
from domain.money import Money

INSTALLMENTS = 3

When = Callable[[float], datetime]
Role = Callable[[Account, When], Sequence[Happening]]


def _bouncer(account: Account, when: When) -> Sequence[Happening]:
    """Pays all; the bank takes it back, and the case opens again where it was; pays again much later."""
    first, second = f"{account.reference}-P1", f"{account.reference}-P2"
    return (
        Pay(at=when(0.15), account=account.reference, payment_id=first, amount=None),
        Bounce(at=when(0.25), account=account.reference, payment_id=first, reason="INSUFFICIENT_FUNDS"),
        Pay(at=when(0.7), account=account.reference, payment_id=second, amount=None),
    )


def _paused(account: Account, when: When) -> Sequence[Happening]:
    """A supervisor pauses everything, and resumes it later."""
    hold_id = f"{account.reference}-H1"
    return (
        Pause(at=when(0.1), account=account.reference, hold_id=hold_id, scope=Scope.ALL),
        Resume(at=when(0.45), account=account.reference, hold_id=hold_id, reason="CHECKED_WITH_THE_CREDITOR"),
    )


def _escalated(account: Account, when: When) -> Sequence[Happening]:
    """A supervisor sends the case up by hand."""
    return (
        Escalate(at=when(0.3), account=account.reference, stage=Stage.PRE_LEGAL, reason="DEBTOR_CLOSES_THE_BUSINESS"),
    )


def _settler(account: Account, when: When) -> Sequence[Happening]:
    """Is offered to pay seventy percent for all of it, which a supervisor has to approve; takes it, and pays."""
    offer_id, pay_by = f"{account.reference}-S1", when(0.6)
    return (
        Offer(
            at=when(0.3),
            account=account.reference,
            offer_id=offer_id,
            percent=70,
            pay_by=pay_by.date(),
            expires_at=pay_by,
        ),
        Approve(at=when(0.35), account=account.reference, offer_id=offer_id),
        Accept(at=when(0.4), account=account.reference, offer_id=offer_id),
        PaySettlement(
            at=when(0.5), account=account.reference, payment_id=f"{account.reference}-P1", settlement_id=offer_id
        ),
    )


def _planner(account: Account, when: When) -> Sequence[Happening]:
    """Agrees to pay in three installments with interest, and pays each a day before it is due."""
    plan_id, first = f"{account.reference}-L1", when(0.25)
    days = (when(1) - when(0)).days
    every = Every.MONTH if days >= 90 else Every.FORTNIGHT if days >= 45 else Every.WEEK
    return (
        AgreePlan(
            at=when(0.15),
            account=account.reference,
            plan_id=plan_id,
            first_on=first.date(),
            every=every,
            count=INSTALLMENTS,
            rate_percent="12",
        ),
        *(
            PayInstallment(
                at=first + timedelta(days=(due_on - first.date()).days - 1),
                account=account.reference,
                payment_id=f"{account.reference}-P{number + 1}",
                plan_id=plan_id,
                number=number,
            )
            for number, due_on in enumerate(islice(due_dates(first.date(), every), INSTALLMENTS))
        ),
    )


def _silenced(account: Account, when: When) -> Sequence[Happening]:
    """Wants no more e-mail; other channels remain."""
    return (OptOut(at=when(0.2), account=account.reference, channel=Channel.EMAIL),)


def _promiser(account: Account, when: When) -> Sequence[Happening]:
    """Promises half, and does not pay it; promises again, pays a part."""
    half = Money(account.principal.minor // 2, account.principal.currency)
    part = Money(max(1, account.principal.minor // 10), account.principal.currency)
    return (
        Promise(
            at=when(0.1),
            account=account.reference,
            promise_id=f"{account.reference}-A1",
            amount=half,
            due_on=when(0.2).date(),
        ),
        Promise(
            at=when(0.4),
            account=account.reference,
            promise_id=f"{account.reference}-A2",
            amount=half,
            due_on=when(0.6).date(),
        ),
        Pay(at=when(0.55), account=account.reference, payment_id=f"{account.reference}-P1", amount=part),
    )


# In the order in which they are given out: a small portfolio shows the first of them.
CAST: tuple[Role, ...] = (_paused, _bouncer, _promiser, _planner, _settler, _escalated, _silenced)
