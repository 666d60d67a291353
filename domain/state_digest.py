"""What a stream's events mean, as a digest: two folds that give the same digest understand the log alike.

The state is written as JSON first. Fields go by name, and what is empty is left out, so that a field which is added
empty, moved or dropped while empty changes nothing; so is what a mapping counts as 0. Mappings keep their order,
because decisions go by it; sets are sorted; events inside a state carry their name. A sealed text is digested as it is
stored: a digest needs nobody's key, and is the same when a key has been destroyed.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from json import JSONEncoder
from typing import Any, Final
from uuid import UUID

from domain.case.happened import Happened
from domain.case.state import Absent, Case
from domain.person.state import Person, Unregistered
from domain.suspense.state import Entry, Unheard

VERSION: Final = "escalera state 1"
KINDS: Final[Mapping[type, str]] = {Case: "case", Person: "person", Entry: "entry"}

State = Case | Absent | Person | Unregistered | Entry | Unheard

_write = JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def state_digest(state: State) -> bytes:
    """Return the digest of a folded state: SHA-256, 32 bytes."""
    kind = KINDS.get(type(state), "nothing")
    return sha256(f"{VERSION}\n{kind}\n{_write(_plain(state))}\n".encode("ascii")).digest()


def written_fields(state: State) -> dict[str, str]:
    """Return what is digested, field by field: "collector", and "ledger.credit" for the records that a case is of."""
    found: dict[str, str] = {}
    for name, value in _plain(state).items():
        if isinstance(value, dict) and "event" not in value:
            found |= {f"{name}.{below}": _write(each) for below, each in value.items()}
        else:
            found[name] = _write(value)
    return found


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    writer = _WRITERS.get(value.__class__)
    if writer is None:
        writer = _WRITERS[value.__class__] = _writer_of(value.__class__)
    return writer(value)


def _writer_of(kind: type[Any]) -> Callable[[Any], Any]:
    if issubclass(kind, Enum):
        return lambda value: value.value
    if is_dataclass(kind):
        return _record
    for known, writer in _BY_KIND:
        if issubclass(kind, known):
            return writer
    raise TypeError(f"a state holds a {kind.__name__}, and nobody has said how it is digested")


def _record(value: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"event": type(value).__name__} if isinstance(value, Happened) else {}
    for name, none_is_empty in _named(value.__class__):
        each = getattr(value, name)
        if each.__class__ not in _AS_THEY_ARE:
            each = _plain(each)
        if each or (none_is_empty and each is not None):
            written[name] = each
    return written


@cache
def _named(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    """Return a record's fields by name, and whether only None is empty there: where None is the default, 0 is told."""
    return tuple(sorted((field.name, field.default is None) for field in fields(kind)))


def _pairs(value: Mapping[Any, Any]) -> list[list[Any]]:
    return [[_plain(key), _plain(each)] for key, each in value.items() if each != 0]


def _instant(value: datetime) -> str:
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")


_BY_KIND: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (bool, lambda value: value),
    (int, lambda value: value),
    (str, lambda value: value),
    (type(None), lambda value: value),
    (UUID, str),
    (datetime, _instant),
    (date, lambda value: value.isoformat()),
    (time, lambda value: value.isoformat()),
    (Decimal, str),
    (Mapping, _pairs),
    (Set, lambda value: sorted(map(_plain, value), key=_write)),
    (tuple, lambda value: [_plain(each) for each in value]),
)
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})  # most fields are: a call less for each
_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {}
