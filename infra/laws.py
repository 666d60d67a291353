"""The law on money that a process knows: the packs shipped, and those of folders of one's own.

Rates are published every month or semester: a file with [[rates]] in a folder of one's own adds the rows of new days to
a shipped table. Every text ever shipped stays in the folder, for the log names it by its hash.
"""

from pathlib import Path

from domain.decider import Rejected
from domain.ledger.book import LawBook, tables_of
from domain.ledger.law import LawFile
from domain.ledger.read import read_law
from infra.rule_folder import texts_in

SHIPPED = Path(__file__).resolve().parent.parent / "rules" / "money"


def load_laws(*folders: Path) -> LawBook:
    """Return the shipped law packs and rates and those in the `*.toml` files of `folders`.

    A pack of one's own has an id of its own; another text under a shipped id raises `Rejected` RULES_SHIPPED.
    RULES_UNREADABLE and RULES_INVALID name file, line and field.
    """
    shipped = _read(SHIPPED)
    ids = {pack.id for file in shipped for pack in file.packs}
    own = [file for folder in folders for file in _read(folder)]
    for pack in (pack for file in own for pack in file.packs):
        if pack.id in ids:
            raise Rejected(
                "RULES_SHIPPED",
                f"{pack.file}: {pack.id} is shipped, and changes with a release",
                field="id",
                accepted="an id of your own",
            )
    return LawBook([*shipped, *own])


def own_tables(*folders: Path) -> frozenset[str]:
    """Return the rate tables of which these files have rows, and those that their packs name; raise `Rejected`."""
    files = [file for folder in folders for file in _read(folder)]
    sheets = {sheet.id for file in files for sheet in file.sheets}
    return frozenset(sheets.union(*(tables_of(pack) for file in files for pack in file.packs)))


def _read(folder: Path) -> list[LawFile]:
    return [read_law(text, name) for name, text in texts_in(folder, setting="laws_dir")]
