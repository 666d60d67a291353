"""Reports of providers: recorded once, harmless when late, repeated, out of order, or not about us."""

import asyncio
from uuid import UUID, uuid4

import pytest

from application.address_book import AddressBookBehind
from application.ports import EventStore
from application.report_desk import Reported
from domain.case.commands import CloseCase
from domain.case.events import ContactOutcomeRecorded
from domain.case.words import Channel, Closure, ContactOutcome
from domain.person.commands import GiveConsent
from domain.person.events import OptedOut
from infra.address_book import AddressHashes, MemoryAddressBook
from tests.application.reporting import Reporting, minutes, report
from tests.house import BY, HandClock, House, asked

DELIVERED, READ, SENT = ContactOutcome.DELIVERED, ContactOutcome.READ, ContactOutcome.SENT


@pytest.fixture
def reporting(house: House, clock: HandClock) -> Reporting:
    return Reporting(house, clock)


async def test_a_report_is_recorded_on_its_permit(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)

    assert await reporting.desk.report(report(permit, DELIVERED, detail="delivered")) is Reported.RECORDED

    recorded = (await reporting.events(case, ContactOutcomeRecorded))[-1]
    assert (recorded.permit_id, recorded.outcome, recorded.detail) == (permit, DELIVERED, "delivered")


async def test_a_report_that_knows_only_the_provider_s_name_for_the_message_finds_the_permit(
    reporting: Reporting,
) -> None:
    case, _ = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS, provider_id="SM1")

    assert await reporting.desk.report(report("", READ, provider_id="SM1")) is Reported.RECORDED
    assert await reporting.desk.report(report("nonsense", READ, provider_id="SM1")) is Reported.KNOWN
    assert await reporting.outcomes(case) == ["ACCEPTED", "READ"]


async def test_the_same_report_three_times_is_one(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)

    told = [await reporting.desk.report(report(permit, DELIVERED)) for _ in range(3)]

    assert told == [Reported.RECORDED, Reported.KNOWN, Reported.KNOWN]
    assert await reporting.outcomes(case) == ["ACCEPTED", "DELIVERED"]


async def test_the_same_report_by_many_at_once_is_one(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)

    await asyncio.gather(*(reporting.desk.report(report(permit, DELIVERED)) for _ in range(10)))

    assert await reporting.outcomes(case) == ["ACCEPTED", "DELIVERED"]


async def test_what_comes_after_something_later_is_left_out(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.WHATSAPP)

    for outcome in (READ, DELIVERED, SENT):
        await reporting.desk.report(report(permit, outcome))

    assert await reporting.outcomes(case) == ["ACCEPTED", "READ"]


async def test_a_report_for_a_closed_case_is_taken(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)
    close = CloseCase(closure=Closure.WITHDRAWN, reason="sold back", at=reporting.clock.now(), by=BY)
    await reporting.house.cases.handle(case, close, asked("close"))

    assert await reporting.desk.report(report(permit, DELIVERED)) is Reported.RECORDED


@pytest.mark.parametrize(
    "permit",
    ["", "x", f"{UUID(int=7)}:2.first:SMS", f"{UUID(int=7)}", ":", "\x00", "9" * 10_000, "ünïcode:2:SMS"],
)
async def test_a_report_about_nothing_of_ours_changes_nothing_and_is_counted(reporting: Reporting, permit: str) -> None:
    await reporting.opened("c-1")
    before = await reporting.house.store.position()

    assert await reporting.desk.report(report(permit, DELIVERED, provider_id="SM-unknown")) is Reported.UNMATCHED

    assert await reporting.house.store.position() == before
    assert reporting.desk.counts["report_unmatched"] == 1


async def test_a_permit_of_another_step_of_a_known_case_is_unmatched(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)

    assert await reporting.desk.report(report(f"{case}:9.none:SMS", DELIVERED)) is Reported.UNMATCHED
    assert await reporting.desk.report(report(str(uuid4()), DELIVERED)) is Reported.UNMATCHED


async def test_a_provider_that_says_the_person_opted_out_there_closes_the_channel(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)

    await reporting.desk.report(report(permit, ContactOutcome.OPTED_OUT, detail="21610"))

    (opted_out,) = await reporting.events(person, OptedOut)
    assert opted_out.channel is Channel.SMS


class BehindBook(MemoryAddressBook):
    """A book whose projector has stopped: it knows nothing new."""

    async def permit_of(self, provider_id: str) -> str | None:
        return None

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        raise AddressBookBehind(position, 0)


async def test_a_report_that_cannot_be_matched_yet_is_asked_for_again(store: EventStore, clock: HandClock) -> None:
    reporting = Reporting(House(store, clock), clock, book=BehindBook(store, AddressHashes(bytes(32))))
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS, provider_id="SM1")

    with pytest.raises(AddressBookBehind):
        await reporting.desk.report(report("", DELIVERED, provider_id="SM1"))
    assert await reporting.desk.report(report(permit, DELIVERED, provider_id="SM1")) is Reported.RECORDED


async def test_one_click_closes_the_permit_s_channel_of_its_person_and_nothing_else(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    other_case, other = await reporting.opened("c-2")
    permit = await reporting.contacted(case, Channel.EMAIL)
    await reporting.contacted(other_case, Channel.EMAIL)
    before = await reporting.house.store.read_stream(other)

    assert await reporting.desk.unsubscribe(permit, source="one-click link")
    assert await reporting.desk.unsubscribe(permit, source="one-click link")

    assert [event.channel for event in await reporting.events(person, OptedOut)] == [Channel.EMAIL]
    assert await reporting.house.store.read_stream(other) == before
    assert not await reporting.desk.unsubscribe(f"{case}:9.none:EMAIL", source="one-click link")


async def test_a_click_after_consent_was_given_again_closes_the_channel_again(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.EMAIL)
    await reporting.desk.unsubscribe(permit, source="one-click link")
    reporting.clock.at = minutes(5, reporting.clock.at)
    consent = GiveConsent(channel=Channel.EMAIL, source="call", at=reporting.clock.at, by=BY)
    await reporting.house.persons.handle(person, consent, asked("consent"))
    reporting.clock.at = minutes(5, reporting.clock.at)

    await reporting.desk.unsubscribe(permit, source="one-click link")

    assert len(await reporting.events(person, OptedOut)) == 2
