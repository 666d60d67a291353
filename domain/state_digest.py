"""What a stream's events mean, as a digest: two folds that give the same digest understand the log alike.

The state is written as JSON first. Fields go by name, and what is empty is left out, so that a field which is added
empty, moved or dropped while empty changes nothing; so is what a mapping counts as 0. Mappings keep their order,
because decisions go by it; sets are sorted; events inside a state carry their name. A sealed text is digested as it is
stored: a digest needs nobody's key, and is the same when a key has been destroyed.

An audit digests every state of a log, so each class has a writer of its own, made of its fields when the first comes.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from typing import Any, Final
from uuid import UUID

from domain.case.happened import Happened
from domain.case.state import Absent, Case
from domain.person.state import Person, Unregistered
from domain.suspense.state import Entry, Unheard

VERSION: Final = "escalera state 1"
KINDS: Final[Mapping[type, str]] = {Case: "case", Person: "person", Entry: "entry"}

State = Case | Absent | Person | Unregistered | Entry | Unheard

Writer = Callable[[Any], str]


def state_digest(state: State) -> bytes:
    """Return the digest of a folded state: SHA-256, 32 bytes."""
    kind = KINDS.get(type(state), "nothing")
    return sha256(f"{VERSION}\n{kind}\n{_written(state)}\n".encode("ascii")).digest()


def written_fields(state: State) -> dict[str, str]:
    """Return what is digested, field by field: "collector", and "ledger.credit" for the records that a case is of."""
    found: dict[str, str] = {}
    for name, value, text in _fields_of(state):
        if is_dataclass(value) and not isinstance(value, Happened):
            found |= {f"{name}.{below}": each for below, _, each in _fields_of(value)}
        else:
            found[name] = text
    return found


def _written(value: Any) -> str:
    """Return a value as JSON, in ASCII and without spaces."""
    return _WRITERS[value.__class__](value)


class _Writers(dict[type[Any], Writer]):
    """How the values of each class are written, worked out when the first one comes."""

    def __missing__(self, kind: type[Any]) -> Writer:
        writer = self[kind] = _writer_of(kind)
        return writer


def _writer_of(kind: type[Any]) -> Writer:
    if issubclass(kind, Enum) and not issubclass(kind, str):
        return lambda value: _written(value.value)
    if is_dataclass(kind):
        return _record_writer(kind)
    for known, writer in _BY_KIND:
        if issubclass(kind, known):
            return writer
    raise TypeError(f"a state holds a {kind.__name__}, and nobody has said how it is digested")


def _record_writer(kind: type[Any]) -> Writer:
    """Return a writer that has two lines for each field of a record: a loop over them would cost half as much again."""
    lines = ["def written(record):", f"  texts = [{_event_name(kind)}]"]
    for name, none_is_empty in _named(kind):
        lines += (_LINES_NONE_EMPTY if none_is_empty else _LINES).format(name=name).splitlines()
    lines.append("  return '{' + ','.join(texts) + '}'")
    known: dict[str, Any] = {"writers": _WRITERS, "EMPTY": _EMPTY, "PLAINLY_EMPTY": _PLAINLY_EMPTY}
    exec("\n".join(lines), known)  # noqa: S102  # of the names of our own fields, and of nothing else
    writer: Writer = known["written"]
    return writer


def _event_name(kind: type[Any]) -> str:
    return f"""'"event":"{kind.__name__}"'""" if issubclass(kind, Happened) else ""


# Most fields of most records are empty: that is seen before anything is written.
_LINES: Final = """\
  value = record.{name}
  if value or value.__class__ not in PLAINLY_EMPTY:
    text = writers[value.__class__](value)
    if text not in EMPTY: texts.append('"{name}":' + text)
"""
_LINES_NONE_EMPTY: Final = """\
  value = record.{name}
  if value is not None: texts.append('"{name}":' + writers[value.__class__](value))
"""


def _fields_of(record: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield the fields of a record that are told: name, value, and the value as it is written."""
    for name, none_is_empty in _named(record.__class__):
        value = getattr(record, name)
        text = _written(value)
        if text != "null" and (none_is_empty or text not in _EMPTY):
            yield name, value, text


def _named(kind: type[Any]) -> list[tuple[str, bool]]:
    """Return a record's fields by name, and whether only None is empty there: where None is the default, 0 is told."""
    return sorted((field.name, field.default is None) for field in fields(kind))


def _pairs(value: Mapping[Any, Any]) -> str:
    written: list[str] = []
    writers = _WRITERS
    for key, each in value.items():
        if each or each != 0:  # the look at what it is worth costs nothing, the comparison of a record does
            written.append(f"[{writers[key.__class__](key)},{writers[each.__class__](each)}]")
    return f"[{','.join(written)}]"


def _listed(value: tuple[Any, ...]) -> str:
    writers = _WRITERS
    return f"[{','.join([writers[each.__class__](each) for each in value])}]"


@lru_cache(maxsize=1_024)  # each contact of a person names the case again, and the other way round
def _id(value: UUID) -> str:
    return f'"{value}"'


def _instant(value: datetime) -> str:
    return _in_utc(value if value.tzinfo is UTC else value.astimezone(UTC))


@lru_cache(maxsize=1_024)  # what happens at one instant is told by several records
def _in_utc(value: datetime) -> str:
    return f'"{value.isoformat(timespec="microseconds")}"'


_EMPTY: Final = frozenset({'""', "0", "false", "null", "[]", "{}"})
_PLAINLY_EMPTY: Final = frozenset({str, bool, int, type(None), dict, tuple, frozenset})  # where they are false
_BY_KIND: Final[tuple[tuple[type, Writer], ...]] = (
    (bool, lambda value: "true" if value else "false"),
    (int, int.__repr__),
    (str, encode_basestring_ascii),
    (type(None), lambda _: "null"),
    (UUID, _id),
    (datetime, _instant),
    (date, lambda value: f'"{value.isoformat()}"'),
    (time, lambda value: f'"{value.isoformat()}"'),
    (Decimal, lambda value: f'"{value}"'),
    (Mapping, _pairs),
    (Set, lambda value: f"[{','.join(sorted(map(_written, value)))}]"),
    (tuple, _listed),
)
_WRITERS: Final = _Writers()
