"""What two people agreed on about somebody, and what was handed out of them, as an export tells it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from application.person_export import ExportedHandout, ExportedRequest
from application.ports import Recorded
from domain.four_eyes import ApprovalStands
from domain.person.approval_events import (
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.erasure_events import PersonExported


def requests(history: Sequence[Recorded], at: datetime) -> tuple[ExportedRequest, ...]:
    """Return every request for a second person's word, in order, as it stands at an instant."""
    told: dict[str, ExportedRequest] = {}
    for recorded in history:
        match recorded.event:
            case PersonApprovalRequested() as asked:
                told[asked.approval_id] = _asked(asked, at)
            case PersonApprovalGiven() as given:
                told[given.approval_id] = replace(
                    told[given.approval_id],
                    state=ApprovalStands.GIVEN,
                    decided_by=given.approved_by,
                    decided_at=given.at,
                )
            case PersonApprovalRefused() as refused:
                told[refused.approval_id] = replace(
                    told[refused.approval_id],
                    state=ApprovalStands.REFUSED,
                    decided_by=refused.refused_by,
                    decided_at=refused.at,
                    decision_reason=refused.reason,
                )
            case PersonApprovalWithdrawn() as withdrawn:
                told[withdrawn.approval_id] = replace(
                    told[withdrawn.approval_id],
                    state=ApprovalStands.WITHDRAWN,
                    decided_by=recorded.metadata.actor,
                    decided_at=withdrawn.at,
                    decision_reason=withdrawn.reason,
                )
            case PersonApprovalLapsed() as lapsed:
                told[lapsed.approval_id] = replace(told[lapsed.approval_id], state=ApprovalStands.LAPSED)
            case _:
                pass
    return tuple(told.values())


def _asked(asked: PersonApprovalRequested, at: datetime) -> ExportedRequest:
    wanted = asked.wanted
    return ExportedRequest(
        approval_id=asked.approval_id,
        act=wanted.act,
        reason=wanted.erasure_reason or wanted.reason,
        formats=wanted.formats,
        erasure_id=wanted.erasure_id,
        asked_by=asked.requested_by,
        asked_at=asked.at,
        approvers=asked.approvers,
        rule=asked.rule,
        expires_at=asked.expires_at,
        state=ApprovalStands.WAITING if at < asked.expires_at else ApprovalStands.LAPSED,
    )


def handouts(history: Sequence[Recorded]) -> tuple[ExportedHandout, ...]:
    """Return when everything was handed out, to whose order, and by whose word beside it."""
    approved: dict[str, str] = {}
    told: list[ExportedHandout] = []
    for recorded in history:
        match recorded.event:
            case PersonApprovalGiven() as given:
                approved[given.approval_id] = given.approved_by
            case PersonExported() as out:
                told.append(
                    ExportedHandout(
                        at=out.at,
                        by=out.by,
                        format=out.format,
                        reason=out.reason,
                        approval_id=out.approval_id,
                        approved_by=approved.get(out.approval_id, ""),
                    )
                )
            case _:
                pass
    return tuple(told)
