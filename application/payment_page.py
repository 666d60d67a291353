"""Our own page before a provider's: addresses that name a link and when it ends, and what such a page shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKey:
    """What one of our addresses names."""

    case_id: UUID
    link_id: str
    expires_at: datetime


class PaymentPages(Protocol):
    """Mints addresses of payment pages and reads them back."""

    def address(self, key: PageKey) -> str:
        """Return the page's address; "" where we have no public address."""
        ...

    def key_of(self, token: str) -> PageKey | None:
        """Return what the last part of an address names; None if it is none of ours."""
        ...


class Shows(StrEnum):
    """What a page says."""

    PAY = "PAY"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    CHANGED = "CHANGED"  # cancelled, or less is owed than the link is for
    LATER = "LATER"  # the provider cannot be reached
    UNKNOWN = "UNKNOWN"  # no address of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """A page, with what the debtor must know to pay and nothing of who the debtor is.

    amount, reference, creditor: only where something can be paid, or was. `url`: where to go, for PAY.
    """

    shows: Shows
    language: str = ""  # BCP 47, the person's; "" where nobody is known
    country: str = ""
    amount: Money | None = None
    reference: str = ""  # the creditor's own, for the case
    creditor: str = ""
    contact_at: str = ""
    expires_at: datetime | None = None
    time_zone: str = ""
    url: str = ""
