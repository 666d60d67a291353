"""Amounts and days that contact law fixes: what collecting may cost, how long to wait, how long something holds.

The numbers come from the rule files (`FeeCap`, `Term`, `Retention`); here is only what is done with them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.calendar import BusinessCalendar, add_days
from domain.compliance.rules import FeeCap, Retention, Term
from domain.decider import Rejected

_NOTHING = Decimal(0)
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorCollector:
    """What an earlier collector did with an e-mail address of the consumer (12 CFR 1006.6(d)(4)(iii))."""

    obtained: bool  # by the procedures of 1006.6(d)(4)(i) or (ii)
    used: bool  # to communicate with the consumer about the debt


def most_fee(cap: FeeCap, *, overdue: Decimal, days_late: int, early_notice: bool) -> Decimal:
    """Return the most that collecting may cost the debtor, in the cap's unit; exact, never below nothing.

    `overdue` is what is late, in that unit; `early_notice` says that a useful notice went out, free of charge, within
    the days that the cap gives (Chile, Ley 19.496 art. 37: progressive shares, none in the first twenty days).
    """
    if days_late < cap.from_day or overdue <= 0:
        return _NOTHING
    fee = from_ = _NOTHING
    for up_to, share in cap.tiers:
        top = overdue if up_to is None else min(overdue, up_to)
        fee += max(top - from_, _NOTHING) * share
        from_ = top
    return max(fee if early_notice else fee - cap.no_early_notice_minus, _NOTHING)


def early_notice_by(cap: FeeCap, due_on: date) -> date:
    """Return the last day on which the free notice about what fell due on `due_on` counts."""
    return add_days(due_on, cap.early_notice_days)


def end_of(term: Term, begun: date, calendar: BusinessCalendar) -> date:
    """Return the last day of a term that began with something on the day `begun`, which is not counted.

    Business days are those of `calendar`. So a validation notice is assumed received (12 CFR 1006.34(b)(5)), so the
    validation period ends, so the day is found by which a notice must be out.
    """
    return calendar.add_business_days(begun, term.days) if term.business else add_days(begun, term.days)


def may_furnish(
    wait: Term, *, on: date, sent: Sequence[date], undeliverable: Sequence[date], calendar: BusinessCalendar
) -> bool:
    """Return whether a debt may be told to a credit bureau on a day (12 CFR 1006.30(a)(1)(ii) and its comments 2, 3).

    Some letter or message about the debt must have been out for the whole wait (the day of sending is the first),
    without a notice in that time that it cannot be delivered; a notice that comes later does no harm. A notice is taken
    to be about what was sent last before it.
    """
    for each in sent:
        over = end_of(wait, each, calendar)
        following = min((other for other in sent if other > each), default=None)
        returned = any(each <= day < over and (following is None or day < following) for day in undeliverable)
        if on >= over and not returned:
            return True
    return False


def still_good(term: Term, *, since: date, on: date, calendar: BusinessCalendar) -> bool:
    """Return whether what happened on `since` still stands on a day: then, and until the term has ended.

    So long may a number be texted after the consumer texted or agreed, or the list of reassigned numbers was asked
    (12 CFR 1006.6(d)(5)).
    """
    return since <= on <= end_of(term, since, calendar)


def may_text(
    number: Term,
    *,
    on: date,
    agreed: Sequence[date],
    looked_up: Sequence[date] = (),
    opted_out: bool = False,
    calendar: BusinessCalendar,
) -> bool:
    """Return whether a number may be texted on a day without fear of a stranger (12 CFR 1006.6(d)(5)).

    `agreed` is when the consumer texted us from it or consented to texts; `looked_up`, when a complete database said
    that it had not been reassigned since.
    """
    known = [day for day in agreed if day <= on]
    evidence = [*known, *(day for day in looked_up if known and day >= max(known))]
    return not opted_out and any(still_good(number, since=day, on=on, calendar=calendar) for day in evidence)


def email_from_prior_collector(before_us: Sequence[PriorCollector], *, opted_out: bool) -> bool:
    """Return whether an earlier collector's use of an address lets us use it (12 CFR 1006.6(d)(4)(iii)).

    `before_us` is in order, the immediately prior collector last: any of them must have obtained the address properly,
    and that last one have used it.
    """
    return bool(before_us) and before_us[-1].used and any(each.obtained for each in before_us) and not opted_out


def keep_until(retention: Retention, kept: str, counted_from: date) -> date:
    """Return the last day until which records must be kept; raise `Rejected` RETENTION_UNKNOWN.

    `kept` is what they are, in the file's words ("contacts"). From a 29 February it goes on to a 1 March where the last
    year has none.
    """
    written = retention.periods.get(kept, "")
    found = _DURATION.fullmatch(written)
    if found is None or len(written) < len("P1D"):
        raise Rejected(
            "RETENTION_UNKNOWN",
            f"how long {kept!r} are kept is not said in years, months and days",
            field="kept",
            accepted=", ".join(sorted(retention.periods)),
        )
    years, months, days = (int(part or 0) for part in found.groups())
    month = counted_from.month - 1 + months
    year = counted_from.year + years + month // 12
    first = date(year, month % 12 + 1, 1)
    following = date(year + (first.month == 12), first.month % 12 + 1, 1)
    return add_days(min(add_days(first, counted_from.day - 1), following), days)
