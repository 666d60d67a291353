"""What CNAB returns become beyond the golden files: liquidations and notices, ids, and what is refused."""

from collections.abc import Callable
from io import BytesIO

import pytest

from importers.payment_files import cnab
from importers.payment_files.entry import Item, Notice, NoticeKind, PaymentEntry
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary
from tests.importers.payment_files.cnab_text import febraban, febraban_pair, itau, itau_detail, put


def read(text: str, encoding: str = "utf-8") -> tuple[list[Item], Summary]:
    summary = Summary("bank.ret")
    reader = cnab.read_400 if text.startswith("02") else cnab.read_240
    return list(reader(BytesIO(text.encode(encoding)), summary, ReadOptions())), summary


def entry_of(text: str) -> PaymentEntry:
    (item,), _ = read(text)
    assert isinstance(item, PaymentEntry)
    return item


def test_a_liquidation_at_itau_is_what_was_paid_with_the_fee_that_the_bank_kept() -> None:
    paid = entry_of(itau(itau_detail()))

    assert (str(paid.amount), str(paid.charges)) == ("40.00 BRL", "2.10 BRL")
    assert (str(paid.booked_on), str(paid.value_on)) == ("2026-11-20", "2026-11-21")
    assert (paid.structured_reference, paid.document_number, paid.account) == ("00000011", "FAT-7", "341/0730/035110")
    assert (paid.counterparty_name, paid.position) == ("ANA PEREZ", "line 2")


def test_a_liquidation_in_segments_is_what_was_paid_with_what_was_not_credited() -> None:
    paid = entry_of(febraban(febraban_pair()))

    assert (str(paid.amount), str(paid.charges)) == ("344.00 BRL", "1.03 BRL")
    assert (paid.structured_reference, paid.position) == ("14499570000020673", "line 3")


@pytest.mark.parametrize(
    ("occurrence", "kind"),
    [
        ("02", NoticeKind.CONFIRMED),
        ("03", NoticeKind.REJECTED),
        ("09", NoticeKind.WRITTEN_OFF),
        ("14", NoticeKind.CHANGED),
        ("19", NoticeKind.PROTEST),
        ("28", NoticeKind.FEE),
        ("99", NoticeKind.OTHER),
    ],
)
@pytest.mark.parametrize(
    "write", [lambda code: itau(itau_detail(occurrence=code)), lambda code: febraban(febraban_pair(occurrence=code))]
)
def test_what_is_no_liquidation_is_a_notice(write: Callable[[str], str], occurrence: str, kind: NoticeKind) -> None:
    (item,), summary = read(write(occurrence))

    assert isinstance(item, Notice)
    assert (item.kind, item.code, summary.entries) == (kind, occurrence, 0)


def test_a_liquidation_of_nothing_is_no_payment() -> None:
    (item,), summary = read(febraban(febraban_pair(paid=0, net=0)))

    assert isinstance(item, Notice)
    assert summary.entries == 0


def test_the_same_liquidation_has_one_id_in_two_returns() -> None:
    first = entry_of(itau(itau_detail()))
    items, _ = read(itau(itau_detail("00000012"), itau_detail()))

    assert [item.entry_id for item in items if isinstance(item, PaymentEntry)][1] == first.entry_id
    assert entry_of(itau(itau_detail(paid=3791))).entry_id != first.entry_id


def test_a_name_in_latin_1_is_read_and_shifts_no_column() -> None:
    text = itau(itau_detail(payer="JOÃO MUÑOZ"))
    for encoding in ("utf-8", "latin-1"):
        (item,), _ = read(text, encoding)
        assert isinstance(item, PaymentEntry)
        assert (item.counterparty_name, item.amount.minor) == ("JOÃO MUÑOZ", 4000)


def test_other_segments_and_records_are_counted_and_left_out() -> None:
    pair = febraban_pair()
    lines = febraban(pair).splitlines()
    lines.insert(4, put(240, {0: "0010001300003Y"}))
    _, summary = read("\n".join(lines))

    assert dict(summary.records_skipped) == {"segment Y": 1}
    assert len(summary.mismatches) == 2  # one line more than both trailers say


LINES = febraban(febraban_pair()).splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n".join(LINES[:-1]), "after 5 lines: the trailer of the file .record 9. is missing"),
        ("\n".join([*LINES[:3], *LINES[4:]]), "after 5 lines: the trailer"),
        ("\n".join([*LINES[:2], *LINES[3:]]), "line 3: a segment U without the segment T"),
        ("\n".join([*LINES[:3], LINES[2], *LINES[3:]]), "line 4: two segments T"),
        ("\n".join(LINES[1:]), "line 1: a header of the file"),
        ("\n".join([LINES[0], LINES[0], *LINES[1:]]), "line 2: a header of the file"),
        ("\n".join([LINES[0], LINES[1].replace("1T01", "1R01"), *LINES[2:]]), "line 2: it is a remittance"),
        ("\n".join([LINES[0] + " " * 240 + "x", *LINES[1:]]), "line 1: longer than 240 columns"),
        (
            febraban(febraban_pair()).replace("20112026211", "31112026211"),
            "line 4: date of the occurrence, columns 138-145",
        ),
        (
            febraban(febraban_pair()).replace("000000000034297", "00000000003429A"),
            "line 4: amount credited, columns 93-107",
        ),
        (
            itau(itau_detail()).replace("341BANCO", "104CAIXA"),
            "line 2: the columns of bank 104, record 1, are not known",
        ),
        (itau(itau_detail(day="301326")), "line 2: date of the occurrence, columns 111-116"),
        (itau(itau_detail()).replace("02RETORNO", "02OUTRO  "), "line 1: it is not a return"),
        (itau(itau_detail()).rsplit("9201341", 1)[0], "after 2 lines: the trailer"),
    ],
)
def test_a_return_that_does_not_read_is_refused_with_line_and_columns(text: str, said: str) -> None:
    with pytest.raises(PaymentFileInvalid, match=said):
        read(text)


def test_the_number_of_details_at_itau_is_compared() -> None:
    text = itau(itau_detail(), itau_detail("00000012")).replace("00000002", "00000003")
    _, summary = read(text)

    assert [str(mismatch) for mismatch in summary.mismatches] == ["line 4: ENTRIES_COUNT is stated as 3, found 2"]
