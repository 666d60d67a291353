"""What was agreed and what became of it. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import date

from domain.case.happened import Happened
from domain.case.words import AgreementKind, Installment, Schedule
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMade(Happened):
    promise_id: str
    amount: Money
    due_on: date  # by the end of this day of the case
    grace_days: int  # after it, before the promise is broken
    installments: tuple[Installment, ...] = ()  # where it is paid in parts; `due_on` is the last one's
    tolerance_minor: int = 0  # so much may be missing, and it is kept all the same
    group_id: str = ""  # one promise over several cases of a person


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseKept(Happened):
    promise_id: str
    paid: Money  # what came in for it in time; money counts for one promise only


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisePartlyKept(Happened):
    """The day passed with some of the money in: broken, but not for nothing."""

    promise_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseBroken(Happened):
    promise_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCancelled(Happened):
    promise_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgreed(Happened):
    plan_id: str
    installments: tuple[Installment, ...]
    grace_days: int
    cure_days: int = 0  # after the grace, in which a missed installment may still be made good
    tolerance_minor: int = 0  # so much may be missing on a date
    schedule: Schedule | None = None  # what the installments were computed from
    reward_minor: int = 0  # given up at the end if every date was met


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInArrears(Happened):
    """An installment was missed, and may be made good until the end of `cure_by`."""

    plan_id: str
    missed_on: date  # the installment's
    missing: Money
    cure_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCured(Happened):
    """What was missing came in before its time was up."""

    plan_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCompleted(Happened):
    plan_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDefaulted(Happened):
    """An installment was missed; what came before the plan is in force again."""

    plan_id: str
    missed_on: date  # the installment's
    paid: Money  # what came in since the plan was agreed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCancelled(Happened):
    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementAgreed(Happened):
    """`amount` by `pay_by` settles everything; the rest is forgiven when it is paid."""

    settlement_id: str
    amount: Money
    pay_by: date
    authority: str
    offer_id: str = ""  # the offer that was accepted, if there was one


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFulfilled(Happened):
    settlement_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLapsed(Happened):
    settlement_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementCancelled(Happened):
    settlement_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReopened(Happened):
    """An agreement that had ended is in force again: a payment did not stand, or an earlier one became known late."""

    kind: AgreementKind
    agreement_id: str
    reason: str


PromiseEvent = PromiseMade | PromiseKept | PromisePartlyKept | PromiseBroken | PromiseCancelled
PlanEvent = PlanAgreed | PlanInArrears | PlanCured | PlanCompleted | PlanDefaulted | PlanCancelled
SettlementEvent = SettlementAgreed | SettlementFulfilled | SettlementLapsed | SettlementCancelled
AgreementEvent = PromiseEvent | PlanEvent | SettlementEvent | AgreementReopened
