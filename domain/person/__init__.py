"""A person whom a debt concerns: how to reach them, what they consented to, and every contact that was made.

Caps are counted here, because they protect the person and not the case.

    decided = PERSON.decide(ReserveContact(...), PERSON.fold(history))

`PERSON` knows no holidays; processes use `person_decider(calendar_of=...)`.
"""

from domain.person.contact_ledger import POLICY_ID, STRICT, ContactPolicy
from domain.person.decide import person_decider
from domain.person.state import Person, PersonState, Unregistered

PERSON = person_decider()

__all__ = ["PERSON", "POLICY_ID", "STRICT", "ContactPolicy", "Person", "PersonState", "Unregistered", "person_decider"]
