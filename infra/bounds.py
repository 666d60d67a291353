"""The house's bounds for settlements: those shipped, or those of a folder of one's own in their place.

The law may be added to and never replaced; bounds are the house's own, so a folder of one's own is all there is.
"""

from pathlib import Path

from domain.case.approval_rules import ApprovalRule
from domain.case.bounds import Bound, Bounds
from domain.case.read_approvals import read_approvals
from domain.case.read_bounds import hides, read_bounds
from domain.decider import Rejected
from domain.rule_text.lines import line_of

SHIPPED = Path(__file__).resolve().parent.parent / "agreements"


def load_bounds(folder: Path | None = None) -> Bounds:
    """Return the bounds in the `*.toml` files of `folder`, by name of file; of the shipped folder if none is given.

    Raises `Rejected` RULES_UNREADABLE or RULES_INVALID with file, line and field. A folder without bounds is refused:
    that nothing is given up is said by a row.
    """
    place = SHIPPED if folder is None else folder
    if not place.is_dir():
        raise Rejected("RULES_UNREADABLE", f"no folder {place.name!r}", field="agreements_dir", accepted="a folder")
    rows: list[tuple[Bound, str]] = []
    approvals: list[ApprovalRule] = []
    for file in sorted(place.glob("*.toml")):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            detail = f"{file.name} is not UTF-8"
            raise Rejected("RULES_UNREADABLE", detail, field=file.name, accepted="UTF-8") from error
        for item, row in enumerate(read_bounds(text, file.name)):
            where = f"{file.name}, line {line_of(text, ('bound', item))}: {file.name}/bound/{row.id}"
            _require_of_use(row, file.name, where, rows)
            rows.append((row, file.name))
        for rule in read_approvals(text, file.name):
            if rule.id in {above.id for above in approvals}:
                detail, field = f"{file.name}: {rule.id} is in another file already", f"{file.name}/approval/{rule.id}"
                raise Rejected("RULES_INVALID", detail, field=field, accepted="each id once")
            approvals.append(rule)
    if not rows:
        detail = f"{place.name!r} holds no bounds"
        raise Rejected("RULES_UNREADABLE", detail, field="agreements_dir", accepted="*.toml with [[bound]]")
    return Bounds(rows=tuple(row for row, _ in rows), approvals=tuple(approvals))


def _require_of_use(row: Bound, file: str, where: str, above: list[tuple[Bound, str]]) -> None:
    """Refuse what only several files together have wrong."""
    field = f"{file}/bound/{row.id}"
    for other, place in above:
        if other.id == row.id:
            raise Rejected("RULES_INVALID", f"{where} is in {place} already", field=field, accepted="each id once")
        if place != file and hides(other, row):
            detail = f"{where} is never reached: {other.id} of {place} fits every case of it"
            accepted = "the file with narrower rows first, by name"
            raise Rejected("RULES_INVALID", detail, field=field, accepted=accepted)
