"""Promises, plans and settlements of a case as they are shown, and what was offered."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from api import words
from api.translate_schedule import schedule_out, sum_out
from api.translate_values import day_out, instant_out, instant_out_or_none, money_out
from domain.case.link_state import Linked
from domain.case.state import Case
from domain.case.words import Installment
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
            installments=_installments(promise.installments),
            tolerance=sum_out(promise.tolerance_minor, case.currency),
            group_id=promise.group_id,
        )


def plans(case: Case) -> Iterator[pb.Plan]:
    for plan_id, plan in case.plans.items():
        yield pb.Plan(
            plan_id=plan_id,
            installments=_installments(plan.installments),
            grace_days=plan.grace_days,
            state=words.AGREED_OUT[plan.stands],
            agree_time=instant_out(plan.agreed_at),
            end_time=instant_out_or_none(plan.ended_at),
            cure_days=plan.cure_days,
            tolerance=sum_out(plan.tolerance_minor, case.currency),
            schedule=schedule_out(plan.schedule, case.currency) if plan.schedule else None,
            reward=sum_out(plan.reward_minor, case.currency),
            missed_date=day_out(plan.missed_on) if plan.missed_on else None,
            cure_by_date=day_out(plan.cure_by) if plan.cure_by else None,
            ever_missed=plan.ever_missed,
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


def offers(case: Case) -> Iterator[pb.SettlementOffer]:
    for offer_id, offer in case.offers.items():
        yield pb.SettlementOffer(
            offer_id=offer_id,
            amount=money_out(offer.amount.minor, offer.amount.currency),
            pay_by_date=day_out(offer.pay_by),
            expire_time=instant_out(offer.expires_at),
            state=words.OFFERED_OUT[offer.stands],
            offered_by=offer.offered_by,
            offer_time=instant_out(offer.offered_at),
            balance=money_out(offer.balance.minor, offer.balance.currency),
            approvers=offer.approvers,
            approved_by=offer.approved_by,
        )


def discounts(case: Case) -> Iterator[pb.Discount]:
    for discount_id, discount in case.discounts.items():
        yield pb.Discount(
            discount_id=discount_id,
            amount=money_out(discount.amount.minor, discount.amount.currency),
            pay_by_date=day_out(discount.pay_by),
            state=words.AGREED_OUT[discount.stands],
            offer_time=instant_out(discount.offered_at),
            authority=discount.authority,
        )


def open_links(case: Case, at: datetime) -> Iterator[pb.OpenPaymentLink]:
    for link_id, link in case.links.items():
        if link.stands_at(at) in (Linked.ISSUED, Linked.READY):
            yield pb.OpenPaymentLink(
                link_id=link_id,
                amount=money_out(link.amount.minor, link.amount.currency),
                issue_time=instant_out(link.issued_at),
                expire_time=instant_out(link.expires_at),
                person_id=str(link.person_id),
            )


def _installments(found: Iterable[Installment]) -> list[pb.PlanInstallment]:
    return [
        pb.PlanInstallment(
            due_date=day_out(one.due_on),
            amount=money_out(one.amount.minor, one.amount.currency),
            interest=sum_out(one.interest, one.amount.currency),
        )
        for one in found
    ]
