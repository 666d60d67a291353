"""What was done to a debtor before something about their case was known, from the log."""

from uuid import UUID

from application.ports import EventStore
from domain.case.events import CaseEvent, CaseOpened
from domain.case.meanwhile import Known, Late, known_late
from domain.decider import Rejected
from domain.person.events import PersonEvent
from domain.suspense.events import SuspenseEvent


async def review(store: EventStore, case_id: UUID, payment_id: str = "") -> tuple[Late, ...]:
    """Return what a payment and its reversal found done when they became known; "": every late fact of the case.

    Raises `Rejected` CASE_NOT_FOUND, PAYMENT_NOT_FOUND.
    """
    history = [
        Known(event=recorded.event, recorded_at=recorded.recorded_at)
        for recorded in await store.read_stream(case_id)
        if not isinstance(recorded.event, PersonEvent | SuspenseEvent)
    ]
    if not history or not isinstance(history[0].event, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
    if payment_id and not any(_names(known.event, payment_id) for known in history):
        raise Rejected("PAYMENT_NOT_FOUND", "the case has no such payment", field="payment_id")
    return known_late(history, payment_id)


def _names(event: CaseEvent, payment_id: str) -> bool:
    return bool(getattr(event, "payment_id", "") == payment_id)
