"""Meta's door, over HTTP: many statuses and messages in one call, each taken once."""

from typing import Any

import pytest

from domain.case.events import ContactLogged, NoteAdded
from domain.case.words import Channel
from domain.person.events import OptedOut
from tests.web.door import SECRETS, Door, call, meta_signature, whatsapp

WA_ID = "34600123456"


def status(said: str, *, permit: str = "", wamid: str = "wamid.1", code: int = 0, at: str = "1772443800") -> Any:
    told = {"id": wamid, "status": said, "timestamp": at, "recipient_id": WA_ID, "biz_opaque_callback_data": permit}
    return told | ({"errors": [{"code": code, "title": "Message undeliverable"}]} if code else {})


def text(body: str, *, wamid: str = "wamid.in.1", **more: Any) -> Any:
    return {"from": WA_ID, "id": wamid, "timestamp": "1772443800", "type": "text", "text": {"body": body}} | more


async def test_the_set_up_s_challenge_comes_back_only_for_our_word(door: Door) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": SECRETS.meta_verify_token, "hub.challenge": "1158201444"}

    right = await door.client.get("/webhooks/meta", params=asked)
    wrong = await door.client.get("/webhooks/meta", params=asked | {"hub.verify_token": "other"})
    mode = await door.client.get("/webhooks/meta", params=asked | {"hub.mode": "unsubscribe"})

    assert (right.status_code, right.text) == (200, "1158201444")
    assert right.headers["content-type"].startswith("text/plain")
    assert (wrong.status_code, mode.status_code) == (403, 403)
    assert (await door.client.get("/webhooks/meta")).status_code == 403


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        ("sent", 0, "SENT"),
        ("delivered", 0, "DELIVERED"),
        ("read", 0, "READ"),
        ("failed", 131047, "FAILED"),
        ("failed", 131026, "BOUNCED"),
    ],
)
async def test_a_status_is_recorded_on_the_permit_it_carries(door: Door, said: str, code: int, outcome: str) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.WHATSAPP)

    answer = await door.meta(call(whatsapp(statuses=[status(said, permit=permit, code=code)])))

    assert answer.status_code == 200
    assert await door.reporting.outcomes(case) == ["ACCEPTED", outcome]


async def test_several_entries_in_one_call_are_all_recorded_and_all_of_it_once(door: Door) -> None:
    case, person = await door.reporting.opened("c-1")
    other, _ = await door.reporting.opened("c-2", number="+34611111111")
    permit = await door.reporting.contacted(case, Channel.WHATSAPP)
    await door.reporting.contacted(other, Channel.WHATSAPP, provider_id="wamid.2")
    body = call(
        whatsapp(statuses=[status("read", permit=permit), status("delivered", permit=permit)]),
        whatsapp(statuses=[status("delivered", wamid="wamid.2")], messages=[text("Pago el lunes")]),
        {"id": "1", "changes": [{"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}]},
    )

    answers = [await door.meta(body) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (await door.reporting.outcomes(case))[1:] == ["REPLIED"]  # which says more than that it was read
    assert await door.reporting.outcomes(other) == ["ACCEPTED", "DELIVERED"]
    assert [note.text for note in await door.reporting.events(case, NoteAdded)] == ["Pago el lunes"]
    assert not await door.reporting.events(person, OptedOut)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (text("Hola"), "Hola"),
        ({"type": "button", "button": {"text": "Ya pagué", "payload": "PAID"}}, "Ya pagué"),
        ({"type": "interactive", "interactive": {"button_reply": {"id": "1", "title": "Sí"}}}, "Sí"),
        ({"type": "interactive", "interactive": {"list_reply": {"id": "1", "title": "Viernes"}}}, "Viernes"),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}, "👍"),
    ],
)
async def test_what_people_write_press_and_choose_is_heard(door: Door, message: Any, said: str) -> None:
    case, _ = await door.reporting.opened("c-1")
    await door.reporting.contacted(case, Channel.WHATSAPP, provider_id="wamid.1")

    await door.meta(call(whatsapp(messages=[{"from": WA_ID, "id": "wamid.in", "timestamp": "1772443800"} | message])))

    assert [note.text for note in await door.reporting.events(case, NoteAdded)] == [said]
    assert (await door.reporting.outcomes(case))[-1] == "REPLIED"


async def test_a_picture_is_a_reply_without_a_text(door: Door) -> None:
    case, _ = await door.reporting.opened("c-1")

    message = {"from": WA_ID, "id": "wamid.in", "timestamp": "x", "type": "image", "image": {"id": "9"}}
    await door.meta(call(whatsapp(messages=[message])))

    assert len(await door.reporting.events(case, ContactLogged)) == 1
    assert await door.reporting.events(case, NoteAdded) == []


async def test_a_reply_in_context_goes_to_the_case_of_its_permit(door: Door) -> None:
    first, _ = await door.reporting.opened("c-1")
    second, _ = await door.reporting.opened("c-2")
    await door.reporting.contacted(first, Channel.WHATSAPP, provider_id="wamid.1")
    await door.reporting.contacted(second, Channel.WHATSAPP, provider_id="wamid.2")

    await door.meta(call(whatsapp(messages=[text("sí", context={"from": "15550000000", "id": "wamid.1"})])))

    assert len(await door.reporting.events(first, ContactLogged)) == 1
    assert await door.reporting.events(second, ContactLogged) == []


async def test_a_wish_to_stop_in_words_or_in_the_settings_closes_whatsapp(door: Door) -> None:
    _, person = await door.reporting.opened("c-1")
    _, other = await door.reporting.opened("c-2", number="+34611111111")
    preference = {"wa_id": "34611111111", "category": "marketing_messages", "value": "stop", "timestamp": 1772443800}

    await door.meta(call(whatsapp(messages=[text("SAIR")])))
    changes = [{"field": "user_preferences", "value": {"user_preferences": [preference]}}]
    await door.meta(call({"id": "1", "changes": changes}))

    for each in (person, other):
        assert [event.channel for event in await door.reporting.events(each, OptedOut)] == [Channel.WHATSAPP]


@pytest.mark.parametrize("signature", ["sha256=00", "sha1=abc", meta_signature(b"other"), "ñ"])
async def test_a_forged_call_changes_nothing_and_leaves_a_count(door: Door, signature: str) -> None:
    case, _ = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.WHATSAPP)
    before = await door.position()

    answer = await door.meta(
        call(whatsapp(statuses=[status("read", permit=permit)], messages=[text("STOP")])),
        signature=signature,
    )

    assert answer.status_code == 403
    assert await door.position() == before
    assert door.doors.counts == {"meta.forged": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'{"entry": 1}',
        b"\xff",
        b"[" * 9_000,
        b'{"entry":' * 900,
        b'{"entry":[{"changes":[{"field":"messages","value":7}]}]}',
    ],
)
async def test_signed_garbage_is_turned_away(door: Door, body: bytes) -> None:
    answer = await door.meta(body)

    assert (answer.status_code, answer.text) == (400, "not_json\n")


async def test_a_call_about_something_else_is_taken(door: Door) -> None:
    assert (await door.meta({"object": "page", "entry": [{"id": "1", "time": 1, "messaging": []}]})).status_code == 200
    assert (await door.meta({})).status_code == 200
