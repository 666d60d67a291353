"""What is owed on a day, with where every cent comes from.

Interest is derived here, when somebody reads; it is posted as a charge with the reason `LAW` when it matters. What is
derived is always all of it since default, on what was truly unpaid: a payment that did not stand never lowered the sum,
and what comes late, with an earlier date, counts from that date. So what is yet to be posted corrects what was posted
on other facts, and each sum is rounded once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import days_between, end_of_day, local_day
from domain.case.events import (
    CaseClosed,
    CaseEvent,
    CaseOpened,
    CaseReopened,
    HoldPlaced,
    HoldReleased,
    ObligationAdded,
    PaymentReversed,
    WaiverReversed,
)
from domain.case.words import Component, HoldReason, Obligation
from domain.decider import Rejected
from domain.ledger.accrual import Steps, accrue
from domain.ledger.accrued import Pause
from domain.ledger.book import LawBook
from domain.ledger.fees import compensation
from domain.ledger.journal import Entry, Kind, journal
from domain.ledger.law import LawPack, Terms
from domain.ledger.rounding import rounded
from domain.ledger.stated import ComponentBalance, ObligationStatement, Statement, StatementLine

BY_LAW = "LAW"  # the reason of a charge that posts what the law lets accrue
STOPS_INTEREST = frozenset((HoldReason.MORATORIUM,))  # other holds stop us, not the law
INTEREST = (Component.INTEREST, Component.LATE_INTEREST)
_DAY = timedelta(days=1)
_Key = tuple[str, Component]


def statement(
    events: Iterable[CaseEvent],
    *,
    at: date,
    pack: LawPack,
    book: LawBook,
    terms: Terms | None = None,
    terms_of: Mapping[str, Terms] | None = None,
) -> Statement:
    """Return what is owed at the end of the local day `at`, from what had happened by then.

    `terms` hold for every obligation that `terms_of` has none for. Compensatory interest is derived from the due date
    on; what ran before comes as a charge. Raise `Rejected` CASE_NOT_FOUND where the case was not open yet.
    """
    whole = list(events)
    opened, end = _opened(whole, at)
    history = [event for event in whole if event.at < end]
    entries = journal(whole, before=end)
    told = _Told(entries, opened.time_zone, _voided(history))
    last = _bears_until(history, at, opened.time_zone)
    pauses = _pauses(history, at, opened.time_zone)
    obligations: list[ObligationStatement] = []
    for owed in _obligations(history).values():
        agreed = (terms_of or {}).get(owed.obligation_id, terms) or Terms()
        components = _Components(
            told=told, owed=owed, pack=pack, book=book, terms=agreed, last=last, pauses=pauses
        ).all()
        late = max(days_between(owed.due_on, at), 0)
        fixed = compensation(pack, agreed, currency=opened.currency, days_late=late)
        obligations.append(
            ObligationStatement(
                obligation_id=owed.obligation_id,
                reference=owed.reference,
                due_on=owed.due_on,
                days_late=late,
                components=components,
                compensation=fixed if told.was_late(owed) else None,
            )
        )
    return Statement(
        at=at, currency=opened.currency, law=pack.stamp, obligations=tuple(obligations), credit=told.credit
    )


class _Told:
    """What the entries say, by obligation and component."""

    def __init__(self, entries: Sequence[Entry], zone: str, voided: frozenset[tuple[str, str]]) -> None:
        self.lines: dict[_Key, list[StatementLine]] = {}
        self.by_law: dict[_Key, int] = {}
        self.credit = 0
        self._steps: dict[_Key, list[tuple[date, int]]] = {}
        sums: dict[_Key, int] = {}
        for entry in entries:
            day = local_day(entry.at, zone)
            stands = (_OF.get(entry.event, ""), entry.reference) not in voided
            for posting in entry.postings:
                account, minor = posting.account, posting.minor
                if account.kind is Kind.CREDIT:
                    self.credit -= minor
                if account.kind is not Kind.RECEIVABLE or account.component is None:
                    continue
                key = (account.obligation_id, account.component)
                after = sums[key] = sums.get(key, 0) + minor
                self.lines.setdefault(key, []).append(_line(entry, minor, after))
                if stands:
                    self._steps.setdefault(key, []).append((date.min if entry.event in _MADE else day, minor))
                if entry.event == "ChargeAdded" and entry.reason == BY_LAW:
                    self.by_law[key] = self.by_law.get(key, 0) + minor

    def unpaid(self, obligation_id: str, *components: Component) -> Steps:
        """Return what was unpaid at the end of each day on which it changed, as it is known now."""
        moved = sorted(move for each in components for move in self._steps.get((obligation_id, each), ()))
        sums: dict[date, int] = {}
        whole = 0
        for day, minor in moved:
            whole += minor
            sums[day] = whole
        return list(sums.items())

    def was_late(self, owed: Obligation) -> bool:
        """Return whether principal was unpaid at the end of its due date."""
        steps = [minor for day, minor in self.unpaid(owed.obligation_id, Component.PRINCIPAL) if day <= owed.due_on]
        return bool(steps) and steps[-1] > 0


_MADE = ("CaseOpened", "ObligationAdded")  # principal was owed before we heard of it
_PAYMENT, _WAIVER = "payment", "waiver"
_OF = {
    "PaymentRecorded": _PAYMENT,
    "CreditApplied": _PAYMENT,
    "PaymentReversed": _PAYMENT,
    "AmountWaived": _WAIVER,
    "WaiverReversed": _WAIVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Components:
    """The components of one obligation."""

    told: _Told
    owed: Obligation
    pack: LawPack
    book: LawBook
    terms: Terms
    last: date  # that can bear interest
    pauses: Sequence[Pause]

    def all(self) -> tuple[ComponentBalance, ...]:
        """Return those that ever held something, or bear interest now."""
        found = (self._balance(component) for component in Component)
        return tuple([each for each in found if each.lines or (each.accrual is not None and each.accrual.tells)])

    def _balance(self, component: Component) -> ComponentBalance:
        told, obligation_id = self.told, self.owed.obligation_id
        key = (obligation_id, component)
        lines = tuple(told.lines.get(key, ()))
        posted = lines[-1].after if lines else 0
        if component not in INTEREST:
            return ComponentBalance(component=component, lines=lines, posted=posted)
        accrual = accrue(
            told.unpaid(obligation_id, Component.PRINCIPAL),
            component=component,
            due_on=self.owed.due_on,
            until=self.last,
            pack=self.pack,
            book=self.book,
            terms=self.terms,
            currency=self.owed.principal.currency,
            posted=told.unpaid(obligation_id, *INTEREST),
            pauses=self.pauses,
        )
        return ComponentBalance(
            component=component,
            lines=lines,
            posted=posted,
            accrual=accrual,
            accrued=rounded(accrual.exact, self.pack.rounding),
            posted_by_law=told.by_law.get(key, 0),
        )


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


def _opened(events: Sequence[CaseEvent], at: date) -> tuple[CaseOpened, datetime]:
    """Return the opening of a case, and the end of a day where it lives; the case must have been open by then."""
    opened = events[0] if events else None
    if not isinstance(opened, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case")
    end = end_of_day(at, opened.time_zone)
    if opened.at >= end:
        accepted = f"{local_day(opened.at, opened.time_zone)} or later"
        raise Rejected("CASE_NOT_FOUND", f"the case was not open on {at}", field="at", accepted=accepted)
    return opened, end


def _obligations(history: Iterable[CaseEvent]) -> Mapping[str, Obligation]:
    found: dict[str, Obligation] = {}
    for event in history:
        if isinstance(event, CaseOpened):
            for terms in event.obligations:
                found.setdefault(terms.obligation_id, terms)
        elif isinstance(event, ObligationAdded):
            found.setdefault(event.obligation.obligation_id, event.obligation)
    return found


def _voided(history: Sequence[CaseEvent]) -> frozenset[tuple[str, str]]:
    """Return the payments that did not stand and the waivers that were given for them."""
    payments = {(_PAYMENT, event.payment_id) for event in history if isinstance(event, PaymentReversed)}
    return frozenset(payments | {(_WAIVER, event.waiver_id) for event in history if isinstance(event, WaiverReversed)})


def _bears_until(history: Iterable[CaseEvent], at: date, zone: str) -> date:
    """Return the last day that can bear interest: a closed case bears none. One that was reopened was never closed."""
    closed: date | None = None
    for event in history:
        if isinstance(event, CaseClosed):
            closed = local_day(event.at, zone)
        elif isinstance(event, CaseReopened):
            closed = None
    return at if closed is None else min(at, closed)


def _pauses(history: Iterable[CaseEvent], at: date, zone: str) -> tuple[Pause, ...]:
    """Return the days that bear no interest by law: from the day a hold begins to the one before the day it ends."""
    released = {event.hold_id: event.at for event in history if isinstance(event, HoldReleased)}
    found: list[Pause] = []
    for event in history:
        if isinstance(event, HoldPlaced) and event.reason in STOPS_INTEREST:
            ends = [each for each in (event.until, released.get(event.hold_id)) if each is not None]
            first = local_day(event.from_at, zone)
            last = local_day(min(ends), zone) - _DAY if ends else at
            if last >= first:
                found.append(Pause(first=first, last=last, reason=event.reason))
    return tuple(found)
