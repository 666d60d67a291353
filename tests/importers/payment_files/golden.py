"""Where the golden files are: outside of the repository, for they are other people's."""

from pathlib import Path

import pytest

from importers.payment_files.entry import Item, PaymentEntry
from importers.payment_files.options import ReadOptions
from importers.payment_files.reading import open_payment_file
from importers.payment_files.summary import Summary

DATA = Path(__file__).parents[4] / "shared" / "data"
CAMT = DATA / "camt_genkgo" / "test" / "data"
MT940 = DATA / "mt940_wolph" / "mt940_tests"
CNAB = DATA / "cnab_brcobranca"
SPEI = DATA / "spei_stpmex" / "tests"

needs_golden_files = pytest.mark.skipif(not DATA.exists(), reason="the golden files are not part of the repository")


def read(path: Path, options: ReadOptions | None = None) -> tuple[list[Item], Summary]:
    """Read a whole file as its content says."""
    with open_payment_file(path, options) as reading:
        items = list(reading)
    return items, reading.summary


def entries(path: Path, options: ReadOptions | None = None) -> list[PaymentEntry]:
    """Return the entries of a file."""
    return [item for item in read(path, options)[0] if isinstance(item, PaymentEntry)]
