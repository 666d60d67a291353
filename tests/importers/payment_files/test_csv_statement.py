"""Statements as CSV: columns, separators, decimals, dates, and what is refused."""

from io import BytesIO

import pytest

from importers.payment_files import csv_statement
from importers.payment_files.entry import IdentifiedBy, PaymentEntry
from importers.payment_files.options import DateOrder, ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary

MEXICO = ReadOptions(account="012180001234567897", currency="MXN")


def entries(text: str, options: ReadOptions = MEXICO) -> list[PaymentEntry]:
    return list(csv_statement.read(BytesIO(text.encode(options.encoding or "utf-8")), Summary("bank.csv"), options))


def test_columns_are_known_by_their_names_in_three_languages() -> None:
    (spanish,) = entries("Fecha;Descripción;Monto;Referencia;Ordenante\n2026-11-20;factura 7;1.234,50;A1;Ana\n")
    (portuguese,) = entries("data,valor,histórico,pagador\n2026-11-20,1234.50,boleto,Ana\n")
    (english,) = entries("Date\tAmount\tDescription\tValue_Date\n2026-11-20\t-12.5\tfee\t2026-11-21\n")

    assert (spanish.amount.minor, spanish.entry_reference, spanish.counterparty_name) == (123450, "A1", "Ana")
    assert (portuguese.amount.minor, portuguese.remittance) == (123450, "boleto")
    assert (english.amount.minor, str(english.value_on)) == (-1250, "2026-11-21")


def test_credit_and_debit_columns_give_the_sign() -> None:
    found = entries("fecha,cargo,abono\n2026-11-20,10.50,\n2026-11-20,,20.00\n2026-11-20,0.00,3.00\n")

    assert [entry.amount.minor for entry in found] == [-1050, 2000, 300]


def test_dates_with_the_day_first_are_read_when_it_is_said() -> None:
    (entry,) = entries(
        "fecha,monto\n05/11/2026,1.50\n", ReadOptions(account="1", currency="MXN", dates=DateOrder.DAY_FIRST)
    )

    assert str(entry.booked_on) == "2026-11-05"


def test_the_decimal_separator_is_the_one_that_some_amount_shows() -> None:
    assert [entry.amount.minor for entry in entries("fecha;monto\n2026-11-20;1.234\n2026-11-20;5,10\n")] == [
        123400,
        510,
    ]
    assert [entry.amount.minor for entry in entries("fecha;monto\n2026-11-20;1,234,567\n")] == [123456700]
    assert [entry.amount.minor for entry in entries("fecha;monto\n2026-11-20;1.234\n", _with(","))] == [123400]


def _with(decimal: str) -> ReadOptions:
    return ReadOptions(account="1", currency="MXN", decimal=decimal)


def test_currencies_without_minor_units_and_with_three_decimals_are_exact() -> None:
    found = entries("fecha;monto;moneda\n2026-11-20;1500;CLP\n2026-11-20;1,2345;CLF\n2026-11-20;0,125;KWD\n")

    assert [entry.amount.minor for entry in found] == [1500, 12345, 125]


def test_identical_lines_without_a_reference_are_two_payments_with_two_ids() -> None:
    first, second = entries("fecha,monto,concepto\n2026-11-20,5.00,x\n2026-11-20,5.00,x\n")
    again, _ = entries("fecha,monto,concepto\n2026-11-20,5.00,x\n2026-11-20,5.00,x\n")

    assert first.entry_id != second.entry_id
    assert first.entry_id == again.entry_id
    assert first.identified_by is IdentifiedBy.CONTENT


def test_quoted_line_feeds_and_another_encoding_are_read() -> None:
    (entry,) = entries(
        'fecha,monto,nombre\n2026-11-20,"1,000.50","Peña\nLópez"\n',
        ReadOptions(account="1", currency="MXN", encoding="cp1252"),
    )

    assert (entry.amount.minor, entry.counterparty_name) == (100050, "Peña\nLópez")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fecha,monto\n2026-11-20,1.234\n", "line 2, amount: no amount of the file shows whether point or comma"),
        ("fecha,monto\n2026-11-20,1.50\n2026-11-21,1,5\n", "line 3, line: 3 columns, where the header has 2"),
        ("fecha,monto\n2026-11-20,1.505\n2026-11-20,1.50\n", "line 2, amount: more decimals than MXN has"),
        ("fecha,monto\n20/11/2026,1.50\n", "line 2, date: not a date; accepted: yyyy-mm-dd"),
        ("fecha,monto\n2026-02-30,1.50\n", "line 2, date: not a date"),
        ("fecha,monto\n2026-11-20,uno\n", "line 2, amount: not an amount"),
        ("fecha,monto\n2026-11-20,\n", "line 2, amount: not an amount"),
        ("fecha,monto\n2026-11-20\n", "line 2, line: 1 columns, where the header has 2"),
        ("fecha,cargo,abono\n2026-11-20,1.50,2.50\n", "line 2, credit, debit: both or neither"),
        ("fecha,concepto\n2026-11-20,x\n", "line 1, header: no column for the date, or none for the amount"),
        ("fecha,monto,moneda\n2026-11-20,1.50,pesos\n", "line 2, amount: the currency is not three capital letters"),
        ('fecha,monto\n2026-11-20,1.50\n2026-11-20,"1.50\n', "line"),
    ],
)
def test_a_line_that_does_not_read_is_refused_with_its_number_and_column(text: str, said: str) -> None:
    with pytest.raises(PaymentFileInvalid, match=said):
        entries(text)


def test_what_the_file_does_not_say_must_be_given_with_the_import() -> None:
    with pytest.raises(PaymentFileInvalid, match="line 2, currency: missing"):
        entries("fecha,monto\n2026-11-20,1.50\n", ReadOptions(account="1"))
    with pytest.raises(PaymentFileInvalid, match="line 2, account: missing"):
        entries("fecha,monto\n2026-11-20,1.50\n", ReadOptions(currency="MXN"))


def test_a_file_in_another_encoding_is_refused_and_not_misread() -> None:
    content = "fecha,monto,nombre\n2026-11-20,1.50,Peña\n".encode("cp1252")
    with pytest.raises(PaymentFileInvalid, match="it cannot be read as UTF-8"):
        list(csv_statement.read(BytesIO(content), Summary("bank.csv"), MEXICO))
