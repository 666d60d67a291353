"""A permit judged again, from the person's events before it and the grounds that it carries. No calendar is needed:
the grounds say in which countries the day was a holiday.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from domain.calendar import BusinessCalendar, local_day
from domain.compliance.book import RuleBook
from domain.compliance.digest import digest
from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Proposal
from domain.compliance.rules import EVERYWHERE, RuleSet
from domain.compliance.verdict import Grounds, Verdict
from domain.compliance.words import Actor, Circumstance, Place, Purpose, Recipient
from domain.decider import Rejected
from domain.person.commands import ReserveContact
from domain.person.contact_facts import CalendarOf, facts_of, proposal_of
from domain.person.events import ContactPointAdded, ContactReserved, PersonEvent
from domain.person.state import Person
from domain.person.willing import require_willing
from domain.person.words import ERASED

UNLAWFUL, FACTS_DIFFER = "UNLAWFUL", "FACTS_DIFFER"
DUTIES_DIFFER, SCOPE_DIFFERS = "DUTIES_DIFFER", "SCOPE_DIFFERS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a permit does not stand up; the words are those of `application.contact_audit.Violation`."""

    reason: str
    verdict: Verdict | None = None


def faults_of(event: ContactReserved, person: Person, book: RuleBook) -> tuple[Fault, ...]:
    """Return what is wrong with a permit, given the person as they were before it; () where it holds."""
    grounds = event.grounds
    assert grounds is not None, "without grounds there is nothing to judge by"
    command = asked_again(event, grounds)
    try:
        require_willing(command, person)
        rules = rules_of(grounds, book)
    except Rejected as refusal:
        return (Fault(reason=refusal.reason),)
    proposal, facts = _asked(command, person, event, grounds, rules)
    verdict = judge(proposal, facts, rules)
    found: list[Fault] = []
    if not rules or not verdict.allowed:
        found.append(Fault(reason=UNLAWFUL, verdict=verdict))
    if digest(facts, proposal) != grounds.facts_digest:
        found.append(Fault(reason=FACTS_DIFFER))
    if verdict.duties != grounds.duties:
        found.append(Fault(reason=DUTIES_DIFFER))
    if person.country not in grounds.jurisdictions or proposal.medium != grounds.medium:
        found.append(Fault(reason=SCOPE_DIFFERS))
    return tuple(found)


def refusal_of(event: ContactReserved, person: Person, book: RuleBook) -> Fault | None:
    """Return why a contact would be refused to a person as they are given; None where it would not.

    A permit without grounds is held only against what needs none: who the person is, and what they refused.
    """
    grounds = event.grounds
    command = asked_again(event, grounds or Grounds(rule_sets=(), facts_digest="", zones=()))
    try:
        require_willing(command, person)
        rules = rules_of(grounds, book) if grounds else ()
    except Rejected as refusal:
        return Fault(reason=refusal.reason)
    if grounds is None:
        return None
    proposal, facts = _asked(command, person, event, grounds, rules)
    verdict = judge(proposal, facts, rules)
    return None if verdict.allowed else Fault(reason=UNLAWFUL, verdict=verdict)


def readable(event: PersonEvent) -> PersonEvent:
    """Return the event as it can be judged once its person's key is destroyed: an address that nobody can read any more
    was one, and another than the others."""
    if isinstance(event, ContactPointAdded) and event.address == ERASED:
        return replace(event, address=f"{ERASED}{event.point_id}")
    return event


def asked_again(event: ContactReserved, grounds: Grounds) -> ReserveContact:
    """Return the command that led to a permit, as far as it matters."""
    return ReserveContact(
        permit_id=event.permit_id,
        case_id=event.case_id,
        channel=event.channel,
        actors=_actors(grounds.actors),
        creditor_id=grounds.creditor_id,
        recipient=Recipient(grounds.recipient),
        purpose=Purpose(grounds.purpose),
        place=Place(grounds.place) if grounds.place else None,
        content=None if grounds.content is None else frozenset(grounds.content),
        point_id=event.point_id,
        same_session=grounds.same_session,
        circumstances=_circumstances(grounds.circumstances),
        at=event.at,
        by="",
    )


@lru_cache(maxsize=256)
def _actors(words: tuple[str, ...]) -> frozenset[Actor]:
    return frozenset(map(Actor, words))


@lru_cache(maxsize=256)
def _circumstances(words: tuple[str, ...]) -> frozenset[Circumstance]:
    return frozenset(map(Circumstance, words))


def rules_of(grounds: Grounds, book: RuleBook) -> tuple[RuleSet, ...]:
    """Return the rule sets that were asked; raise `Rejected` RULES_NOT_FOUND for one that nobody has."""
    return tuple(book.by_stamp(stamp) for stamp in grounds.rule_sets)


def holidays_changed(
    grounds: Grounds, days: Collection[date], person: Person, book: RuleBook, calendar_of: CalendarOf
) -> tuple[tuple[str, bool], ...]:
    """Return the countries, as rule sets name them, of whose day the calendar says otherwise now, and what it said.

    days: the permit's, as `days_of` has them.
    """
    found: list[tuple[str, bool]] = []
    for country in sorted({rules.country for rules in rules_of(grounds, book) if rules.country}):
        calendar = calendar_of(person.country if country == EVERYWHERE else country)
        was = country in grounds.closed_in
        if was != any(map(calendar.is_holiday, days)):
            found.append((country, was))
    return tuple(found)


def _asked(
    command: ReserveContact, person: Person, event: ContactReserved, grounds: Grounds, rules: tuple[RuleSet, ...]
) -> tuple[Proposal, Facts]:
    closed = _closed_on(days_of(event, person)) if grounds.closed_in else _NO_HOLIDAYS

    def holidays(country: str) -> BusinessCalendar:
        return closed if country in grounds.closed_in else _NO_HOLIDAYS

    return proposal_of(command, person, event.point_id), facts_of(command, person, rules, holidays)


def days_of(event: ContactReserved, person: Person) -> frozenset[date]:
    """Return which day it was for a contact, in every zone that the person may be in."""
    return frozenset([local_day(event.at, zone) for zone in person.zones])


def _closed_on(days: Collection[date]) -> BusinessCalendar:
    return BusinessCalendar(
        holidays={day.year: frozenset(other for other in days if other.year == day.year) for day in days}
    )


_NO_HOLIDAYS = BusinessCalendar()
