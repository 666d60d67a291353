"""Adyen's webhook: believed only when signed, accepted only when durable, and booked once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from application.ports import Append, Appended, StoreUnavailable
from domain.case.events import PaymentLinkRefunded
from domain.case.view import balance_minor
from domain.case.words import Closure
from infra.memory_store import MemoryEventStore
from tests.counterparts.adyen import HMAC_KEY, item, notification, signed
from tests.web.door import opened_door
from tests.web.paying_door import PayingDoor, opened_paying_door
from web.signatures import adyen_signature, adyen_signed

FIELDS = ("7914073381342284", "", "TestMerchant", "TestPayment-1407325143704", "1130", "EUR", "AUTHORISATION", "true")


@pytest.fixture
async def door() -> AsyncIterator[PayingDoor]:
    async with opened_paying_door() as opened:
        yield opened


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (
            "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
            "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=",
        ),
        (
            "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
            "Ny9gS2veKo5E4w8/OL6xz1/wvT/hYkAXy1xNc/QvO4I=",
        ),
    ],
)
def test_the_signatures_that_adyen_publishes_are_right(key: str, signature: str) -> None:
    assert adyen_signature(key, FIELDS) == signature
    assert adyen_signed(("0" * 64, key), FIELDS, signature)
    assert not adyen_signed(("0" * 64,), FIELDS, signature)


@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_every_field_that_is_signed_counts(place: int) -> None:
    changed = (*FIELDS[:place], FIELDS[place] + "1", *FIELDS[place + 1 :])

    assert not adyen_signed((HMAC_KEY,), changed, adyen_signature(HMAC_KEY, FIELDS))


async def test_a_payment_told_three_times_is_booked_once(door: PayingDoor) -> None:
    case_id, _ = await door.paying.linked()

    answers = [await door.tell(door.told(case_id)) for _ in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "[accepted]")] * 3
    assert (await door.paying.house.happened(case_id)).count("PaymentRecorded") == 1
    case = await door.paying.case(case_id)
    assert case.closure is Closure.PAID
    assert list(case.ledger.payments) == ["adyen:PSP1"]


def unsigned(one: dict[str, Any]) -> dict[str, Any]:
    return one


def badly(one: dict[str, Any]) -> dict[str, Any]:
    return signed(one, "F" * 64)


def old(one: dict[str, Any]) -> dict[str, Any]:
    """Signed, and then made to tell of another sum."""
    return {**signed(one), "amount": {"currency": "EUR", "value": 1}}


def no_text(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "additionalData": {"hmacSignature": 1}}


def empty(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "additionalData": {"hmacSignature": ""}}


@pytest.mark.parametrize("forged", [unsigned, badly, old, no_text, empty])
async def test_what_adyen_did_not_sign_is_turned_away(door: PayingDoor, forged: Any) -> None:
    case_id, _ = await door.paying.linked()
    before = await door.paying.house.store.position()
    one = door.told(case_id)

    assert (await door.adyen(notification(forged(one)))).status_code == 403
    # One that is signed does not vouch for another in the same call.
    assert (await door.adyen(notification(signed(one), forged(one)))).status_code == 403

    assert await door.paying.house.store.position() == before
    assert door.door.doors.counts["adyen.forged"] == 2


async def test_a_signed_item_played_again_years_later_changes_nothing(door: PayingDoor) -> None:
    case_id, _ = await door.paying.linked()
    told = notification(signed(door.told(case_id)))
    await door.adyen(told)
    before = await door.paying.house.store.position()
    door.paying.later(days=3 * 365)

    assert (await door.adyen(told)).status_code == 200

    assert await door.paying.house.store.position() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"notificationItems": []}',
        b'{"notificationItems": [{}]}',
        b"not json",
        b'{"notificationItems": 1}',
    ],
)
async def test_what_is_no_notification_is_turned_away(door: PayingDoor, body: bytes) -> None:
    assert (await door.adyen(body)).status_code == 400


async def test_another_type_and_too_large_a_body_are_turned_away(door: PayingDoor) -> None:
    assert (await door.adyen(b"{}", **{"Content-Type": "text/plain"})).status_code == 415
    assert (await door.adyen(b" " * 10_001)).status_code == 413


async def test_without_a_provider_there_is_no_door() -> None:
    async with opened_paying_door() as paying, opened_door(paying.door.reporting) as door:
        body = json.dumps(notification(signed(item("AUTHORISATION", psp="P", reference="r", value=1))))

        answer = await door.client.post("/webhooks/adyen", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 404
        assert (await door.client.get("/pay/x")).status_code == 404


GONE = (
    "CANCELLATION",
    "TECHNICAL_CANCEL",
    "CANCEL_OR_REFUND",
    "CAPTURE_FAILED",
    "REFUND",
    "CHARGEBACK",
    "SECOND_CHARGEBACK",
    "PREARBITRATION_LOST",
)
BACK = ("REFUND_FAILED", "REFUNDED_REVERSED", "CHARGEBACK_REVERSED", "PREARBITRATION_WON")


@pytest.mark.parametrize("event", GONE)
async def test_money_that_went_back_is_owed_again_and_says_why(door: PayingDoor, event: str) -> None:
    case_id, _ = await door.paying.linked()
    await door.tell(door.told(case_id))

    answers = [await door.tell(door.told(case_id, event, psp="MOD1", original="PSP1")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    case = await door.paying.case(case_id)
    assert (case.open, balance_minor(case)) == (True, 50_000)
    log = await door.paying.house.store.read_stream(case_id)
    assert [each.event.reason for each in log if isinstance(each.event, PaymentLinkRefunded)] == [event]


@pytest.mark.parametrize("event", BACK)
async def test_money_that_came_again_is_paid_again(door: PayingDoor, event: str) -> None:
    case_id, _ = await door.paying.linked()
    await door.tell(door.told(case_id), door.told(case_id, "REFUND", psp="MOD1", original="PSP1", value=20_000))
    assert balance_minor(await door.paying.case(case_id)) == 20_000
    door.paying.later(days=1)

    await door.tell(door.told(case_id, event, psp="MOD1", original="PSP1", value=20_000))

    assert (await door.paying.case(case_id)).closure is Closure.PAID


async def test_a_refund_may_be_told_before_its_payment(door: PayingDoor) -> None:
    case_id, _ = await door.paying.linked()

    await door.tell(door.told(case_id, "REFUND", psp="MOD1", original="PSP1", value=20_000))
    await door.tell(door.told(case_id))

    assert balance_minor(await door.paying.case(case_id)) == 20_000


@pytest.mark.parametrize(
    ("event", "success"),
    [("AUTHORISATION", False), ("REFUND", False), ("REPORT_AVAILABLE", True), ("PENDING", True), ("NEW_ONE", True)],
)
async def test_what_says_nothing_about_money_is_accepted_and_changes_nothing(
    door: PayingDoor, event: str, success: bool
) -> None:
    case_id, _ = await door.paying.linked()
    before = await door.paying.house.store.position()

    answer = await door.tell(door.told(case_id, event, original="PSP1", success=success))

    assert answer.status_code == 200
    assert await door.paying.house.store.position() == before


@pytest.mark.parametrize("wrong", [{"reference": "another shop's order"}, {"reference": ""}, {"currency": "USD"}])
async def test_money_that_finds_no_case_is_accepted_and_left_for_a_person(door: PayingDoor, wrong: Any) -> None:
    case_id, _ = await door.paying.linked()

    answer = await door.tell(door.told(case_id, **wrong))

    assert answer.status_code == 200
    assert len(door.paying.left.kept) == 1
    assert door.door.doors.counts["adyen_report.unplaced"] == 1


@pytest.mark.parametrize("wrong", [{"currency": "ISK"}, {"psp": "not an id!"}, {"eventDate": "yesterday"}])
async def test_what_is_signed_and_cannot_be_read_does_not_keep_others_waiting(
    door: PayingDoor, wrong: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id, _ = await door.paying.linked()

    answer = await door.tell(door.told(case_id, **wrong), door.told(case_id, psp="PSP2"))

    assert answer.status_code == 200
    assert list((await door.paying.case(case_id)).ledger.payments) == ["adyen:PSP2"]
    assert "adyen_item_unreadable" in capsys.readouterr().out


async def test_money_is_counted_as_adyen_counts_it_and_since_when_it_says(door: PayingDoor) -> None:
    case_id, _ = await door.paying.linked()
    at = door.paying.clock.now()
    door.paying.later(hours=30)

    await door.tell(door.told(case_id, at=at.astimezone(UTC), paymentMethod="oxxo"))

    paid = (await door.paying.case(case_id)).ledger.payments["adyen:PSP1"]
    assert (paid.at, paid.method, paid.amount.minor) == (at, "oxxo", 50_000)


async def test_the_name_of_a_method_is_not_signed_and_so_not_believed_to_be_short(door: PayingDoor) -> None:
    case_id, _ = await door.paying.linked()

    await door.tell(door.told(case_id, paymentMethod="Ana Ruiz, 4111 1111 1111 1111"))

    assert (await door.paying.case(case_id)).ledger.payments["adyen:PSP1"].method == "adyen"


class Down(MemoryEventStore):
    down = False

    async def append(self, append: Append) -> Appended:
        if self.down:
            raise StoreUnavailable
        return await super().append(append)


async def test_what_cannot_be_recorded_now_is_to_be_told_again() -> None:
    store = Down()
    async with opened_paying_door(store) as door:
        case_id, _ = await door.paying.linked()
        store.down = True
        refused = await door.tell(door.told(case_id))
        store.down = False
        taken = await door.tell(door.told(case_id))

    assert (refused.status_code, taken.status_code) == (503, 200)
    assert (await door.paying.house.happened(case_id)).count("PaymentRecorded") == 1


def test_the_instants_of_the_stand_in_are_as_adyens() -> None:
    assert item("REFUND", psp="P", reference="r", value=1, at=datetime(2026, 3, 2, 8, tzinfo=UTC))["eventDate"] == (
        "2026-03-02T08:00:00+00:00"
    )
