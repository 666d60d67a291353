"""The house's bounds for settlements, and when it takes two: as shipped, or of a folder of one's own instead.

The law may be added to and never replaced; bounds are the house's own, so a folder of one's own is all there is.
"""

from pathlib import Path

from domain.case.approval_rules import ApprovalRule
from domain.case.bounds import Bound, Bounds
from domain.case.read_bounds import hides, read_bounds
from domain.decider import Rejected
from domain.person.approval_rules import PersonRule, PersonRules
from domain.read_approvals import read_approvals
from domain.rule_text.lines import line_of
from infra.rule_folder import texts_in

SHIPPED = Path(__file__).resolve().parent.parent / "agreements"


def load_bounds(folder: Path | None = None) -> Bounds:
    """Return the bounds in the `*.toml` files of `folder`, by name of file; of the shipped folder if none is given.

    Raises `Rejected` RULES_UNREADABLE or RULES_INVALID with file, line and field. A folder without bounds is refused:
    that nothing is given up is said by a row.
    """
    return _load(folder)[0]


def load_person_rules(folder: Path | None = None) -> PersonRules:
    """Return what of people takes a second person, from the same files; raise as `load_bounds` does."""
    return _load(folder)[1]


def _load(folder: Path | None) -> tuple[Bounds, PersonRules]:
    place = SHIPPED if folder is None else folder
    rows: list[tuple[Bound, str]] = []
    approvals: list[ApprovalRule] = []
    persons: list[PersonRule] = []
    known = set[str]()
    for file, text in texts_in(place, setting="agreements_dir"):
        for item, row in enumerate(read_bounds(text, file)):
            where = f"{file}, line {line_of(text, ('bound', item))}: {file}/bound/{row.id}"
            _require_of_use(row, file, where, rows)
            rows.append((row, file))
        found = read_approvals(text, file)
        for rule_id in found.ids:
            if rule_id in known:
                detail, field = f"{file}: {rule_id} is in another file already", f"{file}/approval/{rule_id}"
                raise Rejected("RULES_INVALID", detail, field=field, accepted="each id once")
        known.update(found.ids)
        approvals += found.cases
        persons += found.persons
    if not rows:
        detail = f"{place.name!r} holds no bounds"
        raise Rejected("RULES_UNREADABLE", detail, field="agreements_dir", accepted="*.toml with [[bound]]")
    return Bounds(rows=tuple(row for row, _ in rows), approvals=tuple(approvals)), tuple(persons)


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
