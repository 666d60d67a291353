"""When a person may be contacted: any instant explained, and days to come laid out, by the same rules as a permit.

Pure: `View` asks the deciders of case and person what they would answer at an instant, on what is known now.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from domain.calendar import add_days, at_local, local_day, start_of_day
from domain.compliance.verdict import Denial, Verdict

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What would become of a contact at an instant. `reason` is UPPER_SNAKE; "" where it is allowed."""

    at: datetime
    reason: str
    detail: str
    verdict: Verdict  # no denials in it where the case or the person's record says no before any rule is asked
    zones: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reason


Ask = Callable[[datetime], Explained]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which contact may be made. The end is outside."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local day. Closed all day: `reason` and `denials` are those of the stretch with the fewest denials."""

    date: date
    open: tuple[Span, ...]
    reason: str = ""
    denials: tuple[Denial, ...] = ()


def calendar(ask: Ask, since: datetime, edges: Sequence[datetime], *, days: int, time_zone: str) -> tuple[Day, ...]:
    """Return `days` local days from that of `since` on, with what is open in each from `since` on, to the minute.

    edges: every instant at which a contact that was allowed may no longer be. Where one is missing, the end of a
    stretch is found by halving, so that only a closed stretch inside two open ones could be overlooked.
    """
    return tuple(_days(ask, _next_minute(since), sorted(set(edges)), days, time_zone))


def daily_edges(times: Iterable[time], zones: Iterable[str], first: date, days: int) -> Iterator[datetime]:
    """Yield local times of day, and midnight, on each of the days in each of the zones, as instants."""
    wanted = {time(), *times}
    for zone in zones:
        for number in range(-1, days + 2):
            day = add_days(first, number)
            for at in wanted:
                yield at_local(day, at, zone)


def closes_at(ask: Ask, opened: datetime, latest: datetime) -> datetime:
    """Return the minute at which what is open at `opened` closes, `latest` at the latest."""
    closes = _closes(ask, opened, latest)
    return closes if closes == latest else closes.replace(second=0, microsecond=0)


def _days(ask: Ask, since: datetime, edges: Sequence[datetime], days: int, time_zone: str) -> Iterator[Day]:
    first = local_day(since, time_zone)
    for number in range(days):
        day = add_days(first, number)
        start, end = start_of_day(day, time_zone), start_of_day(add_days(day, 1), time_zone)
        start = max(start, since)
        inside = [start, *(edge for edge in edges if start < edge < end), end]
        spans: list[Span] = []
        closed: list[Explained] = []
        for one, other in pairwise(inside):
            _stretch(ask, one, other, spans, closed)
        if spans:
            yield Day(date=day, open=tuple(_joined(spans)))
        else:
            least = min(closed, key=lambda each: len(each.verdict.denials))
            yield Day(date=day, open=(), reason=least.reason, denials=least.verdict.denials)


def _stretch(ask: Ask, start: datetime, end: datetime, spans: list[Span], closed: list[Explained]) -> None:
    """Lay out what lies between two edges."""
    at = start
    while at < end:
        said = ask(at)
        if said.allowed:
            until = _closes(ask, at, end)
            spans.append(Span(at, until))
            at = until
            continue
        closed.append(said)
        next_allowed = said.verdict.next_allowed
        if next_allowed is None or next_allowed <= at:
            return
        at = next_allowed


def _closes(ask: Ask, opened: datetime, end: datetime) -> datetime:
    """Return the first minute after `opened` at which it is closed, `end` at the latest."""
    if end - opened <= MINUTE or ask(end - MINUTE).allowed:
        return end
    low, high = 0, (end - MINUTE - opened) // MINUTE  # allowed at `low`, not at `high` minutes
    if high == 0:
        return opened + MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        if ask(opened + middle * MINUTE).allowed:
            low = middle
        else:
            high = middle
    return opened + high * MINUTE


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans, those that touch as one."""
    current = spans[0]
    for span in spans[1:]:
        if span.start == current.end:
            current = Span(current.start, span.end)
        else:
            yield current
            current = span
    yield current


def _next_minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE
