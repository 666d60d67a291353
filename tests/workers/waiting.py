"""Processes that forget people, on one log and one clock, in a house whose books are kept for two years."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from application.erasure_desk import ErasureDesk
from application.erasures_due import ErasuresDue
from domain.case import case_id
from domain.case.commands import CloseCase
from domain.case.words import Closure
from domain.person.erasure_commands import ForgetPerson
from domain.person.erasure_words import ErasureReason
from domain.person.identity import person_id
from domain.person.state import Person
from infra.event_store import PostgresEventStore
from infra.read_tables.tables import Pool
from infra.rules import load_rules
from infra.waiting_erasures import PostgresWaitingErasures
from tests.application.erasing import EntriesByLog
from tests.application.reporting import BoundByLog
from tests.house import BY, HandClock, House, asked

BOOKS = """
[ruleset]
id = "house.books"
version = 1
jurisdiction = "ES"

[ruleset.retention]
contacts = "P2Y"
cite = "Codigo de Comercio art. 30"
"""
PERSON = person_id("acme", "p-c-1")
LAST_DAY = date(2028, 3, 2)  # two years after it is closed where nobody says otherwise


@dataclass
class Process:
    """What one process has on the log. Another one shares the log and nothing else, but for the clock."""

    house: House
    desk: ErasureDesk
    due: ErasuresDue
    waiting: PostgresWaitingErasures
    clock: HandClock

    async def forget(self, person: UUID = PERSON, **terms: Any) -> None:
        told: dict[str, Any] = {"erasure_id": "e-1", "reason": ErasureReason.ASKED, "by": BY} | terms
        await self.desk.forget(person, ForgetPerson(at=self.clock.now(), **told), asked())

    async def close(self, reference: str = "c-1") -> None:
        closing = CloseCase(closure=Closure.WITHDRAWN, at=self.clock.now(), by=BY)
        await self.house.cases.handle(case_of(reference), closing, asked())

    async def look(self) -> list[bool]:
        """Decide on what is due; return whether each was forgotten."""
        found = [await self.due.decide(each) for each in await self.due.due()]
        return [each is not None and each.forgotten for each in found]

    async def waits(self) -> list[tuple[str, date | None]]:
        return [(each.erasure_id, each.until) for each in await self.waiting.all()]

    async def name(self, person: UUID = PERSON) -> str:
        state, _ = await self.house.persons.load(person)
        assert isinstance(state, Person)
        return state.name


def case_of(reference: str) -> UUID:
    return case_id("acme", reference)


def process_on(store: PostgresEventStore, pool: Pool, clock: HandClock, folder: Path, **more: Any) -> Process:
    rules = load_rules(folder).with_readings(
        {"es.records": {"books": "elsewhere"}}
    )  # kept as the house says: two years
    house = House(store, clock, rules=rules, **more)
    desk = ErasureDesk(
        persons=house.persons,
        store=store,
        person_cases=BoundByLog(store),
        entries=EntriesByLog(store),
        forgetting=store.forgetting,
        book=rules,
        clock=clock,
    )
    waiting = PostgresWaitingErasures(pool)
    due = ErasuresDue(waiting=waiting, persons=house.persons, desk=desk, clock=clock)
    return Process(house, desk, due, waiting, clock)
