"""Texts in the alphabets of the telephone network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.channels.sms_smpp_text import ALONE, CODES, GSM, UCS_2, coded, decoded, parts
from infra.templates.segments import GSM_BASIC, GSM_EXTENSION, segments

texts = st.one_of(st.text(st.sampled_from(sorted(CODES)), max_size=700), st.text(max_size=400))


def test_the_alphabet_is_the_one_that_texts_are_counted_in() -> None:
    assert set(CODES) == GSM_BASIC | GSM_EXTENSION
    assert CODES["@"] == b"\x00"
    assert CODES["à"] == b"\x7f"
    assert CODES["€"] == b"\x1b\x65"
    assert CODES["§"] == b"\x5f"


@given(texts)
def test_what_was_coded_is_read_as_it_was(text: str) -> None:
    sent = coded(text)

    assert decoded(sent.octets, sent.coding) == text.encode("utf-16-be", "replace").decode("utf-16-be")
    assert sent.coding == (GSM if all(each in CODES for each in text) else UCS_2)


@given(texts, st.integers(0, 255))
def test_parts_are_as_many_as_were_counted_fit_and_make_the_text_again(text: str, reference: int) -> None:
    sent = coded(text)
    cut = parts(sent, reference)

    assert (1 if sent.fits_one else len(cut)) == segments(text).count
    assert all(part[:5] == bytes([5, 0, 3, reference, len(cut)]) for part in cut)
    assert [part[5] for part in cut] == list(range(1, len(cut) + 1))
    assert b"".join(part[6:] for part in cut) == sent.octets
    assert max(len(part) for part in cut) - 6 <= ALONE[sent.coding]
    for part in cut:  # no character is torn in two
        decoded(part[6:], sent.coding).encode()
        assert not part[6:].endswith(b"\x1b") or sent.coding == UCS_2


def test_a_text_without_end_is_said_to_be_too_long() -> None:
    with pytest.raises(ValueError, match="255"):
        parts(coded("a" * 153 * 256), 0)


@given(st.binary(max_size=200), st.integers(0, 255))
def test_whatever_comes_in_can_be_read(octets: bytes, coding: int) -> None:
    decoded(octets, coding)
