"""A second person's word about a person between the wire and the domain: what is asked, and what the record shows."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from api import words
from api.translate_approvals import expires_at
from api.translate_commands import Said
from api.translate_values import instant_out, meaning
from application.export_desk import ExportFormat
from application.person_requests import PersonRequest, RequestFilter
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.state import Person, PersonApproval
from protos.escalera import v1 as pb

FORMAT: Final[Mapping[int, ExportFormat]] = {
    pb.EXPORT_FORMAT_UNSPECIFIED: ExportFormat.JSON,
    pb.EXPORT_FORMAT_JSON: ExportFormat.JSON,
    pb.EXPORT_FORMAT_PDF: ExportFormat.PDF,
}
FORMAT_OUT: Final[Mapping[str, pb.ExportFormat.ValueType]] = {
    ExportFormat.JSON: pb.EXPORT_FORMAT_JSON,
    ExportFormat.PDF: pb.EXPORT_FORMAT_PDF,
}


def request_person_approval(body: pb.RequestPersonApproval, said: Said) -> RequestPersonApproval:
    return RequestPersonApproval(
        approval_id=body.approval_id,
        wanted=_wanted(body),
        expires_at=expires_at(body, said),
        at=said.at,
        by=said.by,
    )


def give_person_approval(body: pb.GiveApproval, said: Said) -> GivePersonApproval:
    return GivePersonApproval(approval_id=body.approval_id, at=said.at, by=said.by)


def person_approvals(person: Person, now: datetime) -> Iterator[pb.PersonApproval]:
    """Yield what the record shows of requests, as they stand now."""
    for approval_id, approval in person.approvals.items():
        yield _approval_out(approval_id, approval, now)


def request_filter(request: pb.ListPersonApprovalsRequest) -> RequestFilter:
    """Return which requests are asked for: those that wait where no state is named."""
    states = [meaning(words.APPROVAL_STATE, each, "states") for each in request.states] or [ApprovalStands.WAITING]
    acts = [meaning(words.PERSON_ACT, each, "acts") for each in request.acts]
    return RequestFilter(acts=frozenset(acts), states=frozenset(states))


def person_request_out(request: PersonRequest, now: datetime) -> pb.PersonRequest:
    """Return a request on a list of them, as it stands now."""
    approval = _approval_out(request.approval_id, request.approval, now)
    return pb.PersonRequest(person_id=str(request.person_id), approval=approval)


def _approval_out(approval_id: str, approval: PersonApproval, now: datetime) -> pb.PersonApproval:
    return pb.PersonApproval(
        approval_id=approval_id,
        **_wanted_out(approval.wanted),
        state=words.APPROVAL_STATE_OUT[approval.stands_at(now)],
        requested_by=approval.requested_by,
        request_time=instant_out(approval.requested_at),
        expire_time=instant_out(approval.expires_at),
        approvers=approval.approvers,
        decided_by=approval.decided_by,
        handed_out_formats=[FORMAT_OUT[each] for each in approval.handed_out],
        rule=approval.rule,
    )


def _wanted(body: pb.RequestPersonApproval) -> PersonWanted:
    match body.WhichOneof("wanted"):
        case "forget":
            return PersonWanted(
                act=PersonAct.FORGET,
                erasure_id=body.forget.erasure_id,
                erasure_reason=meaning(words.ERASURE_REASON, body.forget.reason, "forget.reason"),
                despite_open_cases=body.forget.despite_open_cases,
            )
        case "export":
            formats = [FORMAT[each] for each in body.export.formats] or ExportFormat
            told = tuple(sorted({each.value for each in formats}))
            return PersonWanted(act=PersonAct.EXPORT, formats=told, reason=body.export.reason)
        case _:
            raise Rejected("WANTED_MISSING", "it asks for nothing", field="wanted", accepted="forget or export")


def _wanted_out(wanted: PersonWanted) -> dict[str, Any]:
    if wanted.act is PersonAct.EXPORT:
        formats = [FORMAT_OUT[each] for each in wanted.formats]
        return {"export": pb.ExportWanted(formats=formats, reason=wanted.reason)}
    assert wanted.erasure_reason is not None, "who is to be forgotten is so for a reason"
    forget = pb.ForgetPerson(
        erasure_id=wanted.erasure_id,
        reason=words.ERASURE_REASON_OUT[wanted.erasure_reason],
        despite_open_cases=wanted.despite_open_cases,
    )
    return {"forget": forget}
