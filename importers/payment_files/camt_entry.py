"""One `Ntry` of a camt message as payment entries: one for each of its transactions."""

from dataclasses import dataclass, field
from datetime import date

from domain.money import Money
from importers.payment_files.amounts import day_of, money_of
from importers.payment_files.camt_walk import Entry, Fields
from importers.payment_files.entry import Doubt, FileFormat, IdentifiedBy, PaymentEntry, Standing
from importers.payment_files.identity import Repeats, entry_id
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary

_STANDINGS = {
    "BOOK": Standing.BOOKED,
    "PDNG": Standing.PENDING,
    "FUTR": Standing.PENDING,
    "INFO": Standing.INFORMATION,
}
_NOTHING: Fields = {}
_NOT_GIVEN = {"NOTPROVIDED", "NOT PROVIDED", "NONREF"}


@dataclass(slots=True)
class Booking:
    """The statement that entries are read into."""

    seen: Summary
    statement_id: str
    account: str
    currency: str
    repeats: Repeats = field(default_factory=Repeats)

    def invalid(self, line: int, problem: str) -> PaymentFileInvalid:
        """Return the refusal of what begins at `line`."""
        return PaymentFileInvalid(file=self.seen.file, place=f"line {line}", problem=problem)


@dataclass(frozen=True, slots=True)
class Booked:
    """What an `Ntry` says for all of its transactions."""

    amount: Money
    standing: Standing
    booked_on: date | None
    value_on: date | None
    reversal: bool
    reference: str


def booked(entry: Entry, booking: Booking) -> Booked:
    """Read the entry itself. Raises `PaymentFileInvalid` naming its line and element."""
    fields = entry.fields
    status = fields.get("Sts") or fields.get("Sts/Cd") or ""
    standing = _STANDINGS.get(status)
    if standing is None:
        raise booking.invalid(entry.line, f"Ntry/Sts is not one of {', '.join(_STANDINGS)}")
    amount = amount_at(fields, "Amt", booking, entry.line)
    if amount is None:
        raise booking.invalid(entry.line, "Ntry/Amt is missing")
    return Booked(
        amount=amount if _comes_in(fields, booking, entry.line) else -amount,
        standing=standing,
        booked_on=day_at(fields, "BookgDt", booking, entry.line),
        value_on=day_at(fields, "ValDt", booking, entry.line),
        reversal=fields.get("RvslInd") in {"true", "1"},
        reference=fields.get("AcctSvcrRef", ""),
    )


def transactions(entry: Entry, whole: Booked, booking: Booking) -> list[PaymentEntry]:
    """Return one entry for each transaction; the whole as one where the file does not tell them apart."""
    details = entry.details
    if len(details) < 2:
        one = details[0] if details else _NOTHING
        doubts = (Doubt.BATCH_NOT_SPLIT,) if _count_stated(entry, booking) > 1 else ()
        return [_entry(entry, one, whole, whole.amount, booking, place=0, doubts=doubts)]
    amounts = [_transaction_amount(one, whole.amount.currency, booking, entry.line) for one in details]
    parts = [amount for amount in amounts if amount is not None]
    if len(parts) < len(details):
        return [_entry(entry, _NOTHING, whole, whole.amount, booking, place=0, doubts=(Doubt.BATCH_NOT_SPLIT,))]
    parts, agrees = _signed(parts, details, whole.amount)
    _check_batch(entry, parts, whole, booking, agrees=agrees)
    doubts = () if agrees else (Doubt.BATCH_SUM_DIFFERS,)
    return [
        _entry(entry, one, whole, part, booking, place=place, doubts=doubts)
        for place, (one, part) in enumerate(zip(details, parts, strict=True), 1)
    ]


def amount_at(fields: Fields, path: str, booking: Booking, line: int) -> Money | None:
    """Read an amount; None where there is none."""
    text = fields.get(path)
    if text is None:
        return None
    try:
        return money_of(text, fields.get(f"{path}@Ccy", booking.currency))
    except ValueError as error:
        raise booking.invalid(line, f"{path}: {error}") from None


def day_at(fields: Fields, path: str, booking: Booking, line: int) -> date | None:
    """Read a date given as `Dt` or `DtTm`; None where there is none."""
    text = fields.get(f"{path}/Dt") or fields.get(f"{path}/DtTm") or fields.get(f"{path}/Dt/Dt")
    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError:
        raise booking.invalid(line, f"{path} is not a date") from None


def _comes_in(fields: Fields, booking: Booking, line: int) -> bool:
    indicator = fields.get("CdtDbtInd")
    if indicator not in {"CRDT", "DBIT"}:
        raise booking.invalid(line, "CdtDbtInd is not CRDT or DBIT")
    return indicator == "CRDT"


def _transaction_amount(one: Fields, currency: str, booking: Booking, line: int) -> Money | None:
    """Return the transaction's amount in the currency of the account if it says so, else as it stands."""
    stated = [
        amount
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
        if (amount := amount_at(one, path, booking, line)) is not None
    ]
    return next((amount for amount in stated if amount.currency == currency), stated[0] if stated else None)


def _signed(parts: list[Money], details: tuple[Fields, ...], whole: Money) -> tuple[list[Money], bool]:
    """Give the parts their signs, and say whether they add up to what was booked.

    A batch may net credits against debits, each with its own mark; other banks mark the transactions from the other
    side. So: by their own marks if that adds up, else all with the entry's.
    """
    alike = all(part.currency == whole.currency for part in parts)
    own = [-part if one.get("CdtDbtInd") == "DBIT" else part for part, one in zip(parts, details, strict=True)]
    if alike and all("CdtDbtInd" in one for one in details) and sum(part.minor for part in own) == whole.minor:
        return own, True
    same = [-part for part in parts] if whole.minor < 0 else parts
    return same, alike and sum(part.minor for part in same) == whole.minor


def _check_batch(entry: Entry, parts: list[Money], whole: Booked, booking: Booking, *, agrees: bool) -> None:
    seen, place = booking.seen, f"line {entry.line}"
    found = Money(sum(part.minor for part in parts), parts[0].currency)
    seen.check(ControlKind.BATCH_SUM, place=place, stated=whole.amount, found=whole.amount if agrees else found)
    if stated := _count_stated(entry, booking):
        seen.check(ControlKind.BATCH_COUNT, place=place, stated=stated, found=len(parts))


def _count_stated(entry: Entry, booking: Booking) -> int:
    """Return how many transactions the entry's batches say they have; 0 if they do not say."""
    try:
        return sum(int(text) for text in entry.fields.get("Btch/NbOfTxs", "").split())
    except ValueError:
        raise booking.invalid(entry.line, "Btch/NbOfTxs is not a number") from None


def _entry(
    entry: Entry, one: Fields, whole: Booked, amount: Money, booking: Booking, *, place: int, doubts: tuple[Doubt, ...]
) -> PaymentEntry:
    fields, get = entry.fields, one.get
    incoming = (amount.minor >= 0) is not whole.reversal  # a reversal keeps the parties of what it takes back
    side, account_side = ("Dbtr", "DbtrAcct") if incoming else ("Cdtr", "CdtrAcct")
    party = f"RltdPties/{side}"
    counterparty = get(f"{party}/Nm") or get(f"{party}/Agt/FinInstnId/Nm") or ""
    counterparty_account = account_of(one, f"RltdPties/{account_side}/Id")
    end_to_end = get("Refs/EndToEndId", "")
    if end_to_end.upper() in _NOT_GIVEN:
        end_to_end = ""
    reference = get("Refs/AcctSvcrRef") or get("Refs/TxId") or get("Refs/UETR") or ""
    structured = get("RmtInf/Strd/CdtrRefInf/Ref") or get("RmtInf/Strd/CdtrRefInf/CdtrRef") or ""
    remittance = _remittance(entry, one)
    by_reference = bool(whole.reference or reference)
    day = whole.booked_on or whole.value_on
    identity = [booking.account, whole.reference, reference, end_to_end, str(amount), str(day), str(whole.reversal)]
    if not by_reference:
        identity += [structured, counterparty, counterparty_account, remittance, fields.get("NtryRef", "")]
    elif not reference and place:
        identity += [structured, counterparty_account, get("Refs/InstrId", ""), get("RmtInf/Ustrd", "")]
    return PaymentEntry(
        entry_id=entry_id(booking.repeats, "camt", *identity),
        identified_by=IdentifiedBy.REFERENCE if by_reference else IdentifiedBy.CONTENT,
        file_format=FileFormat.CAMT,
        file=booking.seen.file,
        position=f"line {entry.line}, transaction {place}" if place else f"line {entry.line}",
        account=booking.account,
        statement_id=booking.statement_id,
        standing=whole.standing,
        amount=amount,
        booked_on=whole.booked_on,
        value_on=whole.value_on,
        reversal=whole.reversal,
        entry_reference=whole.reference or fields.get("NtryRef", ""),
        transaction_reference=reference,
        end_to_end_id=end_to_end,
        structured_reference=structured,
        document_number=get("RmtInf/Strd/RfrdDocInf/Nb") or get("RmtInf/Strd/RfrdDocInf/RfrdDocNb") or "",
        remittance=remittance,
        counterparty_name=counterparty,
        counterparty_account=counterparty_account,
        ultimate_counterparty_name=get(f"RltdPties/Ultmt{side}/Nm", ""),
        bank_transaction_code=_code(one) or _code(fields),
        charges=_charges(one, booking, entry.line),
        instructed=_instructed(one, amount, booking, entry.line),
        doubts=doubts if day else (*doubts, Doubt.NO_DATE),
    )


def _remittance(entry: Entry, one: Fields) -> str:
    told = "\n".join(one[path] for path in ("RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf") if path in one)
    if told:
        return told
    alone = len(entry.details) < 2
    return one.get("AddtlTxInf") or (entry.fields.get("AddtlNtryInf", "") if alone else "")


def account_of(fields: Fields, path: str) -> str:
    """Return the account number below `path` in whichever scheme it is given."""
    for scheme in ("IBAN", "Othr/Id", "PrtryAcct/Id", "BBAN", "UPIC"):
        if found := fields.get(f"{path}/{scheme}"):
            return found
    return ""


def _code(fields: Fields) -> str:
    if domain := fields.get("BkTxCd/Domn/Cd"):
        family = fields.get("BkTxCd/Domn/Fmly/Cd", "")
        return f"{domain}-{family}-{fields.get('BkTxCd/Domn/Fmly/SubFmlyCd', '')}"
    return fields.get("BkTxCd/Prtry/Cd", "")


def _charges(one: Fields, booking: Booking, line: int) -> Money | None:
    for path in ("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt"):
        text = one.get(path)
        if text is not None and "\n" not in text:
            return amount_at(one, path, booking, line)
    return None


def _instructed(one: Fields, amount: Money, booking: Booking, line: int) -> Money | None:
    stated = amount_at(one, "AmtDtls/InstdAmt/Amt", booking, line) or amount_at(one, "Amt", booking, line)
    return stated if stated is not None and stated != Money(abs(amount.minor), amount.currency) else None
