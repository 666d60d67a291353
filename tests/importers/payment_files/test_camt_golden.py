"""Every camt file of genkgo/camt (MIT) agrees with its expected decoding, entry by entry."""

import json
from pathlib import Path
from typing import Any

import pytest

from importers.payment_files.entry import Doubt, PaymentEntry, Standing
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind
from tests.importers.payment_files.golden import CAMT, entries, needs_golden_files, read

pytestmark = needs_golden_files
EXPECTED = sorted(CAMT.glob("*.json"))
AGAIN = "__RECURSIVITY__"
STANDINGS = {"BOOK": Standing.BOOKED, "PDNG": Standing.PENDING}
Golden = dict[str, Any]


def test_the_golden_files_are_all_there() -> None:
    assert len(EXPECTED) == 25


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_every_entry_agrees_with_its_expected_decoding(expected: Path) -> None:
    golden = json.loads(expected.read_text())
    wanted = [row for entry in golden["getEntries"] or [] for row in _rows(entry)]
    # Of the file with two statements it tells the entries of the second alone.
    statements = {row["statement"] for row in wanted}
    found = [entry for entry in entries(expected.with_suffix(".xml")) if entry.statement_id in statements]

    assert [
        {
            "account": entry.account,
            "statement": entry.statement_id,
            "amount": (str(entry.amount.minor), entry.amount.currency),
            "standing": entry.standing,
            "booked_on": str(entry.booked_on) if entry.booked_on else "",
            "value_on": str(entry.value_on) if entry.value_on else "",
            "reversal": entry.reversal,
            "reference": entry.entry_reference,
            "end_to_end_id": entry.end_to_end_id,
            "uetr": entry.transaction_reference,
            "structured": entry.structured_reference,
            "remittance": entry.remittance,
            "counterparty": (entry.counterparty_name, entry.counterparty_account),
            "ultimate": entry.ultimate_counterparty_name,
            "code": entry.bank_transaction_code,
        }
        for entry in found
    ] == wanted


def _rows(entry: Golden) -> list[Golden]:
    details = [
        entry["getTransactionDetail"] if detail == AGAIN else detail for detail in entry["getTransactionDetails"] or []
    ]
    split = len(details) > 1 and all(detail["getAmount"] for detail in details)
    if not split and len(details) > 1:
        return [_row(entry, {}, entry["getAmount"])]  # no amounts to tell the transactions apart
    return [
        _row(entry, detail, detail["getAmount"] if split else entry["getAmount"], alone=not split)
        for detail in details or [{}]
    ]


def _row(entry: Golden, detail: Golden, amount: Golden, *, alone: bool = True) -> Golden:
    references = detail.get("getReference") or {}
    parties = [party for party in detail.get("getRelatedParties") or [] if isinstance(party, dict)]
    side = "Debtor" if int(amount["getAmount"]) >= 0 else "Creditor"
    remittance, structured = _remittance(detail)
    told = detail.get("getAdditionalTransactionInformation")
    return {
        "account": entry["getRecord"]["getAccount"]["getIdentification"],
        "statement": entry["getRecord"]["getId"],
        "amount": (amount["getAmount"], amount["getCurrency"]["getCode"]),
        "standing": STANDINGS[entry["getStatus"]],
        "booked_on": _day(entry["getBookingDate"]),
        "value_on": _day(entry["getValueDate"]),
        "reversal": entry["getReversalIndicator"],
        "reference": entry["getAccountServicerReference"] or entry["getReference"] or "",
        "end_to_end_id": references.get("getEndToEndId") or "",
        "uetr": references.get("getUuidEndToEndReference") or "",
        "structured": structured,
        "remittance": remittance or told or (entry["getAdditionalInfo"] if alone else ""),
        "counterparty": next((_party(party) for party in parties if _kind(party) == side), ("", "")),
        "ultimate": next((_party(party)[0] for party in parties if _kind(party) == f"Ultimate{side}"), ""),
        "code": _code(detail.get("getBankTransactionCode")) or _code(entry["getBankTransactionCode"]),
    }


def _kind(party: Golden) -> str:
    return str(party["getRelatedPartyType"]["__CLASS__"]).rpartition("\\")[2]


def _party(party: Golden) -> tuple[str, str]:
    account = party["getAccount"] or {}
    return party["getRelatedPartyType"]["getName"] or "", account.get("getIdentification") or ""


def _remittance(detail: Golden) -> tuple[str, str]:
    """Return free text and references; a block named again stands for the first of its kind."""
    told = detail.get("getRemittanceInformation") or {}
    free = [
        (told["getUnstructuredBlock"] if block == AGAIN else block)["getMessage"]
        for block in told.get("getUnstructuredBlocks") or []
    ]
    blocks = [
        told["getStructuredBlock"] if block == AGAIN else block for block in told.get("getStructuredBlocks") or []
    ]
    references = []
    for block in blocks:
        if text := block["getAdditionalRemittanceInformation"]:
            free.append(text)
        reference = block["getCreditorReferenceInformation"]
        references.append((told["getCreditorReferenceInformation"] if reference == AGAIN else reference)["getRef"])
    return "\n".join(free), "\n".join(references)


def _code(code: Golden | None) -> str:
    if not code:
        return ""
    if domain := code["getDomain"]:
        family = domain["getFamily"]
        return f"{domain['getCode']}-{family['getCode']}-{family['getSubFamilyCode']}"
    return (code["getProprietary"] or {}).get("getCode") or ""


def _day(golden: Golden | None) -> str:
    return golden["0"][:10] if golden else ""


def test_a_batch_is_split_and_what_does_not_add_up_is_told_and_doubted() -> None:
    items, summary = read(CAMT / "camt054.v4.xml")

    assert [item.amount.minor for item in items if item.amount] == [-310, -320, -320]
    assert {item.doubts for item in items if isinstance(item, PaymentEntry)} == {(Doubt.BATCH_SUM_DIFFERS,)}
    assert {mismatch.control for mismatch in summary.mismatches} == {ControlKind.BATCH_SUM, ControlKind.BATCH_COUNT}


def test_balances_that_agree_and_do_not_agree_are_told_apart() -> None:
    items, agrees = read(CAMT / "camt053.v2.multi.statement.xml")
    _, differs = read(CAMT / "camt053.v2.five.decimals.xml")

    assert [str(item.amount) for item in items] == ["8.85 EUR", "-7.00 EUR"]
    assert (agrees.statements, agrees.controls_checked, agrees.mismatches) == (2, 2, [])
    assert [str(mismatch) for mismatch in differs.mismatches] == [
        "statement at line 25: CLOSING_BALANCE is stated as 27.05 EUR, found 27.00 EUR"
    ]


def test_the_file_without_a_statement_is_refused_with_the_reason() -> None:
    with pytest.raises(PaymentFileInvalid, match=r"wrong\.xml, BkToCstmrStmt: .* has no statement in it; accepted: "):
        read(CAMT / "camt053.v2.wrong.xml")
