"""The text of a PDF of ours, run by run: what a reader could copy, by the maps from glyphs to letters in it."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", re.DOTALL)
_PIECE = re.compile(rb"/(f\d+) [\d.]+ Tf|1 0 0 -1 (-?[\d.]+) (-?[\d.]+) cm|(\()|T[Jj]\b")
_IN_TEXT = re.compile(rb"\\([0-7]{1,3}|.)|[()]|[^\\()]+", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that were set in one go, and where."""

    page: int
    x: float
    y: float  # from below
    text: str


def runs(pdf: bytes) -> list[Run]:
    """Return every run of the document, page by page, in the order of its content."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type ?/Page/", body)]
    return [run for page, body in enumerate(pages, start=1) for run in _runs(page, body, objects)]


def lines(pdf: bytes) -> list[list[str]]:
    """Return what stands on one height of a page together, from left to right, from the top down."""
    rows: dict[tuple[int, float], list[Run]] = {}
    for run in runs(pdf):
        rows.setdefault((run.page, -round(run.y, 1)), []).append(run)
    return [[run.text for run in sorted(rows[place], key=lambda run: run.x)] for place in sorted(rows)]


def _runs(page: int, body: bytes, objects: Mapping[int, bytes]) -> Iterator[Run]:
    letters = _fonts(objects[_reference(body, "Resources")], objects)
    content = _stream(objects[_reference(body, "Contents")])
    font: Mapping[int, str] = {}
    x = y = 0.0
    codes, at = b"", 0
    while piece := _PIECE.search(content, at):
        at = piece.end()
        if piece[1]:
            font, codes = letters[piece[1].decode()], b""  # strings before it were marks of the content
        elif piece[2]:
            x, y = float(piece[2]), float(piece[3])
        elif piece[4]:
            more, at = _string(content, at)
            codes += more
        else:
            text = "".join(font[int.from_bytes(codes[place : place + 2], "big")] for place in range(0, len(codes), 2))
            yield Run(page, x, y, text)
            codes = b""


def _string(content: bytes, at: int) -> tuple[bytes, int]:
    """Return the string that begins at a place, and where it ends; parentheses in pairs stand in it as they are."""
    found, depth = b"", 1
    while True:
        piece = _IN_TEXT.match(content, at)
        assert piece is not None, "a string has an end"
        at = piece.end()
        depth += (piece[0] == b"(") - (piece[0] == b")")
        if not depth:
            return found, at
        escaped = piece[1]
        if escaped is None:
            found += piece[0]
        elif escaped.isdigit():
            found += bytes([int(escaped, 8)])
        else:
            found += _ESCAPED.get(escaped, escaped)


def _fonts(resources: bytes, objects: Mapping[int, bytes]) -> dict[str, Mapping[int, str]]:
    fonts = re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    return {name.decode(): _map(_stream(objects[_reference(objects[int(at)], "ToUnicode")])) for name, at in fonts}


def _map(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = chr(int(text, 16) + code - int(first, 16))
    return found


def _reference(body: bytes, key: str) -> int:
    found = re.search(rb"/" + key.encode() + rb" (\d+) 0 R", body)
    assert found is not None, key
    return int(found[1])


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])
