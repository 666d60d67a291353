"""One table of a rule file, read value by value. What is wrong with a value is said with file, line and field."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, cast

from domain.decider import Rejected
from domain.rule_text.lines import Path, line_of

W = TypeVar("W", bound=StrEnum)
V = TypeVar("V")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL = "*"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Source:
    """The text that is read, and the name under which people know it."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the text, where it stands, and what to call it."""

    values: Mapping[str, Any]  # Any: what TOML can hold; every value is looked at before it is used
    path: Path
    source: Source
    name: str  # "us.regf/cap/calls7"

    def wrong(self, key: str, what: str, accepted: str, item: int | None = None) -> Rejected:
        """Return the refusal of a value: `Rejected` RULES_INVALID with file, line, field and what would do."""
        path = self.path if key not in self.values else (*self.path, key)
        line = line_of(self.source.text, path if item is None else (*path, item))
        field = f"{self.name}/{key}" if key else self.name
        return Rejected(
            "RULES_INVALID", f"{self.source.file}, line {line}: {field} {what}", field=field, accepted=accepted
        )

    def only(self, known: Sequence[str]) -> None:
        """Refuse keys that the format does not know."""
        for key in self.values:
            if key not in known:
                raise self.wrong(key, "is not a key of the format", ", ".join(sorted(known)))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; one that is required may not be empty."""
        found = self._value(key, default, str, "a text")
        if default is None and not found.strip():
            raise self.wrong(key, "is empty", "a text")
        return found

    def number(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number, `least` or more."""
        found = self._value(key, default, int, "a whole number")
        if found < least:
            raise self.wrong(key, f"must be {least} or more", f"{least} or more")
        return found

    def decimal(self, key: str, default: Decimal) -> Decimal:
        """Return a number, exact."""
        found: object = self.values.get(key, default)
        if not isinstance(found, (int, Decimal)) or isinstance(found, bool):
            raise self.wrong(key, "must be a number", "a number")
        return Decimal(found)

    def truth(self, key: str, default: bool) -> bool:
        """Return true or false."""
        return self._value(key, default, bool, "true or false")

    def day(self, key: str) -> date | None:
        """Return a date; None if there is none."""
        found: object = self.values.get(key)
        if found is not None and type(found) is not date:
            raise self.wrong(key, "must be a date", "a date such as 2026-09-01")
        return found

    def word(self, key: str, words: type[W], default: W | None = None) -> W:
        """Return one word of a vocabulary."""
        return self._word(key, self.text(key, default), words)

    def maybe(self, key: str, words: type[W]) -> W | None:
        """Return one word of a vocabulary; None if the key is not there."""
        return self.word(key, words) if key in self.values else None

    def words(self, key: str, words: type[W]) -> frozenset[W]:
        """Return some words of a vocabulary; none if the key is not there."""
        return frozenset(self._word(key, each, words, item) for item, each in enumerate(self.texts(key)))

    def words_or_all(self, key: str, words: type[W]) -> frozenset[W]:
        """Return some words of a vocabulary, at least one; all of it for ["*"]."""
        found = self.texts(key)
        if not found:
            raise self.wrong(key, "names none", f'["{ALL}"] or some of {", ".join(words)}')
        return frozenset(words) if found == [ALL] else self.words(key, words)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; an empty one if the key is not there."""
        found: object = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in cast(list[object], found)):
            raise self.wrong(key, "must be a list of texts", '["...", "..."]')
        return cast(list[str], found)

    def weekdays(self, key: str) -> frozenset[int]:
        """Return days of the week: "mon-fri", "sat", "tue,thu"; Monday is 0."""
        try:
            return weekdays(self.text(key))
        except ValueError:
            raise self.wrong(key, "must be days of the week", f'"mon-fri", "tue,thu": {", ".join(DAYS)}') from None

    def hours(self, key: str) -> tuple[int, int]:
        """Return when it opens and closes, in minutes since midnight: "08:00-21:00"; "24:00" ends a day."""
        found = _HOURS.fullmatch(self.text(key))
        if found is not None:
            numbers = [int(each) for each in found.groups()]
            opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
            if opens < closes <= _MIDNIGHT:
                return opens, closes
        raise self.wrong(key, "must be two times of one day", '"08:00-21:00", at most "00:00-24:00"')

    def table(self, key: str) -> "Table | None":
        """Return a table within this one; None if the key is not there."""
        found: object = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.wrong(key, "must be a table", f"{key} = {{ ... }}")
        return Table(cast(Mapping[str, Any], found), (*self.path, key), self.source, f"{self.name}/{key}")

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of a list, each known by its `id`; a single table will do for a list of one."""
        found: object = self.values.get(key, [])
        if isinstance(found, dict):
            single = self.table(key)
            return [] if single is None else [single]
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast(list[object], found)):
            raise self.wrong(key, "must be a list of tables", f"[[{key}]]")
        return [
            Table(each, (*self.path, key, item), self.source, f"{self.name}/{key}/{each.get('id', item + 1)}")
            for item, each in enumerate(cast(list[Mapping[str, Any]], found))
        ]

    def _word(self, key: str, text: str, words: type[W], item: int | None = None) -> W:
        try:
            return words(text)
        except ValueError:
            raise self.wrong(key, f"does not know {text!r}", ", ".join(words), item) from None

    def _value(self, key: str, default: V | None, kind: type[V], called: str) -> V:
        found: object = self.values.get(key, default)
        if found is None:
            raise self.wrong(key, "is missing", called)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.wrong(key, f"must be {called}", called)
        return found


def weekdays(text: str) -> frozenset[int]:
    """Return the days of the week that a text names, Monday being 0; raise ValueError for other words."""
    found = set[int]()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found.update(range(start, end + 1) if start <= end else (*range(start, len(DAYS)), *range(end + 1)))
    return frozenset(found)


def whole_table(text: str, file: str, *, parse_float: Callable[[str], Any] = float) -> Table:
    """Return a text as its outermost table; `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML.
    """
    try:
        values: dict[str, Any] = tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        raise Rejected("RULES_UNREADABLE", f"{file}: not TOML: {error}", field=file, accepted="TOML 1.0") from error
    return Table(values, (), Source(text, file), file)
