"""What there is to show of a case, put together: every piece of it is of the events under one signed head."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast
from uuid import UUID

from application.case_desk import PersonDesk
from application.evidence import Evidence
from application.log_view import LogView
from application.personal import PERSONAL_FIELDS
from application.ports import EventStore, Recorded, UnreadableEvent
from application.statement_desk import Document, StatementDesk
from domain.calendar import local_day
from domain.case.events import CaseOpened
from domain.decider import Rejected
from domain.evidence.contacts import documents_of
from domain.evidence.rules_named import stamp_in, stamps_of
from domain.evidence.stored import fields_in, is_id, items_in
from domain.ledger.journal import Kind, balances, journal
from domain.person import person_decider
from domain.person.events import PersonRegistered
from domain.person.words import ERASED
from infra.channels.letter_head import load_letterheads
from infra.clock import clock_from
from infra.creditors import load_creditors
from infra.evidence.letters import kept_letters
from infra.evidence.rule_texts import rule_texts
from infra.holidays_calendar import calendar_for
from infra.settings import Settings
from infra.statements import StatementPages
from infra.templates.shelf import load_languages
from infra.transparency.sealed_events import SealedEvent, proven, sealed_events
from workers.fresh_seal import Sealed
from workers.log import open_log
from workers.rule_book import rules_of
from workers.wiring import policy_of

_OF_A_CASE = frozenset({"ContactReserved", "ContactNoted"})  # events of persons that name a case


async def gathered(settings: Settings, sealed: Sealed, case_id: UUID, *, personal: bool, on: date | None) -> Evidence:
    """Return the evidence about a case; raise `Rejected` CASE_NOT_FOUND."""
    found = await concerning(sealed, case_id)
    case, about, counted = found.case, found.about, found.counted
    async with open_log(settings) as store:
        try:
            streams = await store.read_streams(list(counted))
        except UnreadableEvent as unreadable:
            detail = f"{unreadable.name}, version {unreadable.version} of {unreadable.stream_id}, cannot be read"
            raise Rejected("EVENT_UNREADABLE", detail, accepted="the event as it was stored") from unreadable
    view = LogView({each: events[: counted[each]] for each, events in streams.items()})
    history = await view.read_stream(case_id)
    opening = history[0].event if history else None
    if not isinstance(opening, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case", field="CASE")
    clock = clock_from(settings.clock)
    day = on or local_day(clock.now(), opening.time_zone)
    stated = await _statement(settings, view, case_id, day, named=personal)
    accounts = balances(journal([each.event for each in history]))
    documents = _readable(documents_of((each.name, each.fields) for each in case), case, streams)
    letters = Path(settings.letter_folder) if settings.letter_folder and personal else None
    return Evidence(
        case_id=case_id,
        creditor_id=opening.creditor_id,
        reference=opening.reference,
        currency=opening.currency,
        time_zone=opening.time_zone,
        key=sealed.key,
        checkpoint=sealed.note,
        head=sealed.head,
        case=await proven(sealed.log, case, sealed.head, sealed.note),
        persons=await proven(sealed.log, about, sealed.head, sealed.note),
        owed={
            (account.obligation_id, str(account.component)): minor
            for account, minor in accounts.items()
            if account.kind is Kind.RECEIVABLE and minor
        },
        credit=-sum(minor for account, minor in accounts.items() if account.kind is Kind.CREDIT),
        statement_on=day,
        balance=stated.explained.statement.balance if stated else None,
        statement=stated.content if stated else b"",
        rules=texts_named(settings, (*case, *about), _stamps_of_statement(stated)),
        personal=list(_opened(about, case, streams)) if personal else None,
        letters=kept_letters(letters, documents) if letters else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerning:
    """The events of a case, and what of its persons' streams concerns it."""

    case: tuple[SealedEvent, ...]
    about: tuple[SealedEvent, ...]
    counted: Mapping[UUID, int]  # the last version of each stream that is under the head


async def concerning(sealed: Sealed, case_id: UUID) -> Concerning:
    """Return what concerns a case under a head, as it is stored; raise `Rejected` CASE_NOT_FOUND."""
    case = await sealed_events(sealed.pool, sealed.log, [case_id], sealed.head.size)
    if not case:
        raise Rejected("CASE_NOT_FOUND", "there is no such case in the sealed log", field="CASE")
    persons = await sealed_events(sealed.pool, sealed.log, sorted(_persons(case)), sealed.head.size)
    return Concerning(
        case=tuple(case),
        about=tuple(_concerning(str(case_id), persons)),
        counted={each.stream_id: each.version for each in (*case, *persons)},
    )


def texts_named(settings: Settings, events: Iterable[SealedEvent], more: Iterable[str] = ()) -> dict[str, bytes]:
    """Return the texts of rules and law that events name, and `more`, by stamp."""
    named = {stamp for event in events for stamp in stamps_of(event.fields)}
    own = (Path(each) for each in (settings.rules_dir, settings.laws_dir) if each)
    return rule_texts({*named, *more}, *own)


def _persons(case: Iterable[SealedEvent]) -> set[UUID]:
    """Return whom the case concerns: its obligors, and everybody who was contacted."""
    found: set[object] = set()
    for event in case:
        match event.name:
            case "CaseOpened":
                found |= {fields_in(each).get("person_id") for each in items_in(event.fields.get("obligors"))}
            case "ObligorAdded":
                found.add(fields_in(event.fields.get("obligor")).get("person_id"))
            case "ContactPermitted":
                found.add(event.fields.get("person_id"))
            case _:
                continue
    return {UUID(each) for each in found if isinstance(each, str) and is_id(each)}


def _concerning(case_id: str, persons: Sequence[SealedEvent]) -> Iterator[SealedEvent]:
    """Yield what concerns the case: who the persons are, contacts for it, and the addresses that these went to."""
    mine = [each for each in persons if each.name in _OF_A_CASE and each.fields.get("case_id") == case_id]
    permits = {each.fields.get("permit_id") for each in mine} - {None}
    points = {(each.stream_id, each.fields.get("point_id")) for each in mine}
    for event in persons:
        contact = event.name in _OF_A_CASE and event.fields.get("case_id") == case_id
        ended = event.name == "ContactEnded" and event.fields.get("permit_id") in permits
        point = event.name == "ContactPointAdded" and (event.stream_id, event.fields.get("point_id")) in points
        if event.name == "PersonRegistered" or contact or ended or point:
            yield event


async def _statement(settings: Settings, view: LogView, case_id: UUID, on: date, *, named: bool) -> Document | None:
    """Return the statement of a case; None where no law on money is known."""
    store = cast(EventStore, view)
    clock = clock_from(settings.clock)
    letterheads = load_letterheads(Path(settings.letterheads_file) if settings.letterheads_file else None)
    desk = StatementDesk(
        store=store,
        persons=PersonDesk(person_decider(rules_of(settings), calendar_for), store, clock),
        clock=clock,
        laws=policy_of(settings).laws,
        particulars_of=load_creditors(Path(settings.creditors_file) if settings.creditors_file else None),
        printer=StatementPages(load_languages(), letterheads, spells=True),
    )
    try:
        return await desk.document(case_id, on=on, named=named)
    except Rejected as refused:
        if refused.reason != "LAW_NOT_FOUND":
            raise
        return None


def _stamps_of_statement(stated: Document | None) -> Iterator[str]:
    """Yield the stamps of the law that a statement was reckoned by."""
    if stated is None:
        return
    found = stated.explained.statement
    accruals = (each.accrual for obligation in found.obligations for each in obligation.components if each.accrual)
    rates = (line.rate_stamp for accrual in accruals for line in accrual.lines)
    yield from filter(None, map(stamp_in, (found.law, *rates)))


def _readable(
    documents: Mapping[str, str], case: Sequence[SealedEvent], streams: Mapping[UUID, Sequence[Recorded]]
) -> dict[str, str]:
    """Return documents without those to persons who were forgotten, though a file of them may still lie about."""
    forgotten = {
        str(person_id)
        for person_id, events in streams.items()
        if events and isinstance(events[0].event, PersonRegistered) and events[0].event.name == ERASED
    }
    sent_to = {
        each.fields.get("permit_id"): each.fields.get("person_id") for each in case if "person_id" in each.fields
    }
    return {digest: permit for digest, permit in documents.items() if sent_to.get(permit) not in forgotten}


def _opened(
    about: Sequence[SealedEvent], case: Sequence[SealedEvent], streams: Mapping[UUID, Sequence[Recorded]]
) -> Iterator[dict[str, object]]:
    """Yield the personal fields of events as they read; of one whose key was destroyed, that it was."""
    for event in (*about, *case):
        for field in PERSONAL_FIELDS.get(event.name, ()):
            text = getattr(streams[event.stream_id][event.version - 1].event, field)
            read = {"erased": True} if text == ERASED else {"text": text}
            where = {"stream": str(event.stream_id), "version": event.version, "event": event.name}
            yield {**where, "field": field, **read}
