"""What a case knows of its payment links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.money import Money


class Linked(StrEnum):
    """Where a payment link stands."""

    ISSUED = "ISSUED"  # the provider has not said yet that it has it
    READY = "READY"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money that the provider gave back, or said it would."""

    minor: int
    stands: bool
    told_at: datetime  # of the last that the provider said about it


@dataclass(frozen=True, kw_only=True)
class LinkPayment:
    """What the provider said about one payment by a link; `amount` is None while only a refund is known of it."""

    amount: Money | None = None
    at: datetime | None = None
    method: str = ""
    refunds: Mapping[str, Refund] = field(default_factory=dict)

    @property
    def kept_minor(self) -> int:
        """Minor units of it that the creditor still has; 0 where it is not known yet."""
        given_back = sum(refund.minor for refund in self.refunds.values() if refund.stands)
        return max(self.amount.minor - given_back, 0) if self.amount is not None else 0


@dataclass(frozen=True, kw_only=True)
class Link:
    """One payment link."""

    person_id: UUID
    amount: Money
    issued_at: datetime
    expires_at: datetime
    provider: str
    provider_id: str = ""
    url: str = ""
    stands: Linked = Linked.ISSUED
    payments: Mapping[str, LinkPayment] = field(default_factory=dict)  # by payment id

    @property
    def open(self) -> bool:
        """Whether nothing has ended it; its time may have run out all the same."""
        return self.stands in (Linked.ISSUED, Linked.READY)

    def stands_at(self, at: datetime) -> Linked:
        """Return where it stands at an instant: its time runs out whether somebody records that or not."""
        return Linked.EXPIRED if self.open and at >= self.expires_at else self.stands
