"""Adyen's words, as data: how it counts money, and what its webhooks' event codes mean.

Both doors need it: the adapter that makes links (`infra`) and the webhook that hears what came of them (`web`).
Sources: Adyen's lists of currency codes, of standard webhook event codes and of dispute webhooks.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from domain.decider import Rejected
from domain.money import Money, exponent

NAME: Final = "adyen"
METHOD_LENGTH_MAX: Final = 40

# Decimals of a currency's minor unit as Adyen counts them. It counts hundredths of a Chilean peso, which ISO 4217 does
# not have; so what is not in this list is refused, never guessed.
DECIMALS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("ARS", "BOB", "BRL", "COP", "CRC", "DOP", "GTQ", "HNL", "MXN", "NIO", "PAB", "PEN", "UYU"), 2),
    "CLP": 2,
    "PYG": 0,
    **dict.fromkeys(("EUR", "GBP", "USD"), 2),
}


class Tells(Enum):
    """What an event code tells about a payment."""

    PAID = "PAID"
    GONE = "GONE"  # a sum of it went back
    ALL_GONE = "ALL_GONE"  # it never came to money, or all of it went back
    BACK = "BACK"  # what went back is here again


# With `success` true; a failed attempt at any of these changes nothing. What is not here says nothing about money.
EVENTS: Final[Mapping[str, Tells]] = {
    "AUTHORISATION": Tells.PAID,
    "CANCELLATION": Tells.ALL_GONE,
    "TECHNICAL_CANCEL": Tells.ALL_GONE,
    "CANCEL_OR_REFUND": Tells.ALL_GONE,
    "CAPTURE_FAILED": Tells.ALL_GONE,
    "REFUND": Tells.GONE,
    "REFUND_FAILED": Tells.BACK,
    "REFUNDED_REVERSED": Tells.BACK,
    "CHARGEBACK": Tells.GONE,
    "SECOND_CHARGEBACK": Tells.GONE,
    "PREARBITRATION_LOST": Tells.GONE,
    "CHARGEBACK_REVERSED": Tells.BACK,
    "PREARBITRATION_WON": Tells.BACK,
}


def to_adyen(amount: Money) -> int:
    """Return an amount in Adyen's minor units; raise `Rejected` PAYMENT_CURRENCY_UNKNOWN."""
    decimals = _decimals(amount.currency) - exponent(amount.currency)
    assert decimals >= 0, amount.currency
    return int(amount.minor * 10**decimals)


def from_adyen(value: int, currency: str) -> Money:
    """Return Adyen's amount as ours; raise `Rejected` where we cannot count so finely, or do not know the currency."""
    whole, left = divmod(value, 10 ** (_decimals(currency) - exponent(currency)))
    if left:
        raise Rejected("AMOUNT_INVALID", f"{currency} has no such part", field="amount")
    return Money(whole, currency)


def payment_id(psp_reference: str) -> str:
    """Return our id of what Adyen calls a payment, a refund or a dispute."""
    return f"{NAME}:{psp_reference}"


def _decimals(currency: str) -> int:
    decimals = DECIMALS.get(currency)
    if decimals is None:
        raise Rejected(
            "PAYMENT_CURRENCY_UNKNOWN",
            "links are not made in this currency",
            field="amount",
            accepted=", ".join(DECIMALS),
        )
    return decimals
