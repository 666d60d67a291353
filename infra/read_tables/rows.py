"""Records to rows and back. Columns are called like the fields of records, so one JSON parameter carries a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Final

import msgspec

from application.queue_ports import EntryRow
from application.read_ports import CaseRow, Points, WorkItem
from projections.ports import CaseImage, CaseReference, EntryEnd, PersonCase

CASE_COLUMNS: Final = tuple(field.name for field in fields(CaseRow))
PERSON_COLUMNS: Final = tuple(field.name for field in fields(PersonCase))
REFERENCE_COLUMNS: Final = tuple(field.name for field in fields(CaseReference))
ENTRY_COLUMNS: Final = tuple(field.name for field in fields(EntryRow))
END_COLUMNS: Final = tuple(field.name for field in fields(EntryEnd))
_PLAIN_WORK: Final = tuple(field.name for field in fields(WorkItem) if field.name != "points")
WORK_COLUMNS: Final = (*_PLAIN_WORK, "points_balance", "points_stage", "points_kind")

_encode = msgspec.json.Encoder().encode


def case_rows_json(images: Iterable[CaseImage]) -> str:
    """Return the rows of `case_summary` as one JSON array."""
    return _encode([image.row for image in images]).decode()


def person_rows_json(images: Iterable[CaseImage]) -> str:
    """Return the rows of `person_cases` as one JSON array."""
    return _encode([bound for image in images for bound in image.people]).decode()


def work_rows_json(images: Iterable[CaseImage]) -> str | None:
    """Return the rows of `worklist` as one JSON array; None if there are none."""
    rows = [_work_row(item) for image in images for item in image.work]
    return _encode(rows).decode() if rows else None


def _work_row(item: WorkItem) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(item, name) for name in _PLAIN_WORK}
    points = item.points
    row["points_balance"], row["points_stage"], row["points_kind"] = points.balance, points.stage, points.kind
    return row


def case_row(values: Sequence[Any]) -> CaseRow:
    """Return the record of one row of `case_summary`, selected in the order of `CASE_COLUMNS`."""
    return msgspec.convert(dict(zip(CASE_COLUMNS, values, strict=True)), CaseRow)


def work_item(values: Sequence[Any], lateness: int = 0) -> WorkItem:
    """Return the record of one row of `worklist`, selected in the order of `WORK_COLUMNS`."""
    row = dict(zip(WORK_COLUMNS, values, strict=True))
    balance, stage, kind = (row.pop(name) for name in ("points_balance", "points_stage", "points_kind"))
    row["points"] = Points(balance=balance, stage=stage, kind=kind, lateness=lateness)
    return msgspec.convert(row, WorkItem)


def person_case(values: Sequence[Any]) -> PersonCase:
    """Return the record of one row of `person_cases`, selected in the order of `PERSON_COLUMNS`."""
    return msgspec.convert(dict(zip(PERSON_COLUMNS, values, strict=True)), PersonCase)


def reference_rows_json(images: Iterable[CaseImage]) -> str:
    """Return the rows of `case_references` as one JSON array."""
    return _encode([named for image in images for named in image.references]).decode()


def case_reference(values: Sequence[Any]) -> CaseReference:
    """Return the record of one row of `case_references`, selected in the order of `REFERENCE_COLUMNS`."""
    return msgspec.convert(dict(zip(REFERENCE_COLUMNS, values, strict=True)), CaseReference)


def entry_rows_json(rows: Sequence[EntryRow] | Sequence[EntryEnd]) -> str:
    """Return rows of `queued_entries`, or what became of them, as one JSON array."""
    return _encode(rows).decode()


def entry_row(values: Sequence[Any]) -> EntryRow:
    """Return the record of one row of `queued_entries`, selected in the order of `ENTRY_COLUMNS`."""
    return msgspec.convert(dict(zip(ENTRY_COLUMNS, values, strict=True)), EntryRow)
