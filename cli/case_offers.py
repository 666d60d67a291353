"""`escalera case offer|approve|refuse|accept|withdraw-offer|discount|withdraw-discount`: what the house offers."""

from typing import Annotated

import typer

from cli.case_acting import Identity, Reason, Sum
from cli.case_money import Authority
from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

OfferId = Annotated[str, typer.Argument(metavar="OFFER", help="The offer's id; the only one in question by default.")]
PayBy = Annotated[str, typer.Argument(metavar="DAY", help="Paid by: YYYY-MM-DD.")]


@command(app, "offer", writes=True)
def offer(
    session: Session,
    case: CaseName,
    amount: Sum,
    by: PayBy,
    until: Annotated[str, typer.Option("--until", help="Accepted before: ISO 8601; the end of DAY by default.")] = "",
    identity: Identity = "",
) -> None:
    """Offer that so much by that day settles everything; somebody may have to approve it first."""
    from api.translate_values import instant_out, money_out
    from cli.ask import day, to_case
    from cli.case_known import new_id, shown
    from cli.parse import parse_date, parse_instant, parse_money
    from domain.calendar import end_of_day
    from protos.escalera import v1 as pb

    known = shown(session, case)
    money = parse_money(amount, known.currency)
    expires_at = parse_instant(until) if until else end_of_day(parse_date(by), known.time_zone)
    asked = pb.OfferSettlement(
        offer_id=new_id(session, identity, "o"),
        amount=money_out(money.minor, money.currency),
        pay_by_date=day(by),
        expire_time=instant_out(expires_at),
    )
    to_case(session, session.doors.cases.OfferSettlement, pb.OfferSettlementRequest, case, asked)


@command(app, "approve", writes=True)
def approve(session: Session, case: CaseName, offer_id: OfferId = "") -> None:
    """Approve an offer that waits for it; --as somebody else than who made it."""
    from cli.ask import to_case
    from cli.case_known import offer_of
    from protos.escalera import v1 as pb

    asked = pb.ApproveOffer(offer_id=offer_of(session, case, offer_id, [pb.OFFER_STATE_WAITING]))
    to_case(session, session.doors.cases.ApproveOffer, pb.ApproveOfferRequest, case, asked)


@command(app, "refuse", writes=True)
def refuse(session: Session, case: CaseName, offer_id: OfferId = "", reason: Reason = "") -> None:
    """Do not approve an offer that waits for it."""
    from cli.ask import to_case
    from cli.case_known import offer_of
    from protos.escalera import v1 as pb

    found = offer_of(session, case, offer_id, [pb.OFFER_STATE_WAITING])
    asked = pb.RefuseOffer(offer_id=found, reason=reason)
    to_case(session, session.doors.cases.RefuseOffer, pb.RefuseOfferRequest, case, asked)


@command(app, "accept", writes=True)
def accept(session: Session, case: CaseName, offer_id: OfferId = "") -> None:
    """Record that the debtor takes an offer: the settlement begins."""
    from cli.ask import to_case
    from cli.case_known import offer_of
    from protos.escalera import v1 as pb

    asked = pb.AcceptOffer(offer_id=offer_of(session, case, offer_id, [pb.OFFER_STATE_OPEN]))
    to_case(session, session.doors.cases.AcceptOffer, pb.AcceptOfferRequest, case, asked)


@command(app, "withdraw-offer", writes=True)
def withdraw_offer(session: Session, case: CaseName, offer_id: OfferId = "", reason: Reason = "") -> None:
    """Take an offer back that waits, or on which more is owed by now; any other binds the house."""
    from cli.ask import to_case
    from cli.case_known import offer_of
    from protos.escalera import v1 as pb

    found = offer_of(session, case, offer_id, [pb.OFFER_STATE_WAITING, pb.OFFER_STATE_OPEN])
    asked = pb.WithdrawOffer(offer_id=found, reason=reason)
    to_case(session, session.doors.cases.WithdrawOffer, pb.WithdrawOfferRequest, case, asked)


@command(app, "discount", writes=True)
def discount(
    session: Session,
    case: CaseName,
    amount: Sum,
    by: PayBy,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")] = "EARLY",
    authority: Authority = "",
    identity: Identity = "",
) -> None:
    """Offer that so much less is owed if all the rest is paid by that day."""
    from cli.ask import day, money_for, to_case
    from cli.case_known import new_id
    from protos.escalera import v1 as pb

    asked = pb.OfferDiscount(
        discount_id=new_id(session, identity, "dc"),
        pay_by_date=day(by),
        amount=money_for(session, case, amount),
        reason=reason,
        authority=authority,
    )
    to_case(session, session.doors.cases.OfferDiscount, pb.OfferDiscountRequest, case, asked)


@command(app, "withdraw-discount", writes=True)
def withdraw_discount(
    session: Session,
    case: CaseName,
    discount_id: Annotated[str, typer.Argument(metavar="DISCOUNT", help="Its id, as `case show` gives it.")],
    reason: Reason = "",
) -> None:
    """Take a discount back once more is owed than it spoke of; until its day is over it binds the house."""
    from cli.ask import to_case
    from protos.escalera import v1 as pb

    asked = pb.WithdrawDiscount(discount_id=discount_id, reason=reason)
    to_case(session, session.doors.cases.WithdrawDiscount, pb.WithdrawDiscountRequest, case, asked)
