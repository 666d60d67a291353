"""What camt messages become beyond the golden files: batches, reversals, ids, control totals, and hostile input."""

import tracemalloc
from io import BytesIO
from typing import BinaryIO, cast

import pytest

from importers.payment_files import camt
from importers.payment_files.entry import Doubt, IdentifiedBy, PaymentEntry, Standing
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary
from tests.importers.payment_files.camt_text import Pieces, balance, details, entry, message, parts


def read(content: bytes) -> tuple[list[PaymentEntry], Summary]:
    summary = Summary("bank.xml")
    return list(camt.read(BytesIO(content), summary)), summary


def entries(content: bytes) -> list[PaymentEntry]:
    return read(content)[0]


def test_a_payment_says_who_paid_what_when_and_for_what() -> None:
    (paid,) = entries(message(entry("10.00", reference="R1", details=details("E7"))))

    assert (str(paid.amount), paid.standing, str(paid.booked_on)) == ("10.00 EUR", Standing.BOOKED, "2026-11-20")
    assert (paid.counterparty_name, paid.counterparty_account) == ("Ana", "NL56AGDH9619008421")
    assert (paid.end_to_end_id, paid.remittance, paid.entry_reference) == ("E7", "factura 7", "R1")
    assert (paid.account, paid.position, paid.doubts) == ("ES9121000418450200051332", "line 3", ())


def test_a_payment_that_comes_back_is_a_reversal_with_its_payer_as_counterparty() -> None:
    (bounced,) = entries(message(entry(mark="DBIT", reversal="<RvslInd>true</RvslInd>", details=details())))
    (ours,) = entries(message(entry(mark="DBIT", details=details())))

    assert (bounced.amount.minor, bounced.reversal, bounced.counterparty_name) == (-1000, True, "Ana")
    assert (ours.amount.minor, ours.reversal, ours.counterparty_name) == (-1000, False, "Acreedora SA")


def test_a_batch_becomes_its_transactions() -> None:
    both = details("A", amount="4.00") + details("B", amount="6.00")
    found, summary = read(message(entry("10.00", reference="R1", details=both)))

    assert [(one.end_to_end_id, one.amount.minor, one.doubts) for one in found] == [("A", 400, ()), ("B", 600, ())]
    assert [one.position for one in found] == ["line 3, transaction 1", "line 3, transaction 2"]
    assert len({one.entry_id for one in found}) == 2
    assert (summary.mismatches, summary.controls_checked) == ([], 1)


def test_a_netted_batch_keeps_the_sign_of_every_transaction() -> None:
    netted = details("A", amount="12.00", mark="CRDT") + details("B", amount="2.00", mark="DBIT")

    assert [one.amount.minor for one in entries(message(entry("10.00", details=netted)))] == [1200, -200]


def test_a_batch_whose_parts_do_not_add_up_is_doubted_and_told() -> None:
    both = details("A", amount="4.00") + details("B", amount="5.00")
    found, summary = read(message(entry("10.00", details=both)))

    assert {one.doubts for one in found} == {(Doubt.BATCH_SUM_DIFFERS,)}
    assert [str(mismatch) for mismatch in summary.mismatches] == [
        "line 3: BATCH_SUM is stated as 10.00 EUR, found 9.00 EUR"
    ]


def test_a_batch_that_cannot_be_split_is_one_doubted_entry() -> None:
    counted = entry("10.00", batch="<Btch><NbOfTxs>20</NbOfTxs></Btch>")
    without_amounts = entry("10.00", details=details("A") + details("B"))

    for content in (counted, without_amounts):
        (whole,) = entries(message(content))
        assert (whole.amount.minor, whole.doubts) == (1000, (Doubt.BATCH_NOT_SPLIT,))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1500", "CLP", 1500),
        ("1500.00000", "CLP", 1500),
        ("0.125", "KWD", 125),
        ("18.15000", "EUR", 1815),
        (".5", "EUR", 50),
        ("1000000000000000.00", "MXN", 10**17),
        ("0", "EUR", 0),
    ],
)
def test_amounts_are_exact_in_every_currency(amount: str, currency: str, minor: int) -> None:
    assert [one.amount.minor for one in entries(message(entry(amount, currency=currency)))] == [minor]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (entry("18.155"), "line 3: Amt: more decimals than EUR has"),
        (entry("1.5", currency="CLP"), "line 3: Amt: more decimals than CLP has"),
        (entry("-1.00"), "line 3: Amt: not an amount"),
        (entry("1,00"), "line 3: Amt: not an amount"),
        (entry("1e2"), "line 3: Amt: not an amount"),
        (entry("١.00"), "line 3: Amt: not an amount"),
        (entry(currency="euro"), "line 3: Amt: the currency is not three capital letters"),
        (entry(mark="BOTH"), "line 3: CdtDbtInd is not CRDT or DBIT"),
        (entry(status="<Cd>MAYBE</Cd>"), "line 3: Ntry/Sts is not one of BOOK"),
        (entry(day="2026-02-30"), "line 3: BookgDt is not a date"),
    ],
)
def test_an_entry_that_does_not_read_is_refused_with_line_and_element(content: str, said: str) -> None:
    with pytest.raises(PaymentFileInvalid, match=f"bank.xml, {said}"):
        read(message(content))


def test_the_same_entry_has_one_id_in_a_copy_and_in_an_overlapping_statement() -> None:
    shared = [entry("10.00", reference="R1", details=details()), entry("7.00", details=details("E2"))]
    first = entries(message(*shared, statement_id="S1"))
    later = entries(message(entry("1.00", reference="R0"), *shared, entry("2.00"), statement_id="S2"))

    assert [one.entry_id for one in first] == [one.entry_id for one in entries(message(*shared, statement_id="S1"))]
    assert [one.entry_id for one in first] == [one.entry_id for one in later[1:3]]
    assert [one.identified_by for one in first] == [IdentifiedBy.REFERENCE, IdentifiedBy.CONTENT]


def test_identical_entries_of_a_statement_are_told_apart_by_their_order() -> None:
    twice = entries(message(entry(details=details()), entry("3.00"), entry(details=details())))
    once_more = entries(message(entry(details=details()), entry(details=details())))

    assert len({one.entry_id for one in twice}) == 3
    assert [twice[0].entry_id, twice[2].entry_id] == [one.entry_id for one in once_more]


@pytest.mark.parametrize(
    "changed",
    [
        entry("10.01", reference="R1", details=details()),
        entry("10.00", reference="R2", details=details()),
        entry("10.00", reference="R1", details=details("E2")),
        entry("10.00", reference="R1", details=details(), day="2026-11-21"),
        entry("10.00", reference="R1", details=details(), mark="DBIT"),
        entry("10.00", reference="R1", details=details(), currency="USD"),
    ],
)
def test_another_entry_has_another_id(changed: str) -> None:
    (first,) = entries(message(entry("10.00", reference="R1", details=details())))

    assert entries(message(changed))[0].entry_id != first.entry_id


def test_pending_entries_count_for_nothing() -> None:
    waiting = entry("5.00", status="PDNG")
    found, summary = read(message(entry("10.00"), waiting, balances=balance("OPBD", "1.00") + balance("CLBD", "11.00")))

    assert [one.standing for one in found] == [Standing.BOOKED, Standing.PENDING]
    assert (summary.totals["EUR"].came_in, summary.mismatches) == (1000, [])


def test_a_closing_balance_that_does_not_follow_is_told() -> None:
    balances = balance("PRCD", "1.00", mark="DBIT") + balance("CLBD", "9.01")
    _, summary = read(message(entry("10.00"), balances=balances))

    assert [str(mismatch) for mismatch in summary.mismatches] == [
        "statement at line 2: CLOSING_BALANCE is stated as 9.01 EUR, found 9.00 EUR"
    ]


def test_stated_counts_are_compared() -> None:
    stated = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    _, summary = read(message(entry(), extra=stated))

    assert [mismatch.control for mismatch in summary.mismatches] == [ControlKind.ENTRIES_COUNT]


def test_stated_sums_are_compared() -> None:
    stated = "<TxsSummry><TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>20.01</Sum></TtlCdtNtries></TxsSummry>"
    _, summary = read(message(entry(), entry(), extra=stated))

    assert [str(mismatch) for mismatch in summary.mismatches] == [
        "statement at line 2, TxsSummry/TtlCdtNtries/Sum: ENTRIES_SUM is stated as 20.01 EUR, found 20.00 EUR"
    ]


def test_prefixes_and_an_envelope_around_the_message_change_nothing() -> None:
    plain = message(entry(details=details())).decode()
    body = plain.split("\n", 1)[1].replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
    prefixed = f"<Envelope><Header/>{body.replace('xmlns=', 'xmlns:n=')}</Envelope>"

    assert entries(prefixed.encode())[0].entry_id == entries(plain.encode())[0].entry_id


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_read(encoding: str) -> None:
    text = message(entry(details=details(name="Muñoz"))).decode().replace("UTF-8", encoding)

    assert entries(text.encode(encoding))[0].counterparty_name == "Muñoz"


def test_a_file_in_another_encoding_than_it_declares_is_refused() -> None:
    content = message(entry(details=details(name="Muñoz"))).decode().encode("iso-8859-1")

    with pytest.raises(PaymentFileInvalid, match=r"line 3, column .*not well-formed"):
        read(content)


@pytest.mark.parametrize("encoding", ["klingon", "idna"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(PaymentFileInvalid):
        read(message(entry()).replace(b"UTF-8", encoding.encode()))


def test_a_truncated_file_is_refused_after_what_could_be_read() -> None:
    content = message(*(entry(reference=f"R{number}") for number in range(400)))
    summary = Summary("bank.xml")
    with pytest.raises(PaymentFileInvalid, match="cut off"):
        list(camt.read(BytesIO(content[: len(content) // 2]), summary))

    assert 0 < summary.entries < 400
    assert not summary.complete


def test_a_billion_laughs_are_refused_before_the_first() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = message(entry(details=details(name="&l9;"))).decode()
    bomb = content.replace("\n<Document", f'\n<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><Document', 1)

    with pytest.raises(PaymentFileInvalid, match="document type declaration"):
        read(bomb.encode())


def test_a_file_outside_is_never_fetched() -> None:
    content = message(entry(details=details(name="&x;"))).decode()
    reaching = content.replace("\n<Document", '\n<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]><Document', 1)

    with pytest.raises(PaymentFileInvalid, match="document type declaration"):
        read(reaching.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<Document/>",
        b"<a>" * 100,
        b"<Document><BkToCstmrStmt>" + b"".join(b"<x%d/>" % number for number in range(30_000)),
        message().replace(b"<Id><IBAN>ES9121000418450200051332</IBAN></Id>", b""),
        message().replace(b"<Id>S1</Id>", b""),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(PaymentFileInvalid):
        read(content)


def test_a_refusal_holds_nothing_personal() -> None:
    with pytest.raises(PaymentFileInvalid) as refused:
        read(message(entry("Ana Pérez", details=details(name="Ana Pérez"))))

    assert "Ana" not in str(refused.value)


def test_a_file_ten_times_as_long_needs_hardly_more_memory() -> None:
    def peak(count: int) -> int:
        made = (entry(reference=f"R{number}", details=details(f"E{number}")) for number in range(count))
        source = cast("BinaryIO", Pieces(parts(made)))
        tracemalloc.start()
        try:
            assert sum(1 for _ in camt.read(source, Summary("bank.xml"))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    short, long = peak(2_000), peak(20_000)

    # Eight bytes of hash an entry, in a set: some 100 bytes. A kept tree takes 20 KB an entry.
    assert (long - short) / 18_000 < 200
