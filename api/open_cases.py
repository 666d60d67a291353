"""Opening cases in bulk: batches in, an outcome for each item out, in order.

A few batches are under way at once, so that the next one is read while the log makes the last one durable.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final
from uuid import UUID

from api.calls import Caller, question_of, said
from api.errors import Failure, failure_of, wire_field
from api.services import Services
from api.translate_case_command import history_of
from api.translate_commands import Said, open_case, place_hold
from api.translate_contact_log import noted_contact
from api.translate_person import add_contact_point, register_person
from api.translate_values import meaning, person_named
from api.validation import require_valid_item
from api.words import CHANNEL
from application.bulk import BulkItem, BulkPerson, Outcome
from application.request import Answer, Asked, require_callers_own
from domain.case.commands import CaseCommand, LogContact
from domain.case.identity import case_id
from domain.decider import Rejected
from domain.person.commands import GiveConsent, NoteContact, PersonCommand
from protos.escalera import v1 as pb

ITEMS_MAX: Final = 500
BATCHES_AT_ONCE: Final = 3


class OpenCases:
    """Answers one stream after another; keeps nothing between them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(
        self, requests: AsyncIterator[pb.OpenCasesRequest], caller: Caller
    ) -> AsyncIterator[pb.OpenCasesResponse]:
        """Yield the outcomes of each batch, in the order of the batches."""
        under_way: asyncio.Queue[asyncio.Task[pb.OpenCasesResponse] | None] = asyncio.Queue()
        free = asyncio.Semaphore(BATCHES_AT_ONCE)
        started: set[asyncio.Task[pb.OpenCasesResponse]] = set()

        async def read() -> None:
            try:
                async for request in requests:
                    await free.acquire()
                    task = asyncio.create_task(self._batch(request, caller))
                    started.add(task)
                    under_way.put_nowait(task)
            finally:
                under_way.put_nowait(None)

        reader = asyncio.create_task(read())
        try:
            while (task := await under_way.get()) is not None:
                yield await task
                started.discard(task)
                free.release()
            await reader
        finally:
            for left in (reader, *started):
                left.cancel()

    async def _batch(self, request: pb.OpenCasesRequest, caller: Caller) -> pb.OpenCasesResponse:
        if len(request.items) > ITEMS_MAX:
            accepted = f"up to {ITEMS_MAX} items"
            raise Rejected("BATCH_TOO_MANY", f"a batch of {len(request.items)} items", field="items", accepted=accepted)
        items: list[BulkItem] = []
        outcomes: list[Outcome | None] = []
        for told in request.items:
            try:
                items.append(self._item(told, caller, validate_only=request.validate_only))
                outcomes.append(None)
            except Rejected as refusal:
                outcomes.append(refusal)
        decided = iter(
            await (self._validated(items) if request.validate_only else self._services.bulk.open_many(items))
        )
        told_and_done = zip(request.items, outcomes, strict=True)
        return pb.OpenCasesResponse(
            outcomes=[_outcome(told, next(decided) if early is None else early) for told, early in told_and_done]
        )

    async def _validated(self, items: list[BulkItem]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for item in items:
            try:
                outcomes.append(await self._services.cases.handle_all(item.case_id, item.commands, item.asked))
            except Rejected as refusal:
                outcomes.append(refusal)
        return outcomes

    def _item(self, told: pb.OpenCasesItem, caller: Caller, *, validate_only: bool) -> BulkItem:
        require_valid_item(told)
        if not told.request_id:
            accepted = "1 to 128 printable characters"
            raise Rejected("REQUEST_ID_MISSING", "an item needs an id", field="request_id", accepted=accepted)
        require_callers_own(told.request_id)
        known = said(told, caller, self._services)
        try:
            opening = open_case(told.open, known)
        except Rejected as refusal:
            refusal.field = f"open.{refusal.field}"
            raise
        stream_id = case_id(opening.creditor_id, opening.reference)
        history: list[CaseCommand] = []
        contacts: list[tuple[UUID, NoteContact]] = []
        for place, happened in enumerate(told.history):
            done = history_of(happened, known, f"history[{place}]")
            history += done
            if isinstance(done[0], LogContact):
                contacts.append((done[0].person_id, noted_contact(happened.log_contact, done[0], stream_id)))
        hold = (place_hold(told.hold_if_open, known),) if told.HasField("hold_if_open") else ()
        persons = [_person(person, known, f"persons[{place}]") for place, person in enumerate(told.persons)]
        return BulkItem(
            case_id=stream_id,
            commands=(opening, *history),
            if_open=hold,
            persons=_noting(persons, contacts) if contacts else tuple(persons),
            asked=Asked(
                request_id=told.request_id,
                actor=caller.actor,
                trace_id=caller.trace_id,
                validate_only=validate_only,
                question=question_of(told),
            ),
        )


def _person(told: pb.OpenCasePerson, known: Said, field: str) -> BulkPerson:
    try:
        person_id = person_named(told.person_name, "person_name", known.creditor_id)
        does: list[PersonCommand] = [register_person(told.register, known)] if told.HasField("register") else []
        does += [add_contact_point(point, known) for point in told.contact_points]
        for channel in told.consents:
            agreed = meaning(CHANNEL, channel, "consents")
            does.append(GiveConsent(channel=agreed, source="opening", at=known.at, by=known.by))
    except Rejected as refusal:
        refusal.field = f"{field}.{refusal.field}"
        raise
    return BulkPerson(person_id=person_id, commands=tuple(does))


def _noting(persons: list[BulkPerson], contacts: list[tuple[UUID, NoteContact]]) -> tuple[BulkPerson, ...]:
    """Count the contacts of the history for whom they were with: for those who become known with it, and known ones."""
    noted: dict[UUID, list[PersonCommand]] = {}
    for person_id, contact in contacts:
        noted.setdefault(person_id, []).append(contact)
    named = [replace(person, if_known=tuple(noted.pop(person.person_id, ()))) for person in persons]
    others = [BulkPerson(person_id=each, commands=(), if_known=tuple(told)) for each, told in noted.items()]
    return (*named, *others)


def _outcome(told: pb.OpenCasesItem, outcome: Outcome) -> pb.OpenCasesOutcome:
    if isinstance(outcome, Answer):
        return pb.OpenCasesOutcome(
            request_id=told.request_id,
            case_id=str(outcome.stream_id),
            version=outcome.version,
            position=outcome.position,
            repeated=outcome.repeated,
        )
    return pb.OpenCasesOutcome(request_id=told.request_id, refusal=_refusal(failure_of(outcome), outcome))


def _refusal(failure: Failure, error: Exception) -> pb.Refusal:
    if not failure.foreseen:  # not this item's fault: the stream breaks, and is sent again
        raise error
    field = wire_field(failure.violations[0].field) if failure.violations else ""
    return pb.Refusal(reason=failure.reason, detail=failure.detail, field=field, accepted=failure.accepted)
