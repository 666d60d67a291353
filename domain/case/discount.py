"""Less to pay for who pays early.

A discount of 10 on 100 by the tenth is earned when, of all that had to be paid by the end of the tenth, no more than
10 is missing: charges of those days are to be paid too, later ones are not. The rest is waived, and the case closes as
PAID, for all that was asked for has been paid. Who pays the whole sum has paid it: nothing is given back.
Like an offer, a discount that was offered binds the house until its day is over.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.case.best_offer import footing_of
from domain.case.bounds import most_alone
from domain.case.commands import OfferDiscount, WithdrawDiscount
from domain.case.deadline import expires_at
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseEvent,
    ChargeAdded,
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    ObligationAdded,
    RewardGranted,
    WaiverReversed,
)
from domain.case.hold import require_no_legal_hold
from domain.case.policy import Policy
from domain.case.received import received_between
from domain.case.refusal import other_terms, require_open, require_sum, require_text
from domain.case.rest_waived import is_of, rest_waived, standing
from domain.case.state import Agreed, Case, Discount
from domain.case.view import balance, balance_minor, local_date
from domain.case.words import AgreementKind, Scope
from domain.decider import Rejected
from domain.money import Money

WAIVER = "discount:"  # ids of the waivers that earned discounts bring begin so


def offer_discount(command: OfferDiscount, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Offer less to pay for all else by a day, within what the caller may give up alone."""
    known = case.discounts.get(command.discount_id)
    if known is not None:
        same = (known.amount, known.pay_by, known.authority) == (command.amount, command.pay_by, command.authority)
        if same:
            return ()
        raise other_terms("DISCOUNT")
    require_open(case)
    require_text(command.discount_id, "discount_id")
    require_text(command.reason, "reason")
    require_text(command.authority, "authority")
    require_sum(command.amount, case.currency)
    today, owed = local_date(case, command.at), balance(case)
    if command.pay_by < today:
        detail = f"{command.pay_by} is over"
        raise Rejected("DISCOUNT_DATE_PAST", detail, field="pay_by", accepted=f"{today} or later")
    if command.amount >= owed:
        raise Rejected("DISCOUNT_EXCEEDS_BALANCE", f"{owed} is owed", field="amount", accepted=f"less than {owed}")
    require_no_legal_hold(case, Scope.ALL, command.at)
    most = most_alone(policy.bounds, case, by=command.by, at=command.at)
    if most is not None and command.amount > most:
        detail = "that is more than you may give up alone, here and now"
        raise Rejected("DISCOUNT_NOT_ALLOWED", detail, field="amount", accepted=f"up to {most}")
    offered = DiscountOffered(
        at=command.at,
        discount_id=command.discount_id,
        amount=command.amount,
        pay_by=command.pay_by,
        reason=command.reason,
        authority=command.authority,
    )
    return (offered,)


def withdraw_discount(command: WithdrawDiscount, case: Case) -> tuple[CaseEvent, ...]:
    """Take a discount back that speaks of less than is owed now; any other binds the house until its day is over."""
    discount = case.discounts.get(command.discount_id)
    if discount is None:
        raise Rejected("DISCOUNT_NOT_FOUND", "the case has no such discount", field="discount_id")
    if discount.stands is Agreed.CANCELLED:
        return ()
    if discount.stands is not Agreed.OPEN:
        accepted = "an open discount"
        raise Rejected("DISCOUNT_ENDED", f"the discount is {discount.stands}", field="discount_id", accepted=accepted)
    require_open(case)
    require_text(command.reason, "reason")
    if discount.footing is not None and not discount.footing.outgrown(footing_of(case)):
        raise Rejected(
            "OFFER_BINDING",
            "an open discount binds the house until its day is over",
            field="discount_id",
            accepted=f"none after {discount.pay_by}",
        )
    return (DiscountWithdrawn(at=command.at, discount_id=command.discount_id, reason=command.reason),)


def earned_discounts(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the discount that money has earned, with the waiver of the rest.

    One that was judged lapsed is earned too, if its money was there in time after all. Of several, the first counts.
    """
    if not case.discounts or balance_minor(case) <= 0:
        return
    for discount_id, discount in sorted(case.discounts.items(), key=lambda item: item[1].pay_by):
        if discount.stands not in (Agreed.OPEN, Agreed.BROKEN) or not _earned(case, discount_id):
            continue
        yield DiscountEarned(at=at, discount_id=discount_id, paid=_paid(case, discount))
        yield _rest_waived(case, discount_id, at=at)
        return


def missed_discounts(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the discounts whose day was over by `at`; the event says when it was."""
    for discount_id, discount in case.discounts.items():
        end = discount_expires_at(case, discount)
        if discount.stands is Agreed.OPEN and end <= at:
            yield DiscountLapsed(at=end, discount_id=discount_id, paid=_paid(case, discount))


def undone_discounts(now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield what is owed again because money that earned a discount did not stand; it may be earned anew in time."""
    for discount_id, discount in now.discounts.items():
        if discount.stands is not Agreed.KEPT or _missing(now, discount_id) <= discount.amount.minor:
            continue
        for waiver_id, parts in standing(now, _waiver_id(discount_id)):
            yield WaiverReversed(at=at, waiver_id=waiver_id, parts=parts, reason=reason)
        yield AgreementReopened(at=at, kind=AgreementKind.DISCOUNT, agreement_id=discount_id, reason=reason)


def discount_expires_at(case: Case, discount: Discount) -> datetime:
    """Return the first instant at which it is too late for the discount, in UTC."""
    return expires_at(discount.pay_by, grace_days=0, time_zone=case.time_zone)


def _earned(case: Case, discount_id: str) -> bool:
    """Return whether something came in for it in time, and no more than the discount was missing when time was up."""
    discount = case.discounts[discount_id]
    return _paid(case, discount).minor > 0 and 0 < _missing(case, discount_id) <= discount.amount.minor


def _missing(case: Case, discount_id: str) -> int:
    """Return what was unpaid when the time of a discount was up, as we know it now, in minor units.

    That is the balance without what was added, paid or given up since then, and without what the discount itself gave.
    """
    end = discount_expires_at(case, case.discounts[discount_id])
    missing = balance_minor(case) + sum(
        part.minor for _, parts in standing(case, _waiver_id(discount_id)) for part in parts
    )
    for payment in case.ledger.payments.values():
        if payment.at >= end and not payment.reversed:
            missing += sum(part.minor for part in payment.parts)
    for event in case.money_told:
        if event.at < end:
            continue
        match event:
            case ChargeAdded(amount=amount):
                missing -= amount.minor
            case ObligationAdded(obligation=obligation):
                missing -= obligation.principal.minor
            case RewardGranted(amount=amount):
                missing += amount.minor
            case AmountWaived(waiver_id=waiver_id, amount=amount):
                stands = waiver_id in case.ledger.forgiven and not is_of(_waiver_id(discount_id), waiver_id)
                missing += amount.minor if stands else 0
            case _:
                pass
    return missing


def _paid(case: Case, discount: Discount) -> Money:
    end = discount_expires_at(case, discount)
    return Money(received_between(case, discount.offered_at, end), case.currency)


def _waiver_id(discount_id: str) -> str:
    return f"{WAIVER}{discount_id}"


def _rest_waived(case: Case, discount_id: str, *, at: datetime) -> AmountWaived:
    rest, authority = min(_missing(case, discount_id), balance_minor(case)), case.discounts[discount_id].authority
    return rest_waived(case, _waiver_id(discount_id), rest, at=at, reason="EARLY_PAYMENT", authority=authority)
