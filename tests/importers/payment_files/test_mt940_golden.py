"""Every MT940 and MT942 file of wolph/mt940 (BSD; parts Apache and MIT) agrees with its expected decoding.

One rule of theirs is not ours: they leave the reversal of a credit (RC) above zero.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.money import exponent
from importers.payment_files import mt940
from importers.payment_files.entry import PaymentEntry, Standing
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary
from tests.importers.payment_files.golden import MT940, needs_golden_files

pytestmark = needs_golden_files
FRAGMENTS = {"empty_non_swift", "invalid_statement"}  # no tag of a statement in them
EXPECTED = sorted(path for path in MT940.glob("*/*.yml") if path.with_suffix(".sta").exists())
OPTIONS = ReadOptions(account="none", currency="EUR", interim_is_booked=True)  # for the files that are a tag or two
Golden = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads the dumped objects of the package as plain values."""


def _object(loader: Any, suffix: str, node: Any) -> Iterator[object]:
    """Yield the value before it is filled: the objects refer to each other in circles."""
    if isinstance(node, yaml.MappingNode):
        made: Golden = {}
        yield made
        made.update(loader.construct_mapping(node, deep=True))
        return
    values = loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else []
    if suffix.endswith("Decimal"):
        yield Decimal(values[0])
    elif suffix.endswith(".Date"):
        day = values[0]
        yield date(int.from_bytes(day[:2], "big"), day[2], day[3]) if isinstance(day, bytes) else date(*values)
    else:
        yield None


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _object)


def entries(path: Path, options: ReadOptions = OPTIONS) -> tuple[list[PaymentEntry], Summary]:
    summary = Summary(path.name)
    with path.open("rb") as source:
        return list(mt940.read(source, summary, options)), summary


def test_the_golden_files_are_all_there() -> None:
    statements = {path for kind in ("*.sta", "*/*.txt") for path in MT940.rglob(kind)}

    assert (len(statements), len(EXPECTED)) == (54, 51)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_entry_agrees_with_its_expected_decoding(expected: Path) -> None:
    golden = yaml.load(expected.read_text(), Loader=_Loader)
    wanted = [transaction["data"] for transaction in golden["transactions"]]
    if expected.stem in FRAGMENTS:
        assert wanted == []
        with pytest.raises(PaymentFileInvalid, match="no MT940 tag in it"):
            entries(expected.with_suffix(".sta"))
        return
    found, _ = entries(expected.with_suffix(".sta"))

    assert len(found) == len(wanted)
    for entry, data in zip(found, wanted, strict=True):
        told = _told(entry)
        if re.match(r"/[A-Z]{4}/", data.get("transaction_details") or ""):  # codes that only we take apart
            told |= {"end_to_end_id": "", "counterparty": ("", "")}
        else:
            _texts_are_kept(entry, data)
        assert told == _wanted(data)


def _told(entry: PaymentEntry) -> Golden:
    return {
        "amount": Decimal(entry.amount.minor).scaleb(-exponent(entry.currency)),
        "currency": entry.currency,
        "value_on": entry.value_on,
        "booked_on": entry.booked_on,
        "reversal": entry.reversal,
        "code": entry.bank_transaction_code,
        "reference": entry.entry_reference,
        "end_to_end_id": entry.end_to_end_id,
        "counterparty": (entry.counterparty_account, entry.counterparty_name),
    }


def _wanted(data: Golden) -> Golden:
    reversed_credit = data["status"] == "RC"  # 5.0.0 left it above zero
    amount = data["amount"]["amount"]
    account = data.get("gvc_applicant_iban") or data.get("applicant_iban") or ""
    name = data.get("applicant_name") or data.get("recipient_name") or ""
    return {
        "amount": -amount if reversed_credit else amount,
        "currency": data.get("currency") or "EUR",
        "value_on": data["date"],
        "booked_on": data.get("entry_date") or data["date"],
        "reversal": data["status"].startswith("R"),
        "code": "-".join(text for key in ("id", "transaction_code") if (text := (data.get(key) or "").strip())),
        "reference": _given(data, "bank_reference"),
        "end_to_end_id": _given(data, "end_to_end_reference"),
        "counterparty": (account.strip(), name.strip()),
    }


def _given(data: Golden, key: str) -> str:
    text = (data.get(key) or "").strip()
    return "" if text.upper() in {"NONREF", "NOTPROVIDED", "EREF"} else text


def _texts_are_kept(entry: PaymentEntry, data: Golden) -> None:
    for key in ("purpose", "additional_purpose", "transaction_details", "extra_details"):
        for line in (data.get(key) or "").split("\n"):
            assert line.strip() in entry.remittance + entry.counterparty_name + entry.counterparty_account
    if reference := _given(data, "customer_reference"):
        assert entry.structured_reference == reference


@pytest.mark.parametrize("name", ["mt940.txt", "mt940_with_spaces_for_entry_date.txt"])
def test_the_statements_of_asn_bank_read_with_their_own_layout(name: str) -> None:
    found, summary = entries(MT940 / "ASNB" / name, ReadOptions())

    assert (len(found), summary.statements, summary.mismatches) == (8, 31, [])
    assert sum(entry.amount.minor for entry in found) == _closing(MT940 / "ASNB" / name) - 44429
    assert found[0].structured_reference == "NL47INGB9999999999"


def _closing(path: Path) -> int:
    last = re.findall(r":62F:C\d{6}EUR([\d,]+)", path.read_text())[-1]
    return int(Decimal(last.replace(",", ".")) * 100)


def test_codes_between_slashes_are_taken_apart() -> None:
    found, _ = entries(MT940 / "jejik" / "rabobank-iban.sta", ReadOptions())

    assert found[0].end_to_end_id == "01-01-2013 12:00 0030000987654321"
    assert found[0].counterparty_name == "CONTRA ACCOUNT HOLDER"


def test_the_statement_of_citi_agrees_with_its_own_lines() -> None:
    found, _ = entries(MT940 / "citi" / "mt940.txt", ReadOptions())

    assert [entry.amount.minor for entry in found] == [-21239, -36928, 0, 0, -56108]
    assert found[0].position == "line 5"


def test_the_sums_of_real_statements_give_their_closing_balances() -> None:
    _, summary = entries(MT940 / "betterplace" / "sepa_mt9401.sta", ReadOptions())

    assert (summary.statements, summary.controls_checked, summary.controls_failed) == (26, 26, 0)


def test_an_interim_report_is_pending_unless_it_is_taken_as_booked() -> None:
    pending, summary = entries(MT940 / "mBank" / "mt942.sta", ReadOptions())
    booked, _ = entries(MT940 / "mBank" / "mt942.sta")
    statement, _ = entries(MT940 / "mBank" / "mt940.sta")

    assert {entry.standing for entry in pending} == {Standing.PENDING}
    assert {entry.standing for entry in booked} == {Standing.BOOKED}
    assert summary.totals == {}
    assert [entry.entry_id for entry in pending] == [entry.entry_id for entry in statement]
