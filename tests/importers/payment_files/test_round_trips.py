"""Whatever is written into a file comes out of it again."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import Money, exponent
from importers.payment_files import camt, cnab, csv_statement
from importers.payment_files.entry import PaymentEntry
from importers.payment_files.options import ReadOptions
from importers.payment_files.reading import Reading
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary
from tests.importers.payment_files.camt_text import details, entry, message
from tests.importers.payment_files.cnab_text import febraban, febraban_pair

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
CURRENCIES = st.sampled_from(["EUR", "MXN", "CLP", "KWD", "CLF", "JPY"])
TEXTS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
FEW = settings(max_examples=60)


@dataclass(frozen=True)
class Paid:
    """What is written."""

    amount: Money
    on: date
    name: str
    text: str


PAID = st.builds(
    Paid,
    amount=st.builds(Money, st.integers(-(10**15), 10**15), CURRENCIES),
    on=DAYS,
    name=TEXTS,
    text=TEXTS,
)


def decimal(amount: Money, zeros: int = 0) -> str:
    size = Decimal(abs(amount.minor)).scaleb(-exponent(amount.currency))
    return f"{size:.{exponent(amount.currency) + zeros}f}"


@FEW
@given(st.lists(PAID, max_size=8), st.integers(0, 2))
def test_camt_entries_come_back_as_they_were_written(paid: list[Paid], zeros: int) -> None:
    content = message(
        *(
            entry(
                decimal(one.amount, zeros),
                currency=one.amount.currency,
                mark="DBIT" if one.amount.minor < 0 else "CRDT",
                day=one.on.isoformat(),
                reversal="<RvslInd>true</RvslInd>" if one.amount.minor < 0 else "",
                details=details(name=escape(one.name), text=escape(one.text)),
            )
            for one in paid
        )
    )
    found = list(camt.read(BytesIO(content), Summary("made.xml")))

    assert [Paid(one.amount, one.booked_on or date.min, one.counterparty_name, one.remittance) for one in found] == paid
    assert len({one.entry_id for one in found}) == len(found)
    assert [one.entry_id for one in camt.read(BytesIO(content), Summary("x"))] == [one.entry_id for one in found]


@FEW
@given(
    st.lists(st.tuples(st.integers(1, 10**13), st.integers(0, 10**4), st.from_regex(r"[1-9]\d{0,19}", fullmatch=True)))
)
def test_liquidations_come_back_as_they_were_written(paid: list[tuple[int, int, str]]) -> None:
    text = febraban(*(febraban_pair(number, paid=size, net=max(size - kept, 0)) for size, kept, number in paid))
    summary = Summary("made.ret")
    found = list(cnab.read_240(BytesIO(text.encode()), summary, ReadOptions()))

    told = [
        (one.amount.minor, one.charges.minor if one.charges else 0, one.structured_reference)
        for one in found
        if isinstance(one, PaymentEntry)
    ]
    assert told == [(size, min(kept, size), number) for size, kept, number in paid]
    assert summary.mismatches == []


@FEW
@given(st.lists(PAID, min_size=1, max_size=8), st.sampled_from(".,"))
def test_lines_of_a_csv_come_back_as_they_were_written(paid: list[Paid], mark: str) -> None:
    rows = [
        ";".join(
            (
                one.on.isoformat(),
                ("-" if one.amount.minor < 0 else "") + decimal(one.amount).replace(".", mark),
                one.amount.currency,
                *(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in (one.name, one.text)),
            )
        )
        for one in paid
    ]
    content = "\n".join(("fecha;monto;moneda;nombre;concepto", *rows)).encode()
    options = ReadOptions(account="1", decimal=mark)
    found = list(csv_statement.read(BytesIO(content), Summary("made.csv"), options))

    assert [Paid(one.amount, one.booked_on or date.min, one.counterparty_name, one.remittance) for one in found] == paid


@FEW
@given(st.binary(max_size=300), st.integers(0, 2))
def test_rubbish_is_refused_and_never_a_failure(rubbish: bytes, place: int) -> None:
    begins = (b"", b"02RETORNO01COBRANCA" + b" " * 57 + b"341", b":20:R\n:25:A\n:61:")[place]
    with suppress(PaymentFileInvalid):
        list(Reading(BytesIO(begins + rubbish), "rubbish", ReadOptions(account="1", currency="MXN")))
