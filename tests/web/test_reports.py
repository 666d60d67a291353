"""The door of other providers: JSON as documented, signed after Standard Webhooks."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case.events import ContactLogged
from domain.case.words import Channel
from domain.person.events import OptedOut
from tests.application.reporting import NUMBER
from tests.web.door import NOW, Door


async def test_reports_and_messages_are_recorded_once(door: Door) -> None:
    case, person = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    body = {
        "reports": [{"permit_id": permit, "outcome": "DELIVERED", "at": "2026-03-02T08:00:30Z", "detail": "000"}],
        "inbound": [{"channel": "SMS", "address": NUMBER, "text": "Sair", "message_id": "m-17"}],
    }

    answers = [await door.reports(body) for _ in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "recorded\n")] * 3
    assert len(await door.reporting.events(person, OptedOut)) == 1
    assert len(await door.reporting.events(case, ContactLogged)) == 1


async def test_stop_is_obeyed_before_any_report_is_looked_at(door: Door) -> None:
    case, person = await door.reporting.opened("c-1")
    permit = await door.reporting.contacted(case, Channel.SMS)
    before = await door.position()

    await door.reports(
        {
            "reports": [{"permit_id": permit, "outcome": "DELIVERED"}],
            "inbound": [{"channel": "SMS", "address": NUMBER, "text": "stop", "message_id": "m-17"}],
        }
    )

    first = (await door.reporting.house.store.read_log(before, 10))[0]
    assert (first.stream_id, type(first.event)) == (person, OptedOut)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"reports": [{"permit_id": "p", "outcome": "EATEN"}]}, "$.reports[0].outcome"),
        ({"reports": [{"permit_id": "p"}]}, "$.reports[0]"),
        ({"reports": [{"outcome": "READ", "at": "2026-03-02T08:00:30"}]}, "$.reports[0].at"),
        ({"reports": [{"outcome": "READ", "detail": "to Ana Ruiz"}]}, "$.reports[0].detail"),
        ({"inbound": [{"channel": "SMS", "address": NUMBER, "message_id": ""}]}, "$.inbound[0].message_id"),
        ({"inbound": [], "more": 1}, "$"),
        ([], "$"),
        (b"{", "$"),
        (b"[" * 5_000, "$"),
        (b"\xff\xfe", "$"),
    ],
)
async def test_what_is_not_as_documented_is_turned_away_by_its_place_and_not_its_words(
    door: Door, body: Any, where: str
) -> None:
    before = await door.position()

    answer = await door.reports(body)

    assert (answer.status_code, answer.text) == (400, f"not_as_documented: {where}\n")
    assert await door.position() == before


@pytest.mark.parametrize("off", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_a_call_signed_too_long_ago_or_ahead_is_a_replay(door: Door, off: timedelta) -> None:
    assert (await door.reports({"reports": []}, at=NOW + off)).status_code == 403
    assert (await door.reports({"reports": []})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "yesterday"},
    ],
)
async def test_a_forged_call_changes_nothing_and_leaves_a_count(door: Door, headers: dict[str, str]) -> None:
    await door.reporting.opened("c-1")
    before = await door.position()
    body = {"inbound": [{"channel": "SMS", "address": NUMBER, "text": "stop", "message_id": "m-17"}]}

    assert (await door.reports(body, headers=headers)).status_code == 403

    assert await door.position() == before
    assert door.doors.counts == {"reports.forged": 1}
