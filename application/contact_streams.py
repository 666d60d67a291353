"""Every contact judged again, of streams that come whole and in any order: memory for one of them at a time.

What `verify_contacts` does in the order of the log. A person's contacts follow from the person's stream, and what stops
a case's from the case's; that both remember the same contacts, their sums say (`contact_pairs`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast, get_args

from application.contact_audit import ContactAudit
from application.contact_pairs import PairSums
from application.contact_verdicts import OF_CASES, CaseContacts, Verdicts, may_be_late, never_made
from application.ports import Recorded, UnreadableEvent
from domain.case.events import ContactPermitted
from domain.compliance.book import RuleBook
from domain.person.contact_facts import CalendarOf
from domain.person.events import ContactReserved, PersonEvent
from domain.person.evolve import Following
from domain.person.rejudge import readable
from domain.person.state import Person, PersonState

_OF_PERSONS: Final = frozenset(get_args(PersonEvent))


class StreamContacts:
    """Takes in stream after stream; `pairs` says afterwards whether persons and cases agree."""

    def __init__(self, book: RuleBook, calendar_of: CalendarOf) -> None:
        self._verdicts = Verdicts(book, calendar_of)
        self._present: Recorded | None = None  # the event that is being looked at
        self.pairs = PairSums()

    def take(self, history: Sequence[Recorded]) -> None:
        """Judge the contacts of a stream, whosever it is; bank entries that wait contact nobody."""
        self._verdicts.counts["events"] += len(history)
        try:
            self._person([each for each in history if each.event.__class__ in _OF_PERSONS])
            self._case(history)
        except Exception:  # whatever judging events that were altered can raise is the fault of this one stream
            assert self._present is not None, "nothing fails before the first event"
            self._verdicts.unreadable(self._present)

    def unreadable(self, event: UnreadableEvent) -> None:
        """Note an event that cannot be read."""
        self._verdicts.unreadable(event)

    def audit(self, upto: int) -> ContactAudit:
        """Return what was found, but for what persons and cases do not agree on."""
        return self._verdicts.audit(upto)

    def _person(self, history: Sequence[Recorded]) -> None:
        following = Following()
        waiting: list[PersonEvent] = []  # not folded yet: nobody has asked for the state after them
        last: datetime | None = None  # when the last contact was, of those reserved
        for recorded in history:
            self._present, event = recorded, cast(PersonEvent, recorded.event)
            reserved = isinstance(event, ContactReserved)
            if reserved or (last is not None and last >= event.at):
                following.see(waiting)
                waiting.clear()
                self._event_of(following.person, recorded, history)
            if reserved:
                last = event.at if last is None else max(last, event.at)
            waiting.append(readable(event))
        following.see(waiting)
        if isinstance(following.person, Person):
            self._verdicts.counts["never_made"] += never_made(following.person)

    def _event_of(self, person: PersonState, recorded: Recorded, history: Sequence[Recorded]) -> None:
        if not isinstance(person, Person):
            return  # a reservation of nobody: the case's permit will find none
        if isinstance(recorded.event, ContactReserved):
            self.pairs.reserved(recorded, recorded.event)
            self._verdicts.reservation(recorded, recorded.event, person)
        elif may_be_late(person, recorded.event.at):
            self._verdicts.late_for_person(recorded, history)

    def _case(self, history: Sequence[Recorded]) -> None:
        case, before = CaseContacts(), None
        for recorded in history:
            if type(recorded.event) in OF_CASES:
                self._present = recorded
                if isinstance(recorded.event, ContactPermitted):
                    self.pairs.permitted(recorded, recorded.event)
                late = self._verdicts.case(case, recorded, before)
                if late is not None:
                    self._verdicts.late_for_case(late, history)
            before = recorded
