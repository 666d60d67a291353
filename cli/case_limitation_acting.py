"""`escalera case interrupt|suspend-limitation|plead`: what moves the clock of limitation."""

from typing import Annotated

import typer

from cli.case_acting import Identity, Reason
from cli.case_money import Obligations
from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

Proof = Annotated[str, typer.Option("--proof", help="Reference of the document that proves it.")]


@command(app, "interrupt", writes=True)
def interrupt(
    session: Session,
    case: CaseName,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="SUIT, DEMAND or ACKNOWLEDGMENT.")],
    on: Annotated[str, typer.Argument(metavar="DAY", help="When it took effect; a demand, when it was received.")],
    proof: Proof = "",
    obligations: Obligations = None,
    identity: Identity = "",
) -> None:
    """Record what made the period of limitation begin again."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {
        "interruption_id": new_id(session, identity, "li"),
        "kind": kind.upper(),
        "effective_date": on,
        "proof": proof,
        "obligation_ids": obligations or [],
    }
    asked = from_plain(written, pb.InterruptLimitation())
    to_case(session, session.doors.cases.InterruptLimitation, pb.InterruptLimitationRequest, case, asked)


@command(app, "suspend-limitation", writes=True)
def suspend(
    session: Session,
    case: CaseName,
    first: Annotated[str, typer.Argument(metavar="FIRST", help="The first day that does not count: YYYY-MM-DD.")],
    last: Annotated[str, typer.Argument(metavar="LAST", help="The last one.")],
    reason: Reason = "",
    proof: Proof = "",
    obligations: Obligations = None,
    identity: Identity = "",
) -> None:
    """Record days that do not count for limitation."""
    from cli.ask import day, to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.SuspendLimitation(
        suspension_id=new_id(session, identity, "ls"),
        first_date=day(first),
        last_date=day(last),
        reason=reason,
        proof=proof,
        obligation_ids=obligations or [],
    )
    to_case(session, session.doors.cases.SuspendLimitation, pb.SuspendLimitationRequest, case, asked)


@command(app, "plead", writes=True)
def plead(
    session: Session, case: CaseName, proof: Proof = "", obligations: Obligations = None, identity: Identity = ""
) -> None:
    """Record that the debtor pleads that the debt is time-barred."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.PleadTimeBar(plea_id=new_id(session, identity, "lp"), proof=proof, obligation_ids=obligations or [])
    to_case(session, session.doors.cases.PleadTimeBar, pb.PleadTimeBarRequest, case, asked)
