"""Addresses of payment pages: ours, whole, and nobody else's."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.payment_page import PageKey
from infra.payment_links.pages import TOKEN_LENGTH_MAX, SignedPaymentPages
from infra.unsubscribe_links import SignedUnsubscribeLinks

KEY = PageKey(
    case_id=UUID("0197fd3c-1111-7222-8333-444455556666"),
    link_id="l-1",
    expires_at=datetime(2026, 3, 9, 9, 30, 15, tzinfo=UTC),
)
PAGES = SignedPaymentPages(bytes(32), "https://collections.example.com/")


def test_an_address_is_read_back() -> None:
    address = PAGES.address(KEY)

    assert address == f"https://collections.example.com/pay/{PAGES.token(KEY)}"
    assert PAGES.key_of(address.rpartition("/")[2]) == KEY


def test_without_a_public_address_there_is_none() -> None:
    assert SignedPaymentPages(bytes(32), "").address(KEY) == ""


@pytest.mark.parametrize("place", range(len(PAGES.token(KEY))))
def test_with_any_letter_changed_it_is_none_of_ours(place: int) -> None:
    token = PAGES.token(KEY)
    other = "A" if token[place] != "A" else "B"

    assert PAGES.key_of(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize(
    "token", ["", "A", "é", "====", "A" * 76, "A" * (TOKEN_LENGTH_MAX + 1), PAGES.token(KEY) + "="]
)
def test_what_is_none_of_ours(token: str) -> None:
    assert PAGES.key_of(token) is None


def test_one_of_another_house_or_for_another_purpose_is_none_of_ours() -> None:
    other = SignedPaymentPages(bytes(31) + b"1", "https://collections.example.com")

    assert PAGES.key_of(other.token(KEY)) is None
    assert PAGES.key_of(SignedUnsubscribeLinks(bytes(32), "").token("permit")) is None


def test_the_longest_link_fits() -> None:
    longest = PageKey(case_id=KEY.case_id, link_id="x" * 20, expires_at=KEY.expires_at)

    assert len(PAGES.token(longest)) < TOKEN_LENGTH_MAX
    assert PAGES.key_of(PAGES.token(longest)) == longest
