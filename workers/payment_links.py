"""The provider of payment links that the settings describe, the desks over it, and the doors that reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from application.payment_door import PaymentDoor
from application.payment_links import PaymentLinkDesk
from application.payment_provider import PaymentProvider
from application.payment_reports import PaymentReportDesk
from application.payment_unplaced import QueuedUnplaced
from domain.case.link import owed_minor
from domain.money import Money
from infra.creditors import load_creditors
from infra.payment_links.adyen import AdyenLinks
from infra.payment_links.pages import SignedPaymentPages
from infra.read_tables.tables import Pool
from infra.settings import SettingInvalid, Settings
from web.doors import Payments
from workers.log import root_key
from workers.paying import payments_on
from workers.wiring import Desks, policy_of


@asynccontextmanager
async def open_provider(settings: Settings) -> AsyncIterator[PaymentProvider | None]:
    """Yield the provider, for the running event loop; None where the settings name none."""
    if not settings.payment_links_url:
        yield None
        return
    if not settings.public_url:
        raise SettingInvalid("ESCALERA_PAYMENT_LINKS_URL needs ESCALERA_PUBLIC_URL, where our own page before it is")
    adyen = AdyenLinks(url=settings.payment_links_url)
    try:
        yield adyen
    finally:
        await adyen.close()


def link_desk_on(desks: Desks, provider: PaymentProvider | None, settings: Settings) -> PaymentLinkDesk:
    """Return the desk that issues links."""
    policy = policy_of(settings)
    return PaymentLinkDesk(
        cases=desks.cases,
        persons=desks.persons,
        provider=provider,
        pages=_pages(settings),
        clock=desks.clock,
        owed_of=lambda case, at: Money(owed_minor(case, policy, at), case.currency),
    )


def paying_doors_on(desks: Desks, pool: Pool, provider: PaymentProvider | None, settings: Settings) -> Payments | None:
    """Return what the HTTP doors for money need; None where there is no provider."""
    if provider is None:
        return None
    creditors = Path(settings.creditors_file) if settings.creditors_file else None
    door = PaymentDoor(
        cases=desks.cases,
        links=link_desk_on(desks, provider, settings),
        pages=_pages(settings),
        particulars_of=load_creditors(creditors),
        clock=desks.clock,
    )
    unplaced = QueuedUnplaced(payments_on(desks, pool).intake)
    reports = PaymentReportDesk(cases=desks.cases, unplaced=unplaced, clock=desks.clock)
    return Payments(payers=door, reports=reports)


def hmac_keys_of(settings: Settings) -> tuple[str, ...]:
    """Return the keys that Adyen's webhooks may be signed under."""
    return tuple(filter(None, settings.adyen_hmac_keys.split(",")))


def _pages(settings: Settings) -> SignedPaymentPages:
    return SignedPaymentPages(root_key(settings), settings.public_url)
