"""Commands to a case, from the wire to the domain: payments, charges, agreements, disputes."""

from api import words
from api.translate_commands import Said
from api.translate_schedule import OneCurrency, installments, schedule
from api.translate_values import day, meaning, money
from domain.case import commands
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
        unit_value=body.unit_value,
        at=said.at,
        by=said.by,
    )


def waive(body: pb.Waive, said: Said) -> commands.Waive:
    return commands.Waive(
        waiver_id=body.waiver_id,
        amount=money(body.amount, "amount"),
        reason=body.reason,
        authority=said.authority(body.authority),
        obligation_id=body.obligation_id,
        component=meaning(words.COMPONENT, body.component, "component") if body.component else None,
        at=said.at,
        by=said.by,
    )


def make_promise(body: pb.MakePromise, said: Said) -> commands.MakePromise:
    amount = money(body.amount, "amount")
    return commands.MakePromise(
        promise_id=body.promise_id,
        amount=amount,
        due_on=day(body.due_date, "due_date"),
        grace_days=body.grace_days,
        installments=installments(body.installments),
        tolerance_minor=OneCurrency(amount.currency).minor(body.tolerance, "tolerance"),
        group_id=body.group_id,
        at=said.at,
        by=said.by,
    )


def cancel_promise(body: pb.CancelPromise, said: Said) -> commands.CancelPromise:
    return commands.CancelPromise(promise_id=body.promise_id, reason=body.reason, at=said.at, by=said.by)


def agree_plan(body: pb.AgreePlan, said: Said) -> commands.AgreePlan:
    parts = installments(body.installments)
    sums = OneCurrency(parts[0].amount.currency if parts else "")
    return commands.AgreePlan(
        plan_id=body.plan_id,
        installments=parts,
        grace_days=body.grace_days,
        cure_days=body.cure_days,
        tolerance_minor=sums.minor(body.tolerance, "tolerance"),
        schedule=schedule(body.schedule, sums) if body.HasField("schedule") else None,
        reward_minor=sums.minor(body.reward, "reward"),
        currency=sums.currency,
        at=said.at,
        by=said.by,
    )


def cancel_plan(body: pb.CancelPlan, said: Said) -> commands.CancelPlan:
    return commands.CancelPlan(plan_id=body.plan_id, reason=body.reason, at=said.at, by=said.by)


def agree_settlement(body: pb.AgreeSettlement, said: Said) -> commands.AgreeSettlement:
    return commands.AgreeSettlement(
        settlement_id=body.settlement_id,
        amount=money(body.amount, "amount"),
        pay_by=day(body.pay_by_date, "pay_by_date"),
        authority=said.authority(body.authority),
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
