"""Payment links through the door: made once, looked at, cancelled."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pytest

from application.payment_provider import ProviderStands
from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import Door, opened, refused
from tests.application.paying import PUBLIC_URL, KeptProvider, unavailable


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        await door.open()
        yield door


def provider_of(door: Door) -> KeptProvider:
    provider = door.services.links._provider
    assert isinstance(provider, KeptProvider)
    return provider


def create(request_id: str = "r-1", **more: Any) -> pb.CreatePaymentLinkRequest:
    return pb.CreatePaymentLinkRequest(request_id=request_id, case_name=named(), **more)


async def test_a_link_for_all_that_is_owed_lasts_a_week(door: Door) -> None:
    made = await door.links.CreatePaymentLink(create(link_id="l-1"))

    assert (made.link_id, made.state, made.amount) == ("l-1", pb.PAYMENT_LINK_STATE_READY, euros(100))
    assert made.expire_time.ToDatetime() - made.issue_time.ToDatetime() == timedelta(days=7)
    assert made.address.startswith(f"{PUBLIC_URL}/pay/")
    assert (made.provider, made.provider_id) == ("adyen", "PL1")
    assert (await door.links.GetPaymentLink(get("l-1"))) == made


def get(link_id: str, *, ask: bool = False) -> pb.GetPaymentLinkRequest:
    return pb.GetPaymentLinkRequest(case_name=named(), link_id=link_id, ask_provider=ask)


async def test_the_same_request_is_the_same_link_with_or_without_an_id(door: Door) -> None:
    for more in ({"link_id": "l-1"}, {}):
        first = await door.links.CreatePaymentLink(create(f"r-{len(more)}", amount=euros(10), **more))
        door.clock.pass_by(minutes=1)
        assert await door.links.CreatePaymentLink(create(f"r-{len(more)}", amount=euros(10), **more)) == first

    listed = await door.links.ListPaymentLinks(pb.ListPaymentLinksRequest(case_name=named()))
    assert len(listed.links) == 2
    assert len(provider_of(door).links) == 2


async def test_a_link_may_be_for_one_person_a_sum_and_some_days(door: Door) -> None:
    person = pb.PersonName(reference="customer-R-1")

    made = await door.links.CreatePaymentLink(create(person=person, amount=euros(25.5), days=30))

    assert made.amount == euros(25.5)
    assert made.expire_time.ToDatetime() - made.issue_time.ToDatetime() == timedelta(days=30)


@pytest.mark.parametrize(
    ("more", "code", "reason"),
    [
        ({"amount": euros(100.01)}, grpc.StatusCode.FAILED_PRECONDITION, "LINK_EXCEEDS_BALANCE"),
        ({"amount": euros(0)}, grpc.StatusCode.INVALID_ARGUMENT, "AMOUNT_NOT_POSITIVE"),
        ({"person": pb.PersonName(reference="nobody")}, grpc.StatusCode.FAILED_PRECONDITION, "PERSON_NOT_OBLIGOR"),
        ({"days": 31}, grpc.StatusCode.INVALID_ARGUMENT, None),
        ({"link_id": "a.b"}, grpc.StatusCode.INVALID_ARGUMENT, None),
    ],
)
async def test_what_no_link_is_made_for(door: Door, more: Any, code: grpc.StatusCode, reason: str | None) -> None:
    said = await refused(door.links.CreatePaymentLink(create(**more)))

    assert said.code is code
    assert reason in (None, said.reason)
    assert provider_of(door).requests == []


async def test_it_may_only_be_tried(door: Door) -> None:
    would = await door.links.CreatePaymentLink(create(validate_only=True))

    assert (would.validated_only, would.address, would.amount) == (True, "", euros(100))
    assert provider_of(door).requests == []


async def test_the_provider_is_asked_only_where_that_is_asked_for(door: Door) -> None:
    await door.links.CreatePaymentLink(create(link_id="l-1"))
    provider_of(door).stands["PL1"] = ProviderStands.PENDING

    assert (await door.links.GetPaymentLink(get("l-1"))).provider_state == pb.PROVIDER_LINK_STATE_UNSPECIFIED
    assert (await door.links.GetPaymentLink(get("l-1", ask=True))).provider_state == pb.PROVIDER_LINK_STATE_PENDING


async def test_a_link_is_cancelled_and_the_provider_is_told_until_it_answers(door: Door) -> None:
    await door.links.CreatePaymentLink(create(link_id="l-1"))
    request = pb.CancelPaymentLinkRequest(request_id="r-2", case_name=named(), link_id="l-1", reason="PAID_IN_CASH")
    provider_of(door).mood = unavailable

    first = await door.links.CancelPaymentLink(request)
    provider_of(door).mood = lambda: None
    second = await door.links.CancelPaymentLink(request)

    assert [each.state for each in (first, second)] == [pb.PAYMENT_LINK_STATE_CANCELLED] * 2
    assert [each.provider_state for each in (first, second)] == [
        pb.PROVIDER_LINK_STATE_UNSPECIFIED,
        pb.PROVIDER_LINK_STATE_EXPIRED,
    ]


async def test_a_link_that_is_not_there_is_not_found(door: Door) -> None:
    said = await refused(door.links.GetPaymentLink(get("l-9")))

    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "LINK_NOT_FOUND")
