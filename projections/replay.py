"""A case as it was: after a number of events, by an instant, as known by an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.ports import EventStore, Recorded
from domain.case import CaseState
from domain.case.decider import CASE
from projections.followed import CASE_EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A state, and the events that made it, in the order of the log."""

    state: CaseState
    events: tuple[Recorded, ...]


async def replay(
    store: EventStore,
    case_id: UUID,
    *,
    version: int | None = None,
    effective_at: datetime | None = None,
    known_at: datetime | None = None,
) -> Replayed:
    """Return the case after its first `version` events, counting only those of which the following is true.

    effective_at: it had happened by then (business time). known_at: we knew of it by then. Both: as it stood then, as
    far as we knew then; a payment that came in before and was told of later is missing, as it was missing.
    """
    history = await store.read_stream(case_id)
    return replayed(history, version=version, effective_at=effective_at, known_at=known_at)


def replayed(
    history: Iterable[Recorded],
    *,
    version: int | None = None,
    effective_at: datetime | None = None,
    known_at: datetime | None = None,
) -> Replayed:
    """Return what `replay` does, of a history at hand."""
    counted = tuple(
        recorded
        for recorded in history
        if type(recorded.event) in CASE_EVENTS
        and (version is None or recorded.version <= version)
        and (effective_at is None or recorded.event.at <= effective_at)
        and (known_at is None or recorded.recorded_at <= known_at)
    )
    state = CASE.fold(recorded.event for recorded in counted)  # type: ignore[misc]  # case events, as just filtered
    return Replayed(state=state, events=counted)
