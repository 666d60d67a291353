"""Links that are out: whoever has an old message must get where it led, whatever becomes of the code."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.payment_page import PageKey
from infra.payment_links.pages import SignedPaymentPages
from infra.unsubscribe_links import SignedUnsubscribeLinks

ROOT, ZEROS = bytes(range(32)), bytes(32)
CASE = "0197fd3c-1111-7222-8333-444455556666"
# As they were made in the first week; never edited, only added to.
PAGES = [
    (ROOT, CASE, "l-1", "2026-03-09T09:30:15", "_CQWMcLLq3ePYXlSZFjIwwGX_TwREXIigzNERFVVZmYAaa6TJ2wtMQ"),
    (
        ZEROS,
        str(UUID(int=0)),
        "x" * 20,
        "1970-01-01T00:00:00",
        "mT_ctLe69XAKt9QyiY7phAAAAAAAAAAAAAAAAAAAAAAAAAAAAHh4eHh4eHh4eHh4eHh4eHh4eHh4",
    ),
]
UNSUBSCRIBE = [
    (
        ROOT,
        f"{CASE}:soft-1:EMAIL",
        "MDE5N2ZkM2MtMTExMS03MjIyLTgzMzMtNDQ0NDU1NTU2NjY2OnNvZnQtMTpFTUFJTA.E0RfPccSzAkSJfL2z13MKQ",
    ),
    (
        ZEROS,
        f"{CASE}:ñ:EMAIL:2",
        "MDE5N2ZkM2MtMTExMS03MjIyLTgzMzMtNDQ0NDU1NTU2NjY2OsOxOkVNQUlMOjI.veO13IfvlC8DidLqxwcI1A",
    ),
]


@pytest.mark.parametrize(("root", "case", "link", "until", "token"), PAGES)
def test_an_address_of_a_payment_page_stays_what_it_was(
    root: bytes, case: str, link: str, until: str, token: str
) -> None:
    expires_at = datetime.fromisoformat(until).replace(tzinfo=UTC)
    key = PageKey(case_id=UUID(case), link_id=link, expires_at=expires_at)
    pages = SignedPaymentPages(root, "https://collections.example.com")
    assert pages.token(key) == token
    assert pages.key_of(token) == key


@pytest.mark.parametrize(("root", "permit", "token"), UNSUBSCRIBE)
def test_a_link_to_unsubscribe_stays_what_it_was(root: bytes, permit: str, token: str) -> None:
    links = SignedUnsubscribeLinks(root, "https://collections.example.com")
    assert links.token(permit) == token
    assert links.permit_of(token) == permit


@pytest.mark.parametrize(("root", "permit", "token"), UNSUBSCRIBE)
def test_another_spelling_of_a_link_is_no_link_of_ours(root: bytes, permit: str, token: str) -> None:
    links = SignedUnsubscribeLinks(root, "https://collections.example.com")
    named, _, signature = token.partition(".")
    spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = spare[spare.index(signature[-1]) + 1]  # the same 16 bytes: four bits of the last letter say nothing
    others = [f"{named}.{signature[:-1]}{last}", f"{named}=.{signature}", f"{named}.{signature}==", f"{token}\n", named]
    assert [links.permit_of(each) for each in others] == [None] * len(others), permit
