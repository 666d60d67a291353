"""What a fact is about: days and hours in the words of rule files, and what cannot be meant."""

from datetime import time

from domain.case.refusal import require_utc
from domain.compliance.words import Place
from domain.decider import Rejected
from domain.person.words import FactTerms

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_of(text: str) -> frozenset[int]:
    """Return the days of "mon-fri" or "sat,sun", Monday being 0; none for "". Raise `Rejected` TERMS_INVALID."""
    days: set[int] = set()
    for part in text.split(",") if text else ():
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if first not in WEEKDAYS or last not in WEEKDAYS:
            raise _invalid("days", "mon-fri or sat,sun")
        since, until = WEEKDAYS.index(first), WEEKDAYS.index(last)
        days.update(range(since, until + 1) if since <= until else (*range(since, 7), *range(until + 1)))
    return frozenset(days)


def hours_of(text: str) -> tuple[time, time] | None:
    """Return the hours of "15:00-17:00", also past midnight; None for "". Raise `Rejected` TERMS_INVALID."""
    if not text:
        return None
    first, _, last = text.partition("-")
    try:
        hours = time.fromisoformat(first), time.fromisoformat("00:00" if last == "24:00" else last)
    except ValueError:
        raise _invalid("hours", "15:00-17:00, local") from None
    if any(len(part) != 5 for part in (first, last)) or hours[0] == hours[1]:
        raise _invalid("hours", "15:00-17:00, local")
    return hours


def require_sound(terms: FactTerms) -> None:
    """Refuse terms that say nothing that can be meant."""
    days_of(terms.days)
    hours_of(terms.hours)
    if terms.place and terms.place not in tuple(Place):
        raise _invalid("place", ", ".join(Place))
    if terms.until is not None:
        require_utc(terms.until, "until")


def _invalid(field: str, accepted: str) -> Rejected:
    return Rejected("TERMS_INVALID", f"the {field} of the fact cannot be read", field=field, accepted=accepted)
