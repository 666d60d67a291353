"""The limitation clocks of a case, and what follows from them: what is barred, and whether it may be sued on. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.calendar import local_day
from domain.case.limitation_events import LimitationInterrupted, LimitationSuspended, TimeBarPleaded
from domain.case.state import Case, Debt
from domain.case.terms_events import DueDateExtended
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.law import LawPack
from domain.ledger.words import Interruption
from domain.limitation.clock import Clock, clock
from domain.limitation.happened import Act, Extension, Suspension
from domain.limitation.rules import rules_for
from domain.limitation.words import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtLimitation:
    """The clocks of one debt: one for each action that the law knows for its instrument."""

    obligation_id: str
    reference: str
    instrument: str
    owed: bool
    pleaded: bool  # the debtor pleads that it is barred, and nothing has answered that since
    clocks: tuple[Clock, ...]  # (): no law that we know limits it

    @property
    def ended(self) -> bool:
        """Return whether no action is left."""
        return bool(self.clocks) and all(each.standing is Standing.ENDED for each in self.clocks)

    @property
    def barred(self) -> bool:
        """Return whether no action is left, or the debtor says so."""
        return self.ended or self.pleaded


def law_of(case: Case, laws: LawBook, on: date) -> LawPack | None:
    """Return the law pack of the place that a case belongs to; None where nobody wrote one."""
    try:
        return laws.of_place(case.country, on)
    except Rejected:
        return None


def limitation_of(case: Case, laws: LawBook, on: date, *, owed_only: bool = False) -> tuple[DebtLimitation, ...]:
    """Return the clocks of every debt of a case as they show on a day of its place, on what is known now."""
    pack = law_of(case, laws, on)
    return tuple(
        _of_debt(case, debt, pack, on) for debt in case.ledger.debts.values() if debt.balance > 0 or not owed_only
    )


def time_barred(case: Case, laws: LawBook, on: date) -> bool:
    """Return whether anything that is still owed is barred: who speaks of the case speaks of that too."""
    return any(each.barred for each in limitation_of(case, laws, on, owed_only=True))


def suit_barred(case: Case, laws: LawBook, on: date) -> str:
    """Say, in one English sentence, why nothing that is owed may be sued on; "" where something may.

    What the debtor pleads to be barred may not. What is barred and not pleaded may, unless the law forbids that.
    """
    owed = limitation_of(case, laws, on, owed_only=True)
    bar = laws.suit_bar(case.country, on)
    if not owed or not all(each.pleaded or (bar is not None and each.ended) for each in owed):
        return ""
    if bar is None or all(each.pleaded for each in owed):
        return "The debtor pleads that the debt is time-barred."
    return f"The debt is time-barred, and {bar.cite} forbids to sue for it."


def original_due_on(case: Case, debt: Debt) -> date:
    """Return the day on which a debt fell due as it was first agreed, before any extension."""
    return next((each.previous_due_on for each in _extensions(case, debt)), debt.terms.due_on)


def due_on_at(case: Case, debt: Debt, day: date) -> date:
    """Return the day on which a debt is due, as it was agreed by the end of a day."""
    given = (each.due_on for each in _extensions(case, debt) if local_day(each.at, case.time_zone) <= day)
    return max((original_due_on(case, debt), *given))


def _of_debt(case: Case, debt: Debt, pack: LawPack | None, on: date) -> DebtLimitation:
    terms = debt.terms
    acts = tuple(_acts(case, terms.obligation_id))
    extensions = tuple(
        Extension(on=local_day(each.at, case.time_zone), due_on=each.due_on, reference=each.extension_id)
        for each in _extensions(case, debt)
    )
    suspensions = tuple(
        Suspension(first=each.first, last=each.last, reference=each.suspension_id)
        for each in case.limitation
        if isinstance(each, LimitationSuspended) and _concerns(each.obligation_ids, terms.obligation_id)
    )
    clocks = tuple(
        clock(
            rule,
            due_on=original_due_on(case, debt),
            on=on,
            acts=acts,
            extensions=extensions,
            suspensions=suspensions,
        )
        for rule in (rules_for(pack, terms.instrument) if pack else ())
    )
    return DebtLimitation(
        obligation_id=terms.obligation_id,
        reference=terms.reference,
        instrument=terms.instrument,
        owed=debt.balance > 0,
        pleaded=_pleaded(case, terms.obligation_id, clocks),
        clocks=clocks,
    )


def _acts(case: Case, obligation_id: str) -> Iterator[Act]:
    for event in case.limitation:
        if isinstance(event, LimitationInterrupted) and _concerns(event.obligation_ids, obligation_id):
            yield Act(kind=event.kind, on=event.on, reference=event.interruption_id, proof=event.proof)
    for payment_id, payment in case.ledger.payments.items():
        if any(part.obligation_id == obligation_id and part.minor > 0 for part in payment.parts):
            yield Act(
                kind=Interruption.PAYMENT,
                on=local_day(payment.at, case.time_zone),
                reference=payment_id,
                reversed=payment.reversed,
            )


def _extensions(case: Case, debt: Debt) -> Iterator[DueDateExtended]:
    for event in case.money_told:
        if isinstance(event, DueDateExtended) and event.obligation_id == debt.terms.obligation_id:
            yield event


def _pleaded(case: Case, obligation_id: str, clocks: tuple[Clock, ...]) -> bool:
    """Return whether the debtor's last plea stands: what became known later may prove that the clock still runs."""
    pleaded = False
    for event in case.limitation:
        match event:
            case TimeBarPleaded() if _concerns(event.obligation_ids, obligation_id):
                pleaded = True
            case LimitationInterrupted() if pleaded and _runs_by(event.interruption_id, clocks):
                pleaded = False
            case _:
                pass
    return pleaded


def _runs_by(interruption_id: str, clocks: tuple[Clock, ...]) -> bool:
    return any(
        each.standing is Standing.RUNNING
        and any(isinstance(one.what, Act) and one.what.reference == interruption_id for one in each.counted)
        for each in clocks
    )


def _concerns(obligation_ids: tuple[str, ...], obligation_id: str) -> bool:
    return not obligation_ids or obligation_id in obligation_ids
