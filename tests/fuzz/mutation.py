"""What a hostile caller makes of a good message: bad values in its fields, or bytes that are no message at all."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from tests.fuzz import hostile

_NUMBERS: Final = {
    FieldDescriptor.CPPTYPE_INT32: hostile.INT32,
    FieldDescriptor.CPPTYPE_INT64: hostile.INT64,
    FieldDescriptor.CPPTYPE_UINT32: tuple(each for each in hostile.INT32 if each >= 0),
    FieldDescriptor.CPPTYPE_UINT64: hostile.UINT64,
    FieldDescriptor.CPPTYPE_ENUM: hostile.ENUMS,
    FieldDescriptor.CPPTYPE_DOUBLE: hostile.DOUBLES,
    FieldDescriptor.CPPTYPE_FLOAT: hostile.DOUBLES,
    FieldDescriptor.CPPTYPE_BOOL: (False, True),
}
_LENGTH: Final = 2  # the wire type of texts, bytes and messages
_MANY: Final = 20_000


def spoil(message: Any, chance: Random) -> None:
    """Put hostile values into one to three places of a message, wherever they are."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = [*_places(message)]
        if places:
            whose, field = chance.choice(places)
            _spoil(whose, field, chance)


def garbled(data: bytes, chance: Random) -> bytes:
    """Return bytes that a broken or hostile program might send instead of `data`."""
    return chance.choice(_WAYS)(data, chance)


def _places(message: Any) -> Iterator[tuple[Any, FieldDescriptor]]:
    for field in message.DESCRIPTOR.fields:
        yield message, field
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else (value,):
                yield from _places(inner)


def _spoil(whose: Any, field: FieldDescriptor, chance: Random) -> None:
    if field.is_repeated:
        _crowd(getattr(whose, field.name), field, chance)
    elif field.message_type is not None:
        _unmake(whose, field, chance)
    else:
        setattr(whose, field.name, _scalar(field, chance))


def _crowd(items: Any, field: FieldDescriptor, chance: Random) -> None:
    """More of it than anybody needs, the same again, or none."""
    if not chance.randrange(3):
        del items[:]
    elif field.message_type is not None:
        one = items[0] if len(items) else GetMessageClass(field.message_type)()
        items.extend([one] * chance.choice((1, 30, 600)))
    else:
        items.extend([_scalar(field, chance) for _ in range(chance.choice((1, 3, 50, 2_000)))])


def _unmake(whose: Any, field: FieldDescriptor, chance: Random) -> None:
    inner = getattr(whose, field.name)
    match inner.DESCRIPTOR.full_name:
        case "google.protobuf.Timestamp":
            inner.seconds, inner.nanos = chance.choice(hostile.INSTANTS)
        case "google.type.Date":
            inner.year, inner.month, inner.day = chance.choice(hostile.DAYS)
        case "google.type.Money":
            inner.currency_code, inner.units, inner.nanos = chance.choice(hostile.SUMS)
        case _:
            if chance.randrange(2):
                whose.ClearField(field.name)
            else:
                inner.Clear()
                inner.SetInParent()


def _scalar(field: FieldDescriptor, chance: Random) -> Any:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return chance.choice(hostile.TEXTS if field.type == FieldDescriptor.TYPE_STRING else hostile.BYTES)
    return chance.choice(_NUMBERS[field.cpp_type])


def _noise(_: bytes, chance: Random) -> bytes:
    return chance.randbytes(chance.choice((1, 7, 64, 4_096)))


def _cut(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data))] if data else b"\x0a"


def _flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data or b"\x00")
    for _ in range(chance.choice((1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _doubled(data: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + data + data[place:]


def _nested(_: bytes, chance: Random) -> bytes:
    """One message in another, deeper than a reader should follow."""
    tag = _key(chance.randint(1, 8), _LENGTH)
    data = b""
    for _depth in range(chance.choice((90, 120, 3_000))):
        data = tag + _varint(len(data)) + data
    return data


def _groups(_: bytes, chance: Random) -> bytes:
    """Groups that are opened and never closed."""
    return _key(chance.randint(1, 20), 3) * _MANY


def _not_utf8(data: bytes, chance: Random) -> bytes:
    text = chance.choice((b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"a\x80"))
    return data + _key(chance.randint(1, 8), _LENGTH) + _varint(len(text)) + text


def _endless_number(data: bytes, chance: Random) -> bytes:
    return data + _key(chance.randint(1, 12), 0) + b"\xff" * chance.choice((10, 11, 200)) + b"\x01"


def _lying_length(data: bytes, chance: Random) -> bytes:
    return data + _key(chance.randint(1, 8), _LENGTH) + _varint(chance.choice((2**31 - 1, 2**32 - 1, 2**63))) + b"x"


def _crowded(_: bytes, chance: Random) -> bytes:
    """The same small field, many times over: empty messages cost two bytes here and far more inside."""
    return (_key(chance.randint(1, 12), _LENGTH) + b"\x00") * _MANY


def _unknown(data: bytes, chance: Random) -> bytes:
    return data + _key(chance.choice((999, 2**29 - 1)), _LENGTH) + _varint(50_000) + b"u" * 50_000


def _other_type(data: bytes, chance: Random) -> bytes:
    """A field of another type than its number has."""
    number = chance.randint(1, 12)
    return data + chance.choice(
        (_key(number, 0) + b"\x05", _key(number, 1) + b"\x00" * 8, _key(number, 5) + b"\x00" * 4)
    )


def _no_field(data: bytes, _: Random) -> bytes:
    return data + b"\x00\x00\x07\x06"


_WAYS: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    _noise,
    _cut,
    _cut,
    _flipped,
    _flipped,
    _doubled,
    _nested,
    _groups,
    _not_utf8,
    _endless_number,
    _lying_length,
    _crowded,
    _unknown,
    _other_type,
    _no_field,
)


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])
