"""A cap holds whoever asks: a thousand senders at once, in several processes, over several cases."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from application.contact_desk import Permitted, Refused, Wanted
from application.ports import EventStore
from application.verify_contacts import verify_contacts
from domain.case import case_id
from domain.case.events import ContactPermitted, ContactRefused
from domain.case.words import Channel
from domain.person.events import ContactReserved
from infra.holidays_calendar import calendar_for
from tests.house import RULES, HandClock, House, asked, opening

SENDERS, CASES, PROCESSES = 1_000, 10, 4
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


async def test_of_a_thousand_senders_against_a_cap_of_one_exactly_one_gets_its_permit(store: EventStore) -> None:
    clock = HandClock()
    houses = [House(store, clock) for _ in range(PROCESSES)]
    person = await houses[0].registered()
    cases = [case_id("acme", f"c-{number}") for number in range(CASES)]
    for number, case in enumerate(cases):
        await houses[0].cases.handle(case, opening(f"c-{number}", person), asked(f"open-{number}"))
    clock.at = TUESDAY

    async def send(number: int) -> Permitted | Refused:
        wanted = Wanted(permit_id=f"p-{number}", person_id=person, channel=Channel.EMAIL, template="reminder")
        return await houses[number % PROCESSES].contacts.permit(cases[number % CASES], wanted, asked(f"s-{number}"))

    answers = await asyncio.gather(*(send(number) for number in range(SENDERS)))

    (permitted,) = [answer for answer in answers if isinstance(answer, Permitted)]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {answer.reason for answer in refused} == {"CAP_REACHED"}
    assert {answer.denied_by for answer in refused} == {("house.day1",)}
    log = await houses[0].log()
    assert [one.event.permit_id for one in log if isinstance(one.event, ContactReserved)] == [permitted.permit_id]
    assert [one.event.permit_id for one in log if isinstance(one.event, ContactPermitted)] == [permitted.permit_id]
    assert refusals_by_case(log) <= set(dict.fromkeys(cases, 1).items())
    audit = await verify_contacts(store, RULES, calendar_for)
    assert audit.holds
    assert (audit.judged, audit.late_total) == (1, 0)


def refusals_by_case(log: object) -> set[tuple[UUID, int]]:
    counts: dict[UUID, int] = {}
    for one in log:  # type: ignore[attr-defined]  # a tuple of records
        if isinstance(one.event, ContactRefused):
            counts[one.stream_id] = counts.get(one.stream_id, 0) + 1
    return set(counts.items())
