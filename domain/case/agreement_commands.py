"""What may be agreed, and called off."""

from dataclasses import dataclass
from datetime import date

from domain.case.asked import Asked
from domain.case.words import Installment
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise(Asked):
    promise_id: str
    amount: Money
    due_on: date
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPromise(Asked):
    promise_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePlan(Asked):
    plan_id: str
    installments: tuple[Installment, ...]
    grace_days: int = 0


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
