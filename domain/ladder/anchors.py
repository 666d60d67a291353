"""What offsets are counted from: the case's own events, and the due date of the oldest debt that is still owed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import assert_never

from domain.case.best_offer import was_made
from domain.case.plan_kept import missed_since
from domain.case.state import Agreed, Case, Dispute, Offered
from domain.case.words import DisputeOutcome
from domain.ladder.strategy import Anchor


def covers_everything(case: Case, dispute: Dispute) -> bool:
    """Return whether a dispute is about every obligation of the case."""
    return set(dispute.obligation_ids) >= set(case.ledger.debts)


def last_event(case: Case, anchor: Anchor) -> datetime | None:
    """Return when the event that an anchor names last happened in the present stage; None if it has not.

    A promise broken two levels below was answered there, so what came before this stage was entered does not count.
    """
    found: Iterable[datetime | None]
    match anchor:
        case Anchor.PROMISE_BROKEN:
            failed = (Agreed.BROKEN, Agreed.PARTLY_KEPT)
            found = (promise.ended_at for promise in case.promises.values() if promise.stands in failed)
        case Anchor.INSTALLMENT_MISSED:
            found = (missed_since(case),)
        case Anchor.PLAN_DEFAULTED:
            found = (plan.ended_at for plan in case.plans.values() if plan.stands is Agreed.BROKEN)
        case Anchor.OFFER_MADE:
            found = (offer.opened_at for offer in case.offers.values() if offer.stands is Offered.OPEN)
        case Anchor.OFFER_LAPSED:
            let_go = (offer for offer in case.offers.values() if offer.stands is Offered.LAPSED and was_made(offer))
            found = (offer.expires_at for offer in let_go)
        case Anchor.SETTLEMENT_LAPSED:
            found = (each.ended_at for each in case.settlements.values() if each.stands is Agreed.BROKEN)
        case Anchor.DISPUTE_REJECTED:
            rejected = (dispute for dispute in case.disputes.values() if dispute.outcome is DisputeOutcome.REJECTED)
            found = (dispute.resolved_at for dispute in rejected)
        case Anchor.MESSAGE_READ:
            found = (case.read_at,)
        case Anchor.DEBTOR_REPLIED:
            found = (case.replied_at,)
        case Anchor.PAYMENT_RECEIVED:
            found = (payment.at for payment in case.ledger.payments.values() if not payment.reversed)
        case Anchor.STAGE_ENTERED:
            found = (case.climb.entered_at,)
        case Anchor.DUE:
            found = ()
        case _:
            assert_never(anchor)
    return max((at for at in found if at is not None and at >= case.climb.entered_at), default=None)


def anchor_moved(case: Case, due_on: date) -> bool:
    """Return whether the oldest unpaid debt falls due later than it did when the present stage was entered.

    A stage that was entered while nothing undisputed was owed remembers no anchor; then the case is taken to have moved
    unless somebody put it where it is.
    """
    remembered = case.climb.anchored_on
    return not case.climb.by_hand if remembered is None else due_on > remembered
