"""What MT940 statements become beyond the golden files: signs, ids, totals, and what is refused."""

import logging
from io import BytesIO

import pytest

from importers.payment_files import mt940
from importers.payment_files.entry import IdentifiedBy, PaymentEntry
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary


def statement(*lines: str, opening: str = "C261119EUR100,00", closing: str = "C261120EUR110,00") -> str:
    middle = "".join(f"{line}\n" for line in lines)
    return f":20:REF1\n:25:ES9121000418450200051332\n:28C:7/1\n:60F:{opening}\n{middle}:62F:{closing}\n-\n"


def read(text: str | bytes, options: ReadOptions | None = None) -> tuple[list[PaymentEntry], Summary]:
    summary, content = Summary("bank.sta"), text.encode() if isinstance(text, str) else text
    return list(mt940.read(BytesIO(content), summary, options or ReadOptions())), summary


PAID = ":61:2611201120C10,00NTRFNONREF//B1"


def test_a_line_is_an_entry_with_its_place() -> None:
    (paid,), summary = read(statement(PAID, ":86:pago factura 7"))

    assert (str(paid.amount), str(paid.booked_on), paid.entry_reference) == ("10.00 EUR", "2026-11-20", "B1")
    assert (paid.position, paid.statement_id, paid.remittance) == ("line 5", "7/1", "pago factura 7")
    assert (summary.statements, summary.controls_checked, summary.mismatches) == (1, 1, [])


@pytest.mark.parametrize(
    ("mark", "minor", "reversal"), [("C", 1000, False), ("D", -1000, False), ("RC", -1000, True), ("RD", 1000, True)]
)
def test_marks_give_sign_and_reversal(mark: str, minor: int, *, reversal: bool) -> None:
    (entry,), _ = read(statement(f":61:2611201120{mark}10,00NTRFNONREF"))

    assert (entry.amount.minor, entry.reversal) == (minor, reversal)


def test_a_line_without_a_type_does_not_swallow_the_next() -> None:
    found, _ = read(statement(":61:2611201120C4,00", ":61:2611201120C6,00NTRFNONREF"))

    assert [entry.amount.minor for entry in found] == [400, 600]


def test_an_entry_booked_in_the_new_year_keeps_its_value_date_in_the_old() -> None:
    (entry,), _ = read(statement(":61:2612310102C10,00NTRFNONREF"))

    assert (str(entry.value_on), str(entry.booked_on)) == ("2026-12-31", "2027-01-02")


def test_a_closing_balance_that_does_not_follow_is_told() -> None:
    _, summary = read(statement(PAID, closing="C261120EUR111,00"))

    assert [str(mismatch) for mismatch in summary.mismatches] == [
        "statement at line 1: CLOSING_BALANCE is stated as 111.00 EUR, found 110.00 EUR"
    ]


def test_a_balance_without_a_currency_is_told() -> None:
    _, summary = read(statement(PAID, closing="C261120105110,00"))

    assert [mismatch.control for mismatch in summary.mismatches] == [ControlKind.CLOSING_BALANCE]


def test_ids_are_of_the_entry_and_not_of_the_file() -> None:
    without = ":61:2611201120C10,00NTRFNONREF"
    first, _ = read(statement(PAID, without, ":86:pago 7", without, ":86:pago 7"))
    later, _ = read(statement(PAID.replace("B1", "B0"), PAID) + statement(without, ":86:pago 7", without, ":86:pago 7"))

    assert len({entry.entry_id for entry in first}) == 3
    assert [entry.entry_id for entry in first] == [entry.entry_id for entry in later[1:]]
    assert [entry.identified_by for entry in first[:2]] == [IdentifiedBy.REFERENCE, IdentifiedBy.CONTENT]


def test_bytes_that_are_not_utf_8_are_read_as_the_banks_write_them() -> None:
    text = statement(PAID, ":86:Muñoz")

    assert read(text.encode("cp852", "replace"))[0][0].remittance == "Mu?oz"
    assert read(text.encode("cp1252"), ReadOptions(encoding="cp1252"))[0][0].remittance == "Muñoz"
    assert read(b"\xef\xbb\xbf" + text.encode())[0][0].remittance == "Muñoz"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (statement(PAID, ":61:2611201120X10,00NTRFAna Perez"), "line 6: :61: does not read"),
        (statement(":61:2613451120C10,00NTRFNONREF"), "line 5: :61: does not read"),
        (statement(PAID, opening="C26EUR"), "line 4: :60F: does not read"),
        (statement(":61:2611201120C10,001NTRFNONREF"), "line 5: :61: more decimals than EUR has"),
        (statement(PAID).replace(":25:ES9121000418450200051332\n", ""), "does not say of which account"),
        (PAID, "does not say of which account"),
        ("", "no MT940 tag in it"),
    ],
)
def test_what_does_not_read_is_refused_with_line_and_tag(text: str, said: str) -> None:
    with pytest.raises(PaymentFileInvalid, match=said):
        read(text)


def test_a_statement_without_a_currency_needs_one_given() -> None:
    text = statement(PAID).replace(":60F:C261119EUR100,00\n", "").replace(":62F:C261120EUR110,00\n", "")
    with pytest.raises(PaymentFileInvalid, match="no balance that tells its currency"):
        read(text)

    assert read(text, ReadOptions(currency="USD"))[0][0].currency == "USD"


def test_nothing_personal_is_said_of_what_does_not_read(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(PaymentFileInvalid) as refused:
        read(statement(":61:2611201120X10,00NTRFAna Perez"))

    assert "Ana" not in str(refused.value) + caplog.text


def test_sums_of_an_interim_report_are_compared() -> None:
    text = f":20:R\n:25:ES91\n:28C:1/1\n:34F:EUR0,00\n{PAID}\n:90D:0EUR0,00\n:90C:2EUR10,00\n"
    _, summary = read(text)

    assert [mismatch.place for mismatch in summary.mismatches] == ["statement at line 1, sum_credit_entries"]
