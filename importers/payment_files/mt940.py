"""SWIFT MT940 (statement) and MT942 (interim report), through the `mt940` package.

- One statement reaches from `:20:` to the next and is read at a time; a file without any `:20:` is one statement.
- `C` and `RD` come in, `D` and `RC` go out; the marks with R are reversals.
- `:86:` in the German layout (`166?00...`) and with codes between slashes (`/IBAN/.../NAME/...`) is taken apart.
- Entries of an MT942 are `PENDING`: they come again, booked, in the MT940 (see `ReadOptions.interim_is_booked`).
- Controls: opening (`:60F:`, `:60M:`) + entries = closing balance (`:62F:`, `:62M:`); `:90D:` and `:90C:`.
- Ids come from the bank's reference (after `//`) where there is one, else from everything told.
- Text is UTF-8, else CP852, unless `ReadOptions.encoding` says otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from domain.money import Money
from importers.lines import LINE_MAX, LineTooLong, byte_lines
from importers.payment_files.amounts import money_of
from importers.payment_files.entry import Doubt, FileFormat, IdentifiedBy, PaymentEntry, Standing
from importers.payment_files.identity import Repeats, entry_id
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary
from importers.payment_files.swift import StatementUnreadable, SwiftLine, SwiftStatement, parse

STATEMENT_BYTES_MAX = 1 << 25
_TAG = re.compile(rb"^:[0-9]{2}[A-Z]?:", re.MULTILINE)
_BEGINS = re.compile(rb"^(?:\xef\xbb\xbf)?:20:")
_LINE = re.compile(r"^:61:")
_CODES = re.compile(r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|BENM|ORDP|ISDT|PREF|RTRN|ADDR|ID)/")
_NOT_GIVEN = {"NONREF", "NOTPROVIDED", "NOREF", "EREF", "PREF", "MARF"}


@dataclass(slots=True)
class _Block:
    """One statement's text, and the number of its first line."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


def read(source: BinaryIO, seen: Summary, options: ReadOptions) -> Iterator[PaymentEntry]:
    """Yield the entries in the order of the file, counting into `seen`. Raises `PaymentFileInvalid`."""
    for block in _blocks(source, seen.file):
        text = _decoded(b"".join(block.lines), options, seen.file)
        try:
            statement = parse(text)
        except StatementUnreadable as unreadable:
            raise _refusal(unreadable, text, block, seen.file) from None
        seen.statements += 1
        for entry in _entries(statement, text, block, seen, options):
            seen.count(entry)
            yield entry
    if not seen.statements:
        raise PaymentFileInvalid(file=seen.file, place="", problem="no MT940 tag in it", accepted=":20:, :25:, :61:")
    seen.complete = True


def _blocks(source: BinaryIO, file: str) -> Iterator[_Block]:
    block = _Block(1)
    for number, line in enumerate(lines_of(source, file), 1):
        if _BEGINS.match(line) and any(_TAG.match(one) for one in block.lines):
            yield block
            block = _Block(number)
        block.lines.append(line)
        block.size += len(line)
        if block.size > STATEMENT_BYTES_MAX:
            raise PaymentFileInvalid(file=file, place=f"line {number}", problem="a statement of more than 32 MB")
    if any(_TAG.match(one.removeprefix(b"\xef\xbb\xbf")) for one in block.lines):
        yield block


def lines_of(source: BinaryIO, file: str) -> Iterator[bytes]:
    """Yield the lines. Raises `PaymentFileInvalid` for a giant."""
    try:
        yield from byte_lines(source)
    except LineTooLong as error:
        problem = f"longer than {LINE_MAX} characters"
        raise PaymentFileInvalid(file=file, place=f"line {error.line}", problem=problem) from None


def _decoded(content: bytes, options: ReadOptions, file: str) -> str:
    if options.encoding:
        try:
            return content.decode(options.encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            problem = f"it cannot be read as {options.encoding}"
            raise PaymentFileInvalid(file=file, place="", problem=problem) from None
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return content.decode("cp852")


def _refusal(unreadable: StatementUnreadable, text: str, block: _Block, file: str) -> PaymentFileInvalid:
    begins = unreadable.value.split("\n", 1)[0]
    place, problem = f"statement at line {block.line}", "it does not read as MT940"
    if unreadable.tag and begins:
        for number, line in enumerate(text.splitlines(), block.line):
            if line.startswith(unreadable.tag[:-1]) and begins in line:
                place = f"line {number}"
                break
        problem = f"{unreadable.tag} does not read"
    return PaymentFileInvalid(file=file, place=place, problem=problem)


def _entries(
    statement: SwiftStatement, text: str, block: _Block, seen: Summary, options: ReadOptions
) -> Iterator[PaymentEntry]:
    repeats, moved = Repeats(), list[Money]()
    places = [number for number, line in enumerate(text.splitlines(), block.line) if _LINE.match(line)]
    account = statement.texts.get("account_identification") or options.account
    if statement.lines and not account:
        place = f"statement at line {block.line}"
        raise PaymentFileInvalid(file=seen.file, place=place, problem="it does not say of which account (:25:)")
    statement_id = "/".join(
        found for key in ("statement_number", "sequence_number") if (found := statement.texts.get(key))
    )
    for index, line in enumerate(statement.lines):
        place = f"line {places[index]}" if len(places) == len(statement.lines) else f"statement at line {block.line}"
        amount = _amount(line, seen.file, place, options)
        moved.append(amount)
        yield _entry(
            line, amount, repeats, statement, account, statement_id, file=seen.file, place=place, options=options
        )
    _check(statement, moved, seen, f"statement at line {block.line}")


def _amount(line: SwiftLine, file: str, place: str, options: ReadOptions) -> Money:
    currency = line.currency or options.currency
    if not currency:
        problem = "the statement has no balance that tells its currency"
        raise PaymentFileInvalid(file=file, place=place, problem=problem, accepted="a currency given with the import")
    try:
        return _money(line.amount, currency)
    except ValueError as error:
        raise PaymentFileInvalid(file=file, place=place, problem=f":61: {error}") from None


def _money(amount: Decimal, currency: str) -> Money:
    size = money_of(f"{abs(amount):f}", currency)
    return -size if amount < 0 else size


def _entry(
    line: SwiftLine,
    amount: Money,
    repeats: Repeats,
    statement: SwiftStatement,
    account: str,
    statement_id: str,
    *,
    file: str,
    place: str,
    options: ReadOptions,
) -> PaymentEntry:
    texts = line.texts
    reference, end_to_end, structured = (
        "" if texts.get(key, "").upper() in _NOT_GIVEN else texts.get(key, "")
        for key in ("bank_reference", "end_to_end_reference", "customer_reference")
    )
    coded = _coded(texts.get("transaction_details", ""))
    end_to_end = end_to_end or coded.get("EREF", "")
    name = texts.get("applicant_name") or texts.get("recipient_name") or coded.get("NAME", "")
    other = texts.get("gvc_applicant_iban") or texts.get("applicant_iban") or coded.get("IBAN", "")
    remittance = coded.get("REMI") or _remittance(texts)
    booked_on = line.booked_on or line.value_on
    identity = [account, str(amount), line.mark, str(booked_on), str(line.value_on), reference, end_to_end, structured]
    if not reference:
        identity += [name, other, remittance, texts.get("transaction_details", "")]
    pending = statement.interim and not options.interim_is_booked
    return PaymentEntry(
        entry_id=entry_id(repeats, "mt940", *identity),
        identified_by=IdentifiedBy.REFERENCE if reference else IdentifiedBy.CONTENT,
        file_format=FileFormat.MT940,
        file=file,
        position=place,
        account=account,
        statement_id=statement_id,
        standing=Standing.PENDING if pending else Standing.BOOKED,
        amount=amount,
        booked_on=booked_on,
        value_on=line.value_on,
        reversal=line.mark.startswith("R"),
        entry_reference=reference,
        end_to_end_id=end_to_end,
        structured_reference=structured,
        remittance=remittance,
        counterparty_name=name,
        counterparty_account=other,
        ultimate_counterparty_name=texts.get("deviate_applicant", ""),
        bank_transaction_code="-".join(found for key in ("id", "transaction_code") if (found := texts.get(key))),
        doubts=() if booked_on else (Doubt.NO_DATE,),
    )


def _remittance(texts: dict[str, str]) -> str:
    keys = ("purpose", "additional_purpose", "transaction_details", "extra_details")
    return "\n".join(found for key in keys if (found := texts.get(key)))


def _coded(details: str) -> dict[str, str]:
    """Take `/CODE/value/CODE/value` apart; nothing if the text is not written so."""
    joined = details.replace("\n", "")
    if not _CODES.match(joined):
        return {}
    parts = _CODES.split(joined)
    return {code: value.strip("/ ") for code, value in zip(parts[1::2], parts[2::2], strict=True)}


def _check(statement: SwiftStatement, moved: list[Money], seen: Summary, place: str) -> None:
    found = statement.balances
    opening = found.get("final_opening_balance") or found.get("intermediate_opening_balance")
    closing = found.get("final_closing_balance") or found.get("intermediate_closing_balance")
    if opening is not None and closing is not None:
        total = sum(amount.minor for amount in moved)
        try:
            opened = _money(opening.amount, opening.currency)
            stated = _money(closing.amount, closing.currency)
        except ValueError as error:
            control = ControlKind.CLOSING_BALANCE
            seen.disagree(control, place=place, stated=f"a balance that does not read ({error})", found=str(total))
        else:
            reached = Money(opened.minor + total, opened.currency)
            seen.check(ControlKind.CLOSING_BALANCE, place=place, stated=stated, found=reached)
    for key, sign in (("sum_debit_entries", -1), ("sum_credit_entries", 1)):
        if (told := statement.sums.get(key)) is not None:
            mine = [amount for amount in moved if amount.minor * sign > 0]
            seen.check(ControlKind.ENTRIES_COUNT, place=f"{place}, {key}", stated=told[0], found=len(mine))
