"""Messages as plain data, for `--json` and for tables, and back again from files that people write.

Keys are the fields' own names. Enums are their words ("SOFT"; null when unspecified), sums of money are
{"amount": "1437.00", "currency": "MXN", "minor": 143700}, days "2026-01-30", instants "2026-01-05T06:00:00Z".
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money as MoneyMessage

from api.translate_values import money as money_in
from api.translate_values import money_out
from cli.parse import Unreadable, parse_date, parse_instant, parse_money

Plain = dict[str, Any]
M = TypeVar("M", bound=Message)


def plain(message: Message) -> Plain:
    """Return a message as plain data, with every field, so that the keys are always the same."""
    return {field.name: _field(message, cast(FieldDescriptor, field)) for field in message.DESCRIPTOR.fields}


def from_plain(data: object, message: M, path: str = "") -> M:
    """Fill `message` from what `plain` gives or a person writes by hand; sums may be "1437.00 MXN".

    Raises `Unreadable` with the path of what is not understood.
    """
    if not isinstance(data, Mapping):
        raise Unreadable(path or ".", "an object is expected")
    fields = message.DESCRIPTOR.fields_by_name
    for key, value in data.items():
        where = f"{path}.{key}" if path else str(key)
        field = cast("FieldDescriptor | None", fields.get(str(key)))
        if field is None:
            raise Unreadable(where, f"known here are {', '.join(fields)}")
        if value is None:
            continue
        if field.is_repeated:
            if not isinstance(value, list):
                raise Unreadable(where, "a list is expected")
            for place, one in enumerate(value):
                _add(message, field, one, f"{where}[{place}]")
        else:
            _set(message, field, value, where)
    return message


def word(descriptor: EnumDescriptor, number: int) -> str | None:
    """The log's word for an enum value: "SOFT" for STAGE_SOFT, None for the unspecified one."""
    if number == 0:
        return None
    found = descriptor.values_by_number.get(number)
    prefix = _prefix(descriptor)
    return found.name.removeprefix(prefix) if found else str(number)


def _prefix(descriptor: EnumDescriptor) -> str:
    return descriptor.values[0].name.removesuffix("UNSPECIFIED")


def _field(message: Message, field: FieldDescriptor) -> Any:
    value = getattr(message, field.name)
    if field.is_repeated:
        return [_value(field, one) for one in value]
    if field.message_type is not None and not message.HasField(field.name):
        return None
    return _value(field, value)


def _value(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is not None:
        return word(field.enum_type, value)
    match value:
        case MoneyMessage():
            money = money_in(value, field.name)
            return {"amount": str(money).split()[0], "currency": money.currency, "minor": money.minor}
        case Date():
            return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        case Timestamp():
            return value.ToJsonString()
        case Message():
            return plain(value)
    if field.name == "payload":  # the log's events carry their fields as text
        return json.loads(value or "{}")
    return value


def _add(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    target = getattr(message, field.name)
    if field.message_type is not None:
        _fill(target.add(), value, where)
    else:
        target.append(_scalar(field, value, where))


def _set(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    if field.message_type is not None:
        target = getattr(message, field.name)
        target.SetInParent()
        _fill(target, value, where)
        return
    try:
        setattr(message, field.name, _scalar(field, value, where))
    except (TypeError, ValueError) as error:
        raise Unreadable(where, f"{value!r} is not of its kind") from error


def _fill(target: Message, value: object, where: str) -> None:
    match target:
        case MoneyMessage():
            written = f"{value.get('amount')} {value.get('currency')}" if isinstance(value, Mapping) else str(value)
            money = parse_money(written)
            target.CopyFrom(money_out(money.minor, money.currency))
        case Date():
            day = parse_date(str(value))
            target.year, target.month, target.day = day.year, day.month, day.day
        case Timestamp():
            target.FromDatetime(parse_instant(str(value)))
        case _:
            from_plain(value, target, where)


def _scalar(field: FieldDescriptor, value: object, where: str) -> Any:
    if field.enum_type is None:
        return value
    prefix = _prefix(field.enum_type)
    found = field.enum_type.values_by_name.get(f"{prefix}{str(value).removeprefix(prefix)}")
    if found is None:
        words = ", ".join(each.name.removeprefix(prefix) for each in field.enum_type.values[1:])
        raise Unreadable(where, f"accepted are {words}")
    return found.number
