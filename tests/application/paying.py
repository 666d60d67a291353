"""Payment links over a house, with a provider in memory that fails as told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from application.messages import Particulars
from application.payment_door import PaymentDoor
from application.payment_links import PaymentLinkDesk, WantedLink
from application.payment_provider import (
    LinkReport,
    LinkRequest,
    PaymentReport,
    ProviderLink,
    ProviderRefused,
    ProviderStands,
    ProviderUnavailable,
    RefundReport,
    reference_of,
)
from application.payment_reports import PaymentReportDesk
from application.ports import EventStore
from domain.case.link import owed_minor
from domain.case.policy import NOTHING_SET
from domain.case.state import Case
from domain.money import Money
from infra.payment_links.pages import SignedPaymentPages
from tests.house import HandClock, House, asked

PUBLIC_URL = "https://collections.example.com"
PSP = "adyen:NC6HT9CRT65ZGN82"


@dataclass
class KeptProvider:
    """Keeps every link by its reference. `mood` is called before a request is worked on, `after` when it was."""

    name: str = "adyen"
    links: dict[str, ProviderLink] = field(default_factory=dict)
    stands: dict[str, ProviderStands] = field(default_factory=dict)
    requests: list[LinkRequest] = field(default_factory=list)
    mood: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    async def create(self, request: LinkRequest) -> ProviderLink:
        self.requests.append(request)
        self.mood()
        if request.reference not in self.links:
            provider_id = f"PL{len(self.links) + 1}"
            self.links[request.reference] = ProviderLink(
                provider_id=provider_id, url=f"https://pay.example/{provider_id}"
            )
            self.stands[provider_id] = ProviderStands.OPEN
        self.after()
        return self.links[request.reference]

    async def ask(self, provider_id: str) -> ProviderStands:
        self.mood()
        return self.stands[provider_id]

    async def end(self, provider_id: str) -> ProviderStands:
        self.mood()
        if self.stands[provider_id] is ProviderStands.OPEN:
            self.stands[provider_id] = ProviderStands.EXPIRED
        return self.stands[provider_id]


def unavailable() -> None:
    raise ProviderUnavailable("ReadTimeout")


def refusing() -> None:
    raise ProviderRefused("130")


class Killed(Exception):
    """The process ended here."""


def killed() -> None:
    raise Killed


@dataclass
class LeftForPeople:
    """Keeps what found no case."""

    kept: list[tuple[LinkReport, str]] = field(default_factory=list)

    async def keep(self, report: LinkReport, why: str) -> None:
        self.kept.append((report, why))


class Paying:
    """The desks of one process. Another one over the same store and provider is the process after a crash."""

    def __init__(self, store: EventStore, clock: HandClock, provider: KeptProvider | None) -> None:
        self.house = House(store, clock)
        self.clock = clock
        self.provider = provider
        self.left = LeftForPeople()
        self.pages = SignedPaymentPages(bytes(32), PUBLIC_URL)
        self.links = PaymentLinkDesk(
            cases=self.house.cases,
            persons=self.house.persons,
            provider=provider,
            pages=self.pages,
            clock=clock,
            owed_of=lambda case, at: Money(owed_minor(case, NOTHING_SET, at), case.currency),
        )
        self.door = PaymentDoor(
            cases=self.house.cases,
            links=self.links,
            pages=self.pages,
            particulars_of=lambda _: Particulars(creditor="Acme S.A.", contact_at="+34 900 123 456"),
            clock=clock,
        )
        self.reports = PaymentReportDesk(cases=self.house.cases, unplaced=self.left, clock=clock)

    async def linked(self, reference: str = "c-1", *, link_id: str = "l-1") -> tuple[UUID, str]:
        """Open a case, make a link for all of it, and return the case and the last part of our address."""
        case_id = await self.house.opened(reference)
        made = await self.links.create(case_id, WantedLink(link_id=link_id), asked(f"link-{reference}"))
        return case_id, made.address.rpartition("/")[2]

    async def case(self, case_id: UUID) -> Case:
        case, _ = await self.house.cases.load(case_id)
        assert isinstance(case, Case)
        return case

    def paid(self, case_id: UUID, *, minor: int = 50_000, payment_id: str = PSP, link_id: str = "l-1") -> PaymentReport:
        return PaymentReport(
            reference=reference_of(case_id, link_id),
            payment_id=payment_id,
            amount=Money(minor, "EUR"),
            method="visa",
            at=self.clock.now(),
        )

    def refunded(self, case_id: UUID, *, minor: int | None, refund: str = "R1", stands: bool = True) -> RefundReport:
        return RefundReport(
            reference=reference_of(case_id, "l-1"),
            payment_id=PSP,
            refund_id=f"adyen:{refund}",
            amount=None if minor is None else Money(minor, "EUR"),
            reason="REFUND",
            stands=stands,
            at=self.clock.now(),
        )

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**passed)
