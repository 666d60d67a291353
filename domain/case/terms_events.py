"""On what terms the debt is owed. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import date

from domain.case.happened import Happened
from domain.case.words import AgreedRate, Component
from domain.ledger.words import DayCount, Nature, Quoted
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRecorded(Happened):
    """What kind of claim it is and what was agreed on interest. Without it nothing accrues.

    It holds since the obligation fell due, whenever it becomes known; the last one recorded for an obligation counts.
    """

    terms_id: str
    obligation_ids: tuple[str, ...]  # (): all of the case, also those added later
    nature: Nature | None
    rates: tuple[AgreedRate, ...] = ()
    quoted: Quoted = Quoted.NOMINAL  # what the agreed rates mean
    day_count: DayCount | None = None  # agreed; None: the law's
    grace_days: int = 0  # agreed days after the due date that bear no interest
    source: str = ""  # the document that says so


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConsented(Happened):
    """The creditor's word that payments go by another order than the law's, from now on or for one payment."""

    consent_id: str
    order: tuple[Component, ...]  # every component once
    given_by: str  # "role:id" of who speaks for the creditor
    reason: str
    payment_id: str = ""  # the one payment it is for; empty: all that come after it
    ended: bool = False  # takes an earlier consent of this id back


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateExtended(Happened):
    """The creditor gave more time (prórroga): the obligation is due on another day, and late only after it."""

    extension_id: str
    obligation_id: str
    due_on: date
    previous_due_on: date
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAdvanced(Happened):
    """The creditor paid for collecting: a court fee, a notary. What may be recovered is charged beside it."""

    cost_id: str
    obligation_id: str
    amount: Money
    kind: str  # COURT_FEE, LAWYER, NOTARY, EXPERT ...
    recoverable: bool
    proof: str  # reference of the receipt


TermsEvent = TermsRecorded | OrderConsented | DueDateExtended | CostAdvanced
