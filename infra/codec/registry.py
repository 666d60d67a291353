"""Which events may be stored, under which names and in which schema version."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from domain.case.events import CaseEvent
from domain.person.events import PersonEvent


def _named(union: object) -> dict[str, type]:
    return {kind.__name__: kind for kind in get_args(union)}


CASE_EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(_named(CaseEvent))
PERSON_EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType(_named(PersonEvent))

# The stored name of an event is its class's name: renaming a class would orphan what is stored.
EVENT_TYPES: Final[Mapping[str, type]] = MappingProxyType({**CASE_EVENT_TYPES, **PERSON_EVENT_TYPES})
assert len(EVENT_TYPES) == len(CASE_EVENT_TYPES) + len(PERSON_EVENT_TYPES), "two events share a name"

# Events whose shape changed in a way that a default value cannot bridge. All others are in version 1.
SCHEMA_VERSIONS: Final[Mapping[str, int]] = MappingProxyType({})
