"""Holds: who stopped what, why, from when until when.

A hold may be back-dated, because the court's letter is older than our knowing of it. Holds overlap; what they stop is
the union of their intervals, never the sum. An interval includes its first instant and not its last.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from domain.case.commands import PlaceHold, ReleaseHold
from domain.case.events import CaseEvent, HoldPlaced, HoldReleased
from domain.case.refusal import other_terms, require_open, require_text, require_utc
from domain.case.state import Case, Hold
from domain.case.words import HoldReason, Scope
from domain.decider import Rejected

# Ordered by a court or by law: no authority inside the house lifts these by acting as if they were not there.
LEGAL_REASONS = frozenset((HoldReason.LEGAL, HoldReason.BANKRUPTCY, HoldReason.DECEASED, HoldReason.MORATORIUM))


def place_hold(command: PlaceHold, case: Case) -> tuple[CaseEvent, ...]:
    """Stop what `scope` says, from `from_at` until the hold is released or `until` has come."""
    known = case.holds.get(command.hold_id)
    if known is not None:
        if _same_terms(known, command):
            return ()
        raise other_terms("HOLD")
    require_open(case)
    require_text(command.hold_id, "hold_id")
    require_text(command.authority, "authority")
    require_utc(command.from_at, "from_at")
    if command.until is not None:
        require_utc(command.until, "until")
        if command.until <= command.from_at:
            raise Rejected("HOLD_INTERVAL_EMPTY", "it ends before it begins", field="until", accepted="after from_at")
    placed = HoldPlaced(
        at=command.at,
        hold_id=command.hold_id,
        reason=command.reason,
        scope=command.scope,
        authority=command.authority,
        from_at=command.from_at,
        until=command.until,
    )
    return (placed,)


def release_hold(command: ReleaseHold, case: Case) -> tuple[CaseEvent, ...]:
    """End a hold at `command.at`; one that is over by itself needs no release."""
    hold = case.holds.get(command.hold_id)
    if hold is None:
        raise Rejected("HOLD_NOT_FOUND", "the case has no such hold", field="hold_id")
    if hold.released_at is not None or (hold.until is not None and hold.until <= command.at):
        return ()
    require_open(case)
    return (HoldReleased(at=command.at, hold_id=command.hold_id, reason=command.reason),)


def is_held(case: Case, scope: Scope, at: datetime) -> bool:
    """Return whether a hold of that scope, or of everything, covers the instant `at`."""
    return any(
        hold.scope in (scope, Scope.ALL) and hold.from_at <= at and not _over(hold, at) for hold in case.holds.values()
    )


def stopping(case: Case, scope: Scope, at: datetime) -> Iterator[Hold]:
    """Yield the holds that forbid an act of that scope decided now for the instant `at`.

    A hold that was in force when it was placed stops whatever is decided after it, even if the clock of who decides
    runs a little behind: a pause holds from the moment it is acknowledged.
    """
    for hold in case.holds.values():
        begun = hold.from_at <= at or (hold.placed_at is not None and hold.from_at <= hold.placed_at)
        if hold.scope in (scope, Scope.ALL) and begun and not _over(hold, at):
            yield hold


def require_not_held(case: Case, scope: Scope, at: datetime) -> None:
    """Refuse an act that a hold forbids."""
    for hold in stopping(case, scope, at):
        raise _on_hold(hold)


def require_no_legal_hold(case: Case, scope: Scope, at: datetime) -> None:
    """Refuse an act that a court or a law forbids; holds that the house placed itself do not matter here."""
    for hold in stopping(case, scope, at):
        if hold.reason in LEGAL_REASONS:
            raise _on_hold(hold)


def held_seconds(holds: Iterable[Hold], scopes: Collection[Scope], start: datetime, end: datetime) -> float:
    """Return for how many seconds between two instants at least one hold of `scopes` was in force."""
    intervals = sorted(
        (max(hold.from_at, start), end if hold.until is None else min(hold.until, end))
        for hold in holds
        if hold.scope in scopes
    )
    seconds, covered_to = 0.0, start
    for since, until in intervals:
        begin = max(since, covered_to)
        if until > begin:
            seconds += (until - begin).total_seconds()
            covered_to = until
    return seconds


def _on_hold(hold: Hold) -> Rejected:
    accepted = "after its release" if hold.until is None else f"from {hold.until.isoformat()} on"
    return Rejected("CASE_ON_HOLD", f"held for {hold.reason} ({hold.scope})", accepted=accepted)


def _over(hold: Hold, at: datetime) -> bool:
    return hold.until is not None and hold.until <= at


def _same_terms(known: Hold, command: PlaceHold) -> bool:
    """A release has shortened the hold; what it was placed until is then no longer compared."""
    same_until = known.released_at is not None or known.until == command.until
    asked = (command.reason, command.scope, command.authority, command.from_at)
    return same_until and (known.reason, known.scope, known.authority, known.from_at) == asked
