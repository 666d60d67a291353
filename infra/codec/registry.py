"""Which events may be stored, under which names and in which schema version."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from domain.case.events import CaseEvent
from domain.person.events import PersonEvent
from domain.suspense.events import SuspenseEvent


def _named(union: object) -> dict[str, type]:
    return {kind.__name__: kind for kind in get_args(union)}


CASE_EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(_named(CaseEvent))
PERSON_EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(_named(PersonEvent))
SUSPENSE_EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(_named(SuspenseEvent))
_KINDS: Final = (CASE_EVENT_TYPES, PERSON_EVENT_TYPES, SUSPENSE_EVENT_TYPES)

# The stored name of an event is its class's name: renaming a class would orphan what is stored.
EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(
    {name: event for kind in _KINDS for name, event in kind.items()}
)
assert len(EVENT_TYPES) == sum(map(len, _KINDS)), "two events share a name"

# Events whose shape changed in a way that a default value cannot bridge. All others are in version 1.
SCHEMA_VERSIONS: Final[Mapping[str, int]] = MappingProxyType({})
