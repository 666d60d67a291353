"""The house's rules on second persons, read from a text: the tables `[[approval]]`, of which the first that fits holds.

They stand beside the bounds of settlements (`read_bounds`); `docs/how-to/ask-a-second-person.md` describes their keys.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from domain.case.approval_rules import EVERYBODY, WAIVER, ApprovalRule
from domain.case.words import Closure
from domain.money import exponent
from domain.rule_text.table import Table, whole_table

ACTS = (WAIVER, *(closure.value for closure in Closure if closure is not Closure.PAID))
_KEYS = ("id", "acts", "portfolio", "above", "alone_percent_max", "approvers")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ROLE = re.compile(r"[a-z][a-z0-9_-]*")
_SUM = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,4})?) ([A-Z]{3})")


def read_approvals(text: str, file: str) -> tuple[ApprovalRule, ...]:
    """Return the rows of a text, in order; none where it has none. `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where a row is not sound.
    """
    whole = whole_table(text, file)
    rows: list[ApprovalRule] = []
    for table in whole.tables("approval") if "approval" in whole.values else ():
        row = _row(table)
        if row.id in {above.id for above in rows}:
            raise table.wrong("id", f"is used twice: {row.id!r}", "each id once")
        hiding = next((above.id for above in rows if _hides(above, row)), None)
        if hiding is not None:
            raise table.wrong("", f"is never reached: {hiding} above it fits all of it", "the narrower row first")
        rows.append(row)
    return tuple(rows)


def _hides(above: ApprovalRule, row: ApprovalRule) -> bool:
    return row.acts <= above.acts and above.portfolio in ("", row.portfolio) and not above.above


def _row(table: Table) -> ApprovalRule:
    table.only(_KEYS)
    rule_id = table.text("id")
    if not _ID.fullmatch(rule_id):
        raise table.wrong("id", f"cannot be {rule_id!r}", '"write_off": small letters, digits, _ and -')
    acts = table.texts("acts")
    for place, act in enumerate(acts):
        if act not in ACTS:
            raise table.wrong("acts", f"does not know {act!r}", ", ".join(ACTS), place)
    if not acts:
        raise table.wrong("acts", "is missing or empty", ", ".join(ACTS))
    approvers = _by_role(table, "approvers", ())
    if not approvers:
        raise table.wrong("approvers", "has nobody who may approve", "approvers = { supervisor = 100 }")
    return ApprovalRule(
        id=rule_id,
        acts=frozenset(acts),
        portfolio=table.text("portfolio", ""),
        above=_above(table),
        alone_percent_max=_by_role(table, "alone_percent_max", (EVERYBODY,)),
        approvers=approvers,
    )


def _above(table: Table) -> Mapping[str, int]:
    """Read sums as minor units by currency."""
    found: dict[str, int] = {}
    for place, text in enumerate(table.texts("above")):
        told = _SUM.fullmatch(text)
        if told is None:
            raise table.wrong("above", f"cannot read {text!r}", '"500.00 EUR"', place)
        amount, currency = told.groups()
        try:
            minor = Decimal(amount).scaleb(exponent(currency))
        except InvalidOperation:
            raise table.wrong("above", f"cannot read {text!r}", '"500.00 EUR"', place) from None
        if minor != minor.to_integral_value() or currency in found:
            raise table.wrong("above", f"cannot be {text!r}", "one sum for a currency, in its own units", place)
        found[currency] = int(minor)
    return found


def _by_role(table: Table, key: str, more: tuple[str, ...]) -> Mapping[str, int]:
    limits = table.table(key)
    if limits is None:
        return {}
    for role in limits.values:
        if not _ROLE.fullmatch(role) and role not in more:
            raise limits.wrong(role, "is no role", '"supervisor": small letters')
        if limits.number(role) > 100:
            raise limits.wrong(role, "is more than everything", "a whole number, 0 to 100")
    return {role: limits.number(role) for role in limits.values}
