"""Every contact in the log, judged again offline: from the events before it, and the rule files by their hash.

The log is read once, in its order; kept are the persons as they were, and of the cases only which are held or closed
and when they last made a contact. Where something comes to be known late, the stream that it is about is read again.
`contact_streams` does the same with streams that come whole.
"""

from collections.abc import Callable
from uuid import UUID

from application.contact_audit import ContactAudit
from application.contact_pairs import Pairs
from application.contact_verdicts import OF_CASES, CaseContacts, Verdicts, may_be_late, never_made
from application.ports import EventStore, Recorded, UnreadableEvent
from domain.case.events import ContactPermitted
from domain.compliance.book import RuleBook
from domain.person.contact_facts import CalendarOf
from domain.person.events import ContactReserved, PersonEvent
from domain.person.evolve import evolve
from domain.person.rejudge import readable
from domain.person.state import Person, PersonState, Unregistered

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
    verifier = _Verifier(store, Verdicts(book, calendar_of))
    upto, after = await store.position(), 0
    limit = batch
    while after < upto:
        try:
            events = await store.read_log(after, limit)
        except UnreadableEvent as unreadable:
            if limit == 1:
                verifier.verdicts.unreadable(unreadable)
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
        told(verifier.verdicts.counts["events"], after)
    return verifier.audit(upto)


class _Verifier:
    """What is kept while the log is read."""

    def __init__(self, store: EventStore, verdicts: Verdicts) -> None:
        self.verdicts = verdicts
        self._store = store
        self._pairs = Pairs()
        self._persons: dict[UUID, PersonState] = {}
        self._cases: dict[UUID, CaseContacts] = {}
        self._before: Recorded | None = None

    async def take(self, recorded: Recorded) -> None:
        """Hold one event against what is known, and know it."""
        self.verdicts.counts["events"] += 1
        event = recorded.event
        if isinstance(event, PersonEvent):
            await self._of_person(recorded, event)
        elif type(event) in OF_CASES:
            await self._of_case(recorded)
        self._before = recorded

    def audit(self, upto: int) -> ContactAudit:
        """Return what was found."""
        for found in self._pairs.left():
            self.verdicts.violation(found)
        self.verdicts.counts["never_made"] = sum(
            never_made(person) for person in self._persons.values() if isinstance(person, Person)
        )
        return self.verdicts.audit(upto)

    async def _of_person(self, recorded: Recorded, event: PersonEvent) -> None:
        person = self._persons.get(recorded.stream_id, Unregistered())
        if isinstance(person, Person):
            if isinstance(event, ContactReserved):
                self._pairs.reserved(recorded, event)
                self.verdicts.reservation(recorded, event, person)
            elif may_be_late(person, event.at):
                self.verdicts.late_for_person(recorded, await self._store.read_stream(recorded.stream_id))
        self._persons[recorded.stream_id] = evolve(person, readable(event))

    async def _of_case(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, ContactPermitted):
            self.verdicts.violation(self._pairs.permitted(recorded, recorded.event))
        case = self._cases.setdefault(recorded.stream_id, CaseContacts())
        late = self.verdicts.case(case, recorded, self._before)
        if late is not None:
            self.verdicts.late_for_case(late, await self._store.read_stream(recorded.stream_id))
