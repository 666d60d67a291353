"""What brings an old record of an event up to the present shape.

An upcaster is keyed by the event's name and the version it starts from, gets the stored fields and returns those of
the next version. Adding a field with a default needs none, only another golden file beside those there are
(`<Name>.2.json`, then `.3`; tests/infra/codec/grown.py). Changing anything else: raise the event's number in
`SCHEMA_VERSIONS`, and add the upcaster here and the golden file of the new shape.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

Fields = dict[str, Any]
Upcaster = Callable[[Fields], Fields]

UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = MappingProxyType({})
