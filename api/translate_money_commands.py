"""Commands to a case, from the wire to the domain: payments, charges, agreements, disputes."""

from api import words
from api.translate_commands import Said
from api.translate_values import day, meaning, money
from domain.case import commands
from domain.case.words import Installment
from protos.escalera import v1 as pb


def record_payment(body: pb.RecordPayment, said: Said) -> commands.RecordPayment:
    return commands.RecordPayment(
        payment_id=body.payment_id,
        amount=money(body.amount, "amount"),
        method=body.method or "TRANSFER",
        obligation_id=body.obligation_id,
        at=said.at,
        by=said.by,
    )


def reverse_payment(body: pb.ReversePayment, said: Said) -> commands.ReversePayment:
    return commands.ReversePayment(payment_id=body.payment_id, reason=body.reason, at=said.at, by=said.by)


def add_charge(body: pb.AddCharge, said: Said) -> commands.AddCharge:
    return commands.AddCharge(
        charge_id=body.charge_id,
        obligation_id=body.obligation_id,
        component=meaning(words.COMPONENT, body.component, "component"),
        amount=money(body.amount, "amount"),
        reason=body.reason,
        period=body.period,
        at=said.at,
        by=said.by,
    )


def waive(body: pb.Waive, said: Said) -> commands.Waive:
    if not body.authority:
        said.stamp("authority")
    return commands.Waive(
        waiver_id=body.waiver_id,
        amount=money(body.amount, "amount"),
        reason=body.reason,
        authority=body.authority or said.by,
        obligation_id=body.obligation_id,
        component=meaning(words.COMPONENT, body.component, "component") if body.component else None,
        at=said.at,
        by=said.by,
    )


def make_promise(body: pb.MakePromise, said: Said) -> commands.MakePromise:
    return commands.MakePromise(
        promise_id=body.promise_id,
        amount=money(body.amount, "amount"),
        due_on=day(body.due_date, "due_date"),
        grace_days=body.grace_days,
        at=said.at,
        by=said.by,
    )


def cancel_promise(body: pb.CancelPromise, said: Said) -> commands.CancelPromise:
    return commands.CancelPromise(promise_id=body.promise_id, reason=body.reason, at=said.at, by=said.by)


def agree_plan(body: pb.AgreePlan, said: Said) -> commands.AgreePlan:
    installments = [
        Installment(
            due_on=day(found.due_date, f"installments[{place}].due_date"),
            amount=money(found.amount, f"installments[{place}].amount"),
        )
        for place, found in enumerate(body.installments)
    ]
    return commands.AgreePlan(
        plan_id=body.plan_id, installments=tuple(installments), grace_days=body.grace_days, at=said.at, by=said.by
    )


def cancel_plan(body: pb.CancelPlan, said: Said) -> commands.CancelPlan:
    return commands.CancelPlan(plan_id=body.plan_id, reason=body.reason, at=said.at, by=said.by)


def agree_settlement(body: pb.AgreeSettlement, said: Said) -> commands.AgreeSettlement:
    if not body.authority:
        said.stamp("authority")
    return commands.AgreeSettlement(
        settlement_id=body.settlement_id,
        amount=money(body.amount, "amount"),
        pay_by=day(body.pay_by_date, "pay_by_date"),
        authority=body.authority or said.by,
        at=said.at,
        by=said.by,
    )


def cancel_settlement(body: pb.CancelSettlement, said: Said) -> commands.CancelSettlement:
    return commands.CancelSettlement(settlement_id=body.settlement_id, reason=body.reason, at=said.at, by=said.by)


def open_dispute(body: pb.OpenDispute, said: Said) -> commands.OpenDispute:
    return commands.OpenDispute(
        dispute_id=body.dispute_id,
        obligation_ids=tuple(body.obligation_ids),
        reason=body.reason,
        at=said.at,
        by=said.by,
    )


def resolve_dispute(body: pb.ResolveDispute, said: Said) -> commands.ResolveDispute:
    outcome = meaning(words.DISPUTE_OUTCOME, body.outcome, "outcome")
    return commands.ResolveDispute(
        dispute_id=body.dispute_id, outcome=outcome, reason=body.reason, at=said.at, by=said.by
    )
