"""`escalera case pause|resume|escalate|hold|release|pay|reverse|promise|dispute|resolve|close`: act on a case."""

from typing import Annotated

import typer

from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")]
Identity = Annotated[str, typer.Option("--id", help="Its own id, which makes it safe to repeat; a new one by default.")]
Until = Annotated[str, typer.Option("--until", help="ISO 8601; until released by default.")]
Sum = Annotated[str, typer.Argument(metavar="AMOUNT", help="1234.50, or with its currency 1234.50MXN.")]


@command(app, "pause", writes=True)
def pause(session: Session, case: CaseName, until: Until = "") -> None:
    """Stop everything about a case until it is resumed."""
    from cli.ask import to_case
    from cli.parse import parse_instant
    from protos.escalera import v1 as pb

    asked = pb.PauseCase()
    if until:
        asked.until_time.FromDatetime(parse_instant(until))
    to_case(session, session.doors.cases.PauseCase, pb.PauseCaseRequest, case, asked)


@command(app, "resume", writes=True)
def resume(session: Session, case: CaseName, reason: Reason = "") -> None:
    """End every pause of a case."""
    from cli.ask import to_case
    from protos.escalera import v1 as pb

    to_case(session, session.doors.cases.ResumeCase, pb.ResumeCaseRequest, case, pb.ResumeCase(reason=reason))


@command(app, "escalate", writes=True)
def escalate(
    session: Session,
    case: CaseName,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="SOFT, NEGOTIATION, PRE_LEGAL or LEGAL.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")] = "BY_HAND",
) -> None:
    """Move a case up by hand."""
    from cli.ask import to_case
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"stage": stage.upper(), "reason": reason}, pb.Escalate())
    to_case(session, session.doors.cases.Escalate, pb.EscalateRequest, case, asked)


@command(app, "hold", writes=True)
def hold(
    session: Session,
    case: CaseName,
    reason: Annotated[str, typer.Option("--reason", help="SUPERVISOR, HARDSHIP, BANKRUPTCY, LEGAL ...")] = "SUPERVISOR",
    scope: Annotated[str, typer.Option("--scope", help="CONTACT, CHARGES, ESCALATION or ALL.")] = "ALL",
    until: Until = "",
    identity: Identity = "",
) -> None:
    """Stop contacts, charges, escalation or all of it."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {"hold_id": new_id(session, identity, "h"), "reason": reason.upper(), "scope": scope.upper()}
    asked = from_plain({**written, "until_time": until or None}, pb.PlaceHold())
    to_case(session, session.doors.cases.PlaceHold, pb.PlaceHoldRequest, case, asked)


@command(app, "release", writes=True)
def release(
    session: Session,
    case: CaseName,
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, as `case show --json` gives it.")],
    reason: Reason = "",
) -> None:
    """End a hold."""
    from cli.ask import to_case
    from protos.escalera import v1 as pb

    asked = pb.ReleaseHold(hold_id=hold_id, reason=reason)
    to_case(session, session.doors.cases.ReleaseHold, pb.ReleaseHoldRequest, case, asked)


@command(app, "pay", writes=True)
def pay(
    session: Session,
    case: CaseName,
    amount: Sum,
    identity: Identity = "",
    method: Annotated[str, typer.Option("--method", help="TRANSFER, CASH, CARD ...")] = "TRANSFER",
    obligation: Annotated[str, typer.Option("--obligation", help="Which debt; oldest due first by default.")] = "",
) -> None:
    """Record that money came in."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.RecordPayment(
        payment_id=new_id(session, identity, "p"),
        amount=money_for(session, case, amount),
        method=method,
        obligation_id=obligation,
    )
    to_case(session, session.doors.cases.RecordPayment, pb.RecordPaymentRequest, case, asked)


@command(app, "reverse", writes=True)
def reverse(
    session: Session,
    case: CaseName,
    payment_id: Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment's id.")],
    reason: Reason = "",
) -> None:
    """Record that a payment did not stand."""
    from cli.ask import to_case
    from protos.escalera import v1 as pb

    asked = pb.ReversePayment(payment_id=payment_id, reason=reason)
    to_case(session, session.doors.cases.ReversePayment, pb.ReversePaymentRequest, case, asked)


@command(app, "promise", writes=True)
def promise(
    session: Session,
    case: CaseName,
    amount: Sum,
    by: Annotated[str, typer.Argument(metavar="DAY", help="Paid by: YYYY-MM-DD.")],
    grace: Annotated[int, typer.Option("--grace", help="Days of grace.")] = 0,
    installment: Annotated[list[str] | None, typer.Option("--installment", help="In parts: DAY=AMOUNT.")] = None,
    tolerance: Annotated[str, typer.Option("--tolerance", help="AMOUNT that may be missing.")] = "",
    identity: Identity = "",
) -> None:
    """Take a promise: so much by that day."""
    from cli.ask import day, money_for, to_case
    from cli.case_known import installment_in, new_id, sum_in
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    money = money_for(session, case, amount)
    written = {
        "promise_id": new_id(session, identity, "a"),
        "grace_days": grace,
        "installments": [installment_in(each, money.currency_code) for each in installment or []],
        "tolerance": sum_in(tolerance, money.currency_code),
    }
    asked = from_plain(written, pb.MakePromise(amount=money, due_date=day(by)))
    to_case(session, session.doors.cases.MakePromise, pb.MakePromiseRequest, case, asked)


@command(app, "dispute", writes=True)
def dispute(
    session: Session,
    case: CaseName,
    obligations: Annotated[
        list[str] | None, typer.Option("--obligation", help="Which; all of them by default.")
    ] = None,
    reason: Reason = "",
    identity: Identity = "",
) -> None:
    """Record that the debtor disputes obligations."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    dispute_id = new_id(session, identity, "d")
    asked = pb.OpenDispute(dispute_id=dispute_id, obligation_ids=obligations or [], reason=reason)
    to_case(session, session.doors.cases.OpenDispute, pb.OpenDisputeRequest, case, asked)


@command(app, "resolve", writes=True)
def resolve(
    session: Session,
    case: CaseName,
    dispute_id: Annotated[str, typer.Argument(metavar="DISPUTE", help="The dispute's id.")],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="UPHELD, PARTLY_UPHELD, REJECTED or WITHDRAWN.")],
    reason: Reason = "",
) -> None:
    """Record how a dispute ended."""
    from cli.ask import to_case
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {"dispute_id": dispute_id, "outcome": outcome.upper(), "reason": reason}
    asked = from_plain(written, pb.ResolveDispute())
    to_case(session, session.doors.cases.ResolveDispute, pb.ResolveDisputeRequest, case, asked)


@command(app, "close", writes=True)
def close(
    session: Session,
    case: CaseName,
    closure: Annotated[str, typer.Argument(metavar="CLOSURE", help="WITHDRAWN, SOLD, WRITTEN_OFF, INVALID ...")],
    reason: Reason = "",
) -> None:
    """End a case."""
    from cli.ask import to_case
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"closure": closure.upper(), "reason": reason}, pb.CloseCase())
    to_case(session, session.doors.cases.CloseCase, pb.CloseCaseRequest, case, asked)
