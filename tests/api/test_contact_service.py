"""Contacts through the door: asked for, explained, laid out in days, and reported."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from protos.escalera import v1 as pb
from tests.api.asking import named, payment
from tests.api.door import Door, refused

BOGOTA = ZoneInfo("America/Bogota")
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in Bogotá
NUMBER = "+573001234567"
DEBTOR = pb.PersonName(creditor_id="acme", reference="luz")
AGENT = (("x-escalera-actor", "collector:c-1"),)


@pytest.fixture
async def bogota(door: Door) -> Door:
    """Two cases of one person in Colombia, who can be called and written to."""
    door.clock.at = TUESDAY
    luz = pb.RegisterPerson(name="Luz Marina", language="es-CO", country="CO", time_zone="America/Bogota")
    await door.persons.RegisterPerson(pb.RegisterPersonRequest(request_id="r", person_name=DEBTOR, command=luz))
    for channel, address in ((pb.CHANNEL_PHONE, NUMBER), (pb.CHANNEL_SMS, NUMBER), (pb.CHANNEL_VISIT, "Calle 1 # 2-3")):
        point = pb.AddContactPoint(point_id=pb.Channel.Name(channel), channel=channel, address=address)
        await door.persons.AddContactPoint(
            pb.AddContactPointRequest(request_id=f"p-{channel}", person_name=DEBTOR, command=point)
        )
    for reference in ("R-1", "R-2"):
        await door.open(
            reference,
            country="CO",
            time_zone="America/Bogota",
            language="es-CO",
            obligors=[pb.Obligor(person=pb.PersonName(reference="luz"))],
        )
    return door


def asking(request_id: str = "ask-1", reference: str = "R-1", *, task_id: str = "", **contact: Any) -> Any:
    told = {"channel": pb.CHANNEL_PHONE} | contact
    return pb.RequestContactRequest(
        request_id=request_id, case_name=named(reference), contact=pb.ProposedContact(**told), task_id=task_id
    )


def explaining(at: datetime | None = None, reference: str = "R-1", **contact: Any) -> pb.ExplainContactRequest:
    told: dict[str, Any] = {"channel": pb.CHANNEL_PHONE} | contact
    asked = pb.ExplainContactRequest(case_name=named(reference), contact=pb.ProposedContact(**told))
    if at is not None:
        asked.at_time.FromDatetime(at)
    return asked


def outcome(permit_id: str, result: Any, request_id: str = "out", reference: str = "R-1") -> Any:
    command = pb.RecordContactOutcome(permit_id=permit_id, outcome=result)
    return pb.RecordContactOutcomeRequest(request_id=request_id, case_name=named(reference), command=command)


def instant(told: Timestamp) -> datetime:
    return told.ToDatetime(tzinfo=UTC)


async def test_of_three_agents_on_two_cases_of_one_person_one_may_call_in_a_day(bogota: Door) -> None:
    asked = [asking("a"), asking("b", "R-2"), asking("c")]
    answers = [await bogota.contacts.RequestContact(each, metadata=AGENT) for each in asked]
    permit, *refusals = answers
    assert permit.permit.address == NUMBER
    for refusal in (answer.refusal for answer in refusals):
        assert refusal.reason == "CAP_REACHED"
        assert "Ley 2300" in {denial.rule: denial.citation for denial in refusal.denials}["co.ley2300.day1"]
        assert instant(refusal.next_allowed_time).astimezone(BOGOTA) == datetime(2026, 11, 25, 8, 0, tzinfo=BOGOTA)
    bogota.clock.pass_by(days=1)
    again = [await bogota.contacts.RequestContact(asking(each, "R-2")) for each in ("d", "e")]
    assert [answer.WhichOneof("answer") for answer in again] == ["permit", "refusal"]


async def test_a_permit_says_what_to_say_whom_to_call_and_until_when(bogota: Door) -> None:
    answer = await bogota.contacts.RequestContact(asking(template="call"), metadata=AGENT)
    permit = answer.permit
    assert instant(permit.valid_until_time) == TUESDAY + timedelta(minutes=15)
    assert "Luz Marina" in permit.script
    assert (permit.language[:2], permit.point_id) == ("es", "CHANNEL_PHONE")
    assert any(stamp.startswith("co.ley2300@") for stamp in permit.rule_sets)
    assert answer.position <= await bogota.position()
    (contact,) = (await bogota.case()).contacts
    assert contact.permit_id == permit.permit_id


async def test_a_permit_ends_where_the_hours_do(bogota: Door) -> None:
    bogota.clock.at = datetime(2026, 11, 24, 18, 52, 30, tzinfo=BOGOTA).astimezone(UTC)
    permit = (await bogota.contacts.RequestContact(asking())).permit
    assert instant(permit.valid_until_time).astimezone(BOGOTA) == datetime(2026, 11, 24, 19, 0, tzinfo=BOGOTA)


async def test_the_same_request_gives_the_same_permit_and_another_channel_is_refused(bogota: Door) -> None:
    first = await bogota.contacts.RequestContact(asking())
    before = await bogota.position()
    again = await bogota.contacts.RequestContact(asking())
    assert again.permit == first.permit
    assert await bogota.position() == before
    no = await refused(bogota.contacts.RequestContact(asking(channel=pb.CHANNEL_SMS)))
    assert (no.code, no.reason) == (grpc.StatusCode.ALREADY_EXISTS, "PERMIT_EXISTS_WITH_OTHER_TERMS")


async def test_what_the_case_forbids_is_refused_as_a_status(bogota: Door) -> None:
    hold = pb.PlaceHold(hold_id="h", reason=pb.HOLD_REASON_LEGAL, scope=pb.SCOPE_CONTACT)
    await bogota.cases.PlaceHold(pb.PlaceHoldRequest(request_id="h", case_name=named(), command=hold))
    no = await refused(bogota.contacts.RequestContact(asking()))
    assert (no.code, no.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CASE_ON_HOLD")
    verdict = await bogota.contacts.ExplainContact(explaining())
    assert (verdict.allowed, verdict.reason) == (False, "CASE_ON_HOLD")
    await bogota.cases.RecordPayment(payment(amount=100, reference="R-2"))
    no = await refused(bogota.contacts.RequestContact(asking("late", "R-2")))
    assert no.reason == "CASE_CLOSED"


@pytest.mark.parametrize(
    ("contact", "fields"),
    [
        ({"channel": 0}, ("contact.channel",)),
        ({"purpose": 99}, ("contact.purpose",)),
        ({"content": [""]}, ("contact.content[0]",)),
    ],
)
async def test_a_proposal_that_says_nothing_is_refused_by_its_field(
    bogota: Door, contact: dict[str, Any], fields: tuple[str, ...]
) -> None:
    no = await refused(bogota.contacts.RequestContact(asking(**contact)))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", fields)


async def test_unknown_cases_tasks_and_persons_are_refused(bogota: Door) -> None:
    no = await refused(bogota.contacts.RequestContact(asking(reference="nothing")))
    assert (no.code, no.reason) == (grpc.StatusCode.NOT_FOUND, "CASE_NOT_FOUND")
    no = await refused(bogota.contacts.RequestContact(asking(task_id="1.call")))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.NOT_FOUND, "TASK_NOT_FOUND", ("task_id",))
    no = await refused(bogota.contacts.RequestContact(asking(person=pb.PersonName(reference="stranger"))))
    assert no.reason == "PERSON_NOT_OBLIGOR"


async def test_an_explanation_names_every_rule_and_records_nothing(bogota: Door) -> None:
    before = await bogota.position()
    sunday = datetime(2026, 11, 29, 10, 0, tzinfo=BOGOTA)
    verdict = await bogota.contacts.ExplainContact(explaining(sunday.astimezone(UTC)))
    assert (verdict.allowed, verdict.reason, instant(verdict.at_time)) == (False, "OUTSIDE_HOURS", sunday)
    assert {denial.kind for denial in verdict.denials} == {pb.RULE_KIND_WINDOW}
    assert all(denial.citation for denial in verdict.denials)
    assert instant(verdict.next_allowed_time) == datetime(2026, 11, 30, 8, 0, tzinfo=BOGOTA)
    assert (await bogota.contacts.ExplainContact(explaining())).allowed
    visit = await bogota.contacts.ExplainContact(explaining(channel=pb.CHANNEL_VISIT))
    assert (visit.reason, visit.HasField("next_allowed_time")) == ("FORBIDDEN", False)
    nothing = await bogota.contacts.ExplainContact(explaining(channel=pb.CHANNEL_EMAIL))
    assert nothing.reason == "NO_CONTACT_POINT"
    assert await bogota.position() == before


async def test_a_calendar_has_two_weeks_of_every_channel(bogota: Door) -> None:
    found = await bogota.contacts.GetContactCalendar(pb.GetContactCalendarRequest(case_name=named()))
    assert found.time_zone == "America/Bogota"
    assert [len(row.days) for row in found.channels] == [14] * 6
    rows = {row.channel: row.days for row in found.channels}
    calls = rows[pb.CHANNEL_PHONE]
    shown = [[hours(span) for span in day.open] for day in calls]
    weekday, saturday = ["08:00-19:00"], ["08:00-15:00"]
    assert shown[0] == ["10:00-19:00"]
    assert shown[1:7] == [weekday, weekday, weekday, saturday, [], weekday]  # Wednesday to Monday
    assert {denial.kind for denial in calls[5].denials} == {pb.RULE_KIND_WINDOW}
    assert {day.reason for day in rows[pb.CHANNEL_VISIT]} == {"FORBIDDEN"}
    assert {day.reason for day in rows[pb.CHANNEL_EMAIL]} == {"NO_CONTACT_POINT"}


async def test_a_calendar_knows_holds_holidays_and_what_was_done(bogota: Door) -> None:
    await bogota.contacts.RequestContact(asking())
    until = Timestamp()
    until.FromDatetime(datetime(2026, 11, 26, 12, 30, tzinfo=BOGOTA).astimezone(UTC))
    hold = pb.PlaceHold(hold_id="h", reason=pb.HOLD_REASON_HARDSHIP, scope=pb.SCOPE_CONTACT, until_time=until)
    await bogota.cases.PlaceHold(pb.PlaceHoldRequest(request_id="h", case_name=named(), command=hold))
    asked = pb.GetContactCalendarRequest(case_name=named(), channels=[pb.CHANNEL_PHONE], days=15)
    (row,) = (await bogota.contacts.GetContactCalendar(asked)).channels
    assert [[hours(span) for span in day.open] for day in row.days[:3]] == [[], [], ["12:30-19:00"]]
    assert row.days[0].reason == "CASE_ON_HOLD"
    conception = row.days[14]  # 8 December
    assert (list(conception.open), conception.reason) == ([], "OUTSIDE_HOURS")


async def test_a_report_of_a_provider_and_a_reply_reach_the_log(bogota: Door) -> None:
    permit = (await bogota.contacts.RequestContact(asking(channel=pb.CHANNEL_SMS))).permit
    report = pb.RecordReportRequest(permit_id=permit.permit_id, outcome=pb.CONTACT_OUTCOME_DELIVERED)
    results = [(await bogota.contacts.RecordReport(report)).result for _ in range(2)]
    assert results == [pb.REPORT_RESULT_RECORDED, pb.REPORT_RESULT_KNOWN]
    assert (await bogota.case()).contacts[0].outcome == pb.CONTACT_OUTCOME_DELIVERED
    lost = pb.RecordReportRequest(permit_id="nobody's", outcome=pb.CONTACT_OUTCOME_READ)
    assert (await bogota.contacts.RecordReport(lost)).result == pb.REPORT_RESULT_UNMATCHED
    reply = pb.RecordInboundRequest(channel=pb.CHANNEL_SMS, address=NUMBER, text="BAJA", message_id="SM1")
    heard = await bogota.contacts.RecordInbound(reply)
    assert (heard.wish, len(heard.person_ids), heard.repeated) == (pb.INBOUND_WISH_STOP, 1, False)
    assert (await bogota.contacts.RecordInbound(reply)).repeated
    again = await bogota.contacts.ExplainContact(explaining(channel=pb.CHANNEL_SMS))
    assert again.reason == "OPTED_OUT"
    no = await refused(bogota.contacts.RecordReport(pb.RecordReportRequest(outcome=pb.CONTACT_OUTCOME_READ)))
    assert no.code is grpc.StatusCode.INVALID_ARGUMENT


def hours(span: pb.ContactSpan) -> str:
    start, end = (instant(told).astimezone(BOGOTA) for told in (span.start_time, span.end_time))
    return f"{start:%H:%M}-{end:%H:%M}"


async def test_a_log_is_verified_and_a_hold_learned_late_lists_the_call(bogota: Door) -> None:
    await bogota.contacts.RequestContact(asking())
    *_, last = [told async for told in bogota.contacts.VerifyContacts(pb.VerifyContactsRequest())]
    assert (last.audit.permits, last.audit.judged, last.audit.violations_total, last.audit.late_total) == (1, 1, 0, 0)
    assert last.log_position == await bogota.position()
    bogota.clock.pass_by(days=1)
    since = Timestamp()
    since.FromDatetime(TUESDAY - timedelta(hours=1))
    hold = pb.PlaceHold(hold_id="h", reason=pb.HOLD_REASON_BANKRUPTCY, scope=pb.SCOPE_ALL, from_time=since)
    await bogota.cases.PlaceHold(pb.PlaceHoldRequest(request_id="h", case_name=named(), command=hold))
    *_, last = [told async for told in bogota.contacts.VerifyContacts(pb.VerifyContactsRequest())]
    (late,) = last.audit.late
    assert (late.fact, late.reason, instant(late.contact_time)) == ("HoldPlaced", "CASE_ON_HOLD", TUESDAY)
    assert last.audit.violations_total == 0


async def test_the_log_outside_has_the_grounds_of_a_permit_and_the_sources_of_a_refusal(bogota: Door) -> None:
    await bogota.contacts.RequestContact(asking())
    await bogota.contacts.RequestContact(asking("again"))
    listing = pb.ListEventsRequest(source=pb.EventSource(case_name=named()))
    events = {event.name: json.loads(event.payload) for event in (await bogota.queries.ListEvents(listing)).events}
    grounds = events["ContactPermitted"]["grounds"]
    assert (grounds["medium"], grounds["zones"]) == ("call", ["America/Bogota"])
    assert len(grounds["facts_digest"]) == 64
    refused_ = events["ContactRefused"]
    assert "co.ley2300.day1" in refused_["denied_by"]
    assert len(refused_["citations"]) == len(refused_["denied_by"])
    assert refused_["rule_sets"] == grounds["rule_sets"]
