"""What may be asked about money."""

from dataclasses import dataclass

from domain.case.asked import Asked
from domain.case.words import Component
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(Asked):
    payment_id: str
    amount: Money
    method: str = "TRANSFER"
    obligation_id: str = ""  # the debtor's choice among debts; empty: oldest due first


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment(Asked):
    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCharge(Asked):
    charge_id: str
    obligation_id: str
    component: Component
    amount: Money
    reason: str
    period: str = ""
    unit_value: str = ""  # where the law caps fees in a unit (UF): what one is worth that day, decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(Asked):
    waiver_id: str
    amount: Money
    reason: str
    authority: str
    obligation_id: str = ""  # empty: oldest due first
    component: Component | None = None  # None: fees, costs, interest, principal in this order


MoneyCommand = RecordPayment | ReversePayment | AddCharge | Waive
