"""How many parts a text message takes: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation, 6 octets of header)."""

from collections.abc import Iterable
from dataclasses import dataclass

# The default alphabet in the order of its codes 0x00 to 0x7F, without 0x1B, which leads to the extension table.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")  # two septets each: escape and code

GSM_ALONE, GSM_JOINED = 160, 153  # septets in a message of one part, and in each of several
UCS2_ALONE, UCS2_JOINED = 70, 67  # 16-bit units, the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text weighs."""

    alphabet: str  # "GSM-7" or "UCS-2"
    units: int  # septets or 16-bit units
    count: int  # parts that are sent and paid


def segments(text: str) -> Segments:
    """Count a text message's parts. What is two units wide (escape and code, a surrogate pair) is never split."""
    if all(character in GSM_BASIC or character in GSM_EXTENSION for character in text):
        widths = [2 if character in GSM_EXTENSION else 1 for character in text]
        return _packed("GSM-7", widths, GSM_ALONE, GSM_JOINED)
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return _packed("UCS-2", widths, UCS2_ALONE, UCS2_JOINED)


def foreign(text: str) -> str:
    """Return the characters that keep a text out of GSM-7, each once, in order."""
    return "".join(dict.fromkeys(each for each in text if each not in GSM_BASIC and each not in GSM_EXTENSION))


def _packed(alphabet: str, widths: Iterable[int], alone: int, joined: int) -> Segments:
    widths = list(widths)
    units = sum(widths)
    if units <= alone:
        return Segments(alphabet=alphabet, units=units, count=1)
    count, room = 1, joined
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return Segments(alphabet=alphabet, units=units, count=count)
