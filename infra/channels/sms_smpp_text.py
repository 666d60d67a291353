"""A text message in the alphabets of the telephone network, and cut into parts where it is too long for one.

Sources: 3GPP TS 23.038 (the GSM alphabet, one septet an octet here, and UCS-2), 3GPP TS 23.040 9.2.3.24.1 (parts),
SMPP 3.4 5.2.19 (data_coding).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
ESCAPE: Final = 0x1B
CODES: Final = {each: bytes([code]) for code, each in enumerate(BASIC) if code != ESCAPE} | {
    each: bytes([ESCAPE, code]) for each, code in EXTENSION.items()
}
EXTENDED: Final = {code: each for each, code in EXTENSION.items()}

GSM, LATIN_1, UCS_2 = 0, 3, 8  # data_coding
ALONE: Final = {GSM: 160, UCS_2: 140}  # octets as we send them
JOINED: Final = {GSM: 153, UCS_2: 134}
PARTS_MAX: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A text as it travels. `pieces` are its characters' octets, which no cut may separate."""

    coding: int
    pieces: tuple[bytes, ...]

    @property
    def octets(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def fits_one(self) -> bool:
        return len(self.octets) <= ALONE[self.coding]


def coded(text: str) -> Coded:
    """Return the text in the GSM alphabet if every character is in it, else in UCS-2."""
    if all(each in CODES for each in text):
        return Coded(coding=GSM, pieces=tuple(CODES[each] for each in text))
    return Coded(coding=UCS_2, pieces=tuple(each.encode("utf-16-be", "replace") for each in text))


def parts(text: Coded, reference: int) -> tuple[bytes, ...]:
    """Cut a long text into parts that a telephone puts together again; raise ValueError for more than 255.

    reference: 0 to 255, the same in every part.
    """
    cut = tuple(_cut(text))
    if len(cut) > PARTS_MAX:
        raise ValueError("a text of more than 255 parts")
    return tuple(bytes([5, 0, 3, reference, len(cut), number]) + part for number, part in enumerate(cut, start=1))


def decoded(octets: bytes, coding: int) -> str:
    """Return the text of a message that came in; what cannot be read is replaced."""
    match coding:
        case 0 | 1:
            return _from_gsm(octets) if coding == GSM else octets.decode("ascii", "replace")
        case 3:
            return octets.decode("latin-1")
        case 8:
            return octets.decode("utf-16-be", "replace")
        case _:
            return octets.decode("utf-8", "replace")


def _cut(text: Coded) -> Iterator[bytes]:
    part = b""
    for piece in text.pieces:
        if len(part) + len(piece) > JOINED[text.coding]:
            yield part
            part = b""
        part += piece
    yield part


def _from_gsm(octets: bytes) -> str:
    text, escaped = "", False
    for code in octets:
        if escaped:
            text += EXTENDED.get(code, " ")
        elif code != ESCAPE:
            text += BASIC[code] if code < len(BASIC) else "\N{REPLACEMENT CHARACTER}"
        escaped = not escaped and code == ESCAPE
    return text
