"""PostgreSQL arrays in the binary protocol, packed at once: much faster than by element, half the bytes of text."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, ClassVar, Self

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_ARRAY = Struct(">iiIii")  # dimensions, has nulls, element type, length, lower bound
_EMPTY = Struct(">iiI")
_LENGTH = Struct(">i")
_EIGHT = Struct(">iq")  # length, value
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class PackedArray(bytes):
    """An array ready to be sent. Subclasses name the element type and the array type by their object ids."""

    element: ClassVar[int]
    array: ClassVar[int]

    @classmethod
    def of_bytes(cls, values: Sequence[bytes]) -> Self:
        """Pack elements that are given in their binary form."""
        if not values:
            return cls(_EMPTY.pack(0, 0, cls.element))
        length = _LENGTH.pack
        parts = [part for value in values for part in (length(len(value)), value)]
        return cls(_ARRAY.pack(1, 0, cls.element, len(values), 1) + b"".join(parts))

    @classmethod
    def of_numbers(cls, values: Sequence[int]) -> Self:
        """Pack elements of eight bytes."""
        if not values:
            return cls(_EMPTY.pack(0, 0, cls.element))
        eight = _EIGHT.pack
        return cls(_ARRAY.pack(1, 0, cls.element, len(values), 1) + b"".join([eight(8, value) for value in values]))


class UuidArray(PackedArray):
    element, array = 2950, 2951


class BigintArray(PackedArray):
    element, array = 20, 1016


class TextArray(PackedArray):
    element, array = 25, 1009


class ByteaArray(PackedArray):
    element, array = 17, 1001


class TimestampArray(PackedArray):
    """Of timestamptz: microseconds as `microseconds` gives them."""

    element, array = 1184, 1185


class JsonbArray(PackedArray):
    """Of jsonb: JSON text after `JSONB`."""

    element, array = 3802, 3807


JSONB = b"\x01"  # the version byte of jsonb's binary form


def microseconds(instant: datetime) -> int:
    """Return an aware instant as PostgreSQL counts it: microseconds since 2000. A naive one is a TypeError."""
    return (instant - _EPOCH) // _MICROSECOND


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def _dumper_for(kind: type[PackedArray]) -> type[Dumper]:
    return type(f"{kind.__name__}Dumper", (_PackedDumper,), {"oid": kind.array})


_KINDS: Iterable[type[PackedArray]] = (UuidArray, BigintArray, TextArray, ByteaArray, TimestampArray, JsonbArray)
_DUMPERS = [(kind, _dumper_for(kind)) for kind in _KINDS]


def register_arrays(connection: Connection[Any]) -> None:
    """Teach a connection to send packed arrays."""
    for kind, dumper in _DUMPERS:
        connection.adapters.register_dumper(kind, dumper)
