"""What late payment costs besides interest: the fixed compensation, and the most that collecting may cost."""

from dataclasses import dataclass, replace
from decimal import Decimal

from domain.compliance.amounts import most_fee
from domain.compliance.rules import FeeCap
from domain.ledger.law import CompensationRule, LawPack, Terms
from domain.money import Money, exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLimit:
    """The most that collecting a debt may cost its debtor on a day, and by which rule."""

    amount: Money
    rule: str
    cite: str


def compensation(pack: LawPack, terms: Terms, *, currency: str, days_late: int) -> CompensationRule | None:
    """Return the fixed sum that one late debt owes once; None where the law gives none.

    It is owed in full however little is late. A debt in a currency other than the law's owes none: nobody converts.
    """
    for rule in pack.compensations:
        fits = not rule.natures or terms.nature in rule.natures
        if fits and rule.amount.currency == currency and days_late >= rule.from_day:
            return rule
    return None


def most_collection_fee(
    cap: FeeCap, *, overdue: Money, unit_value: Decimal, days_late: int, early_notice: bool
) -> FeeLimit:
    """Return the most that collecting `overdue` may cost, rounded down: a cent more would be above the cap.

    `unit_value` is what one of the cap's units is worth that day in whole units of the currency (pesos for a UF).
    """
    in_minor = unit_value.scaleb(exponent(overdue.currency))
    tiers = tuple((None if top is None else top * in_minor, share) for top, share in cap.tiers)
    # what is less without an early notice is said in the cap's unit
    scaled = replace(cap, tiers=tiers, no_early_notice_minus=cap.no_early_notice_minus * in_minor)
    most = most_fee(scaled, overdue=Decimal(overdue.minor), days_late=days_late, early_notice=early_notice)
    return FeeLimit(amount=Money(int(most), overdue.currency), rule=cap.id, cite=cap.cite)
