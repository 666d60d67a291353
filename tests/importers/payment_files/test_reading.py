"""A file is known by its content, whatever its name; and what is no payment file is told why not."""

from pathlib import Path

import pytest

from importers.payment_files.entry import FileFormat
from importers.payment_files.options import ReadOptions
from importers.payment_files.reading import open_payment_file
from importers.payment_files.refusal import PaymentFileInvalid, PaymentFormatUnknown
from tests.importers.payment_files.camt_text import details, entry, message
from tests.importers.payment_files.cnab_text import febraban, febraban_pair, itau, itau_detail

OPTIONS = ReadOptions(account="1", currency="MXN")
FILES = {
    FileFormat.CAMT: message(entry(details=details())),
    FileFormat.MT940: b":20:R\n:25:ES91\n:60F:C261119EUR1,00\n:61:2611201120C10,00NTRFNONREF\n:62F:C261120EUR11,00\n",
    FileFormat.CNAB240: febraban(febraban_pair()).encode(),
    FileFormat.CNAB400: itau(itau_detail()).encode(),
    FileFormat.SPEI: b'{"resultado": {"lst": [{"claveRastreo": "C1", "estado": "LQ", "monto": 1.5, "tipoPago": 1,'
    b' "cuentaBeneficiario": "646180157000000004", "fechaOperacion": "20261120"}, null]}}',
    FileFormat.CSV: b"fecha;monto;concepto\n2026-11-20;1,50;factura 7\n",
}


@pytest.mark.parametrize("file_format", FILES)
def test_a_file_is_known_by_its_content(file_format: FileFormat, tmp_path: Path) -> None:
    path = tmp_path / "estado.pdf"
    path.write_bytes(FILES[file_format])
    with open_payment_file(path, OPTIONS) as reading:
        assert reading.file_format is file_format
        (item,) = reading

    assert item.file == "estado.pdf"
    assert (reading.summary.complete, reading.summary.entries, reading.summary.mismatches) == (True, 1, [])


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\n\n", b"  \r\n"])
def test_marks_and_blank_lines_before_the_content_do_not_matter(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(mark + FILES[FileFormat.MT940])
    with open_payment_file(path) as reading:
        assert len(list(reading)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \r\n\n", "it is empty"),
        (b"%PDF-1.7\n", "CAMT: it does not begin with <.*CSV: its header has no columns"),
        (b"<html><body/></html>", "CAMT: its root is <html>, without a BkToCstmr"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document/>", "CAMT: it has a document type declaration"),
        (b'{"id": 7}', "SPEI: neither claveRastreo nor resultado in it"),
        (b"01REMESSA01COBRANCA", "CNAB400: it is a remittance"),
        (b"PK\x03\x04\x00\x00", "CSV: it holds zero bytes"),
        (b"\x89\xff\xfe\n", "CSV: its header is not UTF-8"),
    ],
)
def test_what_is_no_payment_file_is_told_what_was_tried(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    with pytest.raises(PaymentFileInvalid, match=rf"file\.xml: .*{said}"), open_payment_file(path):
        pass


def test_every_format_is_tried_before_a_file_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"nothing\n")
    with pytest.raises(PaymentFormatUnknown) as unknown, open_payment_file(path):
        pass

    assert set(unknown.value.tried) == set(FileFormat)
