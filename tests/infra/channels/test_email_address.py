"""Addresses that answers come back to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.channels.email_address import Purpose, ReturnAddresses, message_id, message_id_of

ANSWERS = ReturnAddresses(address="mail@in.acme.example", key=b"k")
KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:EMAIL"


@given(st.sampled_from(Purpose), st.text(min_size=1, max_size=80))
def test_an_address_says_what_it_is_for_and_which_message_it_is_about(purpose: Purpose, key: str) -> None:
    address = ANSWERS.write(purpose, key)
    found = ANSWERS.read(address.upper())  # servers may change the case

    assert len(address.partition("@")[0]) <= 64
    assert found
    assert found.purpose is purpose
    assert found.is_about(key)
    assert not found.is_about(key + "x")
    assert message_id_of(found.digest, "acme.example") == message_id(key, "acme.example")


@pytest.mark.parametrize(
    "address",
    [
        ReturnAddresses(address="mail@in.acme.example", key=b"other").write(Purpose.BOUNCE, KEY),
        ANSWERS.write(Purpose.BOUNCE, KEY).replace("+b", "+x"),
        ANSWERS.write(Purpose.BOUNCE, KEY).replace("in.acme", "in-acme"),
        ANSWERS.write(Purpose.BOUNCE, KEY) + ".other",
        "mail@in.acme.example",
        "mail+b@in.acme.example",
        "",
    ],
)
def test_an_address_that_we_did_not_write_says_nothing(address: str) -> None:
    assert ANSWERS.read(address) is None


def test_an_address_of_ours_is_found_in_a_text() -> None:
    made_up = ANSWERS.write(Purpose.BOUNCE, KEY).replace("+b", "+ba")
    found = ANSWERS.find(f"Return-Path: <{made_up}>\r\nReply-To: {ANSWERS.write(Purpose.REPLY, KEY)}\r\n")

    assert found
    assert found.is_about(KEY)


@pytest.mark.parametrize(
    "address", ["mail", "@in.example", "mail+x@in.example", "a" * 23 + "@in.example", "ñ@in.example"]
)
def test_an_address_with_no_room_for_our_letters_is_said_at_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="22"):
        ReturnAddresses(address=address, key=b"k")
