"""The values that texts may speak of, written as the reader writes them and made safe to stand in one line."""

import re
import unicodedata
from collections.abc import Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date

from application.messages import Facts
from domain.money import Money, exponent

# Always there.
ALWAYS = frozenset({"name", "creditor", "reference", "owed", "due_on", "today"})
# There when they are known; a text that needs one is not rendered without it.
OPTIONAL = frozenset(
    {
        "sender",
        "contact_at",
        "pay_at",
        "unsubscribe_at",
        "principal",
        "interest",
        "fees",
        "costs",
        "charges",
        "paid",
        "paid_on",
        "installments",
        "parts",
        "first_sum",
        "first_on",
        "itemized",
        "itemized_on",
        "dispute_until",
    }
)
# Not facts: what holds for the message itself.
CONDITIONS = frozenset({"court_may_be_named", "time_barred"})
VALUES = ALWAYS | OPTIONAL | CONDITIONS

SHORT = {"name": 40, "creditor": 40, "sender": 40, "reference": 30}  # characters, where room is scarce
SUBJECT = {"name": 24, "creditor": 24, "sender": 24, "reference": 24}
LONG = {"name": 200, "creditor": 200, "sender": 200, "reference": 100}
_ADDRESS_MAX = 2_000  # of a link: never cut in the middle, left out where longer
_KEPT_FORMATS = frozenset("\u200c\u200d")  # joiners that some scripts need; other invisible marks may turn a line round


def told(facts: Facts, locale: Locale, *, brief: bool = False) -> dict[str, str]:
    """Return the known values in the reader's language. `brief`: short dates, plain spaces, names cut where long."""
    limits = SHORT if brief else LONG

    def day(on: date) -> str:
        return _plain(_day_in_words(on, locale, "medium" if brief else "long"), brief=brief)

    def money(amount: Money) -> str:
        return _plain(amount_in_words(amount, locale), brief=brief)

    values = {
        "name": clipped(tidy(facts.name), limits["name"]),
        "creditor": clipped(tidy(facts.creditor or facts.creditor_id), limits["creditor"]),
        "reference": clipped(tidy(facts.reference), limits["reference"]),
        "owed": money(facts.owed),
        "due_on": day(facts.due_on),
        "today": day(facts.on),
        "sender": clipped(tidy(facts.sender), limits["sender"]),
        "contact_at": clipped(tidy(facts.contact_at), limits["creditor"] * 2),
        "pay_at": _link(facts.pay_at),
        "unsubscribe_at": _link(facts.unsubscribe_at),
    }
    sums = {"principal": facts.principal, "interest": facts.interest, "fees": facts.fees, "costs": facts.costs}
    sums |= {"paid": facts.paid, "itemized": facts.itemized, "charges": _total(facts.fees, facts.costs)}
    days = {"paid_on": facts.paid_on, "itemized_on": facts.itemized_on, "dispute_until": facts.dispute_until}
    values |= {name: money(amount) for name, amount in sums.items() if amount is not None}
    values |= {name: day(on) for name, on in days.items() if on is not None}
    if facts.installments:
        first_on, first_sum = facts.installments[0]
        lines = [f"{day(on)}: {money(amount)}" for on, amount in facts.installments]
        values |= {"parts": str(len(lines)), "first_sum": money(first_sum), "first_on": day(first_on)}
        values["installments"] = ("; " if brief else "\n").join(lines)
    return {name: value for name, value in values.items() if value or name in ALWAYS}


@lru_cache(maxsize=4096)  # Babel looks every pattern up anew; sums and days of a morning are mostly the same
def amount_in_words(amount: Money, locale: Locale) -> str:
    """Return a sum as the reader writes it ("1.234,50 €"), with the currency's own decimals."""
    digits = exponent(amount.currency)
    value = Decimal(amount.minor).scaleb(-digits)
    # CLDR knows other decimals for some currencies, and would round a cent away.
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    written: str = pattern.apply(value, locale, currency=amount.currency, currency_digits=False)
    return written


@lru_cache(maxsize=4096)
def _day_in_words(on: date, locale: Locale, length: str) -> str:
    return format_date(on, format=length, locale=locale)


def tidy(value: str) -> str:
    """Return a value as one line of visible text: no control characters, no marks that turn the line's direction."""
    kept = (
        each if each in _KEPT_FORMATS or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else " "
        for each in value
    )
    return " ".join("".join(kept).split())


def clipped(value: str, limit: int) -> str:
    """Return at most `limit` characters, the last three of them dots where something was cut."""
    return value if len(value) <= limit else value[: limit - 3].rstrip() + "..."


def for_subject(values: dict[str, str]) -> dict[str, str]:
    """Return the values as a subject has room for them."""
    return {name: clipped(value, SUBJECT.get(name, 40)) for name, value in values.items()}


def _total(*amounts: Money | None) -> Money | None:
    known: Sequence[Money] = [each for each in amounts if each is not None]
    return Money(sum(each.minor for each in known), known[0].currency) if known else None


def _link(address: str) -> str:
    plain = re.sub(r"\s+", "", tidy(address))
    return plain if len(plain) <= _ADDRESS_MAX else ""


def _plain(text: str, *, brief: bool) -> str:
    # No-break spaces keep a sum together on paper; in a text message one of them would double the message's price.
    return re.sub("[\u00a0\u202f\u2009]", " ", text) if brief else text
