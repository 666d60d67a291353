"""Which fields of which events may speak of a person: sealed in the log, left out where nobody asked for them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.person.events import PERSONAL_FIELDS as OF_PERSONS
from domain.suspense.events import PERSONAL_FIELDS as OF_ENTRIES

PERSONAL_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({**OF_PERSONS, **OF_ENTRIES})
"""By event name. Whose key seals them, `infra.codec.person_of` says: mostly that of the stream itself."""
