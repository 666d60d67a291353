"""Which texts of contact rules and of law an event names, by stamp: id and the first digits of the text's SHA-256."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from domain.evidence.stored import fields_in, items_in

_STAMP = re.compile(r"([a-z0-9][a-z0-9._-]*@[0-9a-f]{16})(?:[(/].*)?\Z", re.DOTALL)


def stamps_of(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the stamps that an event's fields name, without the readings or the rule that stand behind them."""
    for holder in (fields, fields_in(fields.get("grounds"))):
        for each in (*items_in(holder.get("rule_sets")), holder.get("law")):
            found = stamp_in(each)
            if found:
                yield found


def stamp_in(text: object) -> str:
    """Return the stamp that a text begins with ("co.money@0123456789abcdef/co.money.cc1653"); "" if with none."""
    found = _STAMP.match(text) if isinstance(text, str) else None
    return found[1] if found else ""


def is_text_of(stamp: str, text: bytes) -> bool:
    """Return whether a text is the one that a stamp names."""
    return sha256(text).hexdigest()[:16] == stamp.partition("@")[2]
