"""The CNAB returns of kivanio/brcobranca (MIT): the fields that its specifications expect, and every other detail.

The specifications tell the first detail of each file. All others are read here a second time, by their columns alone.
"""

from dataclasses import asdict
from pathlib import Path

import pytest

from importers.payment_files import cnab
from importers.payment_files.cnab_record import CnabRecord
from importers.payment_files.entry import FileFormat, Notice, NoticeKind, PaymentEntry
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary
from tests.importers.payment_files.cnab_expected import EXPECTED
from tests.importers.payment_files.golden import CNAB, needs_golden_files, read

pytestmark = needs_golden_files
RETURNS = CNAB / "spec" / "arquivos"
UNICRED = ReadOptions(bank="136")  # its header names Banco do Brasil


def records(path: Path) -> tuple[list[CnabRecord], Summary]:
    summary, options = Summary(path.name), UNICRED if "UNICRED" in path.name else ReadOptions()
    with path.open("rb") as source:
        if "240" in path.name:
            found = [one for one in cnab.records_240(source, summary, options) if isinstance(one, CnabRecord)]
        else:
            found = [one[0] for one in cnab.records_400(source, summary, options) if not isinstance(one, str)]
    return found, summary


def test_the_golden_files_are_all_there() -> None:
    returns = {path.name for path in RETURNS.iterdir()}

    assert returns == {*EXPECTED, "CNAB400.RET"}
    assert (RETURNS / "CNAB400.RET").read_bytes() == (RETURNS / "CNAB400ITAU.RET").read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_fields_of_a_return_are_those_that_its_specification_expects(name: str) -> None:
    count, expected = EXPECTED[name]
    found, _ = records(RETURNS / name)
    first = asdict(found[0])

    assert len(found) == count
    assert {field: first[field] for field in expected} == expected


@pytest.mark.parametrize(
    ("name", "columns", "fee"),
    [
        ("CNAB400ITAU.RET", (slice(62, 70), slice(253, 266), slice(175, 188)), True),
        ("CBR64310.RET", (slice(63, 80), slice(253, 266), slice(181, 188)), False),
    ],
)
def test_every_liquidation_of_a_long_return_is_an_entry_of_what_was_paid(
    name: str, columns: tuple[slice, slice, slice], *, fee: bool
) -> None:
    number, paid, kept = columns
    lines = [line for line in (RETURNS / name).read_text().splitlines() if line[0] in "17" and line[108:110] == "06"]
    found = [item for item in read(RETURNS / name)[0] if isinstance(item, PaymentEntry)]

    assert [(entry.structured_reference, entry.amount.minor) for entry in found] == [
        (line[number], int(line[paid]) + (int(line[kept]) if fee else 0)) for line in lines
    ]


def test_every_pair_of_segments_is_an_entry_with_what_the_bank_kept() -> None:
    lines = (RETURNS / "CNAB240.RET").read_text().splitlines()
    values = [line for line in lines if line[7] == "3" and line[13] == "U"]
    found = [item for item in read(RETURNS / "CNAB240.RET")[0] if isinstance(item, PaymentEntry)]

    assert [(entry.amount.minor, entry.charges.minor if entry.charges else 0) for entry in found] == [
        (int(line[77:92]), int(line[77:92]) - int(line[92:107])) for line in values
    ]


def test_itau_states_what_it_credits_so_boleto_and_interest_less_fee_are_what_it_states() -> None:
    found, _ = records(RETURNS / "CNAB400ITAU.RET")

    paid = [record for record in found if record.occurrence == "06"]
    assert all(record.paid == record.title + record.interest - record.fee for record in paid)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("CNAB400BRADESCO.RET", {NoticeKind.CONFIRMED: 5, NoticeKind.WRITTEN_OFF: 1}),
        ("CNAB240SICREDI.CRT", {NoticeKind.CONFIRMED: 1, NoticeKind.FEE: 1}),
        ("CNAB400CREDISIS.RET", {NoticeKind.OTHER: 1}),
    ],
)
def test_what_is_no_liquidation_is_told_and_never_a_payment(name: str, kinds: dict[NoticeKind, int]) -> None:
    items, summary = read(RETURNS / name)

    assert all(isinstance(item, Notice) for item in items)
    assert dict(summary.notices) == kinds
    assert summary.entries == 0


def test_returns_whose_trailers_do_not_agree_say_so() -> None:
    failed = {
        name: [mismatch.control for mismatch in summary.mismatches]
        for name in EXPECTED
        if (summary := records(RETURNS / name)[1]).mismatches
    }

    assert failed == {
        "CNAB240SANTANDER.RET": [ControlKind.LINES_COUNT],
        "CNAB400BANCOBRASILIA.RET": [ControlKind.LINES_COUNT],
        "CNAB400UNICRED.RET": [ControlKind.LINES_COUNT],
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_return_is_known_by_its_content(name: str) -> None:
    items, summary = read(RETURNS / name, UNICRED if "UNICRED" in name else None)

    assert summary.complete
    wanted = FileFormat.CNAB240 if "240" in name else FileFormat.CNAB400
    assert {item.file_format for item in items if isinstance(item, PaymentEntry)} <= {wanted}


def test_the_columns_of_a_bank_are_not_guessed_from_anothers() -> None:
    with pytest.raises(PaymentFileInvalid, match="line 2: the columns of bank 001, record 1, are not known"):
        read(RETURNS / "CNAB400UNICRED.RET")


@pytest.mark.parametrize(
    "remittance", sorted((CNAB / "spec" / "fixtures" / "remessa").glob("*.rem")), ids=lambda path: path.stem
)
def test_no_remittance_is_taken_for_a_return(remittance: Path) -> None:
    with pytest.raises(PaymentFileInvalid):
        read(remittance)
