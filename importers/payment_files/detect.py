"""Which format a file has, by what is in it; its name says nothing.

Every format is asked in turn and answers with nothing (it fits) or with why it does not: that is what
`PaymentFormatUnknown` tells.
"""

import re
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from importers.payment_files.csv_statement import columns_of
from importers.payment_files.entry import FileFormat
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid, PaymentFormatUnknown

HEAD_BYTES = 1 << 16
_SWIFT = re.compile(rb"^:(?:20|25|28C?|60[FM]|61|62[FM]|64|86):", re.MULTILINE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEADER_240 = re.compile(r"\d{3}00000", re.ASCII)


def detect(source: BinaryIO, file: str, options: ReadOptions) -> FileFormat:
    """Return the format, with `source` back at its beginning. Raises `PaymentFormatUnknown`, `PaymentFileInvalid`."""
    head = source.read(HEAD_BYTES)
    source.seek(0)
    if not head.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        raise PaymentFileInvalid(file=file, place="", problem="it is empty")
    tried: dict[str, str] = {}
    for file_format, question in _QUESTIONS.items():
        reason = question(head, options)
        if reason is None:
            return file_format
        tried[file_format.value] = reason
    raise PaymentFormatUnknown(file=file, tried=tried)


def _camt(head: bytes, _: ReadOptions) -> str | None:
    start = head
    for mark in _BOMS:
        start = start.removeprefix(mark)
    if not start.replace(b"\x00", b"").lstrip().startswith(b"<"):
        return "it does not begin with <"
    outer: list[str] = []
    try:
        for _event, element in iterparse(BytesIO(head), events=("start",), forbid_dtd=True):
            outer.append(element.tag.rpartition("}")[2])
            if outer[-1].startswith("BkToCstmr"):
                return None
            if len(outer) > 200:
                break
    except DefusedXmlException:
        return "it has a document type declaration (DTD), which no bank statement has"
    except (ParseError, ValueError, LookupError):
        if not outer:
            return "it is not well-formed XML"
    return f"its root is <{outer[0][:40]}>, without a BkToCstmr... in it" if outer else "no element in it"


def _spei(head: bytes, _: ReadOptions) -> str | None:
    start = head.removeprefix(_BOMS[0]).lstrip()
    if not start.startswith((b"{", b"[")):
        return "it does not begin with { or ["
    names = (b'"claveRastreo"', b'"resultado"', b'"respuesta"')
    return None if any(name in start for name in names) else "neither claveRastreo nor resultado in it"


def _mt940(head: bytes, _: ReadOptions) -> str | None:
    return None if _SWIFT.search(head.removeprefix(_BOMS[0])) else "no line begins with a tag such as :20: or :61:"


def _cnab240(head: bytes, _: ReadOptions) -> str | None:
    first = _first_line(head)
    fits = len(first) <= 240 and _HEADER_240.match(first)
    return None if fits else "the first line is no header of 240 columns (a bank's code, then 00000)"


def _cnab400(head: bytes, _: ReadOptions) -> str | None:
    first = _first_line(head)
    if first.startswith("01REMESSA"):
        return "it is a remittance (01REMESSA), which holds no payments"
    return None if first.startswith("02RETORNO") else "the first line does not begin with 02RETORNO"


def _csv(head: bytes, options: ReadOptions) -> str | None:
    if b"\x00" in head:
        return "it holds zero bytes"
    try:
        text = head.split(b"\n", 1)[0].decode(options.encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return f"its header is not {options.encoding or 'UTF-8'}"
    return None if columns_of(text).enough else "its header has no columns for date and amount"


def _first_line(head: bytes) -> str:
    return head.split(b"\n", 1)[0].decode("latin-1").rstrip()


_QUESTIONS: dict[FileFormat, Callable[[bytes, ReadOptions], str | None]] = {
    FileFormat.CAMT: _camt,
    FileFormat.SPEI: _spei,
    FileFormat.MT940: _mt940,
    FileFormat.CNAB240: _cnab240,
    FileFormat.CNAB400: _cnab400,
    FileFormat.CSV: _csv,
}
