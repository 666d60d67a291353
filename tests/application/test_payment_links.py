"""Payment links: issued before the provider hears of it, one for one id whatever crashes, and never for too much."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from application.payment_links import DAYS, MADE_WITHIN, NEVER_MADE, REFUSED, WantedLink
from application.payment_page import Shows
from application.payment_provider import ProviderStands, reference_of
from domain.case.commands import RecordPayment
from domain.case.events import PaymentLinkCancelled
from domain.case.link_state import Linked
from domain.decider import Rejected
from domain.money import Money
from domain.person.identity import person_id
from infra.memory_store import MemoryEventStore
from tests.application.paying import PUBLIC_URL, KeptProvider, Killed, Paying, killed, refusing, unavailable
from tests.house import BY, START, HandClock, asked

LINK = WantedLink(link_id="l-1")


@pytest.fixture
def provider() -> KeptProvider:
    return KeptProvider()


@pytest.fixture
def paying(provider: KeptProvider) -> Paying:
    return Paying(MemoryEventStore(), HandClock(), provider)


async def happened(paying: Paying, case_id: UUID) -> list[str]:
    """What the log says of the case's links."""
    return [name for name in await paying.house.happened(case_id) if name.startswith("PaymentLink")]


def another_process(paying: Paying) -> Paying:
    return Paying(paying.house.store, paying.clock, paying.provider)


async def test_a_link_for_all_that_is_owed_is_issued_and_made_ready(paying: Paying, provider: KeptProvider) -> None:
    case_id = await paying.house.opened()

    made = await paying.links.create(case_id, LINK, asked("r-1"))

    assert (made.stands, made.link.amount, made.link.person_id) == (
        Linked.READY,
        Money(50_000, "EUR"),
        person_id("acme", "p-c-1"),
    )
    assert made.link.expires_at == START + timedelta(days=DAYS)
    assert made.address.startswith(f"{PUBLIC_URL}/pay/")
    (request,) = provider.requests
    assert request.reference == reference_of(case_id, "l-1")
    assert request.return_to == f"{made.address}/thanks"
    assert request.language == "es"
    assert await happened(paying, case_id) == ["PaymentLinkIssued", "PaymentLinkReady"]


async def test_the_log_has_it_before_the_provider_hears_of_it(paying: Paying, provider: KeptProvider) -> None:
    case_id = await paying.house.opened()
    provider.mood = killed

    with pytest.raises(Killed):
        await paying.links.create(case_id, LINK, asked("r-1"))

    assert await happened(paying, case_id) == ["PaymentLinkIssued"]


@pytest.mark.parametrize("where", ["mood", "after"])
@pytest.mark.parametrize("again", ["caller", "debtor"])
async def test_whoever_comes_after_a_crash_finds_the_one_link(
    paying: Paying, provider: KeptProvider, where: str, again: str
) -> None:
    case_id = await paying.house.opened()
    setattr(provider, where, killed)
    with pytest.raises(Killed):
        await paying.links.create(case_id, LINK, asked("r-1"))
    setattr(provider, where, lambda: None)
    paying.later(hours=1)
    after = another_process(paying)

    if again == "caller":
        made = await after.links.create(case_id, LINK, asked("r-1"))
        assert made.stands is Linked.READY
    else:
        token = (await after.links.get(case_id, "l-1")).address.rpartition("/")[2]
        assert (await after.door.leads_to(token)).url == "https://pay.example/PL1"

    assert len(provider.links) == 1
    assert provider.requests[0] == provider.requests[-1]  # under one key only the same may be asked
    assert await happened(after, case_id) == ["PaymentLinkIssued", "PaymentLinkReady"]


async def test_a_provider_that_does_not_answer_keeps_nobody_from_giving_out_our_page(
    paying: Paying, provider: KeptProvider
) -> None:
    provider.mood = unavailable
    case_id, token = await paying.linked()

    assert (await paying.links.get(case_id, "l-1")).stands is Linked.ISSUED
    assert (await paying.door.leads_to(token)).shows is Shows.LATER

    provider.mood = lambda: None
    assert (await paying.door.leads_to(token)).url == "https://pay.example/PL1"


async def test_what_the_provider_refuses_is_cancelled_and_said(paying: Paying, provider: KeptProvider) -> None:
    case_id = await paying.house.opened()
    provider.mood = refusing

    with pytest.raises(Rejected, match="LINK_REFUSED_BY_PROVIDER"):
        await paying.links.create(case_id, LINK, asked("r-1"))

    (cancelled,) = [
        each.event
        for each in await paying.house.store.read_stream(case_id)
        if isinstance(each.event, PaymentLinkCancelled)
    ]
    assert cancelled.reason == REFUSED


async def test_a_link_that_the_provider_never_had_is_given_up_before_it_could_be_made_twice(
    paying: Paying, provider: KeptProvider
) -> None:
    provider.mood = unavailable
    case_id, token = await paying.linked()
    provider.mood = lambda: None
    paying.clock.at += MADE_WITHIN + timedelta(seconds=1)

    assert (await paying.door.leads_to(token)).shows is Shows.CHANGED

    assert provider.links == {}
    assert (await paying.links.get(case_id, "l-1")).stands is Linked.CANCELLED
    log = await paying.house.store.read_stream(case_id)
    assert [each.event.reason for each in log if isinstance(each.event, PaymentLinkCancelled)] == [NEVER_MADE]


async def test_asked_again_it_is_the_same_link_and_for_another_sum_it_is_refused(
    paying: Paying, provider: KeptProvider
) -> None:
    case_id = await paying.house.opened()
    first = await paying.links.create(case_id, LINK, asked("r-1"))
    paying.later(minutes=5)

    for request in ("r-1", "r-2", ""):
        again = await paying.links.create(case_id, LINK, asked(request))
        assert (again.address, again.link.expires_at) == (first.address, first.link.expires_at)
    with pytest.raises(Rejected, match="LINK_EXISTS_WITH_OTHER_TERMS"):
        await paying.links.create(case_id, WantedLink(link_id="l-1", amount=Money(1, "EUR")), asked("r-3"))
    assert len(provider.requests) == 1


async def test_it_is_only_tried_where_that_is_asked(paying: Paying, provider: KeptProvider) -> None:
    case_id = await paying.house.opened()

    would = await paying.links.create(case_id, LINK, asked("r-1", validate_only=True))
    too_much = WantedLink(link_id="l-1", amount=Money(50_001, "EUR"))
    with pytest.raises(Rejected, match="LINK_EXCEEDS_BALANCE"):
        await paying.links.create(case_id, too_much, asked("r-1", validate_only=True))

    assert (would.link.amount, would.address) == (Money(50_000, "EUR"), "")
    assert provider.requests == []
    assert await happened(paying, case_id) == []


async def test_without_a_provider_there_are_no_links() -> None:
    paying = Paying(MemoryEventStore(), HandClock(), None)
    case_id = await paying.house.opened()

    with pytest.raises(Rejected, match="PAYMENT_PROVIDER_NOT_SET"):
        await paying.links.create(case_id, LINK, asked("r-1"))

    assert await happened(paying, case_id) == []


async def test_a_link_is_cancelled_here_first_and_then_at_the_provider(paying: Paying, provider: KeptProvider) -> None:
    case_id, token = await paying.linked()
    provider.mood = unavailable

    cancelled = await paying.links.cancel(case_id, "l-1", "PAYS_BY_TRANSFER", asked("r-9"))
    assert (cancelled.stands, cancelled.at_provider) == (Linked.CANCELLED, None)
    assert (await paying.door.leads_to(token)).shows is Shows.CHANGED

    provider.mood = lambda: None
    again = await paying.links.cancel(case_id, "l-1", "PAYS_BY_TRANSFER", asked("r-9"))
    assert again.at_provider is ProviderStands.EXPIRED
    assert (await paying.house.happened(case_id)).count("PaymentLinkCancelled") == 1


async def test_a_link_cancelled_while_the_provider_makes_it_is_ended_there(
    paying: Paying, provider: KeptProvider
) -> None:
    provider.mood = unavailable
    case_id, _ = await paying.linked()
    provider.mood = lambda: None
    made = provider.create

    async def cancelled_meanwhile(request: object) -> object:
        await another_process(paying).links.cancel(case_id, "l-1", "OTHER", asked())
        return await made(request)  # type: ignore[arg-type]  # the request of the port

    provider.create = cancelled_meanwhile  # type: ignore[method-assign,assignment]  # somebody else is faster
    await paying.links.made_ready(case_id, "l-1", asked())

    assert provider.stands == {"PL1": ProviderStands.EXPIRED}
    assert (await paying.links.get(case_id, "l-1")).stands is Linked.CANCELLED


@pytest.mark.parametrize(
    ("at_provider", "stands"),
    [(ProviderStands.EXPIRED, Linked.EXPIRED), (ProviderStands.PENDING, Linked.READY)],
)
async def test_a_link_has_ended_when_its_provider_says_so_after_its_time(
    paying: Paying, provider: KeptProvider, at_provider: ProviderStands, stands: Linked
) -> None:
    case_id, _ = await paying.linked()
    paying.later(days=DAYS, seconds=1)
    provider.stands["PL1"] = at_provider

    seen = await paying.links.asked_about(case_id, "l-1", asked())

    assert seen.at_provider is at_provider
    assert seen.link.stands is stands
    assert seen.stands is Linked.EXPIRED


async def test_all_links_of_a_case_are_listed(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    await paying.links.create(case_id, WantedLink(link_id="l-2", amount=Money(100, "EUR")), asked("r-2"))

    assert [each.link_id for each in await paying.links.all(case_id)] == ["l-1", "l-2"]


async def test_the_page_shows_what_is_asked_for_and_changes_nothing(paying: Paying) -> None:
    _, token = await paying.linked()
    before = await paying.house.store.position()

    page = await paying.door.page(token)

    assert (page.shows, page.amount, page.reference) == (Shows.PAY, Money(50_000, "EUR"), "c-1")
    assert (page.language, page.creditor) == ("es", "Acme S.A.")
    assert await paying.house.store.position() == before
    assert "Ana" not in repr(page)


async def paid_part(paying: Paying, case_id: object) -> None:
    command = RecordPayment(payment_id="p-1", amount=Money(100, "EUR"), at=paying.clock.now(), by=BY)
    await paying.house.cases.handle(case_id, command, asked("pay"))  # type: ignore[arg-type]  # a case's id


async def cancelled(paying: Paying, case_id: object) -> None:
    await paying.links.cancel(case_id, "l-1", "OTHER", asked("cancel"))  # type: ignore[arg-type]  # a case's id


async def expired(paying: Paying, _case_id: object) -> None:
    paying.later(days=DAYS)


async def paid(paying: Paying, case_id: object) -> None:
    await paying.reports.record(paying.paid(case_id))  # type: ignore[arg-type]  # a case's id


@pytest.mark.parametrize(
    ("meanwhile", "shows"),
    [(paid_part, Shows.CHANGED), (cancelled, Shows.CHANGED), (expired, Shows.EXPIRED), (paid, Shows.PAID)],
)
async def test_nobody_is_led_to_pay_what_is_no_longer_asked_for(
    paying: Paying, meanwhile: Callable[[Paying, object], object], shows: Shows
) -> None:
    case_id, token = await paying.linked()
    await meanwhile(paying, case_id)  # type: ignore[misc]  # one of the four above

    for page in (await paying.door.page(token), await paying.door.leads_to(token)):
        assert (page.shows, page.url) == (shows, "")


async def test_an_address_with_another_end_than_the_links_is_none_of_it(paying: Paying) -> None:
    case_id, token = await paying.linked()
    key = paying.pages.key_of(token)
    assert key is not None

    later = paying.pages.token(replace(key, expires_at=key.expires_at + timedelta(days=1)))

    assert (await paying.door.page(later)).shows is Shows.UNKNOWN
    assert (await paying.door.page(paying.pages.token(replace(key, link_id="l-2")))).shows is Shows.UNKNOWN
    assert key.case_id == case_id


async def test_an_address_that_is_none_of_ours_shows_nothing(paying: Paying) -> None:
    await paying.linked()

    assert (await paying.door.page("x" * 60)).shows is Shows.UNKNOWN
    assert (await paying.door.leads_to("")).shows is Shows.UNKNOWN
