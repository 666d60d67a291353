"""What promises and plans in parts have in common: dates that increase, and how much may be missing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate

from domain.case.refusal import require_sum
from domain.case.state import Case
from domain.case.view import local_date
from domain.case.words import Installment
from domain.decider import Rejected
from domain.money import Money


def asked_by(installments: Iterable[Installment]) -> tuple[int, ...]:
    """Return what is asked for altogether by each date, in minor units."""
    return tuple(accumulate(installment.amount.minor for installment in installments))


def require_installments(installments: Sequence[Installment], case: Case, at: datetime, *, past: str) -> None:
    """Refuse installments without a sum, out of order, or whose first date is over (that refusal's reason: `past`)."""
    for installment in installments:
        require_sum(installment.amount, case.currency, field="installments")
        if not 0 <= installment.interest <= installment.amount.minor:
            accepted = f"from zero to {installment.amount}"
            raise Rejected("INTEREST_INVALID", "interest is a part of its sum", field="installments", accepted=accepted)
    dates = [installment.due_on for installment in installments]
    if dates != sorted(set(dates)):
        raise Rejected("INSTALLMENTS_UNORDERED", "dates must increase", field="installments", accepted="each date once")
    require_not_past(dates[0], case, at, past=past, field="installments")


def require_not_past(day: date, case: Case, at: datetime, *, past: str, field: str) -> None:
    """Refuse a day that is over where the case lives."""
    today = local_date(case, at)
    if day < today:
        raise Rejected(past, f"{day} is over", field=field, accepted=f"{today} or later")


def require_tolerance(tolerance_minor: int, sums: Iterable[Money]) -> None:
    """Refuse a tolerance that is negative, or so large that a whole payment might be missing."""
    least = min(sums)
    if not 0 <= tolerance_minor < least.minor:
        accepted = f"zero or more, and less than {least}"
        raise Rejected("TOLERANCE_INVALID", "a whole payment might be missing", field="tolerance", accepted=accepted)
