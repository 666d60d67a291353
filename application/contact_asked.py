"""One contact with one person, asked about at any instant, on what is known now. Nothing is recorded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from application.contact_view import Explained, daily_edges
from application.contact_wish import Wanted, permission, refused_as, reservation
from application.request import Asked
from domain.case.commands import CaseCommand
from domain.case.events import CaseEvent
from domain.case.state import Case
from domain.compliance.book import RuleBook
from domain.compliance.rules import EVERYWHERE, RuleSet, Window
from domain.compliance.verdict import Verdict
from domain.decider import Rejected, changed
from domain.ledger.book import LawBook
from domain.person.commands import PersonCommand
from domain.person.events import ContactReserved, PersonEvent
from domain.person.fact_terms import hours_of
from domain.person.state import Person, PersonState

_DAY = 24 * 60  # minutes
_NOTHING = Verdict(denials=(), next_allowed=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAsked:
    """Asks the deciders themselves, so that an explanation is what a permit would be."""

    case_id: UUID
    case: Case
    person: PersonState
    wanted: Wanted
    asked: Asked
    laws: LawBook
    on_case: Callable[[CaseCommand, Case], tuple[CaseEvent, ...]]
    on_person: Callable[[PersonCommand, PersonState], tuple[PersonEvent, ...]]

    def __call__(self, at: datetime) -> Explained:
        """Return what would be answered; the case's own refusal goes first."""
        zones = self.person.zones if isinstance(self.person, Person) else ()
        try:
            self.on_case(permission(self.wanted, self.asked, at, None), self.case)
            reserve = reservation(self.case_id, self.case, self.wanted, self.asked, at, self.laws)
            reserved = self.on_person(reserve, self.person)
        except Rejected as refusal:
            refused = refused_as(refusal)
            verdict = Verdict(
                denials=refused.denials, next_allowed=refused.next_allowed_at, rule_sets=refused.rule_sets
            )
            return Explained(at=at, reason=refused.reason, detail=refused.detail, verdict=verdict, zones=zones)
        grounds = next((event.grounds for event in reserved if isinstance(event, ContactReserved)), None)
        if grounds is None:
            return Explained(at=at, reason="", detail="", verdict=_NOTHING, zones=zones)
        verdict = Verdict(denials=(), next_allowed=at, duties=grounds.duties, rule_sets=grounds.rule_sets)
        return Explained(at=at, reason="", detail="", verdict=verdict, zones=grounds.zones)

    def uncounted(self) -> "ContactAsked":
        """Return the same question as if the person had never been contacted: what then stands against it are hours."""
        person = self.person
        if isinstance(person, Person):
            person = changed(person, reserved={}, noted={})
        return ContactAsked(
            case_id=self.case_id,
            case=changed(self.case, contacts={}),
            person=person,
            wanted=self.wanted,
            asked=self.asked,
            laws=self.laws,
            on_case=self.on_case,
            on_person=self.on_person,
        )

    def edges(self, book: RuleBook, first: date, days: int) -> Iterator[datetime]:
        """Yield every instant at which a contact that was allowed may no longer be."""
        for hold in self.case.holds.values():
            yield from filter(None, (hold.from_at, hold.until))
        if not isinstance(self.person, Person):
            return
        times: set[time] = set()
        for learned in self.person.learned.values():
            yield from filter(None, (learned.at, learned.terms.until))
            times.update(hours_of(learned.terms.hours) or ())
        places = {self.case.country, self.person.country}
        for rules in book.rule_sets:
            if any(_applies(rules, place) for place in places):
                times.update(_hours(rules))
        yield from daily_edges(times, self.person.zones, first, days)


def _applies(rules: RuleSet, place: str) -> bool:
    return rules.jurisdiction == EVERYWHERE or place == rules.jurisdiction or place.startswith(f"{rules.jurisdiction}-")


def _hours(rules: RuleSet) -> Iterator[time]:
    for rule in rules.rules:
        if isinstance(rule, Window):
            for minute in (rule.opens, rule.closes):
                yield time(*divmod(minute % _DAY, 60))
