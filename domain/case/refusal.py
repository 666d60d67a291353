"""Refusals that many commands share. Each returns quietly or raises `Rejected`."""

from datetime import UTC, datetime

from domain.case.state import Case
from domain.decider import Rejected
from domain.money import Money

GRACE_DAYS_MAX = 365
RESERVED = ("settlement:", "discount:", "plan:", "law:", "cost:", "step:", "given up:")
"""How ids and periods begin of what follows from a decision, and is not asked for by anybody."""


def require_open(case: Case) -> None:
    """Refuse what is only done to a case that is being worked."""
    if not case.open:
        raise Rejected("CASE_CLOSED", f"the case was closed as {case.closure}", accepted="reopen the case first")


def require_utc(at: datetime, field: str) -> None:
    """Refuse an instant without a zone, or in another zone than UTC."""
    if at.tzinfo is not UTC and (at.tzinfo is None or at.utcoffset() != UTC.utcoffset(None)):
        raise Rejected("INSTANT_NOT_UTC", f"{field} must be an aware instant in UTC", field=field, accepted="UTC")


def require_text(text: str, field: str) -> None:
    """Refuse an empty id, reason or name."""
    if not text.strip():
        raise Rejected(f"{field.upper()}_MISSING", f"{field} must not be empty", field=field, accepted="some text")


def require_own(text: str, field: str) -> None:
    """Refuse what begins as only what the engine itself charges and gives up does: the books would take it for that."""
    prefix = next((each for each in RESERVED if text.startswith(each)), None)
    if prefix is not None:
        accepted = f"any that does not begin with {', '.join(RESERVED)}"
        raise Rejected("ID_RESERVED", f"{prefix} is not for commands", field=field, accepted=accepted)


def require_currency(amount: Money, currency: str, field: str) -> None:
    """Refuse money in another currency than the case's."""
    if amount.currency != currency:
        raise Rejected("CURRENCY_MISMATCH", f"{field} is in {amount.currency}", field=field, accepted=currency)


def require_sum(amount: Money, currency: str, field: str = "amount") -> None:
    """Refuse money in another currency than the case's, and sums of zero or less."""
    require_currency(amount, currency, field)
    if amount.minor <= 0:
        raise Rejected("AMOUNT_NOT_POSITIVE", f"{field} is {amount}", field=field, accepted="more than zero")


def require_grace(grace_days: int) -> None:
    """Refuse a grace that is negative, or so long that it is a mistake."""
    if not 0 <= grace_days <= GRACE_DAYS_MAX:
        accepted = f"0 to {GRACE_DAYS_MAX} days"
        raise Rejected("GRACE_INVALID", f"grace of {grace_days} days", field="grace_days", accepted=accepted)


def require_obligation(case: Case, obligation_id: str, field: str = "obligation_id") -> None:
    """Refuse an obligation that the case does not have."""
    if obligation_id not in case.ledger.debts:
        detail = "the case has no such obligation"
        raise Rejected("OBLIGATION_NOT_FOUND", detail, field=field, accepted=", ".join(case.ledger.debts))


def other_terms(thing: str) -> Rejected:
    """Return the refusal of an id that was used before for something else."""
    return Rejected(f"{thing}_EXISTS_WITH_OTHER_TERMS", "this id was used before with other content")
