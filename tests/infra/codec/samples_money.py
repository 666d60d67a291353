"""One event of every kind that terms, offers and limitation brought, for the golden files."""

from datetime import UTC, date, datetime

from application.ports import Event
from domain.case.events import (
    CostAdvanced,
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    DueDateExtended,
    LimitationAlarmed,
    LimitationInterrupted,
    LimitationSuspended,
    OfferAccepted,
    OfferApproved,
    OfferLapsed,
    OfferRefused,
    OfferWithdrawn,
    OrderConsented,
    PaymentReallocated,
    PlanCured,
    PlanInArrears,
    RewardGranted,
    SettlementOffered,
    TermsRecorded,
    TimeBarPleaded,
)
from domain.case.words import AgreedRate, Component, Part
from domain.ledger.words import DayCount, Interruption, Nature, Quoted
from domain.money import Money

_AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
_LATER = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
_ORDER = (
    Component.PRINCIPAL,
    Component.INTEREST,
    Component.LATE_INTEREST,
    Component.COSTS,
    Component.FEES,
)


def _pesos(centavos: int) -> Money:
    return Money(centavos, "MXN")


MONEY_SAMPLES: tuple[Event, ...] = (
    TermsRecorded(
        at=_AT,
        terms_id="t-1",
        obligation_ids=("inv-1", "loan-1"),
        nature=Nature.COMMERCIAL,
        rates=(
            AgreedRate(component=Component.INTEREST, percent="24.5"),
            AgreedRate(component=Component.LATE_INTEREST, percent="36"),
        ),
        quoted=Quoted.EFFECTIVE,
        day_count=DayCount.ACT_360,
        grace_days=3,
        source="contract 17, clause 4",
    ),
    OrderConsented(
        at=_AT,
        consent_id="o-1",
        order=_ORDER,
        given_by="back-office:b-1",
        reason="agreed with the debtor",
        payment_id="pay-1",
        ended=True,
    ),
    DueDateExtended(
        at=_AT,
        extension_id="x-1",
        obligation_id="inv-1",
        due_on=date(2026, 4, 15),
        previous_due_on=date(2026, 3, 15),
        reason="harvest late",
        authority="supervisor:s-1",
    ),
    CostAdvanced(
        at=_AT,
        cost_id="c-1",
        obligation_id="inv-1",
        amount=_pesos(120_000),
        kind="COURT_FEE",
        recoverable=True,
        proof="receipt 88",
    ),
    PaymentReallocated(
        at=_AT,
        payment_id="pay-1",
        parts=(Part(obligation_id="inv-1", component=Component.LATE_INTEREST, minor=700),),
        reason="BACK_DATED",
    ),
    RewardGranted(
        at=_AT,
        reward_id="r-1",
        parts=(Part(obligation_id="inv-1", component=Component.FEES, minor=500),),
        amount=_pesos(500),
        reason="twelve months on time",
        authority="plan:plan-1",
    ),
    PlanInArrears(
        at=_AT, plan_id="plan-1", missed_on=date(2026, 5, 1), missing=_pesos(4_345), cure_by=date(2026, 5, 11)
    ),
    PlanCured(at=_AT, plan_id="plan-1"),
    SettlementOffered(
        at=_AT,
        offer_id="of-1",
        amount=_pesos(800_000),
        pay_by=date(2026, 4, 15),
        expires_at=_LATER,
        offered_by="collector:c-17",
        balance=_pesos(1_000_000),
        approvers=("supervisor", "admin"),
        bound="house.legal",
    ),
    OfferApproved(at=_AT, offer_id="of-1", approved_by="supervisor:s-1"),
    OfferRefused(at=_AT, offer_id="of-1", refused_by="supervisor:s-1", reason="too low"),
    OfferAccepted(at=_AT, offer_id="of-1"),
    OfferLapsed(at=_AT, offer_id="of-1"),
    OfferWithdrawn(at=_AT, offer_id="of-1", reason="offered by mistake"),
    DiscountOffered(
        at=_AT,
        discount_id="di-1",
        amount=_pesos(20_000),
        pay_by=date(2026, 3, 31),
        reason="early payment",
        authority="supervisor:s-1",
    ),
    DiscountEarned(at=_AT, discount_id="di-1", paid=_pesos(980_000)),
    DiscountLapsed(at=_AT, discount_id="di-1", paid=_pesos(100)),
    DiscountWithdrawn(at=_AT, discount_id="di-1", reason="entered twice"),
    LimitationInterrupted(
        at=_AT,
        interruption_id="li-1",
        obligation_ids=("inv-1",),
        kind=Interruption.DEMAND,
        on=date(2026, 2, 27),
        proof="burofax 4711",
    ),
    LimitationSuspended(
        at=_AT,
        suspension_id="ls-1",
        obligation_ids=("inv-1",),
        first=date(2026, 3, 1),
        last=date(2026, 3, 30),
        reason="negotiation by law",
        proof="minutes 12",
    ),
    TimeBarPleaded(at=_AT, plea_id="tb-1", obligation_ids=("inv-1",), proof="letter of 2 March"),
    LimitationAlarmed(at=_AT, obligation_id="inv-1", action="executive", ends_on=date(2026, 5, 31), days_left=90),
)
