"""A person's cases, told as an export tells them: balances, and the events about that person and nobody else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec

from application.person_export import ExportedCase, ExportedEvent
from application.ports import Recorded
from domain.case.decider import CASE
from domain.case.events import CaseEvent, ContactOutcomeRecorded, ContactPermitted, PaymentLinkIssued
from domain.case.state import Case
from domain.case.words import ContactOutcome, Stage


def case_of(
    case_id: UUID, person_id: UUID, history: Sequence[Recorded], owed_today: int | None
) -> tuple[ExportedCase, tuple[Recorded, ...]] | None:
    """Return the case and the events about the person; None for what is no case."""
    state = CASE.fold(cast("list[CaseEvent]", [recorded.event for recorded in history]))
    if not isinstance(state, Case):
        return None
    debts = state.ledger.debts.values()
    mine = tuple(about(person_id, history))
    told = ExportedCase(
        case_id=case_id,
        creditor_id=state.creditor_id,
        reference=state.reference,
        role=next((each.role.value for each in state.obligors if each.person_id == person_id), ""),
        opened_at=state.opened_at,
        stage=(state.climb.stage if state.closure is None else Stage.CLOSED).value,
        closure=state.closure.value if state.closure else "",
        closed_at=state.closed_at,
        currency=state.currency,
        principal=sum(debt.terms.principal.minor for debt in debts),
        paid=sum(debt.paid for debt in debts),
        balance=sum(debt.balance for debt in debts),
        owed_today=owed_today,
        events=tuple(_event(recorded, person_id) for recorded in mine),
    )
    return told, mine


def outcomes_of(streams: Iterable[Sequence[Recorded]]) -> dict[str, ContactOutcome]:
    """Return by permit what is known to have become of it, as each case holds it to be true."""
    found: dict[str, ContactOutcome] = {}
    for history in streams:
        state = CASE.fold(cast("list[CaseEvent]", [recorded.event for recorded in history]))
        if isinstance(state, Case):
            found |= {each: contact.outcome for each, contact in state.contacts.items() if contact.outcome}
    return found


def about(person_id: UUID, history: Sequence[Recorded]) -> Iterator[Recorded]:
    """Yield the events of a case but those that are about another person: their notes, contacts and links."""
    theirs: set[str] = set()  # permits and links of others
    for recorded in history:
        event: Any = recorded.event
        whose = getattr(event, "person_id", None)
        if whose is None and (obligor := getattr(event, "obligor", None)) is not None:
            whose = obligor.person_id
        if whose is not None and whose != person_id:
            if isinstance(event, ContactPermitted):
                theirs.add(f"permit {event.permit_id}")
            elif isinstance(event, PaymentLinkIssued):
                theirs.add(f"link {event.link_id}")
            continue
        if isinstance(event, ContactOutcomeRecorded) and f"permit {event.permit_id}" in theirs:
            continue
        if f"link {getattr(event, 'link_id', '')}" in theirs:
            continue
        yield recorded


def _event(recorded: Recorded, person_id: UUID) -> ExportedEvent:
    fields: dict[str, Any] = msgspec.to_builtins(recorded.event)
    del fields["at"]
    if "obligors" in fields:
        fields["obligors"] = [each for each in fields["obligors"] if each["person_id"] == str(person_id)]
    return ExportedEvent(
        version=recorded.version,
        event=type(recorded.event).__name__,
        at=recorded.event.at,
        recorded_at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        fields=cast("Mapping[str, Any]", fields),
    )
