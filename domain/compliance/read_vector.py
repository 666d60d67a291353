"""One contact vector, made into a proposal and facts. Words and keys that nobody knows are an error (`Wrong`)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar, cast

from domain.calendar import BusinessCalendar
from domain.compliance.proposal import Facts, Known, Past, Proposal
from domain.compliance.words import Circumstance, Medium, Place, Purpose, Recipient, Result
from domain.rule_text.table import weekdays

W = TypeVar("W", bound=StrEnum)
_TO_US = ("", "us", "self", "collector", "this_collector")
_FACT = (
    "type", "at", "until", "to", "debts", "medium", "channel", "channels", "address", "number", "place", "days",
    "hours", "given_to", "separate_instrument", "after_contract", "note",
)  # fmt: skip
_PAST = (
    "at", "channel", "dir", "outcome", "debts", "discussed", "recipient", "place", "address", "number", "purpose",
    "note",
)  # fmt: skip
_PROPOSED = (
    "at", "channel", "debts", "purpose", "recipient", "place", "address", "number", "content", "same_session", "first",
    "note",
)  # fmt: skip
_SAME = {"dropped": Result.ANSWERED, "failed": Result.BOUNCED, "unknown": Result.PENDING}
_HOURS = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")


class Wrong(Exception):
    """A vector says something that nobody understands."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a vector, read value by value."""

    values: Mapping[str, Any]
    name: str

    def only(self, known: Sequence[str]) -> None:
        """Refuse keys that nobody knows."""
        for key in self.values:
            if key not in known:
                raise Wrong(f"{self.name}.{key} is not known (known: {', '.join(known)})")

    def text(self, *keys: str) -> str:
        """Return the text under the first of the keys that is there; "" if none is."""
        for key in keys:
            if key in self.values:
                if not isinstance(self.values[key], str):
                    raise Wrong(f"{self.name}.{key} must be a text")
                return cast(str, self.values[key])
        return ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts under the first of the keys that is there; a single text will do for a list of one."""
        for key in keys:
            if key in self.values:
                found: object = self.values[key]
                listed = cast(list[object], found) if isinstance(found, list) else [found]
                if not all(isinstance(each, str) for each in listed):
                    raise Wrong(f"{self.name}.{key} must be a list of texts")
                return tuple(cast(list[str], listed))
        return ()

    def truth(self, key: str) -> bool:
        """Return true or false; false if it is not there."""
        found: object = self.values.get(key, False)
        if not isinstance(found, bool):
            raise Wrong(f"{self.name}.{key} must be true or false")
        return found

    def word(self, key: str, words: type[W]) -> W:
        """Return one word of a vocabulary."""
        return self.known(key, self.text(key), words)

    def maybe(self, key: str, words: type[W]) -> W | None:
        """Return one word of a vocabulary; None if the key is not there."""
        return self.word(key, words) if self.values.get(key) is not None else None

    def known(self, key: str, text: str, words: type[W]) -> W:
        """Return a text as a word of a vocabulary."""
        try:
            return words(text)
        except ValueError:
            raise Wrong(f"{self.name}.{key} {text!r} is not known (known: {', '.join(words)})") from None


def read_proposal(vector: Mapping[str, Any]) -> Proposal:
    """Return what a vector proposes; what it says nothing about is not checked."""
    fields = _fields(vector, "proposed")
    fields.only(_PROPOSED)
    return Proposal(
        at=instant(fields.text("at"), "proposed.at"),
        medium=fields.word("channel", Medium),
        debts=fields.texts("debts"),
        purpose=fields.maybe("purpose", Purpose) or Purpose.COLLECT,
        recipient=fields.maybe("recipient", Recipient) or Recipient.DEBTOR,
        place=fields.maybe("place", Place),
        address=fields.text("address", "number"),
        content=frozenset(fields.texts("content")) if "content" in fields.values else None,
        same_session=fields.truth("same_session"),
        first=fields.truth("first"),
    )


def read_facts(vector: Mapping[str, Any], calendars: Mapping[str, BusinessCalendar]) -> Facts:
    """Return what a vector says is known."""
    debtor = _fields(vector, "debtor")
    debtor.only(("tz", "region", "note"))
    past = sorted((_past(each) for each in _objects(vector, "history")), key=lambda each: each.at)
    return Facts(
        zones=tuple(sorted(debtor.texts("tz"))),
        known=tuple(known for each in _objects(vector, "facts") for known in _known(each)),
        contacts=tuple(past),
        calendars=calendars,
    )


def instant(text: object, name: str) -> datetime:
    """Return an instant with an offset, in UTC; raise `Wrong` where there is none."""
    try:
        found = datetime.fromisoformat(cast(str, text))
    except (TypeError, ValueError):
        raise Wrong(f"{name} must be an instant") from None
    if found.tzinfo is None:
        raise Wrong(f"{name} must have an offset from UTC")
    return found.astimezone(UTC)


def _past(fields: Fields) -> Past:
    fields.only(_PAST)
    direction = fields.text("dir")
    if direction not in ("in", "out"):
        raise Wrong(f"{fields.name}.dir must be in or out")
    outcome = fields.text("outcome")
    return Past(
        at=instant(fields.text("at"), f"{fields.name}.at"),
        medium=fields.word("channel", Medium),
        outbound=direction == "out",
        result=_SAME[outcome] if outcome in _SAME else fields.word("outcome", Result),
        debts=fields.texts("debts"),
        discussed=fields.texts("discussed"),
        recipient=fields.maybe("recipient", Recipient) or Recipient.DEBTOR,
        place=fields.maybe("place", Place),
        address=fields.text("address", "number"),
        purpose=fields.maybe("purpose", Purpose) or Purpose.COLLECT,
    )


def _known(fields: Fields) -> Iterable[Known]:
    """Yield a fact: once for each medium and each span of hours that it names."""
    fields.only(_FACT)
    until, to = _end(fields)
    media: list[Medium | None] = [
        fields.known("channel", each, Medium) for each in fields.texts("channels", "channel", "medium")
    ]
    spans: list[tuple[time, time] | None] = [*_hours(fields)]
    days = fields.text("days")
    try:
        on_days = weekdays(days) if days else frozenset[int]()
    except ValueError:
        raise Wrong(f"{fields.name}.days {days!r} is not known") from None
    for medium in media or [None]:
        for hours in spans or [None]:
            yield Known(
                kind=fields.word("type", Circumstance),
                at=instant(fields.text("at"), f"{fields.name}.at") if fields.values.get("at") else None,
                until=until,
                to=to,
                debts=fields.texts("debts"),
                medium=medium,
                address=fields.text("address", "number"),
                place=fields.maybe("place", Place),
                days=on_days,
                hours=hours,
                given_to="" if fields.text("given_to") in _TO_US else fields.text("given_to"),
                later_instrument=fields.truth("separate_instrument") and fields.truth("after_contract"),
            )


def _end(fields: Fields) -> tuple[datetime | None, date | None]:
    """Return until when a fact holds: an instant, or the last day."""
    until: datetime | None = None
    to: date | None = None
    for key in ("until", "to"):
        if text := fields.text(key):
            if "T" in text:
                until = instant(text, f"{fields.name}.{key}")
            else:
                try:
                    to = date.fromisoformat(text)
                except ValueError:
                    raise Wrong(f"{fields.name}.{key} must be a date or an instant") from None
    return until, to


def _hours(fields: Fields) -> list[tuple[time, time]]:
    found: list[tuple[time, time]] = []
    for each in fields.texts("hours"):
        for span in each.split(","):
            parts = _HOURS.fullmatch(span.strip())
            try:
                opens, closes = parts.groups() if parts else ("", "")
                found.append((time.fromisoformat(opens), time(0) if closes == "24:00" else time.fromisoformat(closes)))
            except ValueError:
                raise Wrong(f"{fields.name}.hours {span!r} is not known (known: 15:00-17:00)") from None
    return found


def _fields(vector: Mapping[str, Any], key: str) -> Fields:
    found: object = vector.get(key)
    if not isinstance(found, dict):
        raise Wrong(f"{key} must be an object")
    return Fields(cast(dict[str, Any], found), key)


def _objects(vector: Mapping[str, Any], key: str) -> list[Fields]:
    found: object = vector.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast(list[object], found)):
        raise Wrong(f"{key} must be a list of objects")
    return [Fields(each, f"{key}.{place}") for place, each in enumerate(cast(list[dict[str, Any]], found))]
