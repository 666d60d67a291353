"""Contacts by anybody: asked for before, reported after, and judged again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from api import words
from api.calls import Caller, Context, caller_of
from api.services import Services
from api.translate_audit import audit_out
from api.translate_contact import anybody, calendar_out, permit_out, proposed, refusal_out, verdict_out
from api.translate_values import case_named, instant, meaning
from application.collector_desk import CALENDAR_DAYS
from application.contact_wish import Refused
from application.reports import Inbound, Report
from application.request import Asked
from protos.escalera import v1 as pb

BETWEEN_MESSAGES_SECONDS: Final = 1.0


class ContactService(pb.ContactServiceServicer):
    """The one door for contacts."""

    def __init__(self, services: Services) -> None:
        self._collectors = services.collectors
        self._reports = services.reports
        self._audit = services.audit

    async def _request(self, request: pb.RequestContactRequest, context: Context) -> pb.RequestContactResponse:
        contact = proposed(request.contact, request.case_name.creditor_id)
        asked = _asked(caller_of(context), request.request_id)
        case_id = case_named(request.case_name)
        answer = await self._collectors.request(case_id, contact, request.task_id, asked)
        return refusal_out(answer) if isinstance(answer, Refused) else permit_out(answer)

    async def _explain(self, request: pb.ExplainContactRequest, context: Context) -> pb.ContactVerdict:
        contact = proposed(request.contact, request.case_name.creditor_id)
        at = instant(request.at_time, "at_time") if request.HasField("at_time") else None
        asked = _asked(caller_of(context))
        return verdict_out(await self._collectors.explain(case_named(request.case_name), contact, asked, at=at))

    async def _calendar(self, request: pb.GetContactCalendarRequest, context: Context) -> pb.ContactCalendar:
        case_id = case_named(request.case_name)
        found = await self._collectors.calendar(
            case_id,
            anybody(request, request.case_name.creditor_id),
            _asked(caller_of(context)),
            channels=[meaning(words.CHANNEL, channel, "channels") for channel in request.channels],
            days=request.days or CALENDAR_DAYS,
            since=instant(request.from_time, "from_time") if request.HasField("from_time") else None,
        )
        return calendar_out(str(case_id), found)

    async def _report(self, request: pb.RecordReportRequest, context: Context) -> pb.RecordReportResponse:
        caller = caller_of(context)
        report = Report(
            permit_id=request.permit_id,
            provider_id=request.provider_id,
            outcome=meaning(words.CONTACT_OUTCOME, request.outcome, "outcome"),
            at=instant(request.report_time, "report_time") if request.HasField("report_time") else None,
            detail=request.detail,
        )
        result = await self._reports.report(report, actor=caller.actor, trace_id=caller.trace_id)
        return pb.RecordReportResponse(result=words.REPORTED_OUT[result])

    async def _inbound(self, request: pb.RecordInboundRequest, context: Context) -> pb.RecordInboundResponse:
        caller = caller_of(context)
        inbound = Inbound(
            channel=meaning(words.CHANNEL, request.channel, "channel"),
            address=request.address,
            text=request.text,
            message_id=request.message_id,
            at=instant(request.receive_time, "receive_time") if request.HasField("receive_time") else None,
            in_reply_to=request.in_reply_to,
            opted_out=request.opted_out,
        )
        heard = await self._reports.inbound(inbound, actor=caller.actor, trace_id=caller.trace_id)
        return pb.RecordInboundResponse(
            person_ids=[str(person) for person in heard.people],
            case_ids=[str(case_id) for case_id in heard.cases],
            wish=words.WISH_OUT[heard.wish] if heard.wish else pb.INBOUND_WISH_UNSPECIFIED,
            repeated=heard.repeated,
        )

    async def _verify(
        self, request: pb.VerifyContactsRequest, context: Context
    ) -> AsyncIterator[pb.VerifyContactsProgress]:
        reached = pb.VerifyContactsProgress()

        def told(events: int, position: int) -> None:
            reached.events_read, reached.log_position = events, position

        auditing = asyncio.ensure_future(self._audit(told))
        try:
            while not (await asyncio.wait((auditing,), timeout=BETWEEN_MESSAGES_SECONDS))[0]:
                yield reached
            audit = auditing.result()
            yield pb.VerifyContactsProgress(events_read=audit.events, log_position=audit.upto, audit=audit_out(audit))
        finally:
            auditing.cancel()

    RequestContact = _request
    ExplainContact = _explain
    GetContactCalendar = _calendar
    RecordReport = _report
    RecordInbound = _inbound
    VerifyContacts = _verify


def _asked(caller: Caller, request_id: str = "") -> Asked:
    return Asked(request_id=request_id, actor=caller.actor, trace_id=caller.trace_id)
