"""What a case's entries say of each component: what was booked on it, and what was truly unpaid on which day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from domain.calendar import local_day
from domain.case.happened import Happened
from domain.case.money_events import PaymentReallocated, PaymentRecorded, PaymentReversed, WaiverReversed
from domain.case.words import Component
from domain.ledger.accrual import Steps
from domain.ledger.journal import Entry, Kind
from domain.ledger.stated import StatementLine

BY_LAW = "LAW"  # the reason of a charge that posts what the law lets accrue
_Key = tuple[str, Component]
_Of = tuple[str, str]  # a payment or a waiver, and its id
_MADE = ("CaseOpened", "ObligationAdded")  # principal was owed before we heard of it
_PAYMENT, _WAIVER = "payment", "waiver"
_OF = {
    "PaymentRecorded": _PAYMENT,
    "PaymentReallocated": _PAYMENT,
    "CreditApplied": _PAYMENT,
    "PaymentReversed": _PAYMENT,
    "AmountWaived": _WAIVER,
    "RewardGranted": _WAIVER,
    "WaiverReversed": _WAIVER,
}


class Told:
    """What the entries of a history say, by obligation and component.

    Lines say what was booked when. Steps say what was unpaid, as it is known now: a payment that did not stand and the
    waiver that was given for it lowered nothing, and one whose parts were worked out again paid those parts on its day.
    """

    def __init__(self, history: Sequence[Happened], entries: Iterable[Entry], zone: str, before: datetime) -> None:
        self.lines: dict[_Key, list[StatementLine]] = {}
        self.by_law: dict[_Key, int] = {}
        self.credit = 0
        self._steps: dict[_Key, list[tuple[date, int]]] = {}
        self._zone = zone
        self._sums: dict[_Key, int] = {}
        visible = [(number, event) for number, event in enumerate(history, start=1) if event.at < before]
        voided = _voided(event for _, event in visible)
        again = self._again(visible, voided)
        for entry in entries:
            of = (_OF.get(entry.event, ""), entry.reference)
            self._book(entry, of not in voided and entry.number > again.get(of, 0))

    def unpaid(self, obligation_id: str, *components: Component) -> Steps:
        """Return what was unpaid at the end of each day on which it changed, as it is known now."""
        moved = sorted(move for each in components for move in self._steps.get((obligation_id, each), ()))
        sums: dict[date, int] = {}
        whole = 0
        for day, minor in moved:
            whole += minor
            sums[day] = whole
        return list(sums.items())

    def was_late(self, obligation_id: str, due_on: date) -> bool:
        """Return whether principal was unpaid at the end of a due date."""
        steps = [minor for day, minor in self.unpaid(obligation_id, Component.PRINCIPAL) if day <= due_on]
        return bool(steps) and steps[-1] > 0

    def _book(self, entry: Entry, stands: bool) -> None:
        day = date.min if entry.event in _MADE else local_day(entry.at, self._zone)
        by_law = entry.event == "ChargeAdded" and entry.reason == BY_LAW
        for posting in entry.postings:
            account, minor = posting.account, posting.minor
            if account.kind is Kind.CREDIT:
                self.credit -= minor
            if account.kind is not Kind.RECEIVABLE or account.component is None:
                continue
            key = (account.obligation_id, account.component)
            after = self._sums[key] = self._sums.get(key, 0) + minor
            self.lines.setdefault(key, []).append(_line(entry, minor, after))
            if stands:
                self._steps.setdefault(key, []).append((day, minor))
            if by_law:
                self.by_law[key] = self.by_law.get(key, 0) + minor

    def _again(self, visible: Iterable[tuple[int, Happened]], voided: frozenset[_Of]) -> Mapping[_Of, int]:
        """Take down what payments pay whose parts were worked out again, and return which event said so last."""
        days: dict[str, date] = {}
        found: dict[_Of, tuple[int, PaymentReallocated]] = {}
        for number, event in visible:
            if isinstance(event, PaymentRecorded):
                days[event.payment_id] = local_day(event.at, self._zone)
            elif isinstance(event, PaymentReallocated) and event.payment_id in days:
                found[_PAYMENT, event.payment_id] = (number, event)
        for of, (_, event) in found.items():
            for part in () if of in voided else event.parts:
                steps = self._steps.setdefault((part.obligation_id, part.component), [])
                steps.append((days[event.payment_id], -part.minor))
        return {of: number for of, (number, _) in found.items()}


def _voided(history: Iterable[Happened]) -> frozenset[_Of]:
    """Return the payments that did not stand and the waivers that were given for them."""
    found: set[_Of] = set()
    for event in history:
        if isinstance(event, PaymentReversed):
            found.add((_PAYMENT, event.payment_id))
        elif isinstance(event, WaiverReversed):
            found.add((_WAIVER, event.waiver_id))
    return frozenset(found)


def _line(entry: Entry, minor: int, after: int) -> StatementLine:
    return StatementLine(
        number=entry.number,
        at=entry.at,
        event=entry.event,
        reference=entry.reference,
        reason=entry.reason,
        period=entry.period,
        minor=minor,
        after=after,
    )
