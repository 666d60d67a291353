"""`escalera case terms|consent|interest|extend|cost|charge|waive|reward`: on what terms it is owed, and how much."""

from typing import Annotated

import typer

from cli.case_acting import Identity, Reason, Sum
from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

Obligation = Annotated[str, typer.Option("--obligation", help="Which debt; the only one by default.")]
Obligations = Annotated[list[str] | None, typer.Option("--obligation", help="Which; all of them by default.")]
_UNIT_VALUE = "What a UF is worth that day, where the law caps fees in it."
Authority = Annotated[str, typer.Option("--authority", help="Who allowed it; who asks by default.")]


@command(app, "terms", writes=True)
def terms(
    session: Session,
    case: CaseName,
    nature: Annotated[str, typer.Option("--nature", help="COMMERCIAL, CIVIL, CONSUMER or FINANCIAL.")] = "",
    rate: Annotated[str, typer.Option("--rate", help="Agreed interest, percent a year: 24.5.")] = "",
    late_rate: Annotated[str, typer.Option("--late-rate", help="Agreed late interest, percent a year.")] = "",
    effective: Annotated[bool, typer.Option("--effective", help="The rates are effective, not nominal.")] = False,
    day_count: Annotated[
        str, typer.Option("--day-count", help="ACT_365, ACT_360, THIRTY_360 ...; the law's own.")
    ] = "",
    grace: Annotated[int, typer.Option("--grace", help="Agreed days after the due date without interest.")] = 0,
    source: Annotated[str, typer.Option("--source", help="The document that says so.")] = "",
    obligations: Obligations = None,
    identity: Identity = "",
) -> None:
    """Record what kind of claim it is and what interest was agreed; without it none is reckoned."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    rates = [("INTEREST", rate), ("LATE_INTEREST", late_rate)]
    written = {
        "terms_id": new_id(session, identity, "t"),
        "obligation_ids": obligations or [],
        "nature": nature.upper() or None,
        "rates": [{"component": component, "percent": percent} for component, percent in rates if percent],
        "quoted": "EFFECTIVE" if effective else "NOMINAL",
        "day_count": day_count.upper() or None,
        "grace_days": grace,
        "source": source,
    }
    asked = from_plain(written, pb.RecordTerms())
    to_case(session, session.doors.cases.RecordTerms, pb.RecordTermsRequest, case, asked)


@command(app, "consent", writes=True)
def consent(
    session: Session,
    case: CaseName,
    order: Annotated[
        str, typer.Option("--order", help="Every component, as PRINCIPAL,INTEREST,LATE_INTEREST ...")
    ] = "",
    custom: Annotated[str, typer.Option("--custom", help="Or a custom order of the law packs, by its id.")] = "",
    payment: Annotated[str, typer.Option("--payment", help="For this payment alone; all later ones by default.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Take back the consent that --id names.")] = False,
    reason: Reason = "",
    identity: Identity = "",
) -> None:
    """Let payments go by another order than the law's, as the creditor wishes."""
    from cli.ask import to_case
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {
        "consent_id": new_id(session, identity, "co"),
        "order": [each.strip().upper() for each in order.split(",") if each.strip()],
        "custom": custom,
        "reason": reason,
        "payment_id": payment,
        "ended": end,
    }
    asked = from_plain(written, pb.ConsentToOrder())
    to_case(session, session.doors.cases.ConsentToOrder, pb.ConsentToOrderRequest, case, asked)


@command(app, "interest", writes=True)
def interest(session: Session, case: CaseName) -> None:
    """Post the interest borne until now, or until --at."""
    from cli.ask import to_case
    from protos.escalera import v1 as pb

    to_case(session, session.doors.cases.PostInterest, pb.PostInterestRequest, case, pb.PostInterest())


@command(app, "extend", writes=True)
def extend(
    session: Session,
    case: CaseName,
    to: Annotated[str, typer.Argument(metavar="DAY", help="The new due date: YYYY-MM-DD.")],
    obligation: Obligation = "",
    reason: Reason = "",
    authority: Authority = "",
    identity: Identity = "",
) -> None:
    """Give more time: a debt is due on another day."""
    from cli.ask import day, to_case
    from cli.case_known import new_id, obligation_of
    from protos.escalera import v1 as pb

    asked = pb.ExtendDueDate(
        extension_id=new_id(session, identity, "x"),
        due_date=day(to),
        obligation_id=obligation_of(session, case, obligation),
        reason=reason,
        authority=authority,
    )
    to_case(session, session.doors.cases.ExtendDueDate, pb.ExtendDueDateRequest, case, asked)


@command(app, "cost", writes=True)
def cost(
    session: Session,
    case: CaseName,
    amount: Sum,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="COURT_FEE, LAWYER, NOTARY, EXPERT ...")],
    obligation: Obligation = "",
    proof: Annotated[str, typer.Option("--proof", help="Reference of the receipt.")] = "",
    bear: Annotated[bool, typer.Option("--bear", help="The creditor bears it; the debtor is not charged.")] = False,
    identity: Identity = "",
) -> None:
    """Record what the creditor paid for collecting; the debtor owes it too."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id, obligation_of
    from protos.escalera import v1 as pb

    asked = pb.AdvanceCost(
        cost_id=new_id(session, identity, "k"),
        amount=money_for(session, case, amount),
        obligation_id=obligation_of(session, case, obligation),
        kind=kind.upper(),
        recoverable=not bear,
        proof=proof,
    )
    to_case(session, session.doors.cases.AdvanceCost, pb.AdvanceCostRequest, case, asked)


@command(app, "charge", writes=True)
def charge(
    session: Session,
    case: CaseName,
    amount: Sum,
    component: Annotated[str, typer.Argument(metavar="COMPONENT", help="FEES, COSTS, INTEREST or LATE_INTEREST.")],
    obligation: Obligation = "",
    period: Annotated[str, typer.Option("--period", help="Charged once for it, as 2026-11.")] = "",
    unit_value: Annotated[str, typer.Option("--unit-value", help=_UNIT_VALUE)] = "",
    reason: Reason = "",
    identity: Identity = "",
) -> None:
    """Add a fee, costs or interest to a debt."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id, obligation_of
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {
        "charge_id": new_id(session, identity, "c"),
        "component": component.upper(),
        "reason": reason,
        "period": period,
        "unit_value": unit_value,
    }
    asked = from_plain(written, pb.AddCharge())
    asked.amount.CopyFrom(money_for(session, case, amount))
    asked.obligation_id = obligation_of(session, case, obligation)
    to_case(session, session.doors.cases.AddCharge, pb.AddChargeRequest, case, asked)


@command(app, "waive", writes=True)
def waive(
    session: Session,
    case: CaseName,
    amount: Sum,
    component: Annotated[str, typer.Option("--component", help="Which; fees, costs, interest first by default.")] = "",
    obligation: Annotated[str, typer.Option("--obligation", help="Which debt; oldest due first by default.")] = "",
    reason: Reason = "",
    authority: Authority = "",
    identity: Identity = "",
) -> None:
    """Give up part of what is owed."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {
        "waiver_id": new_id(session, identity, "w"),
        "reason": reason,
        "authority": authority,
        "obligation_id": obligation,
        "component": component.upper() or None,
    }
    asked = from_plain(written, pb.Waive())
    asked.amount.CopyFrom(money_for(session, case, amount))
    to_case(session, session.doors.cases.Waive, pb.WaiveRequest, case, asked)


@command(app, "reward", writes=True)
def reward(
    session: Session,
    case: CaseName,
    amount: Sum,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")] = "PUNCTUAL",
    authority: Authority = "",
    identity: Identity = "",
) -> None:
    """Give up part of what is owed because it was paid on time."""
    from cli.ask import money_for, to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.GrantReward(
        reward_id=new_id(session, identity, "r"),
        amount=money_for(session, case, amount),
        reason=reason,
        authority=authority,
    )
    to_case(session, session.doors.cases.GrantReward, pb.GrantRewardRequest, case, asked)
