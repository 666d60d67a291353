"""The house's bounds, read from a text. The text is TOML 1.0: a list of tables `[[bound]]`, of which the first that
fits holds; `docs/how-to/offer-settlements.md` describes its keys.

Every key that nobody knows is refused; what is wrong is said with file, line and field, and with what would do.
"""

import re
from collections.abc import Mapping, Sequence

from domain.case.bounds import EVERYBODY, Bound
from domain.case.words import LEVELS, Stage
from domain.rule_text.table import Table, whole_table

_KEYS = (
    "id", "portfolio", "stages", "days_past_due_min", "discount_percent_max", "alone_percent_max", "approvers",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ROLE = re.compile(r"[a-z][a-z0-9_-]*")
_PERCENT = "a whole number, 0 to 100"
_EARLIEST = -36_500  # days before the due date: any


def read_bounds(text: str, file: str) -> tuple[Bound, ...]:
    """Return the rows of a text, in order; `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where it holds no sound bounds.
    """
    whole = whole_table(text, file)
    whole.only(("bound", "approval"))
    rows: list[Bound] = []
    for table in whole.tables("bound") if "bound" in whole.values else ():
        row = _row(table)
        if row.id in {above.id for above in rows}:
            raise table.wrong("id", f"is used twice: {row.id!r}", "each id once")
        _require_reached(table, row, rows)
        rows.append(row)
    if not rows and "approval" not in whole.values:
        raise whole.wrong("", "holds no bounds", "[[bound]]")
    return tuple(rows)


def hides(above: Bound, row: Bound) -> bool:
    """Return whether every case that `row` is for finds `above` first."""
    return (
        above.portfolio in ("", row.portfolio)
        and (not above.stages or (bool(row.stages) and row.stages <= above.stages))
        and (above.days_past_due_min is None or above.days_past_due_min <= _least_days(row))
    )


def _row(table: Table) -> Bound:
    table.only(_KEYS)
    bound_id = table.text("id")
    if not _ID.fullmatch(bound_id):
        raise table.wrong("id", f"cannot be {bound_id!r}", '"soft_late": small letters, digits, _ and -')
    stages = table.words("stages", Stage)
    if Stage.CLOSED in stages:
        raise table.wrong("stages", "does not know 'CLOSED'", ", ".join(LEVELS))
    most = _percent(table, "discount_percent_max")
    alone, approvers = _alone(table), _approvers(table, most)
    for key, limits in (("alone_percent_max", alone), ("approvers", approvers)):
        for role, percent in limits.items():
            if percent > most:
                raise table.wrong(key, f"lets {role} go beyond discount_percent_max", f"{most} or less")
    if most > max((alone.get(EVERYBODY, 0), *approvers.values())):
        raise table.wrong("approvers", f"has nobody who may approve {most} %", f"a role that may go to {most}")
    return Bound(
        id=bound_id,
        portfolio=table.text("portfolio", ""),
        stages=stages,
        days_past_due_min=_days(table),
        discount_percent_max=most,
        alone_percent_max=alone,
        approvers=approvers,
    )


def _require_reached(table: Table, row: Bound, above: Sequence[Bound]) -> None:
    hiding = next((other.id for other in above if hides(other, row)), None)
    if hiding is not None:
        raise table.wrong("", f"is never reached: {hiding} above it fits every case of it", "the narrower row first")


def _days(table: Table) -> int | None:
    if "days_past_due_min" not in table.values:
        return None
    return table.number("days_past_due_min", least=_EARLIEST)


def _least_days(row: Bound) -> int:
    return _EARLIEST if row.days_past_due_min is None else row.days_past_due_min


def _alone(table: Table) -> Mapping[str, int]:
    """Read a number, for everybody, or a table of numbers by role."""
    found: object = table.values.get("alone_percent_max", 0)
    if isinstance(found, dict):
        return _by_role(table, "alone_percent_max", (EVERYBODY,))
    return {EVERYBODY: _percent(table, "alone_percent_max", 0)}


def _approvers(table: Table, most: int) -> Mapping[str, int]:
    """Read a list of roles, each up to the row's most, or a table of numbers by role."""
    if isinstance(table.values.get("approvers"), dict):
        return _by_role(table, "approvers", ())
    roles = table.texts("approvers")
    for place, role in enumerate(roles):
        if not _ROLE.fullmatch(role):
            raise table.wrong("approvers", f"cannot name {role!r}", '"supervisor": small letters', place)
    return dict.fromkeys(roles, most)


def _by_role(table: Table, key: str, more: Sequence[str]) -> Mapping[str, int]:
    limits = table.table(key)
    assert limits is not None, "seen by the caller"
    for role in limits.values:
        if not _ROLE.fullmatch(role) and role not in more:
            raise limits.wrong(role, "is no role", '"supervisor": small letters')
    return {role: _percent(limits, role) for role in limits.values}


def _percent(table: Table, key: str, default: int | None = None) -> int:
    percent = table.number(key, default)
    if percent > 100:
        raise table.wrong(key, "is more than everything", _PERCENT)
    return percent
