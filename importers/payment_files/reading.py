"""A payment file from its detection to its closing summary."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, assert_never

from importers.payment_files import camt, cnab, csv_statement, mt940, spei
from importers.payment_files.detect import detect
from importers.payment_files.entry import FileFormat, Item
from importers.payment_files.options import ReadOptions
from importers.payment_files.summary import Summary


class Reading:
    """Yields what is in a file, once; `summary` is complete when the last item has been taken."""

    def __init__(self, source: BinaryIO, file: str, options: ReadOptions) -> None:
        self.file_format = detect(source, file, options)
        self.summary = Summary(file)
        self._source, self._options = source, options

    def __iter__(self) -> Iterator[Item]:
        match self.file_format:
            case FileFormat.CAMT:
                return camt.read(self._source, self.summary)
            case FileFormat.MT940:
                return mt940.read(self._source, self.summary, self._options)
            case FileFormat.CNAB240:
                return cnab.read_240(self._source, self.summary, self._options)
            case FileFormat.CNAB400:
                return cnab.read_400(self._source, self.summary, self._options)
            case FileFormat.SPEI:
                return spei.read(self._source, self.summary)
            case FileFormat.CSV:
                return csv_statement.read(self._source, self.summary, self._options)
            case _:
                assert_never(self.file_format)


@contextmanager
def open_payment_file(path: Path, options: ReadOptions | None = None) -> Iterator[Reading]:
    """Open a file and find out its format. Raises `PaymentFormatUnknown`, `PaymentFileInvalid`, `OSError`."""
    with path.open("rb") as source:
        yield Reading(source, path.name, options or ReadOptions())
