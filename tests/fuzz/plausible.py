"""Messages that a method may well accept, made from its descriptor and the rules in it; by chance, from a seed."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from protos.buf.validate import validate_pb2
from tests.api.door import MONDAY

CASES: Final = 8
DEPTH_MAX: Final = 6
MONDAY_SECONDS: Final = int(MONDAY.timestamp())

# Fields that mean something, by name: anything else is a small word.
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "creditor_id": ("acme",),
    "reference": tuple(f"R-{number}" for number in range(5 * CASES)),
    "portfolio": ("shops", "loans"),
    "currency": ("EUR",),
    "currency_code": ("EUR",),
    "country": ("DE", "PE", "BR", "US-MA"),
    "time_zone": ("Europe/Berlin", "America/Lima"),
    "language": ("de", "es", "pt-BR"),
    "obligation_id": ("o-1", "o-1", "o-2"),
    "name": ("consumer",),
    "address": ("someone@example.com", "+491701234567"),
    "days": ("mon-fri",),
    "hours": ("09:00-18:00",),
    "entry_id": tuple(f"{number:032x}" for number in range(6)),
    "place": ("",),
    "order_by": ("", "balance desc", "due_date"),
    "page_token": ("",),
    "stage": ("SOFT",),
    "account": ("", "00123456789"),
}
# One of these fits whatever pattern there is.
_SPELLED: Final = ("x-1", "x-2", "KIND", "", "1", "2.5", "k-1", "EUR", "ES", "es", "mon-fri", "09:00-18:00", "0" * 32)


class Plausible:
    """Makes messages. `case_ids` are of cases that exist."""

    def __init__(self, chance: Random, case_ids: tuple[str, ...]) -> None:
        self._chance = chance
        self._case_ids = case_ids
        self._requests = 0

    def message(self, kind: Descriptor, depth: int = 0) -> Any:
        """Return a message of this kind."""
        made: Any = GetMessageClass(kind)()
        if kind.full_name == "google.protobuf.Timestamp":
            made.seconds = MONDAY_SECONDS + self._chance.choice((0, 0, 1, 60, 864_000)) * self._chance.choice(
                (1, 1, -1)
            )
        elif kind.full_name == "google.type.Date":
            made.year, made.month, made.day = 2026, 12, self._chance.randint(1, 28)
        elif kind.full_name == "google.type.Money":
            made.currency_code, made.units = "EUR", self._chance.choice((1, 2, 3, 5, 70))
        elif kind.name == "CaseName":
            self._case(made)
        elif kind.name == "PersonName":
            made.creditor_id, made.reference = "acme", f"customer-R-{self._chance.randrange(CASES + 2)}"
        elif kind.name == "StrategyName":
            made.name = "consumer"
        else:
            self._fill(made, kind, depth)
        return made

    def _case(self, made: Any) -> None:
        if self._case_ids and self._chance.random() < 0.3:
            made.case_id = self._chance.choice(self._case_ids)
        else:
            made.creditor_id, made.reference = "acme", f"R-{self._chance.randrange(CASES)}"

    def _fill(self, made: Any, kind: Descriptor, depth: int) -> None:
        chosen = {each.name: self._chance.choice(each.fields).name for each in kind.oneofs}
        for field in kind.fields:
            group = field.containing_oneof
            if group is not None and chosen[group.name] != field.name:
                continue
            rules = field.GetOptions().Extensions[validate_pb2.field]
            wanted = rules.required or depth == 0 or self._chance.random() < 0.6
            if field.name == "validate_only":
                made.validate_only = self._chance.random() < 0.2
            elif field.name == "min_position":
                continue
            elif field.is_repeated:
                for _ in range(max(rules.repeated.min_items, self._chance.choice((0, 1, 1, 2)))):
                    self._add(getattr(made, field.name), field, rules, depth)
            elif field.message_type is not None:
                if wanted and depth < DEPTH_MAX:
                    getattr(made, field.name).CopyFrom(self.message(field.message_type, depth + 1))
            else:
                setattr(made, field.name, self._value(field, rules))

    def _add(self, items: Any, field: FieldDescriptor, rules: Any, depth: int) -> None:
        if field.message_type is not None:
            if depth < DEPTH_MAX:
                items.append(self.message(field.message_type, depth + 1))
        else:
            value = self._value(field, rules.repeated.items)
            if value not in items:
                items.append(value)

    def _value(self, field: FieldDescriptor, rules: Any) -> Any:
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_ENUM:
                assert field.enum_type is not None
                numbers = [value.number for value in field.enum_type.values if value.number]
                return self._chance.choice(getattr(rules.enum, "in") or numbers)
            case FieldDescriptor.CPPTYPE_BOOL:
                return self._chance.random() < 0.3
            case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_STRING:
                return self._text(field.name, rules.string)
            case FieldDescriptor.CPPTYPE_STRING:
                return b"plain"
            case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
                return self._chance.random()
            case _:
                return self._chance.randint(0, 5)

    def _text(self, name: str, rules: Any) -> str:
        if name == "request_id":
            self._requests += 1
            return f"fuzz-{self._requests}" if self._chance.random() < 0.9 else "fuzz-again"
        if rules.uuid or name == "case_id":
            return self._chance.choice(self._case_ids or ("00000000-0000-0000-0000-000000000000",))
        words: Sequence[str] = getattr(rules, "in") or _WORDS.get(name) or _SPELLED[:2]
        if rules.pattern and not all(re.search(rules.pattern, word) for word in words):
            words = [word for word in _SPELLED if re.search(rules.pattern, word)]
        return self._chance.choice(words)
