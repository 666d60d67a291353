"""How much money came in, net of what did not stand."""

from datetime import datetime

from domain.case.state import Case


def received_between(case: Case, start: datetime, end: datetime) -> int:
    """Return what was paid at `start` or later and before `end`, in minor units; reversed payments do not count."""
    return sum(
        payment.amount.minor
        for payment in case.ledger.payments.values()
        if not payment.reversed and start <= payment.at < end
    )


def received_since(case: Case, start: datetime) -> int:
    """Return what was paid at `start` or later, in minor units; reversed payments do not count."""
    return sum(
        payment.amount.minor
        for payment in case.ledger.payments.values()
        if not payment.reversed and start <= payment.at
    )
