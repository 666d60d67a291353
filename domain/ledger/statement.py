"""What is owed on a day, with where every cent comes from.

Interest is derived here, when somebody reads; it is posted as a charge with the reason `LAW` when it matters. What is
derived is always all of it since default, on what was truly unpaid: a payment that did not stand never lowered the sum,
and what comes late, with an earlier date, counts from that date. So what is yet to be posted corrects what was posted
on other facts, and each sum is rounded once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import days_between, end_of_day, local_day
from domain.case.happened import Happened
from domain.case.ladder_events import HoldPlaced, HoldReleased
from domain.case.record_events import CaseOpened, ObligationAdded
from domain.case.terms_events import TermsRecorded
from domain.case.words import Component, Obligation
from domain.decider import Rejected
from domain.ledger.accrual import Steps, accrue
from domain.ledger.accrued import Pause
from domain.ledger.bearing import Late, bears_until, late_since, pauses
from domain.ledger.book import LawBook
from domain.ledger.fees import compensation
from domain.ledger.journal import journal
from domain.ledger.law import LawPack, Terms
from domain.ledger.rounding import rounded
from domain.ledger.stated import ComponentBalance, ObligationStatement, Statement, StatementLine
from domain.ledger.terms_told import terms_told
from domain.ledger.told import BY_LAW, Told

__all__ = ["BY_LAW", "INTEREST", "statement"]

INTEREST = (Component.INTEREST, Component.LATE_INTEREST)
_TELLS_ITS_DAYS = (TermsRecorded, HoldPlaced, HoldReleased)  # it holds for the days it names, whenever it was recorded


def statement(
    events: Iterable[Happened],
    *,
    at: date,
    pack: LawPack,
    book: LawBook,
    terms: Terms | None = None,
    terms_of: Mapping[str, Terms] | None = None,
) -> Statement:
    """Return what is owed at the end of the local day `at`, from what had happened by then.

    Terms are those that the events tell; `terms_of`, and `terms` for obligations that it has none for, are taken
    instead where they are given. An obligation without any bears nothing. Compensatory interest is derived from the due
    date on; what ran before comes as a charge. Raise `Rejected` CASE_NOT_FOUND where the case was not open yet.
    """
    whole = list(events)
    opened, end = _opened(whole, at)
    zone = opened.time_zone
    history = [event for event in whole if event.at < end or isinstance(event, _TELLS_ITS_DAYS)]
    told = Told(whole, journal(whole, before=end), zone, end)
    owing = _obligations(history)
    agreed_by_all = terms_told(history, owing) if terms is None and terms_of is None else (terms_of or {})
    last, rests = bears_until(history, at, zone), pauses(history, at, zone)
    obligations: list[ObligationStatement] = []
    for owed in owing.values():
        agreed = agreed_by_all.get(owed.obligation_id, terms)
        since = late_since(owed, history, zone, 0 if agreed is None else agreed.grace_days)
        components = _Components(
            told=told, owed=owed, since=since, pack=pack, book=book, terms=agreed, last=last, pauses=rests
        ).all()
        late = max(days_between(since.due_on, at), 0)
        fixed = compensation(pack, agreed or Terms(), currency=opened.currency, days_late=late)
        obligations.append(
            ObligationStatement(
                obligation_id=owed.obligation_id,
                reference=owed.reference,
                due_on=since.due_on,
                days_late=late,
                components=components,
                compensation=fixed if told.was_late(owed.obligation_id, since.due_on) else None,
            )
        )
    return Statement(
        at=at, currency=opened.currency, law=pack.stamp, obligations=tuple(obligations), credit=told.credit
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Components:
    """The components of one obligation."""

    told: Told
    owed: Obligation
    since: Late
    pack: LawPack
    book: LawBook
    terms: Terms | None
    last: date  # that can bear interest
    pauses: Sequence[Pause]

    def all(self) -> tuple[ComponentBalance, ...]:
        """Return those that ever held something, or bear interest now."""
        obligation_id = self.owed.obligation_id
        unpaid = self.told.unpaid(obligation_id, Component.PRINCIPAL)
        posted = self.told.unpaid(obligation_id, *INTEREST)
        found: list[ComponentBalance] = []
        for component in Component:
            lines = tuple(self.told.lines.get((obligation_id, component), ()))
            if self.terms is not None and component in INTEREST:
                balance = self._bearing(component, lines, self.terms, unpaid, posted)
                if lines or (balance.accrual is not None and balance.accrual.tells):
                    found.append(balance)
            elif lines:
                found.append(ComponentBalance(component=component, lines=lines, posted=lines[-1].after))
        return tuple(found)

    def _bearing(
        self, component: Component, lines: tuple[StatementLine, ...], terms: Terms, unpaid: Steps, posted: Steps
    ) -> ComponentBalance:
        """Return a component that bears interest, under terms, on what is unpaid."""
        late = component is Component.LATE_INTEREST  # more time to pay does not end the use of the money
        accrual = accrue(
            unpaid,
            component=component,
            due_on=self.since.bears_after if late else self.owed.due_on,
            until=self.last,
            pack=self.pack,
            book=self.book,
            terms=terms,
            currency=self.owed.principal.currency,
            posted=posted,
            pauses=(*self.pauses, *self.since.pauses) if late else self.pauses,
        )
        return ComponentBalance(
            component=component,
            lines=lines,
            posted=lines[-1].after if lines else 0,
            accrual=accrual,
            accrued=rounded(accrual.exact, self.pack.rounding),
            posted_by_law=self.told.by_law.get((self.owed.obligation_id, component), 0),
        )


def _opened(events: Sequence[Happened], at: date) -> tuple[CaseOpened, datetime]:
    """Return the opening of a case, and the end of a day where it lives; the case must have been open by then."""
    opened = events[0] if events else None
    if not isinstance(opened, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case")
    end = end_of_day(at, opened.time_zone)
    if opened.at >= end:
        accepted = f"{local_day(opened.at, opened.time_zone)} or later"
        raise Rejected("CASE_NOT_FOUND", f"the case was not open on {at}", field="at", accepted=accepted)
    return opened, end


def _obligations(history: Iterable[Happened]) -> Mapping[str, Obligation]:
    found: dict[str, Obligation] = {}
    for event in history:
        if isinstance(event, CaseOpened):
            for terms in event.obligations:
                found.setdefault(terms.obligation_id, terms)
        elif isinstance(event, ObligationAdded):
            found.setdefault(event.obligation.obligation_id, event.obligation)
    return found
