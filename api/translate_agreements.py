"""Promises, plans and settlements of a case as they are shown."""

from collections.abc import Iterator

from api import words
from api.translate_values import day_out, instant_out, instant_out_or_none, money_out
from domain.case.state import Case
from protos.escalera import v1 as pb


def promises(case: Case) -> Iterator[pb.Promise]:
    for promise_id, promise in case.promises.items():
        yield pb.Promise(
            promise_id=promise_id,
            amount=money_out(promise.amount.minor, promise.amount.currency),
            due_date=day_out(promise.due_on),
            grace_days=promise.grace_days,
            state=words.AGREED_OUT[promise.stands],
            make_time=instant_out(promise.made_at),
            end_time=instant_out_or_none(promise.ended_at),
        )


def plans(case: Case) -> Iterator[pb.Plan]:
    for plan_id, plan in case.plans.items():
        installments = [
            pb.PlanInstallment(due_date=day_out(one.due_on), amount=money_out(one.amount.minor, one.amount.currency))
            for one in plan.installments
        ]
        yield pb.Plan(
            plan_id=plan_id,
            installments=installments,
            grace_days=plan.grace_days,
            state=words.AGREED_OUT[plan.stands],
            agree_time=instant_out(plan.agreed_at),
            end_time=instant_out_or_none(plan.ended_at),
        )


def settlements(case: Case) -> Iterator[pb.Settlement]:
    for settlement_id, settlement in case.settlements.items():
        yield pb.Settlement(
            settlement_id=settlement_id,
            amount=money_out(settlement.amount.minor, settlement.amount.currency),
            pay_by_date=day_out(settlement.pay_by),
            state=words.AGREED_OUT[settlement.stands],
            agree_time=instant_out(settlement.agreed_at),
            end_time=instant_out_or_none(settlement.ended_at),
        )
