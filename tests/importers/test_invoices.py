"""Open invoices from CSV: every error says where it is, and nothing is sent while there is one."""

from pathlib import Path

import pytest

from importers.invoices import items, read

HEADER = "creditor,portfolio,invoice,case,debtor,name,email,phone,country,time_zone,currency,amount,due"
GOOD = "acme,retail,F-1,,D-1,Ana Quispe,ana@example.com,+51987654321,PE,,PEN,120.50,2026-03-31"


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "open.csv"
    file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return file


def test_a_good_line_becomes_a_held_case_with_its_debtor(tmp_path: Path) -> None:
    invoices, errors = read(written(tmp_path, GOOD))
    assert errors == []
    (item,) = items(invoices)

    assert item.open.reference == "F-1"
    assert item.open.time_zone == "America/Lima"
    assert (item.open.obligations[0].principal.units, item.open.obligations[0].principal.nanos) == (120, 500_000_000)
    assert [point.address for point in item.persons[0].contact_points] == ["ana@example.com", "+51987654321"]
    assert item.HasField("hold_if_open")


def test_lines_of_one_case_are_its_obligations(tmp_path: Path) -> None:
    lines = [GOOD.replace("F-1,,", f"F-{number},K-9,") for number in (1, 2, 3)]
    invoices, errors = read(written(tmp_path, *lines))
    assert errors == []
    (item,) = items(invoices, hold=False)

    assert (item.open.reference, len(item.open.obligations)) == ("K-9", 3)
    assert not item.HasField("hold_if_open")


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("120.50", "120,50", "(all)"),
        ("120.50", "ciento", "amount"),
        ("120.50", "-1.00", "amount"),
        ("120.50", "0.00", "amount"),
        ("120.50", "1.005", "amount"),
        ("120.50", "NaN", "amount"),
        ("PEN", "soles", "currency"),
        ("PE,", "MX,", "time_zone"),
        ("PE,,", "PE,America/Cusco,", "time_zone"),
        ("2026-03-31", "31/03/2026", "due"),
        ("2026-03-31", "2026-02-30", "due"),
        ("ana@example.com", "ana", "email"),
        ("+51987654321", "987654321", "phone"),
        ("Ana Quispe", "", "name"),
    ],
)
def test_a_bad_line_is_named_with_its_column_and_not_its_content(
    tmp_path: Path, old: str, new: str, column: str
) -> None:
    invoices, errors = read(written(tmp_path, GOOD.replace("F-1", "F-0"), GOOD.replace(old, new)))

    assert [invoice.line for invoice in invoices] == [2]
    assert [(error.line, error.column) for error in errors] == [(3, column)]
    assert "Ana" not in str(errors[0])
    assert errors[0].accepted


def test_an_invoice_twice_and_a_second_currency_in_a_case_are_errors(tmp_path: Path) -> None:
    twice = GOOD.replace("F-1,,", "F-1,K-1,")
    other = GOOD.replace("F-1,,", "F-2,K-1,").replace("PEN", "USD")
    _, errors = read(written(tmp_path, twice, twice, other))

    assert [(error.line, error.column) for error in errors] == [(3, "invoice"), (4, "currency")]


def test_a_header_that_lacks_or_invents_columns_is_one_error_each(tmp_path: Path) -> None:
    _, errors = read(written(tmp_path, header=HEADER.replace("debtor,", "") + ",colour"))

    assert [error.column for error in errors] == ["debtor", "colour"]


def test_semicolons_and_a_byte_order_mark_are_read_too(tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n".replace(",", ";"), encoding="utf-8-sig")

    invoices, errors = read(file)

    assert (len(invoices), errors) == (1, [])


def test_a_currency_without_minor_units_takes_none(tmp_path: Path) -> None:
    pesos = GOOD.replace("PE,,PEN,120.50", "CL,America/Santiago,CLP,120")
    invoices, errors = read(written(tmp_path, pesos))
    (item,) = items(invoices)

    assert errors == []
    assert (item.open.obligations[0].principal.units, item.open.obligations[0].principal.nanos) == (120, 0)
