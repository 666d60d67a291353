"""Payment to verify: nobody is asked for money that they may have paid while somebody looks whether it is theirs."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.calendar import BusinessCalendar, end_of_day, local_day
from domain.case.commands import PlaceHold, ReleaseHold
from domain.case.state import Case
from domain.case.words import HoldReason, Scope

HELD_BUSINESS_DAYS: Final = 5  # to the end of the last of them; a person who takes longer contacts people again
AUTHORITY: Final = "payment-queue"

CalendarOf = Callable[[str], BusinessCalendar]


def hold_id(entry: UUID) -> str:
    """Return the id of the holds that an entry places: one on each case that it may pay."""
    return f"payment:{entry}"


def hold_to_verify(
    case: Case, name: str, calendar_of: CalendarOf, *, at: datetime, by: str, authority: str
) -> PlaceHold:
    """Return the hold on contacts, from now to the end of the fifth business day where the case is."""
    calendar = calendar_of(case.country)
    last = calendar.add_business_days(local_day(at, case.time_zone), HELD_BUSINESS_DAYS)
    return PlaceHold(
        hold_id=name,
        reason=HoldReason.PAYMENT_TO_VERIFY,
        scope=Scope.CONTACT,
        authority=authority,
        from_at=at,
        until=end_of_day(last, case.time_zone),
        at=at,
        by=by,
    )


def release(case: Case, name: str, *, reason: str, at: datetime, by: str) -> tuple[ReleaseHold, ...]:
    """Return what ends the hold, where it is in force."""
    held = case.holds.get(name)
    if held is None or not case.open:
        return ()
    return (ReleaseHold(hold_id=name, reason=reason, at=at, by=by),)
