"""No worse offer for the same facts.

What was once offered to the debtor, or agreed with him, is the most that may be asked of him from then on, even after
it lapsed or was withdrawn, until the facts change: another obligation, money that did not stand, an agreement that he
did not keep, a cost advanced, a higher stage. An offer that nobody approved was never made.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from domain.case.footing import Footing
from domain.case.state import Agreed, Case, Offer, Plan, Promise, Settlement
from domain.case.view import balance_minor
from domain.decider import Rejected
from domain.money import Money

_NOT_KEPT = (Agreed.BROKEN, Agreed.PARTLY_KEPT)


def footing_of(case: Case) -> Footing:
    """Return the facts that an offer made now is made on."""
    agreed: Iterable[Promise | Plan | Settlement] = chain(
        case.promises.values(), case.plans.values(), case.settlements.values()
    )
    return Footing(
        balance=balance_minor(case),
        received=sum(payment.amount.minor for payment in case.ledger.payments.values() if not payment.reversed),
        obligations=len(case.ledger.debts),
        costs=len(case.costs),
        failed=sum(each.stands in _NOT_KEPT for each in agreed),
        stage=case.climb.stage,
    )


def was_made(offer: Offer) -> bool:
    """Return whether the offer ever reached the debtor: it needed nobody, or somebody approved it."""
    return not offer.approvers or bool(offer.approved_by)


def best_so_far(case: Case) -> Money | None:
    """Return the most that may be asked for everything as the facts are now; None if nothing was offered on them."""
    now = footing_of(case)
    limits = [was.no_more_than(amount.minor, now) for amount, was in _made(case) if not was.changed(now)]
    return Money(min(limits), case.currency) if limits else None


def require_no_worse(case: Case, amount: Money) -> None:
    """Refuse to ask for more than was asked before on the same facts."""
    best = best_so_far(case)
    if best is not None and amount > best:
        detail = f"{best} was offered, and nothing has changed since that would make the debt worth more"
        raise Rejected("OFFER_WORSE", detail, field="amount", accepted=f"up to {best}")


def _made(case: Case) -> Iterator[tuple[Money, Footing]]:
    for offer in case.offers.values():
        if offer.footing is not None and was_made(offer):
            yield offer.amount, offer.footing
    for settlement in case.settlements.values():
        if settlement.footing is not None:
            yield settlement.amount, settlement.footing
