"""Files of one's own about creditors: TOML, one table a creditor id."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.settings import SettingInvalid


def tables_in(file: Path, *, setting: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each creditor's id, where its table stands (for what is said of it), and the table.

    Raises `SettingInvalid`, naming setting, file and creditor.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(f"{setting} {file}: {error}") from None
    for creditor_id, table in tables.items():
        where = f"{setting} {file}: {creditor_id}"
        if not isinstance(table, dict):
            raise SettingInvalid(f"{where} must be a table")
        yield creditor_id, where, table
