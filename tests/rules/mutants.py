"""Every small change that could be made to a rule file: a number one off, a holiday flipped, a word or a rule gone.

Works on the text, so that what is changed is what people write. The layout is the one that shipped files have: one key
a line, `[[ruleset.section]]` before each rule.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.compliance.rule_words import READINGS, CountKind, Reading
from domain.compliance.words import Medium

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOLD_APART_BY_NOTHING = {"id", "version", "cite", "confidence", "tz", "unit", "from"}  # no number, no condition
# Taken away, each of these changes which contacts a rule looks at, or what it asks of them.
CONDITIONS = {
    "until", "match", "unless_fact", "if_fact", "waiver", "exclude", "lifts_on", "exempt_purposes", "allow_purposes",
    "deny_purposes", "only_purposes", "others", "places", "recipients", "distinct", "stage", "purposes", "allow",
    "extends", "effective", "actors", "no_early_notice_minus",
}  # fmt: skip
LISTS = {
    "channels", "per", "exclude", "lifts_on", "exempt_purposes", "allow_purposes", "deny_purposes", "places",
    "recipients", "allow", "deny", "actors", "only_purposes",
}  # fmt: skip
_LINE = re.compile(r"(?P<key>\w+) = (?P<value>[^#\n]*?)(?P<rest>\s*(#[^\n]*)?)")
_HEADER = re.compile(r"\[+ruleset(\.(?P<section>\w+))?\]+")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, and the text with it."""

    what: str  # "cap/calls7/max: 7 -> 8"
    rule: str  # "calls7", "" for what is about the whole set
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the text: its lines without the header, by their numbers."""

    section: str
    rule: str
    first: int
    last: int  # not one of them


def mutants(text: str) -> Iterator[Mutant]:
    """Yield all small changes of a rule file."""
    lines = text.splitlines()
    for block in _blocks(lines):
        name = f"{block.section}/{block.rule}".strip("/")
        if block.section:
            yield Mutant(f"{name}: gone", block.rule, _text(lines[: block.first] + lines[block.last :]))
        keys = {found["key"] for line in lines[block.first : block.last] if (found := _LINE.fullmatch(line))}
        for number in range(block.first, block.last):
            found = _LINE.fullmatch(lines[number])
            if found is None or found["key"] in TOLD_APART_BY_NOTHING:
                continue
            key, value = found["key"], found["value"]
            for other in _others(key, value, block.section, keys):
                changed = [] if other is None else [f"{key} = {other}"]
                what = f"{name}/{key}: {value} -> {'nothing' if other is None else other}"
                yield Mutant(what, block.rule, _text(lines[:number] + changed + lines[number + 1 :]))


def _blocks(lines: list[str]) -> Iterator[Block]:
    starts = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line)]
    for first, last in zip(starts, [*starts[1:], len(lines)], strict=True):
        header = _HEADER.fullmatch(lines[first])
        assert header is not None
        section = header["section"] or ""
        ids = [line for line in lines[first:last] if line.startswith("id = ")] if section else []
        yield Block(section, re.findall(r'"(.*?)"', ids[0])[0] if ids else section, first, last)


def _others(key: str, value: str, section: str, keys: set[str]) -> Iterator[str | None]:
    """Yield the values that could stand there instead; None: the key is gone."""
    if key in CONDITIONS and not (key == "actors" and value == '["any"]'):
        yield None
    match key:
        case "max" | "early_notice_days" | "from_day":
            yield from _one_off(value)
        case "days" if value.isdigit():
            yield from _one_off(value)
        case "days":
            yield from (f'"{each}"' for each in _other_weekdays(value.strip('"')))
        case "hours":
            yield from (f'"{each}"' for each in _other_hours(value.strip('"')))
        case "holidays":
            yield '"open"' if value == '"closed"' else '"closed"'
        case "period":
            yield from (f'"{each}"' for each in _other_periods(value.strip('"')))
        case "count":
            # read strictly, as nobody said otherwise, an attempt is a direct contact
            same = {value} | (
                {'"attempt"', '"direct_contact"'} if value in ('"attempt"', '"direct_contact"') else set()
            )
            yield from (f'"{each}"' for each in CountKind if f'"{each}"' not in same)
        case "kind":
            yield '"calendar"' if value == '"business"' else '"business"'
        case "effective":
            begins = date.fromisoformat(re.findall(r"\d{4}-\d\d-\d\d", value)[0])
            yield from (f"{{ from = {begins + timedelta(days=each)} }}" for each in (-1, 1))
        case "calendar":
            if "sundays" in value:
                yield value.replace(", sundays_are_holidays = true", "")
            yield re.sub(r'country = "[^"]*"', 'country = "ZZ"', value)
        case "reading":
            yield from _other_readings(value)
        case "tiers" | "no_early_notice_minus":
            yield from _other_figures(value)
        case "contacts" | "recordings":
            years = int(value.strip('"PY'))
            yield from (f'"P{years + each}Y"' for each in (-1, 1))
        case "content" if "," in value:
            yield from (f'"{",".join(each)}"' for each in _one_less(value.strip('"').split(",")))
        case "deny" if "allow" in keys:
            return  # whom `allow` does not name is not reached anyway: `deny` only says whom the law names
        case _ if key in LISTS:
            yield from _other_lists(key, re.findall(r'"(.*?)"', value))
        case _ if value.startswith("{") and section == "recipient":
            return
        case _:
            return


def _one_off(value: str) -> Iterable[str]:
    return (str(int(value) + each) for each in (-1, 1))


def _other_weekdays(value: str) -> Iterable[str]:
    first, _, last = value.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return {
        f"{DAYS[(start + a) % 7]}-{DAYS[(end + b) % 7]}"
        for a, b in ((-1, 0), (1, 0), (0, -1), (0, 1))
        if start + a <= end + b and end + b - (start + a) < len(DAYS)
    }


def _other_hours(value: str) -> Iterable[str]:
    opens, closes = ([int(part) for part in each.split(":")] for each in value.split("-"))
    for a, b in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        begin, end = opens[0] * 60 + opens[1] + a, closes[0] * 60 + closes[1] + b
        yield f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


def _other_periods(value: str) -> Iterable[str]:
    if value == "week":
        return ("rolling:6d", "rolling:8d")
    if value == "calendar:1d":
        return ("rolling:2d", "calendar:1w")
    days = int(value.removeprefix("rolling:").removesuffix("d"))
    return (f"rolling:{days - 1}d", f"rolling:{days + 1}d", "calendar:1w")


def _other_readings(value: str) -> Iterable[str]:
    for name, word in re.findall(r'(\w+) = "(\w+)"', value):
        for other in READINGS[Reading(name)]:
            if other != word:
                yield value.replace(f'{name} = "{word}"', f'{name} = "{other}"')


def _other_figures(value: str) -> Iterable[str]:
    for found in re.finditer(r'\d+(\.\d+)?|"inf"', value):
        written = found.group()
        others = ("100",) if written == '"inf"' else (f"{float(written) * 1.5:g}", f"{float(written) * 0.5:g}")
        yield from (f"{value[: found.start()]}{other}{value[found.end() :]}" for other in others)


def _other_lists(key: str, words: list[str]) -> Iterable[str]:
    if words == ["any"]:
        yield '["third_party_collector"]'
        return
    if words == ["*"]:
        words = list(Medium)
    if len(words) > 1:
        yield from (f"[{', '.join(map(_quoted, each))}]" for each in _one_less(words))


def _one_less(words: list[str]) -> Iterable[list[str]]:
    return (words[:place] + words[place + 1 :] for place in range(len(words)))


def _quoted(word: str) -> str:
    return f'"{word}"'


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
