"""What creditors tell debtors about themselves, from a file of one's own (TOML, one table a creditor id).

[acme]
name = "Acme S.A.S."
sender = "Cobranzas Andinas"
contact_at = "atencion@acme.example, +57 601 555 0100"
pay_at = "https://pagos.acme.example/{reference}"
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from application.messages import Particulars, ParticularsOf
from infra.creditor_tables import tables_in
from infra.settings import SettingInvalid

_KEYS = {"name": "creditor", "sender": "sender", "contact_at": "contact_at", "pay_at": "pay_at"}


def load_creditors(file: Path | None) -> ParticularsOf:
    """Return what gives a creditor's particulars by its id: none where there is no file, or no table for it.

    Raises `SettingInvalid`, naming file, creditor and key.
    """
    told = dict(_read(file)) if file else {}
    nothing = Particulars()
    return lambda creditor_id: told.get(creditor_id, nothing)


def _read(file: Path) -> Iterator[tuple[str, Particulars]]:
    for creditor_id, where, table in tables_in(file, setting="ESCALERA_CREDITORS_FILE"):
        yield creditor_id, _particulars(where, table)


def _particulars(where: str, table: dict[str, Any]) -> Particulars:
    for key, value in table.items():
        if key not in _KEYS:
            raise SettingInvalid(f"{where}.{key} is not a key of ours; known are {', '.join(_KEYS)}")
        if not isinstance(value, str) or not value.isprintable():
            raise SettingInvalid(f"{where}.{key} must be one line of text")
    return Particulars(**{_KEYS[key]: value for key, value in table.items()})
