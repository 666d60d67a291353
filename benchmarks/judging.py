"""Judging contacts: verdicts a second on one core, each with twelve months of a person's history.

People in Colombia and in Massachusetts, under the rule sets that apply to them, the house's included. Every proposal is
one of a different person; about half are denied, and for those the next lawful instant is found too.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from time import perf_counter
from typing import Any

from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Known, Past, Proposal, Scope
from domain.compliance.rules import RuleSet
from domain.compliance.words import Actor, Circumstance, Medium, Result
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules
from workers.garbage import collect_rarely

PEOPLE = 400
CONTACTS = 150
YEAR = timedelta(days=365)
START = datetime(2025, 6, 2, tzinfo=UTC)
ROUNDS = 20
PLACES = (("CO", ("America/Bogota",)), ("US-MA", ("America/New_York",)))
MEDIA = (Medium.CALL, Medium.SMS, Medium.EMAIL, Medium.INSTANT_MESSAGE)
Question = tuple[Proposal, Facts, Sequence[RuleSet]]


def questions(count: int = PEOPLE, contacts: int = CONTACTS) -> list[Question]:
    """Return what is asked: proposals with their facts and rules, the same on every run."""
    chance, book = random.Random(2300), load_rules()
    asked: list[Question] = []
    for number in range(count):
        place, zones = PLACES[number % len(PLACES)]
        scope = Scope(jurisdictions=frozenset((place,)), actors=frozenset((Actor.THIRD_PARTY_COLLECTOR,)))
        country = place[:2]
        proposal = Proposal(
            at=START + YEAR + timedelta(days=chance.randrange(5), hours=14 + chance.randrange(9), minutes=number % 60),
            medium=chance.choice(MEDIA),
            debts=(f"debt-{number}",),
            address="point-1",
            content=frozenset(("opt_out_notice",)),
        )
        facts = Facts(
            zones=zones,
            known=_known(number, chance),
            contacts=_history(number, chance, contacts),
            calendars={country: calendar_for(country)},
        )
        asked.append((proposal, facts, book.applicable(scope, proposal.at.date())))
    return asked


def _history(number: int, chance: random.Random, contacts: int) -> tuple[Past, ...]:
    """Return a year of contacts; one in ten began with the person."""
    days = sorted(chance.sample(range(365), contacts))
    return tuple(
        Past(
            at=START + timedelta(days=day, hours=14 + chance.randrange(6)),
            medium=medium,
            outbound=chance.random() > 0.1,
            result=chance.choice((Result.NO_ANSWER, Result.VOICEMAIL, Result.CONVERSATION))
            if medium is Medium.CALL
            else chance.choice((Result.SENT, Result.DELIVERED, Result.READ)),
            debts=(f"debt-{number}",),
            address=f"point-{chance.randrange(3)}",
        )
        for day, medium in zip(days, chance.choices(MEDIA, k=contacts), strict=True)
    )


def _known(number: int, chance: random.Random) -> tuple[Known, ...]:
    """Return ten circumstances: what was authorized, told, asked and settled in the year."""

    def since() -> datetime:
        return START + timedelta(days=chance.randrange(360))

    return (
        *(Known(kind=Circumstance.CHANNEL_AUTHORISED, at=START, medium=medium) for medium in MEDIA),
        Known(kind=Circumstance.INCONVENIENT_TIME, at=since(), days=frozenset((2,)), hours=(time(12), time(14))),
        Known(kind=Circumstance.MEDIUM_OPTOUT, at=since(), medium=Medium.MAIL),
        Known(kind=Circumstance.MEDIUM_OPTOUT, at=since(), medium=Medium.SMS, address="point-9"),
        Known(kind=Circumstance.PRIOR_CONSENT, at=since(), debts=(f"debt-{number}",)),
        Known(kind=Circumstance.WRITTEN_DISPUTE, at=START, debts=(f"debt-{number}",)),
        Known(kind=Circumstance.VERIFICATION_SENT, at=since(), debts=(f"debt-{number}",)),
    )


def measure() -> dict[str, Any]:
    """Return verdicts a second, the best of some rounds: under all rule sets that apply, and under the laws alone."""
    collect_rarely()  # as the processes do
    asked = questions()
    laws = [(proposal, facts, [each for each in rules if each.id != "house"]) for proposal, facts, rules in asked]
    return {
        "verdicts_per_second": round(_per_second(asked)),
        "verdicts_per_second_laws_alone": round(_per_second(laws)),
        "denied_share": round(sum(not judge(*question).allowed for question in asked) / len(asked), 2),
        "contacts_each": CONTACTS,
        "rule_sets": sorted({rules.id for _, _, found in asked for rules in found}),
    }


def _per_second(asked: Sequence[Question]) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        started = perf_counter()
        for proposal, facts, rules in asked:
            judge(proposal, facts, rules)
        best = max(best, len(asked) / (perf_counter() - started))
    return best


if __name__ == "__main__":
    print(measure())
