"""How many parts a text message takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import consts, gsm

from infra.templates.segments import GSM_BASIC, GSM_EXTENSION, foreign, segments

# The other encoder does not know the form feed and the section sign, which the standard has.
gsm_texts = st.text(alphabet=sorted((GSM_BASIC | GSM_EXTENSION) - {"\f", "§"}), max_size=700)


def runs_of(alphabet: str) -> st.SearchStrategy[str]:
    """Return texts of long runs of one character, which end wherever a part may end."""
    run = st.tuples(st.sampled_from(alphabet), st.integers(1, 170)).map(lambda each: each[0] * each[1])
    return st.lists(run, max_size=6).map("".join)


any_texts = st.text(alphabet=st.sampled_from("aé€ñç😀𝄞漢 "), max_size=400)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # The escape would be the last septet of the first part: the pair goes into the next one, and a part is lost.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("a" * 151 + "€" + "a" * 153, "GSM-7", 306, 2),
        ("ñÑüÜéÉèàùìòÇ¿¡", "GSM-7", 14, 1),
        ("á", "UCS-2", 1, 1),
        ("ã" * 70, "UCS-2", 70, 1),
        ("ã" * 71, "UCS-2", 71, 2),
        ("ç" * 134, "UCS-2", 134, 2),
        ("ç" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        # 67 units hold 33 pairs, and one unit stays empty.
        ("😀" * 67, "UCS-2", 134, 3),
        ("á" + "😀" * 66, "UCS-2", 133, 2),
    ],
)
def test_parts_are_counted_to_the_septet(text: str, alphabet: str, units: int, count: int) -> None:
    found = segments(text)

    assert (found.alphabet, found.units, found.count) == (alphabet, units, count)


@given(gsm_texts)
def test_septets_are_those_that_another_encoder_makes(text: str) -> None:
    assert segments(text).units == len(gsm.gsm_encode(text))
    assert foreign(text) == ""


@given(any_texts)
def test_units_are_those_of_utf_16(text: str) -> None:
    found = segments(text)
    if found.alphabet == "UCS-2":
        assert found.units == len(text.encode("utf-16-be")) // 2


@given(st.one_of(gsm_texts, any_texts, runs_of("a€"), runs_of("aá😀")))
def test_no_way_of_cutting_takes_fewer_parts(text: str) -> None:
    found = segments(text)
    if found.alphabet == "GSM-7":
        widths, alone, room = [len(gsm.gsm_encode(each)) for each in text], 160, 153
    else:
        widths, alone, room = [len(each.encode("utf-16-be")) // 2 for each in text], 70, 67

    assert found.count == (1 if sum(widths) <= alone else fewest_parts(widths, room))


@given(st.text(alphabet=sorted(GSM_BASIC - {"§"}), min_size=161, max_size=700))
def test_the_gateway_cuts_a_plain_text_into_as_many_parts(text: str) -> None:
    parts, _, _ = gsm.make_parts(text, consts.SMPP_ENCODING_DEFAULT)

    assert segments(text).count == len(parts)


def test_what_keeps_a_text_out_of_the_small_alphabet_is_named_once() -> None:
    assert foreign("Señor Núñez pagó ayer; pagó, o va a pagar más hoy") == "úóá"


def fewest_parts(widths: list[int], room: int) -> int:
    """Return the least number of parts, by trying every place to cut."""
    best = [0]
    for end in range(1, len(widths) + 1):
        size, least = 0, len(widths)
        for start in range(end - 1, -1, -1):
            size += widths[start]
            if size > room:
                break
            least = min(least, best[start] + 1)
        best.append(least)
    return best[-1]
