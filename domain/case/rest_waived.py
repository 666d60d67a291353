"""The rest that settlements and discounts give up, in waivers whose ids say what they were for.

Either may be fulfilled, undone by a bounced payment, and fulfilled again: each time has its own waiver.
"""

from datetime import datetime

from domain.case.allocation import WAIVER_ORDER, by_due_date, parts_of
from domain.case.events import AmountWaived
from domain.case.state import Case
from domain.case.words import Part
from domain.money import Money


def is_of(mine: str, waiver_id: str) -> bool:
    """Return whether a waiver was for `mine`, the id of the first of its kind."""
    return waiver_id == mine or waiver_id.startswith(f"{mine}:")


def standing(case: Case, mine: str) -> list[tuple[str, tuple[Part, ...]]]:
    """Return the waivers for `mine` that stand, and what they gave up."""
    return [(key, parts) for key, parts in case.ledger.forgiven.items() if is_of(mine, key)]


def rest_waived(case: Case, mine: str, minor: int, *, at: datetime, reason: str, authority: str) -> AmountWaived:
    """Return the next waiver for `mine`, of so many minor units, the oldest debt first."""
    times = sum(is_of(mine, waiver_id) for waiver_id in case.ledger.waivers)
    return AmountWaived(
        at=at,
        waiver_id=f"{mine}:{times + 1}" if times else mine,
        parts=parts_of(minor, by_due_date(case), WAIVER_ORDER),
        amount=Money(minor, case.currency),
        reason=reason,
        authority=authority,
    )
