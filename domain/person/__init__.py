"""A person whom a debt concerns: how to reach them, what they consented to, and every contact that was made.

Caps are counted here, because they protect the person and not the case.

    persons = person_decider(book, calendar_of)
    decided = persons.decide(ReserveContact(...), persons.fold(history))

`PERSON` knows no contact rules: it folds and keeps records, and reserves nothing (NO_RULES_APPLY).
"""

from domain.calendar import BusinessCalendar
from domain.compliance.book import RuleBook
from domain.person.decide import person_decider
from domain.person.reserve import Unlawful
from domain.person.state import Person, PersonState, Unregistered


def _no_holidays(_country: str) -> BusinessCalendar:
    return BusinessCalendar()


PERSON = person_decider(RuleBook(()), _no_holidays)

__all__ = ["PERSON", "Person", "PersonState", "Unlawful", "Unregistered", "person_decider"]
