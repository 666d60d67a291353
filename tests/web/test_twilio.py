"""Twilio's door, over HTTP: statuses and messages taken once; everything else turned away with nothing changed."""

import json
from hashlib import sha256
from urllib.parse import quote

import pytest

from domain.case.events import ContactLogged
from domain.case.words import Channel
from domain.person.events import OptedOut
from tests.application.reporting import NUMBER
from tests.web.door import FORM, PUBLIC_URL, SECRETS, Door
from web.signatures import twilio_signature


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        ("sent", "", "SENT"),
        ("delivered", "", "DELIVERED"),
        ("read", "", "READ"),
        ("failed", "30008", "FAILED"),
        ("undelivered", "30003", "FAILED"),
        ("undelivered", "30005", "BOUNCED"),
        ("failed", "21610", "OPTED_OUT"),
    ],
)
async def test_a_status_is_recorded_on_the_permit_in_the_url(door: Door, said: str, code: str, outcome: str) -> None:
    case, person = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    form = {"MessageSid": "SM1", "MessageStatus": said, "To": NUMBER} | ({"ErrorCode": code} if code else {})

    answer = await door.twilio("status", form, query=f"permit={quote(permit)}")

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/xml")
    assert await door.reporting.outcomes(case) == ["ACCEPTED", outcome]
    assert bool(await door.reporting.events(person, OptedOut)) == (outcome == "OPTED_OUT")


async def test_statuses_in_any_order_and_three_times_each_end_the_same(door: Door) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.WHATSAPP)

    for said in ("read", "delivered", "sent", "queued") * 3:
        answer = await door.twilio("status", {"MessageSid": "SM1", "MessageStatus": said}, query=f"permit={permit}")
        assert answer.status_code == 200

    assert await door.reporting.outcomes(case) == ["ACCEPTED", "READ"]


async def test_a_status_without_a_permit_is_found_by_the_message_s_id(door: Door) -> None:
    case, _ = await door.reporting.opened("c-1")
    await door.reporting.contacted(case, Channel.SMS, provider_id="SM1")

    await door.twilio("status", {"SmsSid": "SM1", "SmsStatus": "delivered"})

    assert await door.reporting.outcomes(case) == ["ACCEPTED", "DELIVERED"]


async def test_a_status_of_somebody_else_s_message_is_taken_and_forgotten(door: Door) -> None:
    before = await door.position()

    answer = await door.twilio("status", {"MessageSid": "SM9", "MessageStatus": "delivered"}, query="permit=x")

    assert answer.status_code == 200
    assert await door.position() == before
    assert door.reporting.desk.counts["report_unmatched"] == 1


@pytest.mark.parametrize(("sender", "channel"), [(NUMBER, Channel.SMS), (f"whatsapp:{NUMBER}", Channel.WHATSAPP)])
async def test_a_message_is_logged_and_stop_obeyed(door: Door, sender: str, channel: Channel) -> None:
    case, person = await door.reporting.opened("c-1")
    form = {"MessageSid": "SM7", "From": sender, "To": "+15550000000", "Body": "  Baja "}

    for _ in range(3):
        answer = await door.twilio("message", form)
        assert answer.status_code == 200
        assert answer.text.endswith("<Response></Response>")

    assert [event.channel for event in await door.reporting.events(person, OptedOut)] == [channel]
    assert len(await door.reporting.events(case, ContactLogged)) == 1


async def test_twilio_s_own_word_for_stop_is_believed(door: Door) -> None:
    _, person = await door.reporting.opened("c-1")

    await door.twilio("message", {"MessageSid": "SM7", "From": NUMBER, "Body": "ARRÊT", "OptOutType": "STOP"})

    assert len(await door.reporting.events(person, OptedOut)) == 1


async def test_the_json_variant_is_taken_when_its_digest_is_signed(door: Door) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    body = json.dumps({"MessageSid": "SM1", "MessageStatus": "delivered"}).encode()
    path = f"/webhooks/twilio/status?permit={permit}&bodySHA256={sha256(body).hexdigest()}"
    signature = twilio_signature(SECRETS.twilio_auth_token, PUBLIC_URL + path)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json"}

    forged = await door.client.post(path, content=body.replace(b"delivered", b"read"), headers=headers)
    answer = await door.client.post(path, content=body, headers=headers)

    assert (forged.status_code, answer.status_code) == (403, 200)
    assert await door.reporting.outcomes(case) == ["ACCEPTED", "DELIVERED"]


@pytest.mark.parametrize("signature", ["forged", "ñ", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
async def test_a_forged_call_changes_nothing_and_leaves_a_count(door: Door, signature: str) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    before = await door.position()

    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": NUMBER, "Body": "STOP"}
    answers = [
        await door.twilio("status", form, query=f"permit={permit}", signature=signature),
        await door.twilio("message", form, signature=signature),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert await door.position() == before
    assert door.doors.counts == {"twilio_status.forged": 1, "twilio_message.forged": 1}
    assert not door.reporting.desk.counts


async def test_a_permit_swapped_in_the_url_is_a_forgery(door: Door) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = twilio_signature(
        SECRETS.twilio_auth_token, f"{PUBLIC_URL}/webhooks/twilio/status?permit=other", list(form.items())
    )

    assert (await door.twilio("status", form, query=f"permit={permit}", signature=signature)).status_code == 403


async def test_the_host_header_is_not_believed(door: Door) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    elsewhere = twilio_signature(
        SECRETS.twilio_auth_token, "https://evil.example/webhooks/twilio/status", list(form.items())
    )
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Twilio-Signature": elsewhere,
        "Content-Type": FORM,
    }

    answer = await door.client.post(
        "/webhooks/twilio/status", content="MessageSid=SM1&MessageStatus=delivered", headers=headers
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("body", [b"\xff\xfe", b"no form at all", b"&".join(b"a%d=1" % n for n in range(200))])
async def test_a_body_that_is_no_form_is_turned_away(door: Door, body: bytes) -> None:
    headers = {"X-Twilio-Signature": "x", "Content-Type": FORM}

    answer = await door.client.post("/webhooks/twilio/message", content=body, headers=headers)

    assert (answer.status_code, answer.text) == (400, "not_a_form\n")


async def test_a_signed_message_without_a_sender_is_turned_away(door: Door) -> None:
    assert (await door.twilio("message", {"Body": "STOP"})).status_code == 400


async def test_a_status_that_says_nothing_new_is_taken(door: Door) -> None:
    answer = await door.twilio("status", {"MessageSid": "SM1", "MessageStatus": "receiving"})

    assert answer.status_code == 200
    assert not door.reporting.desk.counts
