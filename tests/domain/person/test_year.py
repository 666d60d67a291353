"""A year of calls under Regulation F, with outcomes at random: never too many, and none refused that the rule allows.

What is allowed is worked out here once more, by counting days, from the words of 12 CFR 1006.14(b)(2) and 1006.6(b).
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.case.words import Channel, ContactOutcome
from domain.compliance.book import RuleBook
from domain.compliance.words import Actor
from domain.decider import Rejected
from domain.person import PersonState, person_decider
from domain.person.commands import EndContact, RegisterPerson, ReserveContact
from domain.person.events import PersonEvent
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import BY, RULES, point

ZONE = ZoneInfo("America/New_York")
COLLECTOR = frozenset((Actor.THIRD_PARTY_COLLECTOR,))
OUTCOMES = (
    *(ContactOutcome.NO_ANSWER,) * 6,
    *(ContactOutcome.VOICEMAIL,) * 4,
    *(ContactOutcome.BUSY,) * 3,
    ContactOutcome.HUNG_UP,
    ContactOutcome.THIRD_PARTY,
    ContactOutcome.CONVERSATION,
    ContactOutcome.REFUSED,
    ContactOutcome.EXPIRED,
)
NOT_COUNTED = frozenset((ContactOutcome.BUSY, ContactOutcome.REFUSED, ContactOutcome.EXPIRED))


@dataclass
class ByHand:
    """The rule for one debt, by hand."""

    counted: list[date] = field(default_factory=list)
    talked: list[date] = field(default_factory=list)

    def allows(self, at: datetime) -> bool:
        here = at.astimezone(ZONE)
        lately = [day for day in self.counted if 0 <= (here.date() - day).days <= 6]
        resting = any((here.date() - day).days <= 6 for day in self.talked)
        return 8 <= here.hour < 21 and len(lately) < 7 and not resting

    def made(self, at: datetime, outcome: ContactOutcome) -> None:
        day = at.astimezone(ZONE).date()
        if outcome not in NOT_COUNTED:
            self.counted.append(day)
        if outcome is ContactOutcome.CONVERSATION:
            self.talked.append(day)


def decided(law: Any, command: ReserveContact, state: PersonState) -> tuple[PersonEvent, ...]:
    """Return what follows; nothing when it is refused."""
    try:
        events: tuple[PersonEvent, ...] = law.decide(command, state)
    except Rejected:
        return ()
    return events


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_calls_of_a_year_are_as_many_as_the_rule_allows_and_not_one_more(seed: int) -> None:
    law = person_decider(RuleBook(rules for rules in RULES.rule_sets if rules.id == "us.regf"), calendar_for)
    chance = random.Random(seed)
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    state = law.initial
    for known in (
        RegisterPerson(name="Ana", language="es", country="US", time_zone="America/New_York", at=at, by=BY),
        point("p", Channel.PHONE, "+12125550100"),
    ):
        state = law.fold(law.decide(known, state), state)
    debts = {UUID(int=1): ByHand(), UUID(int=2): ByHand()}
    asked = allowed = 0
    while at < datetime(2027, 1, 1, tzinfo=UTC):
        at += timedelta(minutes=chance.randint(1, 600))
        case = chance.choice(list(debts))
        asked += 1
        command = ReserveContact(
            permit_id=f"P{asked}", case_id=case, channel=Channel.PHONE, actors=COLLECTOR, at=at, by=BY
        )
        events = decided(law, command, state)
        assert bool(events) is debts[case].allows(at), at
        if not events:
            continue
        allowed += 1
        outcome = chance.choice(OUTCOMES)
        state = law.fold(events, state)
        ended = EndContact(permit_id=f"P{asked}", outcome=outcome, at=at, by=BY)
        state = law.fold(law.decide(ended, state), state)
        debts[case].made(at, outcome)
    assert allowed > 200
    assert asked - allowed > 200
    for by_hand in debts.values():
        for day in by_hand.counted:
            assert sum(0 <= (other - day).days <= 6 for other in by_hand.counted) <= 7
