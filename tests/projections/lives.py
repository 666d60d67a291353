"""Lives of cases for the tests: lists of commands drawn by a seed, decided by the real decider."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from application.ports import Append, EventStore, Metadata, StreamWrite
from domain.case.commands import (
    CaseCommand,
    OpenCase,
)
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.words import (
    Obligation,
    Obligor,
    Role,
    StrategyPin,
)
from domain.decider import Rejected
from domain.money import Money
from tests.projections.deeds import BY, MAKERS

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PORTFOLIOS = ("north", "south", "west")
CURRENCIES = ("EUR", "COP", "CLP")
PEOPLE = tuple(uuid5(NAMESPACE_URL, f"person {number}") for number in range(40))


def stream(seed: int) -> UUID:
    """The stream of the case that `life(seed)` tells of."""
    return uuid5(NAMESPACE_URL, f"case {seed}")


def opening(seed: int, at: datetime = START) -> OpenCase:
    """The command that opens case `seed`: one to three obligations, one or two obligors."""
    chance = random.Random(seed)
    currency = chance.choice(CURRENCIES)
    return OpenCase(
        at=at,
        by=BY,
        creditor_id=f"creditor-{seed % 2}",
        reference=f"R-{seed}",
        portfolio=chance.choice(PORTFOLIOS),
        currency=currency,
        country="ES",
        time_zone="Europe/Madrid",
        language="es",
        strategy=StrategyPin(name="consumer", version=1),
        obligations=tuple(
            Obligation(
                obligation_id=f"o{number}",
                reference=f"I-{seed}-{number}",
                principal=Money(chance.randint(1_000, 900_000), currency),
                due_on=(at + timedelta(days=chance.randint(-60, 30))).date(),
            )
            for number in range(chance.randint(1, 3))
        ),
        obligors=tuple(
            Obligor(person_id=person, role=Role.PRINCIPAL if place == 0 else Role.GUARANTOR)
            for place, person in enumerate(chance.sample(PEOPLE, chance.randint(1, 2)))
        ),
    )


def commands(seed: int, length: int) -> Iterator[CaseCommand]:
    """Yield the opening and `length` commands that may or may not make sense after one another."""
    first = opening(seed)
    yield first
    chance = random.Random(-seed - 1)
    at = START
    for number in range(length):
        at += timedelta(hours=chance.randint(1, 100))
        yield chance.choice(MAKERS)(chance, at, first, number)


def life(seed: int, length: int) -> tuple[CaseEvent, ...]:
    """Return what happens when the commands are asked one after the other; what is refused does not happen."""
    state = CASE.initial
    happened: list[CaseEvent] = []
    for command in commands(seed, length):
        try:
            events = CASE.decide(command, state)
        except Rejected:
            continue
        state = CASE.fold(events, state)
        happened += events
    return tuple(happened)


async def write(store: EventStore, histories: dict[UUID, tuple[CaseEvent, ...]], *, chance: random.Random) -> int:
    """Append the histories, woven into one another at random; return the log's position."""
    left = {stream_id: list(events) for stream_id, events in histories.items() if events}
    versions = dict.fromkeys(left, 0)
    position = await store.position()
    while left:
        stream_id = chance.choice(list(left))
        size = chance.randint(1, 3)
        events = tuple(left[stream_id][:size])
        appended = await store.append(
            Append(
                writes=(StreamWrite(stream_id=stream_id, expected_version=versions[stream_id], events=events),),
                metadata=Metadata(actor=BY),
                recorded_at=events[-1].at,
            )
        )
        position = appended.position
        versions[stream_id] += len(events)
        del left[stream_id][:size]
        if not left[stream_id]:
            del left[stream_id]
    return position
