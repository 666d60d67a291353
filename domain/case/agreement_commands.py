"""What may be agreed, and called off."""

from dataclasses import dataclass
from datetime import date

from domain.case.asked import Asked
from domain.case.words import Installment, Schedule
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise(Asked):
    promise_id: str
    amount: Money
    due_on: date
    grace_days: int = 0
    installments: tuple[Installment, ...] = ()  # their sum is `amount`, their last day `due_on`
    tolerance_minor: int = 0
    group_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPromise(Asked):
    promise_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePlan(Asked):
    plan_id: str
    installments: tuple[Installment, ...] = ()
    grace_days: int = 0
    cure_days: int = 0
    tolerance_minor: int = 0
    schedule: Schedule | None = None  # instead of installments: they are computed
    reward_minor: int = 0
    currency: str = ""  # of the sums in minor units, where the caller gave one; must be the case's


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPlan(Asked):
    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeSettlement(Asked):
    settlement_id: str
    amount: Money
    pay_by: date
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSettlement(Asked):
    settlement_id: str
    reason: str


PromiseCommand = MakePromise | CancelPromise
PlanCommand = AgreePlan | CancelPlan
SettlementCommand = AgreeSettlement | CancelSettlement
