"""What brings an old record of an event up to the present shape.

An upcaster is keyed by the event's name and the version it starts from, gets the stored fields and returns those of
the next version. Adding a field with a default needs none. Changing anything else: raise the event's number in
`SCHEMA_VERSIONS`, add the upcaster here, and keep the old golden file as `<Name>.v<number>.json`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

Fields = dict[str, Any]
Upcaster = Callable[[Fields], Fields]

UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = MappingProxyType({})
