"""The house's rules on second persons, read from a text: the tables `[[approval]]`, of which the first that fits holds.

Some are about cases, and measure what is given up; some are about people, and measure nothing. They stand beside the
bounds of settlements (`read_bounds`); `docs/how-to/ask-a-second-person.md` describes their keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from domain.case.approval_rules import EVERYBODY, WAIVER, ApprovalRule
from domain.case.words import Closure
from domain.money import exponent
from domain.person.approval_rules import PersonRule
from domain.person.approval_words import PersonAct
from domain.rule_text.table import Table, whole_table

CASE_ACTS = (WAIVER, *(closure.value for closure in Closure if closure is not Closure.PAID))
PERSON_ACTS = tuple(act.value for act in PersonAct)
_CASE_KEYS = ("id", "acts", "portfolio", "above", "alone_percent_max", "approvers")
_PERSON_KEYS = ("id", "acts", "alone", "approvers")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ROLE = re.compile(r"[a-z][a-z0-9_-]*")
_SUM = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,4})?) ([A-Z]{3})")

Row = ApprovalRule | PersonRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What a text says on second persons, in order."""

    cases: tuple[ApprovalRule, ...] = ()
    persons: tuple[PersonRule, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of all rows."""
        return (*(row.id for row in self.cases), *(row.id for row in self.persons))


def read_approvals(text: str, file: str) -> Approvals:
    """Return the rows of a text; none where it has none. `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where a row is not sound.
    """
    whole = whole_table(text, file)
    rows: list[Row] = []
    for table in whole.tables("approval") if "approval" in whole.values else ():
        row = _row(table)
        if row.id in {above.id for above in rows}:
            raise table.wrong("id", f"is used twice: {row.id!r}", "each id once")
        hiding = next((above.id for above in rows if _hides(above, row)), None)
        if hiding is not None:
            raise table.wrong("", f"is never reached: {hiding} above it fits all of it", "the narrower row first")
        rows.append(row)
    return Approvals(
        cases=tuple(row for row in rows if isinstance(row, ApprovalRule)),
        persons=tuple(row for row in rows if isinstance(row, PersonRule)),
    )


def _hides(above: Row, row: Row) -> bool:
    if isinstance(above, PersonRule) or isinstance(row, PersonRule):
        return row.acts <= above.acts
    return row.acts <= above.acts and above.portfolio in ("", row.portfolio) and not above.above


def _row(table: Table) -> Row:
    acts = table.texts("acts")
    known = PERSON_ACTS if acts and acts[0] in PERSON_ACTS else CASE_ACTS
    for place, act in enumerate(acts):
        if act not in (*CASE_ACTS, *PERSON_ACTS):
            raise table.wrong("acts", f"does not know {act!r}", ", ".join((*CASE_ACTS, *PERSON_ACTS)), place)
        if act not in known:
            what = f"has {act!r} beside {acts[0]!r}: what is about cases and about people has rows of its own"
            raise table.wrong("acts", what, ", ".join(known), place)
    if not acts:
        raise table.wrong("acts", "is missing or empty", ", ".join((*CASE_ACTS, *PERSON_ACTS)))
    return _person_row(table, acts) if known is PERSON_ACTS else _case_row(table, acts)


def _id(table: Table) -> str:
    rule_id = table.text("id")
    if not _ID.fullmatch(rule_id):
        raise table.wrong("id", f"cannot be {rule_id!r}", '"write_off": small letters, digits, _ and -')
    return rule_id


def _case_row(table: Table, acts: list[str]) -> ApprovalRule:
    table.only(_CASE_KEYS)
    rule_id = _id(table)
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


def _person_row(table: Table, acts: list[str]) -> PersonRule:
    table.only(_PERSON_KEYS)
    rule_id = _id(table)
    approvers = _roles(table, "approvers")
    if not approvers:
        raise table.wrong("approvers", "has nobody who may approve", 'approvers = ["supervisor"]')
    return PersonRule(
        id=rule_id,
        acts=frozenset(PersonAct(act) for act in acts),
        alone=frozenset(_roles(table, "alone")),
        approvers=approvers,
    )


def _roles(table: Table, key: str) -> tuple[str, ...]:
    roles = table.texts(key)
    for place, role in enumerate(roles):
        if not _ROLE.fullmatch(role):
            raise table.wrong(key, f"has {role!r}, which is no role", '"supervisor": small letters', place)
    return tuple(sorted(set(roles)))


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
