"""Settlements offered: within the house's bounds, approved by a second person, and never worse than before.

An offer that reached the debtor binds the house until it expires, for the facts that it was made on. One that waits
for approval binds nobody: it may be refused, withdrawn, or made better by another one.
"""

from datetime import datetime

from domain.case.best_offer import footing_of, require_no_worse
from domain.case.bounds import allowed, may_approve
from domain.case.commands import AcceptOffer, ApproveOffer, OfferSettlement, RefuseOffer, WithdrawOffer
from domain.case.events import (
    CaseEvent,
    OfferAccepted,
    OfferApproved,
    OfferRefused,
    OfferWithdrawn,
    SettlementAgreed,
    SettlementOffered,
)
from domain.case.hold import require_no_legal_hold
from domain.case.plan import require_nothing_agreed
from domain.case.policy import Policy
from domain.case.received import received_since
from domain.case.refusal import other_terms, require_open, require_sum, require_text, require_utc
from domain.case.settlement import require_owed
from domain.case.settling import money_came
from domain.case.state import Case, Offer, Offered
from domain.case.view import balance, local_date
from domain.case.words import Scope
from domain.decider import Rejected
from domain.four_eyes import role_of, same_person
from domain.money import Money


def offer_settlement(command: OfferSettlement, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Offer to settle everything for less. Where the bounds ask for a second person, it waits for one."""
    known = case.offers.get(command.offer_id)
    if known is not None:
        if (known.amount, known.pay_by, known.expires_at) == (command.amount, command.pay_by, command.expires_at):
            return ()
        raise other_terms("OFFER")
    if command.offer_id in case.settlements:
        raise other_terms("SETTLEMENT")
    require_open(case)
    require_text(command.offer_id, "offer_id")
    require_sum(command.amount, case.currency)
    _require_days(command, case)
    require_no_legal_hold(case, Scope.ALL, command.at)
    require_owed(case, command.amount)
    allows = allowed(policy.bounds, case, command.amount, by=command.by, at=command.at)
    require_no_worse(case, command.amount)
    offered = SettlementOffered(
        at=command.at,
        offer_id=command.offer_id,
        amount=command.amount,
        pay_by=command.pay_by,
        expires_at=command.expires_at,
        offered_by=command.by,
        balance=balance(case),
        approvers=allows.approvers,
        bound=allows.bound,
    )
    return (offered,)


def approve_offer(command: ApproveOffer, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Let an offer go to the debtor. All that it was measured by is measured again: days may have passed."""
    offer = _known(case, command.offer_id)
    if offer.approved_by:
        return ()
    _require_waiting(offer)
    require_open(case)
    _require_second_person(offer, command.by, command.at)
    require_no_legal_hold(case, Scope.ALL, command.at)
    require_owed(case, offer.amount)
    if not may_approve(policy.bounds, case, offer.amount, by=command.by, at=command.at):
        detail = "as the case is now, this role may not agree to so little"
        raise Rejected("SETTLEMENT_NOT_ALLOWED", detail, field="offer_id", accepted="an offer of more")
    require_no_worse(case, offer.amount)
    return (OfferApproved(at=command.at, offer_id=command.offer_id, approved_by=command.by),)


def refuse_offer(command: RefuseOffer, case: Case) -> tuple[CaseEvent, ...]:
    """Do not let an offer go to the debtor; who made it may make another one."""
    offer = _known(case, command.offer_id)
    if offer.stands is Offered.REFUSED:
        return ()
    _require_waiting(offer)
    require_open(case)
    require_text(command.reason, "reason")
    _require_second_person(offer, command.by, command.at)
    return (OfferRefused(at=command.at, offer_id=command.offer_id, refused_by=command.by, reason=command.reason),)


def accept_offer(command: AcceptOffer, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """The debtor takes the offer: the settlement begins, under the offer's id.

    What he said in time counts, however late we hear of it: also when the offer was judged lapsed meanwhile.
    """
    offer = _known(case, command.offer_id)
    if offer.stands is Offered.ACCEPTED:
        return ()
    if offer.opened_at is None or offer.stands not in (Offered.OPEN, Offered.LAPSED):
        raise Rejected("OFFER_NOT_OPEN", f"the offer is {offer.stands}", field="offer_id", accepted="an open offer")
    require_open(case)
    _require_in_time(offer, command.at)
    if command.at < offer.opened_at:
        raise Rejected("OFFER_NOT_OPEN", "it was not made yet", accepted=f"from {offer.opened_at.isoformat()} on")
    require_no_legal_hold(case, Scope.ALL, command.at)
    _require_same_debt(offer, case)
    # What came in since he accepted was paid for the settlement.
    require_owed(case, Money(offer.amount.minor - received_since(case, command.at), case.currency))
    require_nothing_agreed(case)
    accepted = OfferAccepted(at=command.at, offer_id=command.offer_id)
    agreed = SettlementAgreed(
        at=command.at,
        settlement_id=command.offer_id,
        amount=offer.amount,
        pay_by=offer.pay_by,
        authority=offer.approved_by or offer.offered_by,
        offer_id=command.offer_id,
    )
    # Heard of late, its money may be there already.
    return money_came(case, (accepted, agreed), at=command.at, policy=policy)


def withdraw_offer(command: WithdrawOffer, case: Case) -> tuple[CaseEvent, ...]:
    """Take back an offer that waits, or that speaks of less than is owed now; any other open one binds the house."""
    offer = _known(case, command.offer_id)
    if offer.stands is Offered.WITHDRAWN:
        return ()
    if offer.stands not in (Offered.OPEN, Offered.WAITING):
        accepted = "an offer that waits"
        raise Rejected("OFFER_ENDED", f"the offer is {offer.stands}", field="offer_id", accepted=accepted)
    require_open(case)
    require_text(command.reason, "reason")
    if offer.stands is Offered.OPEN and not _outgrown(offer, case):
        raise Rejected(
            "OFFER_BINDING",
            "an open offer binds the house until it expires",
            field="offer_id",
            accepted=f"a better offer beside it, or none after {offer.expires_at.isoformat()}",
        )
    return (OfferWithdrawn(at=command.at, offer_id=command.offer_id, reason=command.reason),)


def _known(case: Case, offer_id: str) -> Offer:
    offer = case.offers.get(offer_id)
    if offer is None:
        raise Rejected("OFFER_NOT_FOUND", "the case has no such offer", field="offer_id")
    return offer


def _require_days(command: OfferSettlement, case: Case) -> None:
    require_utc(command.expires_at, "expires_at")
    if command.expires_at <= command.at:
        accepted = f"after {command.at.isoformat()}"
        raise Rejected("OFFER_EXPIRY_PAST", "nobody could accept it", field="expires_at", accepted=accepted)
    last_on = local_date(case, command.expires_at - datetime.resolution)
    if command.pay_by < last_on:
        detail = f"it may be accepted until {last_on}, when it should have been paid on {command.pay_by}"
        raise Rejected("PAY_BY_BEFORE_EXPIRY", detail, field="pay_by", accepted=f"{last_on} or later")


def _require_waiting(offer: Offer) -> None:
    if offer.stands is not Offered.WAITING:
        accepted = "an offer that waits for approval"
        raise Rejected("OFFER_NOT_WAITING", f"the offer is {offer.stands}", field="offer_id", accepted=accepted)


def _require_second_person(offer: Offer, by: str, at: datetime) -> None:
    """Four eyes: another person, in a role that may, while there is time."""
    _require_in_time(offer, at)
    accepted = ", ".join(offer.approvers)
    if same_person(offer.offered_by, by):
        detail = "who made an offer does not decide on it"
        raise Rejected("FOUR_EYES", detail, accepted=f"another person: {accepted}")
    if role_of(by) not in offer.approvers:
        raise Rejected("APPROVER_ROLE", f"a {role_of(by)} does not approve this offer", accepted=accepted)


def _require_in_time(offer: Offer, at: datetime) -> None:
    if at >= offer.expires_at:
        raise Rejected("OFFER_EXPIRED", f"it expired at {offer.expires_at.isoformat()}", accepted="a new offer")


def _require_same_debt(offer: Offer, case: Case) -> None:
    """Refuse to forgive what the offer did not speak of."""
    if _outgrown(offer, case):
        detail = "since it was made another obligation was added, or money did not stand"
        raise Rejected("OFFER_OUTGROWN", detail, field="offer_id", accepted="a new offer")


def _outgrown(offer: Offer, case: Case) -> bool:
    return offer.footing is not None and offer.footing.outgrown(footing_of(case))
