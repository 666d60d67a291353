"""Contacts judged again, whoever reads the log and in whichever order; what was found is kept here.

Of a person it takes the state before an event; of a case, what stops its contacts (`CaseContacts`). Both are in the
one stream alone, so that a log may be judged stream by stream as well as from its beginning to its end.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from application.contact_audit import ContactAudit, HolidayChanged, Violation
from application.contact_findings import Findings
from application.contact_pairs import of_case, of_person
from application.known_late import late_for_case, late_for_person
from application.ports import Recorded, UnreadableEvent
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
from domain.person.rejudge import days_of, faults_of, holidays_changed
from domain.person.state import Person

OF_CASES: Final = frozenset(
    {ContactPermitted, ContactRefused, ContactLogged, HoldPlaced, HoldReleased, CaseClosed, CaseReopened}
)
"""The events of a case that `Verdicts.case` wants to see; it has nothing to say to the others."""


@dataclass(slots=True)
class CaseContacts:
    """What stops the contacts of one case, and when it last made one. Changes in place."""

    holds: dict[str, HoldPlaced] = field(default_factory=dict)  # that stop contacts, and were not released
    closed: bool = False
    contacted: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateForCase:
    """Something that stops a case's contacts, and came to be known when contacts may have been made already."""

    cause: Recorded  # the event that is told, such as the payment that closed the case
    recorded: Recorded
    since: datetime
    until: datetime | None


class Verdicts:
    """Judges by the texts in `book`; `calendar_of` are the holidays as they are known today."""

    def __init__(self, book: RuleBook, calendar_of: CalendarOf) -> None:
        self._book = book
        self._calendar_of = calendar_of
        self._ids_today = lru_cache(maxsize=4096)(self._ids_applicable)
        self._found = Findings()
        self._not_asked: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def unreadable(self, event: UnreadableEvent | Recorded) -> None:
        """Note an event that this program cannot read, or cannot judge; nor can it what depends on it."""
        self._found.violation(Violation(reason="UNREADABLE", position=event.position))

    def violation(self, found: Violation | None) -> None:
        """Keep a permit that does not stand up."""
        if found is not None:
            self._found.violation(found)

    def reservation(self, recorded: Recorded, event: ContactReserved, person: Person) -> None:
        """Judge a person's contact by their state before it."""
        self.counts["permits"] += 1
        grounds = event.grounds
        if grounds is None:
            self.counts["before_rules"] += 1
            return
        self.counts["judged"] += 1
        for fault in faults_of(event, person, self._book):
            denials = fault.verdict.denials if fault.verdict else ()
            self._found.violation(of_person(recorded, event, fault.reason, denials))
            if fault.reason == "RULES_NOT_FOUND":
                return
        days = days_of(event, person)
        for country, was_holiday in holidays_changed(grounds, days, person, self._book, self._calendar_of):
            changed = HolidayChanged(permit_id=event.permit_id, country=country, at=event.at, was_holiday=was_holiday)
            self._found.holiday(changed)
        for missing in self._sets_not_asked(grounds, days, person):
            self._not_asked[missing] += 1

    def case(self, case: CaseContacts, recorded: Recorded, before: Recorded | None) -> LateForCase | None:
        """Take in an event of a case; `before`: the one before it in the log or in the case's stream.

        Return what came late for contacts that the case may have made; `late_for_case` says which they were.
        """
        event = recorded.event
        match event:
            case ContactPermitted():
                self._permit(case, recorded, event)
                _contact(case, event.at)
            case ContactRefused():
                self.counts["refusals"] += 1
            case ContactLogged():
                self.counts["logged"] += 1
                _contact(case, event.at)
            case HoldPlaced() if event.scope in (Scope.CONTACT, Scope.ALL):
                case.holds[event.hold_id] = event
                if case.contacted is not None and case.contacted >= event.from_at:
                    return LateForCase(cause=recorded, recorded=recorded, since=event.from_at, until=event.until)
            case HoldReleased():
                case.holds.pop(event.hold_id, None)
            case CaseClosed():
                case.closed = True
                if case.contacted is not None and case.contacted >= event.at:
                    cause = before if before is not None and _paid_with(before, recorded) else recorded
                    return LateForCase(cause=cause, recorded=recorded, since=event.at, until=None)
            case CaseReopened():
                case.closed = False
            case _:
                pass
        return None

    def late_for_case(self, late: LateForCase, history: Sequence[Recorded]) -> None:
        """Keep the contacts of a case that should not have been made; `history`: all that the case's stream says."""
        self._found.late(late_for_case(late.cause, late.recorded, history, since=late.since, until=late.until))

    def late_for_person(self, recorded: Recorded, history: Sequence[Recorded]) -> None:
        """Keep the contacts that an event of a person would have prevented; `history`: all of the person's stream."""
        told = [each for each in history if isinstance(each.event, PersonEvent)]
        self._found.late(late_for_person(recorded, told, self._book))

    def audit(self, upto: int) -> ContactAudit:
        """Return what was found."""
        return self._found.audit(
            upto=upto,
            counts=self.counts,
            never_made=self.counts["never_made"],
            not_asked=tuple(sorted(self._not_asked.items())),
        )

    def _permit(self, case: CaseContacts, recorded: Recorded, event: ContactPermitted) -> None:
        """Hold a case's permit against what stops contacts of the case."""
        if case.closed:
            self._found.violation(of_case(recorded, event, "CASE_CLOSED"))
        if any(_holds(hold, event.at) for hold in case.holds.values()):
            self._found.violation(of_case(recorded, event, "CASE_ON_HOLD"))

    def _sets_not_asked(self, grounds: Grounds, days: Iterable[date], person: Person) -> frozenset[str]:
        """Return the rule sets that we have now, would have applied, and were not asked: they may be newer."""
        where = (*grounds.jurisdictions, person.country)
        today = [self._ids_today(where, grounds.actors, grounds.creditor_id, day) for day in days]
        return frozenset().union(*today) - _ids_asked(grounds.rule_sets)

    def _ids_applicable(
        self, jurisdictions: tuple[str, ...], actors: tuple[str, ...], creditor_id: str, day: date
    ) -> frozenset[str]:
        scope = RuleScope(
            jurisdictions=frozenset(jurisdictions), actors=frozenset(map(Actor, actors)), creditor_id=creditor_id
        )
        return frozenset(rules.id for rules in self._book.applicable(scope, day))


def never_made(person: Person) -> int:
    """Return how many of a person's reserved contacts the provider refused, or ran out."""
    return sum(not contact.counts for contact in person.reserved.values())


def may_be_late(person: Person, at: datetime) -> bool:
    """Return whether a contact was made that an event with effect from `at` comes too late for."""
    return any(contact.counts and contact.at >= at for contact in person.reserved.values())


@lru_cache(maxsize=1024)
def _ids_asked(stamps: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stamp.partition("@")[0] for stamp in stamps)


def _contact(case: CaseContacts, at: datetime) -> None:
    case.contacted = at if case.contacted is None else max(case.contacted, at)


def _holds(hold: HoldPlaced, at: datetime) -> bool:
    """Return whether a hold forbade a contact: it was placed before the permit, and was in force."""
    begun = hold.from_at <= at or hold.from_at <= hold.at
    return begun and not (hold.until is not None and hold.until <= at)


def _paid_with(before: Recorded, recorded: Recorded) -> bool:
    """Return whether the event before is the payment that an event came with."""
    return isinstance(before.event, PaymentRecorded) and (
        (before.stream_id, before.recorded_at, before.metadata.request_id)
        == (recorded.stream_id, recorded.recorded_at, recorded.metadata.request_id)
    )
