"""Links that end a channel: one click, a page that asks first, and nobody else's channel."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from application.ports import StoreUnavailable
from domain.case.words import Channel
from domain.person.events import OptedOut
from infra.unsubscribe_links import SignedUnsubscribeLinks
from tests.application.reporting import Reporting
from tests.web.door import PUBLIC_URL, Door, opened_door
from web.language import CATALOGUE, negotiated

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def path_of(door: Door, permit: str) -> str:
    return door.links.link(permit).removeprefix(PUBLIC_URL)


async def email_permit(door: Door, reference: str = "c-1") -> tuple[str, UUID]:
    case, person = await door.reporting.opened(reference)
    return await door.reporting.contacted(case, Channel.EMAIL), person


async def opted_out(door: Door, person: UUID) -> list[Channel]:
    return [event.channel for event in await door.reporting.events(person, OptedOut)]


@pytest.mark.parametrize(
    "request_body",
    [
        {"content": "List-Unsubscribe=One-Click", "headers": FORM},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
    ],
)
async def test_one_click_ends_the_channel_of_its_permit(door: Door, request_body: dict[str, Any]) -> None:
    permit, person = await email_permit(door)

    answers = [await door.client.post(path_of(door, permit), **request_body) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert await opted_out(door, person) == [Channel.EMAIL]


async def test_one_person_s_link_never_touches_another(door: Door) -> None:
    permit, person = await email_permit(door, "c-1")
    other_permit, other = await email_permit(door, "c-2")
    before = await door.reporting.house.store.read_stream(other)
    token, other_token = (door.links.token(each) for each in (permit, other_permit))
    swapped = f"{other_token.split('.')[0]}.{token.split('.')[1]}"

    assert (await door.client.post(f"/unsubscribe/{swapped}")).status_code == 404
    assert (await door.client.post(f"/unsubscribe/{token}")).status_code == 200

    assert await opted_out(door, person) == [Channel.EMAIL]
    assert await door.reporting.house.store.read_stream(other) == before


async def test_looking_at_the_page_changes_nothing_however_often(door: Door) -> None:
    permit, _ = await email_permit(door)
    before = await door.position()

    for method in ("GET", "HEAD", "GET"):
        answer = await door.client.request(method, path_of(door, permit))
        assert answer.status_code == 200

    assert await door.position() == before


async def test_a_token_with_any_letter_changed_is_no_link_of_ours(door: Door) -> None:
    permit, person = await email_permit(door)
    token = door.links.token(permit)

    for place, letter in enumerate(token):
        changed = f"{token[:place]}{'A' if letter != 'A' else 'B'}{token[place + 1 :]}"
        assert door.links.permit_of(changed) is None, place
    for other in (token + "A", token + "=", token[:-1], token.replace(".", ""), "", ".", "é", "x" * 1_000):
        assert door.links.permit_of(other) is None
    for sent in (f"{token}A", token[:-1], "x", "%2e%2e", "x" * 600):
        assert (await door.client.get(f"/unsubscribe/{sent}")).status_code == 404
        assert (await door.client.post(f"/unsubscribe/{sent}")).status_code == 404
    assert await opted_out(door, person) == []


async def test_a_link_made_under_another_key_is_none_of_ours(door: Door) -> None:
    permit, _ = await email_permit(door)
    forged = SignedUnsubscribeLinks(bytes(31) + b"\x01", PUBLIC_URL).token(permit)

    assert (await door.client.post(f"/unsubscribe/{forged}")).status_code == 404


async def test_a_link_holds_nothing_but_the_permit(door: Door) -> None:
    permit, _ = await email_permit(door)

    assert door.links.permit_of(door.links.token(permit)) == permit
    assert "example.com/escalera/unsubscribe/" in door.links.link(permit)
    assert SignedUnsubscribeLinks(bytes(32), "").link(permit) == ""


async def test_a_signed_link_to_a_permit_that_nobody_has_is_not_found(door: Door) -> None:
    token = door.links.token("2e4701c0-d0e4-503d-a04a-d0e26d592ffb:2.first:EMAIL")

    assert (await door.client.post(f"/unsubscribe/{token}")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "language", "question"),
    [
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9"}}, "en", "no more messages"),
        ({"headers": {"Accept-Language": "fr, pt-BR;q=0.8, en;q=0.5"}}, "pt", "não quer mais receber"),
        ({"headers": {"Accept-Language": "es-419"}}, "es", "No desea recibir"),
        ({"headers": {"Accept-Language": "de"}}, "es", "No desea recibir"),
        ({"params": {"lang": "pt"}, "headers": {"Accept-Language": "en"}}, "pt", "não quer mais receber"),
        ({"params": {"lang": "xx"}, "headers": {"Accept-Language": "en"}}, "en", "no more messages"),
    ],
)
async def test_the_page_asks_in_the_reader_s_language(
    door: Door, asked: dict[str, dict[str, str]], language: str, question: str
) -> None:
    permit, _ = await email_permit(door)

    answer = await door.client.get(path_of(door, permit), headers=asked["headers"], params=asked.get("params", {}))

    assert question in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language


async def test_the_button_answers_in_the_language_of_the_page(door: Door) -> None:
    permit, person = await email_permit(door)
    page = await door.client.get(path_of(door, permit), params={"lang": "pt"})
    fields = re.findall(r'name="(\w+)" value="(\w+)"', page.text)

    answer = await door.client.post(path_of(door, permit), data=dict(fields), headers={"Accept-Language": "en"})

    assert "Você não receberá mais mensagens" in answer.text
    assert await opted_out(door, person) == [Channel.EMAIL]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
async def test_the_page_shows_no_personal_data_and_needs_nothing_from_anywhere(door: Door, language: str) -> None:
    permit, _ = await email_permit(door)
    for answer in (
        await door.client.get(path_of(door, permit), params={"lang": language}),
        await door.client.post(path_of(door, permit), data={"lang": language}),
    ):
        assert not re.search(r"Ana|Ruiz|c-1|acme|\+34|500|EUR|example\.com", answer.text)
        # Whoever else reads this mailbox must not learn from the page what the messages are about.
        assert not re.search(
            r"debt|owe|credit|collect|deud|adeud|acreedor|cobr|dívida|devid|credor", answer.text, re.IGNORECASE
        )
        assert not re.search(r"<script|src=|https?://|@import|url\(| on\w+=| style=", answer.text)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
        assert well_formed(answer.text)


async def test_the_style_in_the_page_is_the_one_that_the_policy_allows(door: Door) -> None:
    permit, _ = await email_permit(door)
    answer = await door.client.get(path_of(door, permit))
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)

    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


class Down:
    """A desk whose store is away."""

    async def unsubscribe(self, permit_id: str, *, source: str, trace_id: str = "") -> bool:
        raise StoreUnavailable("no answer from the database")


async def test_a_wish_that_could_not_be_recorded_is_never_said_to_be(reporting: Reporting) -> None:
    async with opened_door(reporting, reports=Down()) as door:
        answer = await door.client.post(path_of(door, "2e4701c0-d0e4-503d-a04a-d0e26d592ffb:2.first:EMAIL"))

    assert answer.status_code == 503
    assert "Inténtelo de nuevo" in answer.text
    assert "<button" in answer.text


def test_the_three_catalogues_say_the_same_things() -> None:
    for one, other in pairwise(CATALOGUE.values()):
        assert one.table.keys() == other.table.keys()
        assert one.table["channel"].keys() == other.table["channel"].keys() == set(Channel)
        for key in one.table.keys() - {"channel"}:
            assert ("{channel}" in one.table[key]) == ("{channel}" in other.table[key])


@pytest.mark.parametrize("header", ["", ";;;", "q=1", "en;q=x", "en;q=0", "*", "," * 500, "ñ"])
def test_any_header_gives_a_language(header: str) -> None:
    assert negotiated(header) == "es"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.wrong |= not self.open or self.open.pop() != tag


def well_formed(html: str) -> bool:
    tags = _Tags()
    tags.feed(html)
    return not tags.open and not tags.wrong
