"""`escalera case ask|approve-request|refuse-request|withdraw-request`: what one person does not give up alone."""

from typing import Annotated

import typer

from cli.case_acting import Identity
from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

RequestId = Annotated[
    str, typer.Argument(metavar="REQUEST", help="The request's id; the only one that waits by default.")
]
Why = Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")]
Until = Annotated[str, typer.Option("--until", help="Decided before: ISO 8601; in seven days by default.")]
What = Annotated[str, typer.Argument(metavar="WHAT", help="WAIVE, or how to close: WRITTEN_OFF, WITHDRAWN ...")]


@command(app, "ask", writes=True)
def ask(
    session: Session,
    case: CaseName,
    what: What,
    amount: Annotated[str, typer.Argument(metavar="[AMOUNT]", help="Of a waiver: 1234.50.")] = "",
    reason: Why = "BY_HAND",
    component: Annotated[str, typer.Option("--component", help="Which; fees, costs, interest first by default.")] = "",
    obligation: Annotated[str, typer.Option("--obligation", help="Which debt; oldest due first by default.")] = "",
    until: Until = "",
    identity: Identity = "",
) -> None:
    """Ask another person to approve a waiver, or the closing of a case that is owed on."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id
    from cli.parse import parse_instant
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = pb.RequestApproval(approval_id=new_id(session, identity, "a"))
    if what.upper() == "WAIVE":
        written = {
            "waiver_id": f"{asked.approval_id}-w",
            "reason": reason,
            "obligation_id": obligation,
            "component": component.upper() or None,
        }
        asked.waive.CopyFrom(from_plain(written, pb.Waive()))
        asked.waive.amount.CopyFrom(money_for(session, case, amount))
    else:
        asked.close_case.CopyFrom(from_plain({"closure": what.upper(), "reason": reason}, pb.CloseCase()))
    if until:
        asked.expire_time.FromDatetime(parse_instant(until))
    to_case(session, session.doors.cases.RequestApproval, pb.RequestApprovalRequest, case, asked)


@command(app, "approve-request", writes=True)
def approve_request(session: Session, case: CaseName, approval_id: RequestId = "") -> None:
    """Approve what somebody else asked for: it is done in the same moment."""
    from cli.ask import to_case
    from cli.case_known import request_of
    from protos.escalera import v1 as pb

    asked = pb.GiveApproval(approval_id=request_of(session, case, approval_id))
    to_case(session, session.doors.cases.GiveApproval, pb.GiveApprovalRequest, case, asked)


@command(app, "refuse-request", writes=True)
def refuse_request(session: Session, case: CaseName, approval_id: RequestId = "", reason: Why = "BY_HAND") -> None:
    """Do not approve what somebody else asked for."""
    from cli.ask import to_case
    from cli.case_known import request_of
    from protos.escalera import v1 as pb

    asked = pb.RefuseApproval(approval_id=request_of(session, case, approval_id), reason=reason)
    to_case(session, session.doors.cases.RefuseApproval, pb.RefuseApprovalRequest, case, asked)


@command(app, "withdraw-request", writes=True)
def withdraw_request(session: Session, case: CaseName, approval_id: RequestId = "", reason: Why = "BY_HAND") -> None:
    """Take back what one asked for oneself."""
    from cli.ask import to_case
    from cli.case_known import request_of
    from protos.escalera import v1 as pb

    asked = pb.WithdrawApproval(approval_id=request_of(session, case, approval_id), reason=reason)
    to_case(session, session.doors.cases.WithdrawApproval, pb.WithdrawApprovalRequest, case, asked)
