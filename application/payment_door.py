"""Behind our own payment page: what it shows to whoever opens it, and where it leads on to."""

from datetime import datetime
from uuid import UUID

from application.case_desk import CaseDesk
from application.messages import ParticularsOf
from application.payment_links import PaymentLinkDesk
from application.payment_page import PaymentPage, PaymentPages, Shows
from application.ports import Clock
from application.request import Asked
from domain.case.link_state import Link, Linked
from domain.case.state import Case
from domain.decider import Rejected

DEBTOR = "debtor"  # the actor of what opening a page leads to


class PaymentDoor:
    """Reads an address of ours. Whoever has it may see what it asks for, and nothing of who owes it."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        links: PaymentLinkDesk,
        pages: PaymentPages,
        particulars_of: ParticularsOf,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._links = links
        self._pages = pages
        self._particulars_of = particulars_of
        self._clock = clock

    async def page(self, token: str) -> PaymentPage:
        """Return what the page shows now; looking at it changes nothing."""
        found = await self._found(token)
        if found is None:
            return PaymentPage(shows=Shows.UNKNOWN)
        case, link = found[2], found[3]
        return await self._shown(case, link, self._shows(case, link, self._clock.now()))

    async def leads_to(self, token: str) -> PaymentPage:
        """Return the page with the provider's address where one can pay; a link not ready yet is made ready."""
        found = await self._found(token)
        if found is None:
            return PaymentPage(shows=Shows.UNKNOWN)
        case_id, link_id, case, link = found
        shows = self._shows(case, link, self._clock.now())
        if shows is Shows.PAY and not link.url:
            try:
                link = await self._links.made_ready(case_id, link_id, Asked(request_id="", actor=DEBTOR))
            except Rejected:
                return await self._shown(case, link, Shows.CHANGED)
            if not link.url:
                return await self._shown(case, link, Shows.LATER if link.open else Shows.CHANGED)
        return await self._shown(case, link, shows)

    async def _found(self, token: str) -> tuple[UUID, str, Case, Link] | None:
        key = self._pages.key_of(token)
        if key is None:
            return None
        case, _ = await self._cases.load(key.case_id)
        link = case.links.get(key.link_id) if isinstance(case, Case) else None
        if not isinstance(case, Case) or link is None or link.expires_at != key.expires_at:
            return None
        return key.case_id, key.link_id, case, link

    def _shows(self, case: Case, link: Link, now: datetime) -> Shows:
        match link.stands_at(now):
            case Linked.PAID:
                return Shows.PAID
            case Linked.EXPIRED:
                return Shows.EXPIRED
            case Linked.CANCELLED:
                return Shows.CHANGED
            case Linked.ISSUED | Linked.READY:
                still_owed = case.open and link.amount <= self._links.owed(case)
                return Shows.PAY if still_owed else Shows.CHANGED

    async def _shown(self, case: Case, link: Link, shows: Shows) -> PaymentPage:
        told = self._particulars_of(case.creditor_id)
        language = await self._links.language_of(case, link)
        if shows not in (Shows.PAY, Shows.PAID, Shows.LATER):
            return PaymentPage(shows=shows, language=language, country=case.country, contact_at=told.contact_at)
        return PaymentPage(
            shows=shows,
            language=language,
            country=case.country,
            amount=link.amount,
            reference=case.reference,
            creditor=told.creditor,
            contact_at=told.contact_at,
            expires_at=link.expires_at,
            time_zone=case.time_zone,
            url=link.url if shows is Shows.PAY else "",
        )
