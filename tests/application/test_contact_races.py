"""Invariant 2: a pause, a payment or an opt-out that was acknowledged before a contact's permit makes it impossible."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from application.bulk import BulkItem, BulkPerson
from application.ports import EventStore, Recorded
from domain.case import case_id
from domain.case.commands import PlaceHold, RecordPayment
from domain.case.events import ContactPermitted, HoldPlaced, PaymentRecorded
from domain.case.words import Channel, HoldReason, Scope
from domain.money import Money
from domain.person.commands import AddContactPoint, OptOut, RegisterPerson
from domain.person.events import ContactReserved, OptedOut
from domain.person.identity import person_id
from tests.house import BY, START, HandClock, House, asked, opening

RACES = 1_000
REMINDER_AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)


@pytest.mark.timeout(300)
async def test_nothing_acknowledged_before_a_permit_lets_it_through(store: EventStore) -> None:
    clock = HandClock()
    ladder, desk = House(store, clock), House(store, clock)
    people = await opened(desk, RACES)
    clock.at = REMINDER_AT
    chance = random.Random(7)

    async def race(number: int, case: UUID, person: UUID) -> None:
        stop = later(stopping(desk, number, case, person), chance.random(), by_time=bool(number % 2))
        await asyncio.gather(ladder.ladder.advance(case), stop)

    everyone = list(enumerate(people.items()))
    for start in range(0, RACES, 50):
        await asyncio.gather(*(race(n, case, person) for n, (case, person) in everyone[start : start + 50]))

    won = Counter([await outcome(store, case, person) for case, person in people.items()])
    assert won["permitted too late"] == 0
    assert min(won["permitted first"], won["stopped first"]) > RACES // 20, won  # else it was no race


async def opened(house: House, count: int) -> dict[UUID, UUID]:
    """Open cases of one debtor each; return the debtor of each case."""
    people = {case_id("acme", f"c-{n}"): person_id("acme", f"p-{n}") for n in range(count)}
    items = [
        BulkItem(
            case_id=case,
            commands=(opening(f"c-{n}", person),),
            asked=asked(f"open-{n}"),
            persons=(BulkPerson(person_id=person, commands=known(n)),),
        )
        for n, (case, person) in enumerate(people.items())
    ]
    await house.bulk.open_many(items)
    return people


def known(number: int) -> tuple[RegisterPerson, AddContactPoint]:
    address = f"d{number}@example.com"
    return (
        RegisterPerson(name="Ana Ruiz", language="es", country="ES", time_zone="Europe/Madrid", at=START, by=BY),
        AddContactPoint(point_id="mail", channel=Channel.EMAIL, address=address, at=START, by=BY),
    )


async def stopping(house: House, number: int, case: UUID, person: UUID) -> None:
    """Pause, pay or opt out, one after the other over the races."""
    now = house.clock.now()
    match number % 3:
        case 0:
            hold = PlaceHold(
                hold_id="h",
                reason=HoldReason.SUPERVISOR,
                scope=Scope.ALL,
                authority="supervisor:s",
                from_at=now,
                at=now,
                by="supervisor:s",
            )
            await house.cases.handle(case, hold, asked(f"stop-{number}"))
        case 1:
            payment = RecordPayment(payment_id="pay", amount=Money(50_000, "EUR"), at=now, by=BY)
            await house.cases.handle(case, payment, asked(f"stop-{number}"))
        case _:
            await house.persons.handle(
                person, OptOut(channel=None, source="link", at=now, by=BY), asked(f"stop-{number}")
            )


async def later(work: Coroutine[Any, Any, None], share: float, *, by_time: bool) -> None:
    """Begin a little later: by turns of the loop, which decide in memory, or by time, which decides with a database."""
    if by_time:
        await asyncio.sleep(share * 0.03)
    for _ in range(0 if by_time else int(share * 8)):
        await asyncio.sleep(0)
    await work


async def outcome(store: EventStore, case: UUID, person: UUID) -> str:
    """Say what the log says about who won."""
    streams = await store.read_streams((case, person))
    permits = positions(streams[case], ContactPermitted) + positions(streams[person], ContactReserved)
    stops = positions(streams[case], HoldPlaced | PaymentRecorded) + positions(streams[person], OptedOut)
    assert len(stops) == 1
    assert len(permits) in (0, 2)
    if not permits:
        return "stopped first"
    return "permitted first" if max(permits) < stops[0] else "permitted too late"


def positions(history: tuple[Recorded, ...], kinds: object) -> list[int]:
    return [recorded.position for recorded in history if isinstance(recorded.event, kinds)]  # type: ignore[arg-type]
