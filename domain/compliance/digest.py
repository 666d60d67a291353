"""A fingerprint of what was judged, so that a permit in the log can be checked against the events behind it.

It stays the same whatever order circumstances, debts and zones are listed in, and in whatever zone an instant is
written. Of the calendars it holds what the day asked: in which countries the proposal's day was a holiday.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from domain.calendar import local_day
from domain.compliance.matter import EARLIEST
from domain.compliance.proposal import Facts, Known, Past, Proposal
from domain.decider import Rejected


def digest(facts: Facts, proposal: Proposal) -> str:
    """Return the SHA-256, in hexadecimal digits, over a proposal and the facts that it was judged with."""
    parts = (
        repr(_proposed(proposal)),
        repr(sorted(facts.zones)),
        _listed(map(_known, facts.known)),
        _listed(map(_past, facts.contacts)),
        repr(closed_in(facts, proposal)),
    )
    return hashlib.sha256(f"({', '.join(parts)})".encode()).hexdigest()  # as a tuple of them is written


def closed_in(facts: Facts, proposal: Proposal) -> tuple[str, ...]:
    """Return the countries, of those whose calendar is known, where the proposal's local day is a holiday; sorted.

    With several zones, and so perhaps two dates, one that is a holiday will do.
    """
    observed = [country for country, calendar in facts.calendars.items() if calendar.holidays]
    if not observed:
        return ()
    days: set[date] = set()
    for name in facts.zones:
        try:
            days.add(local_day(proposal.at, name))
        except Rejected:  # no zone: `judge` denies
            continue
    return tuple(sorted(country for country in observed if any(map(facts.calendars[country].is_holiday, days))))


def _proposed(proposal: Proposal) -> tuple[object, ...]:
    return (
        _instant(proposal.at),
        str(proposal.medium),
        sorted(proposal.debts),
        str(proposal.purpose),
        str(proposal.recipient),
        str(proposal.place or ""),
        proposal.address,
        None if proposal.content is None else sorted(map(str, proposal.content)),
        proposal.same_session,
        proposal.first,
    )


@lru_cache(maxsize=4096)  # what is known of a person is judged again with every contact, and so is every contact before
def _known(known: Known) -> "_Told":
    hours = None if known.hours is None else tuple(map(time.isoformat, known.hours))
    return _told(
        str(known.kind),
        _instant(known.at),
        _instant(known.until),
        "" if known.to is None else known.to.isoformat(),
        sorted(known.debts),
        str(known.medium or ""),
        known.address,
        str(known.place or ""),
        sorted(known.days),
        hours or (),
        known.given_to,
        known.later_instrument,
    )


@lru_cache(maxsize=4096)
def _past(past: Past) -> "_Told":
    return _told(
        _instant(past.at),
        str(past.medium),
        past.outbound,
        str(past.result),
        sorted(past.debts),
        sorted(past.discussed),
        str(past.recipient),
        str(past.place or ""),
        past.address,
        str(past.purpose),
    )


_Told = tuple[tuple[object, ...], str]  # by what it is sorted, and how it is written


def _told(*parts: object) -> _Told:
    return parts, repr(parts)


def _listed(told: Iterable[_Told]) -> str:
    return f"[{', '.join([text for _, text in sorted(told)])}]"


def _instant(at: datetime | None) -> tuple[int, ...]:
    """Return an instant as microseconds since a fixed one: the same in whatever zone it is written. None is nothing."""
    return () if at is None else ((at - EARLIEST) // timedelta(microseconds=1),)
