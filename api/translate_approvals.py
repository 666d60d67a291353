"""A second person's word between the wire and the domain: what is asked, what is said, and what a case shows of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from api import words
from api.translate_commands import Said
from api.translate_values import instant, instant_out, meaning, money, money_out
from domain.case import commands
from domain.case.approval_words import Act, Wanted
from domain.case.state import Case
from domain.decider import Rejected
from protos.escalera import v1 as pb

OPEN_FOR: Final = timedelta(days=7)


def request_approval(body: pb.RequestApproval, said: Said) -> commands.RequestApproval:
    return commands.RequestApproval(
        approval_id=body.approval_id,
        wanted=_wanted(body),
        expires_at=expires_at(body, said),
        at=said.at,
        by=said.by,
    )


def give_approval(body: pb.GiveApproval, said: Said) -> commands.GiveApproval:
    return commands.GiveApproval(approval_id=body.approval_id, at=said.at, by=said.by)


def refuse_approval(body: pb.RefuseApproval, said: Said) -> commands.RefuseApproval:
    return commands.RefuseApproval(approval_id=body.approval_id, reason=body.reason, at=said.at, by=said.by)


def withdraw_approval(body: pb.WithdrawApproval, said: Said) -> commands.WithdrawApproval:
    return commands.WithdrawApproval(approval_id=body.approval_id, reason=body.reason, at=said.at, by=said.by)


def approvals(case: Case) -> Iterator[pb.Approval]:
    """Yield what a case shows of requests."""
    for approval_id, approval in case.approvals.items():
        yield pb.Approval(
            approval_id=approval_id,
            **_wanted_out(approval.wanted),
            state=words.APPROVAL_STATE_OUT[approval.stands],
            requested_by=approval.requested_by,
            request_time=instant_out(approval.requested_at),
            expire_time=instant_out(approval.expires_at),
            balance=money_out(approval.balance.minor, approval.balance.currency),
            approvers=approval.approvers,
            decided_by=approval.decided_by,
        )


def _wanted(body: pb.RequestApproval) -> Wanted:
    match body.WhichOneof("wanted"):
        case "waive":
            waiver = body.waive
            return Wanted(
                act=Act.WAIVER,
                waiver_id=waiver.waiver_id,
                amount=money(waiver.amount, "waive.amount"),
                obligation_id=waiver.obligation_id,
                component=meaning(words.COMPONENT, waiver.component, "waive.component") if waiver.component else None,
                reason=waiver.reason,
                authority=waiver.authority,
            )
        case "close_case":
            closure = meaning(words.CLOSURE, body.close_case.closure, "close_case.closure")
            return Wanted(act=Act.CLOSURE, closure=closure, reason=body.close_case.reason)
        case _:
            raise Rejected("WANTED_MISSING", "it asks for nothing", field="wanted", accepted="waive or close_case")


def _wanted_out(wanted: Wanted) -> dict[str, Any]:
    if wanted.act is Act.CLOSURE:
        assert wanted.closure is not None, "a closure says which"
        return {"close_case": pb.CloseCase(closure=words.CLOSURE_OUT[wanted.closure], reason=wanted.reason)}
    assert wanted.amount is not None, "a waiver is of an amount"
    waiver = pb.Waive(
        waiver_id=wanted.waiver_id,
        amount=money_out(wanted.amount.minor, wanted.amount.currency),
        obligation_id=wanted.obligation_id,
        component=words.COMPONENT_OUT[wanted.component] if wanted.component else pb.COMPONENT_UNSPECIFIED,
        reason=wanted.reason,
        authority=wanted.authority,
    )
    return {"waive": waiver}


def expires_at(body: pb.RequestApproval | pb.RequestPersonApproval, said: Said) -> datetime:
    """Return until when a request may be decided on: as it says, or a week on."""
    if body.HasField("expire_time"):
        return instant(body.expire_time, "expire_time")
    said.stamp("expires_at")
    return said.at + OPEN_FOR
