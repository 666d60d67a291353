"""`escalera case plan|settle|cancel`: what is agreed with the debtor, besides a promise."""

from typing import Annotated

import typer

from cli.case_acting import Identity, Reason, Sum
from cli.case_money import Authority
from cli.case_reading import CaseName, app
from cli.command import command
from cli.parse import Unreadable
from cli.plan_options import Described
from cli.session import Session


@command(app, "plan", writes=True)
def plan(
    session: Session,
    case: CaseName,
    described: Described,
    installment: Annotated[list[str] | None, typer.Option("--installment", help="DAY=AMOUNT. Repeatable.")] = None,
    grace: Annotated[int, typer.Option("--grace", help="Days of grace.")] = 0,
    cure: Annotated[int, typer.Option("--cure", help="Days after it to make good a missed installment.")] = 0,
    tolerance: Annotated[str, typer.Option("--tolerance", help="AMOUNT that may be missing on a date.")] = "",
    reward: Annotated[str, typer.Option("--reward", help="AMOUNT given up at the end if every date was met.")] = "",
    identity: Identity = "",
) -> None:
    """Agree installments: --equal, --step, --balloon or --capacity computes them; or --installment names each."""
    from cli.ask import to_case
    from cli.case_known import installment_in, new_id, shown, sum_in
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    currency = shown(session, case).currency
    schedule = described.schedule(currency)
    if (schedule is None) != bool(installment):
        raise Unreadable("-", "which_plan")
    written = {
        "plan_id": new_id(session, identity, "pl"),
        "installments": [installment_in(each, currency) for each in installment or []],
        "grace_days": grace,
        "cure_days": cure,
        "tolerance": sum_in(tolerance, currency),
        "reward": sum_in(reward, currency),
    }
    asked = from_plain(written, pb.AgreePlan(schedule=schedule))
    to_case(session, session.doors.cases.AgreePlan, pb.AgreePlanRequest, case, asked)


@command(app, "settle", writes=True)
def settle(
    session: Session,
    case: CaseName,
    amount: Sum,
    by: Annotated[str, typer.Argument(metavar="DAY", help="Paid by: YYYY-MM-DD.")],
    authority: Authority = "",
    identity: Identity = "",
) -> None:
    """Agree that so much by that day settles everything."""
    from cli.ask import day, money_for, to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.AgreeSettlement(
        settlement_id=new_id(session, identity, "s"),
        pay_by_date=day(by),
        amount=money_for(session, case, amount),
        authority=authority,
    )
    to_case(session, session.doors.cases.AgreeSettlement, pb.AgreeSettlementRequest, case, asked)


@command(app, "cancel", writes=True)
def cancel(
    session: Session,
    case: CaseName,
    agreement: Annotated[str, typer.Argument(metavar="AGREEMENT", help="Id of a promise, plan or settlement.")],
    reason: Reason = "",
) -> None:
    """End a promise, a plan or a settlement that is still open."""
    from cli.ask import to_case
    from cli.case_known import shown
    from protos.escalera import v1 as pb

    known, cases = shown(session, case), session.doors.cases
    if any(each.promise_id == agreement for each in known.promises):
        asked = pb.CancelPromise(promise_id=agreement, reason=reason)
        to_case(session, cases.CancelPromise, pb.CancelPromiseRequest, case, asked)
    elif any(each.plan_id == agreement for each in known.plans):
        to_case(session, cases.CancelPlan, pb.CancelPlanRequest, case, pb.CancelPlan(plan_id=agreement, reason=reason))
    elif any(each.settlement_id == agreement for each in known.settlements):
        ended = pb.CancelSettlement(settlement_id=agreement, reason=reason)
        to_case(session, cases.CancelSettlement, pb.CancelSettlementRequest, case, ended)
    else:
        raise Unreadable(agreement, "which_agreement")
