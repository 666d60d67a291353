"""What the law lets a house charge: the most that collecting may cost, and the most late interest.

A cap that cannot be worked out is not taken for none: where it is in a unit whose worth nobody said (Chile's UF), the
fee is refused until somebody says it. Late interest by hand is measured against the capped rates of its days; where
those are not known, as in periods that nobody published yet, it stands on its own reason.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from domain.calendar import days_between
from domain.case.money_events import AmountWaived, ChargeAdded, RewardGranted
from domain.case.policy import Policy
from domain.case.reached import FAILED
from domain.case.state import Case
from domain.case.view import local_date
from domain.case.words import Component, ContactOutcome, Direction
from domain.compliance.amounts import early_notice_by
from domain.compliance.rules import FeeCap
from domain.decider import Rejected
from domain.ledger.fees import FeeLimit, most_collection_fee
from domain.ledger.law import LawPack, Terms
from domain.ledger.most import most_late_interest
from domain.ledger.terms_told import terms_told
from domain.money import Money

_NOT_KNOWN = FAILED | {ContactOutcome.UNKNOWN}


def require_within_caps(
    case: Case, policy: Policy, *, obligation_id: str, component: Component, amount: Money, at: datetime, unit: str = ""
) -> None:
    """Refuse a charge that, with those before it, is more than the law of the place allows.

    unit: what a unit of the fee cap is worth that day, in whole units of the currency, as a decimal number. Raise
    `Rejected` FEE_CAP_UNKNOWN, FEE_ABOVE_CAP, INTEREST_ABOVE_CAP.
    """
    if component not in (Component.FEES, Component.LATE_INTEREST):
        return
    try:
        pack = policy.laws.of_place(case.country, local_date(case, at))
    except Rejected:  # no law of the place is known, so none caps
        return
    asked = _charged(case, obligation_id, component) + amount.minor
    if component is Component.LATE_INTEREST:
        _require_interest(case, policy, pack, obligation_id, asked, amount, at)
        return
    for rule in pack.fees:
        limit = _fee_limit(case, policy.fee_caps.get(rule.fee_cap), obligation_id, at, unit, rule.cite)
        if asked > limit.amount.minor:
            left = Money(max(limit.amount.minor - asked + amount.minor, 0), case.currency)
            detail = f"{limit.cite} allows {limit.amount} in all"
            raise Rejected("FEE_ABOVE_CAP", detail, field="amount", accepted=f"up to {left}")


def _require_interest(
    case: Case, policy: Policy, pack: LawPack, obligation_id: str, asked: int, amount: Money, at: datetime
) -> None:
    opened = case.ledger.debts[obligation_id].terms
    terms = terms_told(case.money_told, (obligation_id,)).get(obligation_id, Terms())
    most = most_late_interest(
        case.money_told, opened, at=local_date(case, at), pack=pack, book=policy.laws, terms=terms
    )
    if most is not None and asked > most:
        left = Money(max(most - asked + amount.minor, 0), case.currency)
        raise Rejected("INTEREST_ABOVE_CAP", "the law caps it", field="amount", accepted=f"up to {left}")


def _fee_limit(case: Case, cap: FeeCap | None, obligation_id: str, at: datetime, unit: str, cite: str) -> FeeLimit:
    if cap is None:
        accepted = "contact rules that give it"
        raise Rejected("FEE_CAP_UNKNOWN", f"nobody gave the cap of {cite}", field="amount", accepted=accepted)
    debt = case.ledger.debts[obligation_id]
    due_on = debt.terms.due_on
    return most_collection_fee(
        cap,
        overdue=Money(debt.owed.get(Component.PRINCIPAL, 0), case.currency),
        unit_value=Decimal(1) if cap.unit == case.currency else _unit_value(unit, cap),
        days_late=max(days_between(due_on, local_date(case, at)), 0),
        early_notice=_noticed(case, cap, obligation_id),
    )


def _unit_value(unit: str, cap: FeeCap) -> Decimal:
    try:
        value = Decimal(unit)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        accepted = f"what one {cap.unit} is worth that day"
        raise Rejected("FEE_CAP_UNKNOWN", f"{cap.cite} caps fees in {cap.unit}", field="unit_value", accepted=accepted)
    return value


def _noticed(case: Case, cap: FeeCap, obligation_id: str) -> bool:
    """Return whether a notice reached somebody within the days that the cap gives after the due date."""
    due_on = case.ledger.debts[obligation_id].terms.due_on
    last = early_notice_by(cap, due_on)
    made = [each.at for each in case.contacts.values() if each.outcome is not None and each.outcome not in _NOT_KNOWN]
    made += [each.at for each in case.logged if each.direction is Direction.OUTBOUND and each.outcome not in _NOT_KNOWN]
    return any(due_on <= local_date(case, each) <= last for each in made)


def _charged(case: Case, obligation_id: str, component: Component) -> int:
    """Return what was charged on a component so far, less what was given up of it."""
    minor = 0
    for event in case.money_told:
        match event:
            case ChargeAdded() if (event.obligation_id, event.component) == (obligation_id, component):
                minor += event.amount.minor
            case RewardGranted(parts=parts):
                minor -= sum(
                    each.minor for each in parts if (each.obligation_id, each.component) == (obligation_id, component)
                )
            case AmountWaived(waiver_id=waiver_id, parts=parts) if waiver_id in case.ledger.forgiven:
                minor -= sum(
                    each.minor for each in parts if (each.obligation_id, each.component) == (obligation_id, component)
                )
            case _:
                pass
    return minor
