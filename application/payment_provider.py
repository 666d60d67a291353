"""Who takes money by payment links, as a port: asked for a page, asked what became of it, and heard of what came in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.decider import Rejected
from domain.money import Money

REFERENCE_LENGTH_MAX = 57  # a UUID, a dot and a link's id


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """What a provider is told about a link, and all of it. Says nothing of a person.

    reference:  ours, unique for ever; the provider's idempotency key and what it calls the payment to us.
    country:    ISO 3166 of the case; language: BCP 47 of the person; `return_to` is where the payer comes back.
    """

    reference: str
    amount: Money
    expires_at: datetime
    country: str
    language: str
    return_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLink:
    """The provider's page."""

    provider_id: str
    url: str


class ProviderStands(StrEnum):
    """Where a link stands by the provider's account."""

    OPEN = "OPEN"
    PENDING = "PENDING"  # somebody is paying, and the money is not there yet
    PAID = "PAID"
    EXPIRED = "EXPIRED"


class ProviderUnavailable(Exception):
    """Nothing is certain: ask again, with the same reference. The text is a code; no personal data."""


class ProviderRefused(Exception):
    """The provider said no and would say it again. The text is its code; no personal data."""


class PaymentProvider(Protocol):
    """A provider of payment links."""

    @property
    def name(self) -> str:
        """What its payments are prefixed with: "adyen"."""
        ...

    async def create(self, request: LinkRequest) -> ProviderLink:
        """Return the page for a request, the same one however often it is asked for.

        Raises `ProviderUnavailable` when it may be there or not, `ProviderRefused` when it is certain not to be.
        """
        ...

    async def ask(self, provider_id: str) -> ProviderStands:
        """Return where a link stands; raise `ProviderUnavailable` or `ProviderRefused`."""
        ...

    async def end(self, provider_id: str) -> ProviderStands:
        """Let nobody pay by a link any more, and return where it stands then; raises the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReport:
    """A provider says that money came by a link."""

    reference: str
    payment_id: str  # the provider's name, a colon, and what it calls the payment
    amount: Money
    method: str
    at: datetime  # as the provider says


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """A provider says that money went back, or (`stands` False) that it did not after all."""

    reference: str
    payment_id: str
    refund_id: str
    amount: Money | None  # None: all of the payment
    reason: str
    stands: bool
    at: datetime


LinkReport = PaymentReport | RefundReport


def reference_of(case_id: UUID, link_id: str) -> str:
    """Return what a link is called outside: it finds its case, and nobody can tell whose it is."""
    return f"{case_id}.{link_id}"


def referred_to(reference: str) -> tuple[UUID, str] | None:
    """Return the case and the link that a reference names; None where it is none of ours."""
    case_text, _, link_id = reference.partition(".")
    if len(reference) > REFERENCE_LENGTH_MAX or not link_id:
        return None
    try:
        case_id = UUID(case_text)
    except ValueError:
        return None
    return (case_id, link_id) if reference == reference_of(case_id, link_id) else None


def no_provider() -> Rejected:
    """Return the refusal of a house that has no provider."""
    accepted = "set ESCALERA_PAYMENT_LINKS_URL and ESCALERA_PUBLIC_URL"
    return Rejected("PAYMENT_PROVIDER_NOT_SET", "no provider takes money by links here", accepted=accepted)
