"""One event of every kind about payment links, for the golden files."""

from datetime import UTC, datetime
from uuid import UUID

from application.ports import Event
from domain.case.events import (
    PaymentLinkCancelled,
    PaymentLinkExpired,
    PaymentLinkIssued,
    PaymentLinkPaid,
    PaymentLinkReady,
    PaymentLinkRefunded,
)
from domain.money import Money

_AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
_UNTIL = datetime(2026, 3, 9, 9, 30, 15, tzinfo=UTC)
_DEBTOR = UUID("2f9c1b44-5d0e-5a55-9a30-0d4a3c1b7e21")
_PAYMENT = "adyen:NC6HT9CRT65ZGN82"

LINK_SAMPLES: tuple[Event, ...] = (
    PaymentLinkIssued(
        at=_AT,
        link_id="l-1",
        person_id=_DEBTOR,
        amount=Money(125_050, "MXN"),
        expires_at=_UNTIL,
        provider="adyen",
    ),
    PaymentLinkReady(
        at=_AT, link_id="l-1", provider_id="PLE83C39B0A0DE0C1E", url="https://pay.example.com/PLE83C39B0A0DE0C1E"
    ),
    PaymentLinkPaid(at=_AT, link_id="l-1", payment_id=_PAYMENT, amount=Money(125_050, "MXN"), method="oxxo"),
    PaymentLinkRefunded(
        at=_AT,
        link_id="l-1",
        payment_id=_PAYMENT,
        refund_id="adyen:KHQC5N7G84BLNK43",
        amount=Money(25_050, "MXN"),
        reason="CHARGEBACK",
        stands=True,
    ),
    PaymentLinkExpired(at=_AT, link_id="l-2"),
    PaymentLinkCancelled(at=_AT, link_id="l-3", reason="DEBTOR_PAYS_BY_TRANSFER"),
)
