"""What happens to what was agreed: promises, plans, settlements."""

from datetime import datetime
from typing import Any, assert_never

from domain.case.agreement_events import (
    AgreementEvent,
    AgreementReopened,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanCured,
    PlanDefaulted,
    PlanInArrears,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
)
from domain.case.best_offer import footing_of
from domain.case.owned import told, writable
from domain.case.state import Agreed, Case, Plan, Promise, Settlement
from domain.case.words import AgreementKind
from domain.decider import changed, made


def agreement_happened(case: Case, event: AgreementEvent) -> None:
    match event:
        case PromiseMade():
            promise = made(
                Promise,
                amount=event.amount,
                due_on=event.due_on,
                grace_days=event.grace_days,
                made_at=event.at,
                installments=event.installments,
                tolerance_minor=event.tolerance_minor,
                group_id=event.group_id,
            )
            writable(case.promises)[event.promise_id] = promise
        case PromiseKept(promise_id=promise_id, at=at):
            _promise(case, promise_id, Agreed.KEPT, at)
        case PromisePartlyKept(promise_id=promise_id, at=at):
            _promise(case, promise_id, Agreed.PARTLY_KEPT, at)
        case PromiseBroken(promise_id=promise_id, at=at):
            _promise(case, promise_id, Agreed.BROKEN, at)
        case PromiseCancelled(promise_id=promise_id, at=at):
            _promise(case, promise_id, Agreed.CANCELLED, at)
        case PlanAgreed():
            told(case, event)
            _plan_agreed(case, event)
        case PlanInArrears(plan_id=plan_id):
            _arrears(case, plan_id, missed_on=event.missed_on, cure_by=event.cure_by, ever_missed=True)
        case PlanCured(plan_id=plan_id):
            _arrears(case, plan_id, missed_on=None, cure_by=None)
        case PlanCompleted(plan_id=plan_id, at=at):
            told(case, event)
            _plan(case, plan_id, Agreed.KEPT, at)
        case PlanDefaulted(plan_id=plan_id, at=at):
            told(case, event)
            _plan(case, plan_id, Agreed.BROKEN, at)
        case PlanCancelled(plan_id=plan_id, at=at):
            told(case, event)
            _plan(case, plan_id, Agreed.CANCELLED, at)
        case SettlementAgreed():
            writable(case.settlements)[event.settlement_id] = made(
                Settlement,
                amount=event.amount,
                pay_by=event.pay_by,
                agreed_at=event.at,
                footing=footing_of(case),
            )
        case SettlementFulfilled(settlement_id=settlement_id, at=at):
            _settlement(case, settlement_id, Agreed.KEPT, at)
        case SettlementLapsed(settlement_id=settlement_id, at=at):
            _settlement(case, settlement_id, Agreed.BROKEN, at)
        case SettlementCancelled(settlement_id=settlement_id, at=at):
            _settlement(case, settlement_id, Agreed.CANCELLED, at)
        case AgreementReopened():
            _reopened(case, event)
        case _:
            assert_never(event)


def _plan_agreed(case: Case, event: PlanAgreed) -> None:
    writable(case.plans)[event.plan_id] = made(
        Plan,
        installments=event.installments,
        grace_days=event.grace_days,
        agreed_at=event.at,
        cure_days=event.cure_days,
        tolerance_minor=event.tolerance_minor,
        schedule=event.schedule,
        reward_minor=event.reward_minor,
    )


def _arrears(case: Case, plan_id: str, **changes: Any) -> None:
    plan = case.plans.get(plan_id)
    if plan is not None:
        writable(case.plans)[plan_id] = changed(plan, **changes)


def _promise(case: Case, promise_id: str, stands: Agreed, at: datetime | None) -> None:
    promise = case.promises.get(promise_id)
    if promise is not None:
        writable(case.promises)[promise_id] = changed(promise, stands=stands, ended_at=at)


def _plan(case: Case, plan_id: str, stands: Agreed, at: datetime | None) -> None:
    plan = case.plans.get(plan_id)
    if plan is not None:
        writable(case.plans)[plan_id] = changed(plan, stands=stands, ended_at=at)


def _settlement(case: Case, settlement_id: str, stands: Agreed, at: datetime | None) -> None:
    settlement = case.settlements.get(settlement_id)
    if settlement is not None:
        writable(case.settlements)[settlement_id] = changed(settlement, stands=stands, ended_at=at)


def _reopened(case: Case, event: AgreementReopened) -> None:
    match event.kind:
        case AgreementKind.PROMISE:
            _promise(case, event.agreement_id, Agreed.OPEN, None)
        case AgreementKind.PLAN:
            told(case, event)
            _plan(case, event.agreement_id, Agreed.OPEN, None)
        case AgreementKind.SETTLEMENT:
            _settlement(case, event.agreement_id, Agreed.OPEN, None)
        case AgreementKind.DISCOUNT:
            discount = case.discounts.get(event.agreement_id)
            if discount is not None:
                writable(case.discounts)[event.agreement_id] = changed(discount, stands=Agreed.OPEN)
        case _:
            assert_never(event.kind)
