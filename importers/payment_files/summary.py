"""The closing summary of a file: what was read, and which of the file's own control totals do not hold."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from domain.money import Money
from importers.payment_files.entry import Item, Notice, NoticeKind, Standing

MISMATCHES_KEPT = 1000


class ControlKind(StrEnum):
    """Which total a file states about itself."""

    CLOSING_BALANCE = "CLOSING_BALANCE"  # opening balance + booked entries
    BATCH_SUM = "BATCH_SUM"
    BATCH_COUNT = "BATCH_COUNT"
    ENTRIES_SUM = "ENTRIES_SUM"
    ENTRIES_COUNT = "ENTRIES_COUNT"
    LINES_COUNT = "LINES_COUNT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A total that the file states and its content does not give."""

    control: ControlKind
    place: str
    stated: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.control} is stated as {self.stated}, found {self.found}"


@dataclass(slots=True)
class Totals:
    """Booked entries of one currency, in minor units."""

    entries: int = 0
    came_in: int = 0
    went_out: int = 0


@dataclass(slots=True)
class Summary:
    """Filled while a file is read; `complete` once its last byte was understood."""

    file: str
    complete: bool = False
    entries: int = 0
    statements: int = 0
    by_standing: Counter[Standing] = field(default_factory=Counter)
    totals: dict[str, Totals] = field(default_factory=dict)
    notices: Counter[NoticeKind] = field(default_factory=Counter)
    records_skipped: Counter[str] = field(default_factory=Counter)
    controls_checked: int = 0
    controls_failed: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)  # the first `MISMATCHES_KEPT`

    def count(self, item: Item) -> None:
        """Count one entry or notice."""
        if isinstance(item, Notice):
            self.notices[item.kind] += 1
            return
        self.entries += 1
        self.by_standing[item.standing] += 1
        if item.standing is not Standing.BOOKED:
            return
        amount = item.amount
        totals = self.totals.get(amount.currency)
        if totals is None:
            totals = self.totals[amount.currency] = Totals()
        totals.entries += 1
        if amount.minor < 0:
            totals.went_out -= amount.minor
        else:
            totals.came_in += amount.minor

    def check(self, control: ControlKind, *, place: str, stated: Money | int, found: Money | int) -> bool:
        """Compare a control total; one that does not hold is kept in `mismatches`."""
        if stated == found:
            self.controls_checked += 1
            return True
        self.disagree(control, place=place, stated=str(stated), found=str(found))
        return False

    def disagree(self, control: ControlKind, *, place: str, stated: str, found: str) -> None:
        """Record a control total that does not hold."""
        self.controls_checked += 1
        self.controls_failed += 1
        if len(self.mismatches) < MISMATCHES_KEPT:
            self.mismatches.append(Mismatch(control=control, place=place, stated=stated, found=found))
