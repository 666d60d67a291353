"""What creditors tell debtors about themselves, from a file of one's own (TOML, one table a creditor id).

[acme]
name = "Acme S.A.S."
sender = "Cobranzas Andinas"
contact_at = "atencion@acme.example, +57 601 555 0100"
pay_at = "https://pagos.acme.example/{reference}"
"""

import tomllib
from pathlib import Path

from application.messages import Particulars, ParticularsOf
from infra.settings import SettingInvalid

_KEYS = {"name": "creditor", "sender": "sender", "contact_at": "contact_at", "pay_at": "pay_at"}


def load_creditors(file: Path | None) -> ParticularsOf:
    """Return what gives a creditor's particulars by its id: none where there is no file, or no table for it.

    Raises `SettingInvalid`, naming file, creditor and key.
    """
    told = _read(file) if file else {}
    nothing = Particulars()
    return lambda creditor_id: told.get(creditor_id, nothing)


def _read(file: Path) -> dict[str, Particulars]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(f"ESCALERA_CREDITORS_FILE {file}: {error}") from None
    return {creditor_id: _particulars(file, creditor_id, table) for creditor_id, table in tables.items()}


def _particulars(file: Path, creditor_id: str, table: object) -> Particulars:
    where = f"ESCALERA_CREDITORS_FILE {file}: {creditor_id}"
    if not isinstance(table, dict):
        raise SettingInvalid(f"{where} must be a table")
    for key, value in table.items():
        if key not in _KEYS:
            raise SettingInvalid(f"{where}.{key} is not a key of ours; known are {', '.join(_KEYS)}")
        if not isinstance(value, str) or not value.isprintable():
            raise SettingInvalid(f"{where}.{key} must be one line of text")
    return Particulars(**{_KEYS[key]: value for key, value in table.items()})
