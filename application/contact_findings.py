"""What an audit has found so far: every finding counted, the first ones kept."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from application.contact_audit import KEPT_MAX, ContactAudit, HolidayChanged, Late, Violation

T = TypeVar("T")


class Findings:
    """Findings of the three kinds."""

    def __init__(self) -> None:
        self._violations: _Kept[Violation] = _Kept()
        self._late: _Kept[Late] = _Kept()
        self._holidays: _Kept[HolidayChanged] = _Kept()

    def violation(self, found: Violation) -> None:
        """Keep a permit that does not stand up."""
        self._violations.add(found)

    def late(self, found: Iterable[Late]) -> None:
        """Keep contacts that should not have happened."""
        for each in found:
            self._late.add(each)

    def holiday(self, found: HolidayChanged) -> None:
        """Keep a permit on a day that has become, or ceased to be, a holiday."""
        self._holidays.add(found)

    def audit(
        self, *, upto: int, counts: Mapping[str, int], never_made: int, not_asked: tuple[tuple[str, int], ...]
    ) -> ContactAudit:
        """Return all of it."""
        return ContactAudit(
            upto=upto,
            events=counts["events"],
            permits=counts["permits"],
            judged=counts["judged"],
            before_rules=counts["before_rules"],
            never_made=never_made,
            refusals=counts["refusals"],
            logged=counts["logged"],
            violations=tuple(self._violations.first),
            violations_total=self._violations.total,
            late=tuple(self._late.first),
            late_total=self._late.total,
            holidays_changed=tuple(self._holidays.first),
            holidays_changed_total=self._holidays.total,
            not_asked=not_asked,
        )


class _Kept(Generic[T]):
    def __init__(self) -> None:
        self.first: list[T] = []
        self.total = 0

    def add(self, found: T) -> None:
        self.total += 1
        if len(self.first) < KEPT_MAX:
            self.first.append(found)
