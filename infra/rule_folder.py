"""Texts of rules in a folder: each read whole, in the order of their names."""

from collections.abc import Iterator
from pathlib import Path

from domain.decider import Rejected


def texts_in(folder: Path, *, setting: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of the `*.toml` files of a folder.

    Raises `Rejected` RULES_UNREADABLE where there is no folder, naming the setting, or for a file that is not UTF-8.
    """
    if not folder.is_dir():
        raise Rejected("RULES_UNREADABLE", f"no folder {folder.name!r}", field=setting, accepted="a folder")
    for file in sorted(folder.glob("*.toml")):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            detail = f"{file.name} is not UTF-8"
            raise Rejected("RULES_UNREADABLE", detail, field=file.name, accepted="UTF-8") from error
        yield file.name, text
