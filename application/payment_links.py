"""Payment links: a sum that one person may pay until a day, issued in the log before the provider hears of it.

Each step is safe to take again, and whoever comes next takes those that are missing: the same caller, or the debtor who
opens our page. The provider knows a link by our reference alone, so that asked twice it makes one page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.payment_page import PageKey, PaymentPages
from application.payment_provider import (
    LinkRequest,
    PaymentProvider,
    ProviderRefused,
    ProviderStands,
    ProviderUnavailable,
    no_provider,
    reference_of,
)
from application.ports import Clock
from application.request import Asked
from domain.case.commands import CancelPaymentLink, ExpirePaymentLink, IssuePaymentLink, RecordLinkReady
from domain.case.link_state import Link, Linked
from domain.case.state import Case
from domain.case.words import Role
from domain.decider import Rejected
from domain.money import Money
from domain.person.state import Person

DAYS: Final = 7  # that a link lasts where nobody says
# A provider keeps our reference for a week or longer (Adyen: seven days) and would make a second page after that.
MADE_WITHIN: Final = timedelta(days=6)
NEVER_MADE: Final = "PROVIDER_NEVER_ANSWERED"
REFUSED: Final = "REFUSED_BY_PROVIDER"

OwedOf = Callable[[Case, datetime], Money]
"""What may be paid on a case at an instant, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLink:
    """What somebody wants a link for; None: who asks, if they owe, else the person who owes first; all that is owed.

    asked_by: the record of whoever asks for nobody but themselves.
    """

    link_id: str
    person_id: UUID | None = None
    asked_by: UUID | None = None
    amount: Money | None = None
    days: int = DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link as callers see it. `address` is our own page, which is what a debtor is given."""

    link_id: str
    link: Link
    stands: Linked
    address: str
    at_provider: ProviderStands | None = None  # None: it was not asked, or could not be
    version: int = 0  # of the case


class PaymentLinkDesk:
    """Issues links, makes them ready and ends them. `provider` None: there are none."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        provider: PaymentProvider | None,
        pages: PaymentPages,
        clock: Clock,
        owed_of: OwedOf,
    ) -> None:
        self._cases = cases
        self._persons = persons
        self._provider = provider
        self._pages = pages
        self._clock = clock
        self._owed_of = owed_of

    async def create(self, case_id: UUID, wanted: WantedLink, asked: Asked) -> LinkView:
        """Issue a link and make it ready; asked again with the same id, go on where it was left.

        Where the provider cannot be reached the link is ISSUED and good all the same: our page makes it ready. Raises
        `Rejected`: what cannot be issued, LINK_REFUSED_BY_PROVIDER, PAYMENT_PROVIDER_NOT_SET.
        """
        provider = self._provider
        if provider is None:
            raise no_provider()
        case = await self._case(case_id)
        now = self._clock.now()
        known = case.links.get(wanted.link_id)
        if known is None:
            command = IssuePaymentLink(
                link_id=wanted.link_id,
                person_id=wanted.person_id or _first_debtor(case, wanted.asked_by),
                amount=wanted.amount or self._owed_of(case, now),
                expires_at=(now + timedelta(days=wanted.days)).replace(microsecond=0),
                provider=provider.name,
                at=now,
                by=asked.actor,
            )
            stamped = ("amount", "at", "expires_at", "person_id")
            await self._cases.handle(case_id, command, replace(asked, stamped=stamped))
            if asked.validate_only:
                return _would_be(command)
        elif _differs(known, wanted):
            raise Rejected("LINK_EXISTS_WITH_OTHER_TERMS", "this id was used before with other content")
        if not asked.validate_only:
            await self.made_ready(case_id, wanted.link_id, asked)
        return await self.get(case_id, wanted.link_id)

    async def made_ready(self, case_id: UUID, link_id: str, asked: Asked) -> Link:
        """Return the link, with the provider's page if it could be had; raise `Rejected` where it never will be."""
        case = await self._case(case_id)
        link, now = _require(case, link_id), self._clock.now()
        if link.provider_id or not link.open or now >= link.expires_at:
            return link
        provider = self._provider
        if provider is None or provider.name != link.provider:
            raise no_provider()
        if now - link.issued_at > MADE_WITHIN:
            return await self._given_up(case_id, link_id, NEVER_MADE, asked)
        try:
            page = await provider.create(await self._request(case_id, case, link_id, link))
        except ProviderUnavailable:
            return link
        except ProviderRefused as refusal:
            await self._given_up(case_id, link_id, REFUSED, asked)
            raise Rejected("LINK_REFUSED_BY_PROVIDER", f"the provider says {refusal}") from None
        ready = RecordLinkReady(
            link_id=link_id, provider_id=page.provider_id, url=page.url, at=self._clock.now(), by=asked.actor
        )
        await self._cases.handle(case_id, ready, _once(asked))
        link = _require(await self._case(case_id), link_id)
        if link.stands is Linked.CANCELLED:  # while the provider was being asked
            await self._ended(link)
        return link

    async def get(self, case_id: UUID, link_id: str) -> LinkView:
        """Return a link as the log has it; raise `Rejected` CASE_NOT_FOUND, LINK_NOT_FOUND."""
        case, version = await self._cases.load(case_id)
        return self._view(case_id, link_id, _require(_exists(case), link_id), version=version)

    async def asked_about(self, case_id: UUID, link_id: str, asked: Asked) -> LinkView:
        """Return a link with where its provider says that it stands, and record that its time ran out."""
        link = _require(await self._case(case_id), link_id)
        stands = await self._stands(link)
        now = self._clock.now()
        # A provider that does not answer may have money on its way; one that was never told of the link has none.
        if link.open and now >= link.expires_at and (stands is ProviderStands.EXPIRED or not link.provider_id):
            expire = ExpirePaymentLink(link_id=link_id, at=now, by=asked.actor)
            await self._cases.handle(case_id, expire, _once(asked))
        return replace(await self.get(case_id, link_id), at_provider=stands)

    async def all(self, case_id: UUID) -> tuple[LinkView, ...]:
        """Return every link of a case, in the order of issue."""
        case, version = await self._cases.load(case_id)
        links = _exists(case).links
        return tuple(self._view(case_id, link_id, link, version=version) for link_id, link in links.items())

    async def cancel(self, case_id: UUID, link_id: str, reason: str, asked: Asked) -> LinkView:
        """Lead nobody to a link any more, here at once and then at the provider; asked again, both are made sure of.

        `at_provider` None says that it may still be open there. Raises `Rejected` LINK_NOT_FOUND, LINK_PAID.
        """
        command = CancelPaymentLink(link_id=link_id, reason=reason, at=self._clock.now(), by=asked.actor)
        await self._cases.handle(case_id, command, replace(asked, stamped=("at",)))
        if asked.validate_only:
            return await self.get(case_id, link_id)
        stands = await self._ended(_require(await self._case(case_id), link_id))
        return replace(await self.get(case_id, link_id), at_provider=stands)

    async def language_of(self, case: Case, link: Link) -> str:
        """Return the language of who pays: BCP 47."""
        person, _ = await self._persons.load(link.person_id)
        return (person.language if isinstance(person, Person) else "") or case.language

    def owed(self, case: Case) -> Money:
        """Return what may be paid on a case now."""
        return self._owed_of(case, self._clock.now())

    async def _request(self, case_id: UUID, case: Case, link_id: str, link: Link) -> LinkRequest:
        return LinkRequest(
            reference=reference_of(case_id, link_id),
            amount=link.amount,
            expires_at=link.expires_at,
            country=case.country,
            language=await self.language_of(case, link),
            return_to=f"{self._address(case_id, link_id, link)}/thanks",
        )

    async def _given_up(self, case_id: UUID, link_id: str, reason: str, asked: Asked) -> Link:
        command = CancelPaymentLink(link_id=link_id, reason=reason, at=self._clock.now(), by=asked.actor)
        await self._cases.handle(case_id, command, _once(asked))
        return _require(await self._case(case_id), link_id)

    async def _stands(self, link: Link) -> ProviderStands | None:
        if self._provider is None or self._provider.name != link.provider or not link.provider_id:
            return None
        try:
            return await self._provider.ask(link.provider_id)
        except (ProviderUnavailable, ProviderRefused):
            return None

    async def _ended(self, link: Link) -> ProviderStands | None:
        """Close a cancelled link at its provider; None where that is not certain."""
        if self._provider is None or self._provider.name != link.provider or not link.provider_id:
            return None
        try:
            return await self._provider.end(link.provider_id)
        except (ProviderUnavailable, ProviderRefused):
            return None

    async def _case(self, case_id: UUID) -> Case:
        case, _ = await self._cases.load(case_id)
        return _exists(case)

    def _address(self, case_id: UUID, link_id: str, link: Link) -> str:
        return self._pages.address(PageKey(case_id=case_id, link_id=link_id, expires_at=link.expires_at))

    def _view(self, case_id: UUID, link_id: str, link: Link, *, version: int) -> LinkView:
        return LinkView(
            link_id=link_id,
            link=link,
            stands=link.stands_at(self._clock.now()),
            address=self._address(case_id, link_id, link),
            version=version,
        )


def _exists(case: object) -> Case:
    if not isinstance(case, Case):
        raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
    return case


def _require(case: Case, link_id: str) -> Link:
    link = case.links.get(link_id)
    if link is None:
        raise Rejected("LINK_NOT_FOUND", "the case has no such payment link", field="link_id")
    return link


def _first_debtor(case: Case, asked_by: UUID | None) -> UUID:
    """Return who asks, if they owe; else who owes first: the principal debtor, else whoever is bound first."""
    by_role = sorted(
        case.obligors, key=lambda obligor: (obligor.person_id != asked_by, obligor.role is not Role.PRINCIPAL)
    )
    if not by_role:
        raise Rejected("PERSON_NOT_OBLIGOR", "nobody is bound to the debt", field="person_id")
    return by_role[0].person_id


def _differs(known: Link, wanted: WantedLink) -> bool:
    """Whether a link is not the one that is wanted; what nobody said does not differ."""
    return (wanted.person_id or known.person_id, wanted.amount or known.amount) != (known.person_id, known.amount)


def _once(asked: Asked) -> Asked:
    """Return what later steps of a request are told: the first has its receipt, their own ids protect the others."""
    return replace(asked, request_id="", stamped=(), question=b"")


def _would_be(command: IssuePaymentLink) -> LinkView:
    """Return what would have been issued."""
    link = Link(
        person_id=command.person_id,
        amount=command.amount,
        issued_at=command.at,
        expires_at=command.expires_at,
        provider=command.provider,
    )
    return LinkView(link_id=command.link_id, link=link, stands=Linked.ISSUED, address="")
