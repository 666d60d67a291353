"""What the stories about offers are made of: bounds of a small house, and one debtor who owes a hundred euros."""

from datetime import UTC, date, datetime

from domain.case.bounds import EVERYBODY, Bound, Bounds
from domain.case.commands import (
    AcceptOffer,
    AddObligation,
    AgreeSettlement,
    ApproveOffer,
    OfferDiscount,
    OfferSettlement,
    OpenCase,
    RefuseOffer,
    WithdrawDiscount,
    WithdrawOffer,
)
from domain.case.decider import case_decider
from domain.case.policy import Policy
from domain.case.words import Stage
from domain.ledger.book import LawBook
from tests.domain.case.material import MAY_1, Story, eur, invoice, may, opening
from tests.scenario import Scenario

COLLECTOR, SUPERVISOR, LAWYER = "collector:ana", "supervisor:sol", "legal:leo"
MAY_10, MAY_20, MAY_31 = date(2026, 5, 10), date(2026, 5, 20), date(2026, 5, 31)
MAY_20_IS_OVER = datetime(2026, 5, 20, 22, tzinfo=UTC)  # midnight in Madrid
A_MOMENT = datetime.resolution
THE_NEXT_DAY, TWO_DAYS_LATER = may(2), may(3)

# Before the due date nothing; then a tenth alone and forty percent with a supervisor; in court sixty with a lawyer.
SMALL_HOUSE = Bounds(
    rows=(
        Bound(
            id="court",
            stages=frozenset((Stage.LEGAL,)),
            discount_percent_max=60,
            alone_percent_max={EVERYBODY: 10},
            approvers={"supervisor": 40, "legal": 60},
        ),
        Bound(
            id="late",
            days_past_due_min=1,
            discount_percent_max=40,
            alone_percent_max={EVERYBODY: 10, "supervisor": 30},
            approvers={"supervisor": 40},
        ),
    )
)


def house(bounds: Bounds = SMALL_HOUSE) -> Story:
    """Return an empty story under these bounds."""
    return Scenario(case_decider(Policy(laws=LawBook(()), bounds=bounds)))


def owes(euros: float, due_on: date = date(2026, 4, 1)) -> OpenCase:
    """Return the opening of a case of one invoice."""
    return opening((invoice("1", euros, due_on),))


def add_invoice(obligation_id: str, euros: float, *, at: datetime = THE_NEXT_DAY) -> AddObligation:
    return AddObligation(at=at, by="system:erp", obligation=invoice(obligation_id, euros, date(2026, 4, 15)))


owing = house().after(owes(100))


def offer(
    offer_id: str,
    euros: float,
    *,
    at: datetime = MAY_1,
    pay_by: date = MAY_31,
    expires_at: datetime = MAY_20_IS_OVER,
    by: str = COLLECTOR,
) -> OfferSettlement:
    return OfferSettlement(at=at, by=by, offer_id=offer_id, amount=eur(euros), pay_by=pay_by, expires_at=expires_at)


def approve(offer_id: str, *, at: datetime = THE_NEXT_DAY, by: str = SUPERVISOR) -> ApproveOffer:
    return ApproveOffer(at=at, by=by, offer_id=offer_id)


def refuse(offer_id: str, *, at: datetime = THE_NEXT_DAY, by: str = SUPERVISOR) -> RefuseOffer:
    return RefuseOffer(at=at, by=by, offer_id=offer_id, reason="TOO_MUCH")


def accept(offer_id: str, *, at: datetime = TWO_DAYS_LATER) -> AcceptOffer:
    return AcceptOffer(at=at, by="system:portal", offer_id=offer_id)


def withdraw(offer_id: str, *, at: datetime = TWO_DAYS_LATER, by: str = COLLECTOR) -> WithdrawOffer:
    return WithdrawOffer(at=at, by=by, offer_id=offer_id, reason="MISTAKE")


def agree(
    settlement_id: str, euros: float, *, by: str = COLLECTOR, at: datetime = MAY_1, pay_by: date = MAY_31
) -> AgreeSettlement:
    return AgreeSettlement(
        at=at, by=by, settlement_id=settlement_id, amount=eur(euros), pay_by=pay_by, authority=SUPERVISOR
    )


def discount(
    discount_id: str, euros: float, pay_by: date = MAY_10, *, at: datetime = MAY_1, by: str = COLLECTOR
) -> OfferDiscount:
    return OfferDiscount(
        at=at, by=by, discount_id=discount_id, amount=eur(euros), pay_by=pay_by, reason="EARLY", authority=SUPERVISOR
    )


def withdraw_discount(discount_id: str, *, at: datetime = TWO_DAYS_LATER) -> WithdrawDiscount:
    return WithdrawDiscount(at=at, by=COLLECTOR, discount_id=discount_id, reason="MISTAKE")
