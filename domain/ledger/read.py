"""A law file, made into a law pack and rate sheets. The text is TOML 1.0 in the format `money-law/1`.

A file holds a table [law], any number of [[rates]] tables, or both. Every key that nobody knows is refused; what is
wrong is said with file, line and field, and with what would be accepted.
"""

import hashlib
import re
from datetime import date
from decimal import Decimal

from domain.compliance.rule_words import Confidence
from domain.ledger.law import LawFile, LawPack, RateRow, RateSheet
from domain.ledger.read_section import allocation, compensation, fee, interest, limitation, percent, suit_bar, validity
from domain.ledger.words import Quoted, Rounding
from domain.rule_text.table import Table, whole_table

_KEYS = (
    "id", "version", "jurisdiction", "effective", "rounding", "allocation", "interest", "compensation", "fee",
    "limitation", "suit_bar",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_JURISDICTION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,4})*")


def read_law(text: str, file: str) -> LawFile:
    """Return what a text says; `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where it is no such file.
    """
    whole = whole_table(text, file, parse_float=Decimal)
    whole.only(("law", "rates"))
    content_hash = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    law = whole.table("law")
    packs = () if law is None else (_pack(law, content_hash),)
    sheets = tuple(_sheet(each, content_hash) for each in whole.tables("rates"))
    if not packs and not sheets:
        raise whole.wrong("", "holds no law and no rates", "[law] or [[rates]]")
    for place, sheet in enumerate(sheets):
        if sheet.id in {other.id for other in sheets[:place]}:
            raise whole.wrong("rates", f"has {sheet.id} twice", "each table once in a file", place)
    return LawFile(packs=packs, sheets=sheets)


def _pack(table: Table, content_hash: str) -> LawPack:
    table.only(_KEYS)
    pack_id = _fitting(table, "id", _ID, '"pe.money": small letters, digits and dots')
    begins, ends = validity(table)
    allocations = tuple(allocation(each, pack_id) for each in table.tables("allocation"))
    if sum(not each.custom for each in allocations) > 1:
        raise table.wrong("allocation", "has more than one order that is the law's", "custom = true on the others")
    pack = LawPack(
        id=pack_id,
        version=table.number("version", 1, least=1),
        jurisdiction=_fitting(table, "jurisdiction", _JURISDICTION, '"CO", "US-MA", "*" for what is no law'),
        effective_from=begins,
        effective_until=ends,
        rounding=table.word("rounding", Rounding, Rounding.HALF_UP),
        allocations=allocations,
        interest=tuple(interest(each, pack_id) for each in table.tables("interest")),
        compensations=tuple(compensation(each, pack_id) for each in table.tables("compensation")),
        fees=tuple(fee(each, pack_id) for each in table.tables("fee")),
        limitations=tuple(limitation(each, pack_id) for each in table.tables("limitation")),
        suit_bars=tuple(suit_bar(each, pack_id) for each in table.tables("suit_bar")),
        content_hash=content_hash,
        file=table.source.file,
    )
    rules = (
        pack.allocations, pack.interest, pack.compensations, pack.fees, pack.limitations, pack.suit_bars,
    )  # fmt: skip
    ids = [each.id for section in rules for each in section]
    for each in ids:
        if ids.count(each) > 1:
            raise table.wrong("", f"has {each} twice", "each id once")
    return pack


def _sheet(table: Table, content_hash: str) -> RateSheet:
    table.only(("id", "quoted", "cite", "confidence", "rows"))
    sheet_id = _fitting(table, "id", _ID, '"es.demora": small letters, digits and dots')
    cite, confidence = table.text("cite"), table.word("confidence", Confidence, Confidence.MEMORY)
    stamp = f"{sheet_id}@{content_hash[:16]}"
    rows: list[RateRow] = []
    for each in table.tables("rows"):
        each.only(("first", "last", "percent", "cite", "confidence"))
        first, last = _day(each, "first"), _day(each, "last")
        if last < first:
            raise each.wrong("last", "lies before first", "a later day")
        if rows and first <= rows[-1].last:
            raise each.wrong("first", "does not come after the row before", "rows in order, each day once")
        rows.append(
            RateRow(
                first=first,
                last=last,
                rate=percent(each, "percent"),
                cite=each.text("cite", cite),
                confidence=each.word("confidence", Confidence, confidence),
                stamp=stamp,
            )
        )
    quoted = table.word("quoted", Quoted, Quoted.NOMINAL)
    return RateSheet(id=sheet_id, quoted=quoted, rows=tuple(rows), file=table.source.file)


def _day(table: Table, key: str) -> date:
    found = table.day(key)
    if found is None:
        raise table.wrong(key, "is missing", "a date such as 2026-01-01")
    return found


def _fitting(table: Table, key: str, form: re.Pattern[str], accepted: str) -> str:
    found = table.text(key)
    if not form.fullmatch(found):
        raise table.wrong(key, f"cannot be {found!r}", accepted)
    return found
