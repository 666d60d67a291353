"""When the treatment clock stands still: the union of holds, agreements and disputes, never counted twice.

Days past due go on counting in a pause; what the ladder does to the debtor does not.
A pause is `[start, end)` in UTC; `end` None means until something happens.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from domain.case.hold import stopping
from domain.case.plan_kept import missed_since
from domain.case.state import Agreed, Case
from domain.case.words import Scope
from domain.ladder.anchors import covers_everything

Pause = tuple[datetime, datetime | None]
Pauses = tuple[Pause, ...]  # sorted, disjoint and not touching

_NEVER = datetime.max.replace(tzinfo=UTC)


def pauses(case: Case, scope: Scope, *, in_arrears: bool = False) -> Pauses:
    """Return when nothing of the given scope was, is or will be done on the case, as far as is known.

    `Scope.ALL` asks for what stops everything; any other scope for what stops that or everything.
    in_arrears: what answers a missed installment is meant, which a plan in arrears does not stop.
    """
    found: list[Pause] = [
        (hold.from_at, hold.until) for hold in case.holds.values() if hold.scope in (Scope.ALL, scope)
    ]
    found += [(promise.made_at, promise.ended_at) for promise in case.promises.values()]
    missed_at = missed_since(case) if in_arrears else None
    for plan in case.plans.values():
        found.append((plan.agreed_at, missed_at if plan.stands is Agreed.OPEN else plan.ended_at))
    found += [(settlement.agreed_at, settlement.ended_at) for settlement in case.settlements.values()]
    for dispute in case.disputes.values():
        if covers_everything(case, dispute) and (dispute.outcome is None or dispute.resolved_at is not None):
            found.append((dispute.opened_at, dispute.resolved_at))
    return union(found)


def union(intervals: Iterable[Pause]) -> Pauses:
    """Return the union of intervals that may overlap, contain each other, touch or be empty."""
    merged: list[Pause] = []
    for start, end in sorted(intervals, key=lambda pause: (pause[0], pause[1] or _NEVER)):
        if end is not None and end <= start:
            continue
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            last_start, last_end = merged[-1]
            merged[-1] = (last_start, None if last_end is None or end is None else max(last_end, end))
        else:
            merged.append((start, end))
    return tuple(merged)


def resumed_at(
    case: Case, scope: Scope, due_at: datetime, now: datetime, *, in_arrears: bool = False
) -> datetime | None:
    """Return from when that may be done which fell due at `due_at`, outside a pause, and was not done; None if unknown.

    That is `due_at` itself, unless a pause began since: then its end. A hold that was acknowledged a moment ahead of
    our clock stops us now, though by that clock it has not begun.
    """
    seen_at = max((hold.from_at for hold in stopping(case, scope, now)), default=now)
    paused = pauses(case, scope, in_arrears=in_arrears)
    begun = [until for since, until in paused if due_at < since <= max(now, seen_at)]
    return begun[-1] if begun else due_at


def length(paused: Pauses, start: datetime, end: datetime) -> timedelta:
    """Return how long the pauses lasted between two instants."""
    return sum(
        (
            min(end, until or end) - max(start, since)
            for since, until in paused
            if since < end and (until is None or until > start)
        ),
        timedelta(),
    )


def covering(paused: Pauses, at: datetime) -> Pause | None:
    """Return the pause that `at` lies in, if any."""
    return next((pause for pause in paused if pause[0] <= at and (pause[1] is None or at < pause[1])), None)


def first_free(paused: Pauses, at: datetime) -> datetime | None:
    """Return the first instant from `at` on outside every pause; None if the pause has no known end."""
    pause = covering(paused, at)
    return at if pause is None else pause[1]


def reach(paused: Pauses, start: datetime, target: datetime) -> datetime | None:
    """Return when a clock that starts at `start` and stops in pauses shows `target`; None while that is not known.

    A target at or before the start is not moved by pauses, but never falls inside one.
    """
    if target <= start:
        return first_free(paused, target)
    left, clock = target - start, start
    for since, until in paused:
        if until is not None and until <= clock:
            continue
        running = max(since - clock, timedelta())
        if left < running:
            break
        if until is None:
            return None
        left -= running
        clock = until
    return clock + left if left < _NEVER - clock else _NEVER
