"""Every contact in the log, judged again offline: from the events before it, and the rule files by their hash.

The log is read once, in its order; kept are the persons as they were, and of the cases only which are held or closed
and when they last made a contact. Where something comes to be known late, the stream that it is about is read again.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from application.contact_audit import ContactAudit, HolidayChanged, Violation
from application.contact_findings import Findings
from application.known_late import late_for_case, late_for_person
from application.ports import EventStore, Recorded, UnreadableEvent
from domain.calendar import local_day
from domain.case.events import (
    CaseClosed,
    CaseReopened,
    ContactLogged,
    ContactPermitted,
    ContactRefused,
    HoldPlaced,
    HoldReleased,
    PaymentRecorded,
)
from domain.case.words import Scope
from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope as RuleScope
from domain.compliance.verdict import Grounds
from domain.compliance.words import Actor
from domain.person.contact_facts import CalendarOf
from domain.person.events import ContactReserved, PersonEvent
from domain.person.evolve import evolve
from domain.person.rejudge import Fault, faults_of, holidays_changed, readable
from domain.person.state import Person, PersonState, Unregistered
from domain.suspense.events import SuspenseEvent

BATCH = 2_000
Told = Callable[[int, int], None]
"""Hears how many events were read, and up to which position of the log."""


def nobody(_events: int, _position: int) -> None:
    """Tell nobody how far it is."""


async def verify_contacts(
    store: EventStore, book: RuleBook, calendar_of: CalendarOf, told: Told = nobody, *, batch: int = BATCH
) -> ContactAudit:
    """Judge every contact in the log again, up to where the log ends now.

    book: with every text that was ever in force; how open texts are read stands in the stamps. calendar_of: the
    holidays as they are known today, to note where they were others.
    """
    verifier = _Verifier(store, book, calendar_of)
    upto, after = await store.position(), 0
    limit = batch
    while after < upto:
        try:
            events = await store.read_log(after, limit)
        except UnreadableEvent as unreadable:
            if limit == 1:
                verifier.unreadable(unreadable)
                after, limit = unreadable.position, batch
            else:
                limit = max(1, limit // 2)
            continue
        if not events:
            break
        for recorded in events:
            if recorded.position <= upto:
                await verifier.take(recorded)
        after, limit = events[-1].position, batch
        told(verifier.events, after)
    return verifier.audit(upto)


class _Verifier:
    """What is kept while the log is read."""

    def __init__(self, store: EventStore, book: RuleBook, calendar_of: CalendarOf) -> None:
        self._store = store
        self._book = book
        self._calendar_of = calendar_of
        self._applicable = lru_cache(maxsize=4096)(book.applicable)
        self._persons: dict[UUID, PersonState] = {}
        self._reserved: dict[str, Recorded] = {}  # not yet seen on their case
        self._holds: dict[UUID, dict[str, HoldPlaced]] = {}  # that stop contacts, and were not released
        self._closed: set[UUID] = set()
        self._contacted: dict[UUID, datetime] = {}  # when a case last made a contact
        self._payment: Recorded | None = None  # the last event, if it was a payment: what closes a case follows it
        self._found = Findings()
        self._counts: Counter[str] = Counter()
        self._not_asked: Counter[str] = Counter()

    @property
    def events(self) -> int:
        """How many events were taken."""
        return self._counts["events"]

    async def take(self, recorded: Recorded) -> None:
        """Hold one event against what is known, and know it."""
        self._counts["events"] += 1
        if isinstance(recorded.event, PersonEvent):
            await self._of_person(recorded, recorded.event)
        elif not isinstance(recorded.event, SuspenseEvent):  # bank entries that wait contact nobody
            await self._of_case(recorded)
        self._payment = recorded if isinstance(recorded.event, PaymentRecorded) else self._payment

    def unreadable(self, event: UnreadableEvent) -> None:
        """Note an event that this program cannot read; what depends on it cannot be judged."""
        self._found.violation(Violation(reason="UNREADABLE", position=event.position))

    def audit(self, upto: int) -> ContactAudit:
        """Return what was found."""
        for recorded in self._reserved.values():
            assert isinstance(recorded.event, ContactReserved)
            self._found.violation(_violation(recorded, recorded.event, Fault(reason="CASE_NOT_TOLD")))
        never_made = sum(
            not contact.counts
            for person in self._persons.values()
            if isinstance(person, Person)
            for contact in person.reserved.values()
        )
        return self._found.audit(
            upto=upto, counts=self._counts, never_made=never_made, not_asked=tuple(sorted(self._not_asked.items()))
        )

    async def _of_person(self, recorded: Recorded, event: PersonEvent) -> None:
        person = self._persons.get(recorded.stream_id, Unregistered())
        if isinstance(person, Person):
            if isinstance(event, ContactReserved):
                self._judge(recorded, event, person)
            elif any(contact.counts and contact.at >= event.at for contact in person.reserved.values()):
                history = await self._store.read_stream(recorded.stream_id)
                self._found.late(late_for_person(recorded, history, self._book))
        self._persons[recorded.stream_id] = evolve(person, readable(event))

    def _judge(self, recorded: Recorded, event: ContactReserved, person: Person) -> None:
        self._counts["permits"] += 1
        self._reserved[event.permit_id] = recorded
        self._contacted[event.case_id] = max(event.at, self._contacted.get(event.case_id, event.at))
        grounds = event.grounds
        if grounds is None:
            self._counts["before_rules"] += 1
            return
        self._counts["judged"] += 1
        faults = faults_of(event, person, self._book)
        for fault in faults:
            self._found.violation(_violation(recorded, event, fault))
        if any(fault.reason == "RULES_NOT_FOUND" for fault in faults):
            return
        for country, was_holiday in holidays_changed(event, grounds, person, self._book, self._calendar_of):
            changed = HolidayChanged(permit_id=event.permit_id, country=country, at=event.at, was_holiday=was_holiday)
            self._found.holiday(changed)
        self._not_asked.update(self._sets_not_asked(event, grounds, person))

    def _sets_not_asked(self, event: ContactReserved, grounds: Grounds, person: Person) -> set[str]:
        """Return the rule sets that we have now, would have applied, and were not asked: they may be newer."""
        scope = RuleScope(
            jurisdictions=frozenset((*grounds.jurisdictions, person.country)),
            actors=frozenset(Actor(each) for each in grounds.actors),
            creditor_id=grounds.creditor_id,
        )
        days = {local_day(event.at, zone) for zone in person.zones}
        today = {rules.id for day in days for rules in self._applicable(scope, day)}
        return today - {stamp.partition("@")[0] for stamp in grounds.rule_sets}

    async def _of_case(self, recorded: Recorded) -> None:
        event, case_id = recorded.event, recorded.stream_id
        match event:
            case ContactPermitted():
                self._on_case(recorded, event)
            case ContactRefused():
                self._counts["refusals"] += 1
            case ContactLogged():
                self._counts["logged"] += 1
                self._contacted[case_id] = max(event.at, self._contacted.get(case_id, event.at))
            case HoldPlaced() if event.scope in (Scope.CONTACT, Scope.ALL):
                self._holds.setdefault(case_id, {})[event.hold_id] = event
                await self._known_late(recorded, since=event.from_at, until=event.until)
            case HoldReleased():
                held = self._holds.get(case_id, {})
                held.pop(event.hold_id, None)
                if not held:
                    self._holds.pop(case_id, None)
            case CaseClosed():
                self._closed.add(case_id)
                await self._known_late(recorded, since=event.at, until=None)
            case CaseReopened():
                self._closed.discard(case_id)
            case _:
                pass

    def _on_case(self, recorded: Recorded, event: ContactPermitted) -> None:
        """Hold a case's permit against the person's, and against what stops contacts of the case."""
        reserved = self._reserved.pop(event.permit_id, None)
        if reserved is None:
            self._found.violation(_permitted(recorded, event, "NOT_RESERVED"))
            return
        promised = reserved.event
        assert isinstance(promised, ContactReserved)
        ours = (recorded.stream_id, event.person_id, event.channel, event.at, event.grounds)
        if ours != (promised.case_id, reserved.stream_id, promised.channel, promised.at, promised.grounds):
            self._found.violation(_permitted(recorded, event, "CASE_DISAGREES"))
        if recorded.stream_id in self._closed:
            self._found.violation(_permitted(recorded, event, "CASE_CLOSED"))
        if any(_holds(hold, event.at) for hold in self._holds.get(recorded.stream_id, {}).values()):
            self._found.violation(_permitted(recorded, event, "CASE_ON_HOLD"))

    async def _known_late(self, recorded: Recorded, *, since: datetime, until: datetime | None) -> None:
        last = self._contacted.get(recorded.stream_id)
        if last is None or last < since:
            return
        history = await self._store.read_stream(recorded.stream_id)
        cause = recorded
        if (
            isinstance(recorded.event, CaseClosed)
            and self._payment is not None
            and _same_append(self._payment, recorded)
        ):
            cause = self._payment
        self._found.late(late_for_case(cause, recorded, history, since=since, until=until))


def _holds(hold: HoldPlaced, at: datetime) -> bool:
    """Return whether a hold forbade a contact: it was placed before the permit, and was in force."""
    begun = hold.from_at <= at or hold.from_at <= hold.at
    return begun and not (hold.until is not None and hold.until <= at)


def _same_append(payment: Recorded, recorded: Recorded) -> bool:
    return (payment.stream_id, payment.recorded_at, payment.metadata.request_id) == (
        recorded.stream_id,
        recorded.recorded_at,
        recorded.metadata.request_id,
    )


def _violation(recorded: Recorded, event: ContactReserved, fault: Fault) -> Violation:
    denials = fault.verdict.denials if fault.verdict else ()
    return Violation(
        reason=fault.reason,
        position=recorded.position,
        permit_id=event.permit_id,
        person_id=recorded.stream_id,
        case_id=event.case_id,
        at=event.at,
        rules=tuple(denial.rule for denial in denials),
        citations=tuple(denial.cite for denial in denials),
    )


def _permitted(recorded: Recorded, event: ContactPermitted, reason: str) -> Violation:
    return Violation(
        reason=reason,
        position=recorded.position,
        permit_id=event.permit_id,
        person_id=event.person_id,
        case_id=recorded.stream_id,
        at=event.at,
    )
