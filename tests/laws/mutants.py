"""Every small change that could be made to a law file: a number or a day another one, a word or a rule gone.

Works on the text, so that what is changed is what people write. The layout is the one that shipped files have: one key
a line, `[[law.section]]` before each rule, one row of a rate table a line.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.case.words import Component
from domain.ledger.words import Choice, Compounding, DayCount, Excess, Nature, Quoted, Rounding, Spread

# What says where a rule comes from, and changes nothing that is owed.
TOLD_APART_BY_NOTHING = {"id", "version", "jurisdiction", "cite", "choice_cite", "confidence", "action", "instrument"}
WORDS = {
    "choice": Choice,
    "compounding": Compounding,
    "day_count": DayCount,
    "excess": Excess,
    "quoted": Quoted,
    "rounding": Rounding,
    "spread": Spread,
    "component": ("INTEREST", "LATE_INTEREST"),
    "currency": ("EUR", "USD", "PEN", "CLP"),
    "fee_cap": ("cl.ley19496.fee_cap", "cl.ley19496.other"),
}
_LINE = re.compile(r"(?P<key>\w+) = (?P<value>[^#\n]*?)(\s*#[^\n]*)?")
_ROW = re.compile(r"  \{ first = .* \},")
_FIGURE = re.compile(r"\d{4}-\d\d-\d\d|\d+(\.\d+)?(?![\w.])")


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Yield all small changes of a law file: what is changed, and the text with it."""
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines) if line.startswith("[")]
    for first, last in zip(headers, [*headers[1:], len(lines)], strict=True):
        if lines[first].startswith("[[law."):
            yield f"{lines[first]} {lines[first + 1]}: gone", _text(lines[:first] + lines[last:])
    section = ""
    for number, line in enumerate(lines):
        section = line if line.startswith("[") else section
        found = _LINE.fullmatch(line)
        others: list[str | None] = []
        if _ROW.fullmatch(line):
            others = [None, *_other_figures(line)]
        elif found is not None and found["key"] not in TOLD_APART_BY_NOTHING:
            others = [
                None if other is None else f"{found['key']} = {other}"
                for other in _others(found["key"], found["value"])
            ]
        for other in others:
            changed = [] if other is None else [other]
            yield (
                f"{section} {line.strip()} -> {other or 'nothing'}",
                _text(lines[:number] + changed + lines[number + 1 :]),
            )


def _others(key: str, value: str) -> Iterator[str | None]:
    """Yield the values that could stand there instead; None: the key is gone."""
    if key in WORDS:
        yield from (f'"{each}"' for each in WORDS[key] if f'"{each}"' != value)
    elif value in ("true", "false"):
        yield "false" if value == "true" else "true"
    elif key == "order":
        words = re.findall(r'"(\w+)"', value)
        assert len(words) == len(Component)
        for place in range(len(words) - 1):
            swapped = [*words[:place], words[place + 1], words[place], *words[place + 2 :]]
            yield _list(swapped)
    elif key in ("natures", "interrupted_by"):
        words = re.findall(r'"(\w+)"', value)
        yield from (_list([each for each in words if each != word]) for word in words)
        if key == "natures":
            yield from (_list([*words, each]) for each in Nature if each not in words)
    elif key in ("rate", "cap", "effective"):
        yield None
        yield from _other_figures(value)
    elif re.fullmatch(r"\d+", value):
        yield from (str(int(value) + each) for each in (-1, 1))


def _other_figures(value: str) -> Iterator[str]:
    for found in _FIGURE.finditer(value):
        written = found.group()
        if "-" in written:
            day = date.fromisoformat(written)
            others = [(day + timedelta(days=each)).isoformat() for each in (-1, 1)]
        else:
            others = [str(Decimal(written) + each) for each in (Decimal("-0.01"), Decimal("0.01"))]
        yield from (f"{value[: found.start()]}{other}{value[found.end() :]}" for other in others)


def _list(words: list[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(word: str) -> str:
    return f'"{word}"'


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
