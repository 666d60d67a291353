"""Random ladders and random things that happen to a case, for the properties of the ladder."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from domain.calendar import BusinessCalendar
from domain.case import Case
from domain.case import commands as asked
from domain.case.commands import CaseCommand
from domain.case.words import (
    LEVELS,
    Channel,
    Component,
    DisputeOutcome,
    HoldReason,
    Installment,
    Scope,
    StepAction,
)
from domain.ladder.strategy import Anchor, DayKind, Gate, StagePlan, StepPlan, Strategy
from domain.money import Money
from tests.domain.ladder.climbing import DUE_ON, obligation

SUPERVISOR = "supervisor:s-1"
HOLIDAYS = BusinessCalendar(holidays={2026: frozenset((date(2026, 4, 2), date(2026, 4, 3), date(2026, 5, 1)))})

CHANNELS = st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=3, unique=True).map(tuple)
TIMES = st.sampled_from((time(0, 0), time(6, 0), time(9, 0), time(23, 30)))


@st.composite
def step_plans(draw: st.DrawFn, key: str, offset: int) -> StepPlan:
    action = draw(st.sampled_from(list(StepAction)))
    anchor = draw(st.sampled_from(list(Anchor)))
    return StepPlan(
        key=key,
        action=action,
        anchor=anchor,
        offset_days=offset if anchor is Anchor.DUE else draw(st.integers(0, 20)),
        day_kind=draw(st.sampled_from(list(DayKind))),
        at=draw(TIMES),
        channels=draw(CHANNELS) if action is StepAction.CONTACT else draw(st.sampled_from(((), (Channel.PHONE,)))),
        template="overdue" if action is StepAction.CONTACT else "",
        task_kind="call" if action is StepAction.TASK else "",
        charge_minor=draw(st.integers(0, 500)) if action is StepAction.CHARGE else 0,
        balance_minor_min=draw(st.sampled_from((0, 0, 5_000))),
        attempts=draw(st.integers(1, 3)),
    )


@st.composite
def ladders(draw: st.DrawFn) -> Strategy:
    stages = []
    days = draw(st.integers(-30, 0))
    for level in LEVELS:
        gate = Gate(
            days_past_due=days,
            stay_days=draw(st.sampled_from((0, 0, 5))),
            no_open_dispute=draw(st.booleans()),
            balance_minor_min=draw(st.sampled_from((0, 0, 2_000))),
        )
        offsets = sorted(draw(st.lists(st.integers(days - 3, days + 20), max_size=4)))
        steps = [draw(step_plans(f"s{place}", offset)) for place, offset in enumerate(offsets)]
        stages.append(StagePlan(stage=level, gate=gate, steps=tuple(steps)))
        days += draw(st.integers(1, 40))
    return Strategy(name="test", version=1, description="", stages=tuple(stages))


def money(draw: st.DrawFn, most: int = 8_000) -> Money:
    return Money(draw(st.integers(1, most)), "USD")


def offering(draw: st.DrawFn, case: Case, now: datetime, name: str) -> CaseCommand:
    """Draw an offer, or what becomes of one; it is approved or accepted now, or was hours ago."""
    known, today = list(case.offers), now.date()
    if not known or draw(st.booleans()):
        return asked.OfferSettlement(
            offer_id=name,
            amount=money(draw, 900),
            pay_by=today + timedelta(days=12),
            expires_at=now + timedelta(hours=draw(st.integers(1, 200))),
            at=now,
            by="collector:c-1",
        )
    offer_id = draw(st.sampled_from(known))
    if draw(st.booleans()):
        return asked.ApproveOffer(offer_id=offer_id, at=now, by=SUPERVISOR)
    return asked.AcceptOffer(offer_id=offer_id, at=now - timedelta(hours=draw(st.integers(0, 30))), by="system:portal")


@st.composite
def happenings(draw: st.DrawFn, case: Case, now: datetime, number: int) -> CaseCommand:
    """Draw one thing that somebody may ask at `now`; some are back-dated, and many will be refused."""
    name, today = f"n{number}", now.date()
    back = timedelta(hours=draw(st.sampled_from((0, 0, 1, 30, 240))))
    kind = draw(st.integers(0, 20))
    earlier = f"n{draw(st.integers(0, max(number - 1, 0)))}"
    by = SUPERVISOR
    match kind:
        case 0 | 1:
            until = draw(st.sampled_from((None, timedelta(hours=5), timedelta(days=9))))
            return asked.PlaceHold(
                hold_id=name,
                reason=HoldReason.SUPERVISOR,
                scope=draw(st.sampled_from(list(Scope))),
                authority="s-1",
                from_at=now - back + timedelta(hours=draw(st.sampled_from((0, 0, 3, 70)))),
                until=None if until is None else now + timedelta(hours=71) + until,
                at=now,
                by=by,
            )
        case 2:
            held = list(case.holds) or [name]
            return asked.ReleaseHold(hold_id=draw(st.sampled_from(held)), reason="over", at=now, by=by)
        case 3 | 4:
            return asked.RecordPayment(payment_id=name, amount=money(draw), at=now - back, by=by)
        case 5:
            paid = list(case.ledger.payments) or [name]
            return asked.ReversePayment(payment_id=draw(st.sampled_from(paid)), reason="bounced", at=now, by=by)
        case 6 | 7:
            due_on = today + timedelta(days=draw(st.integers(0, 12)))
            grace = draw(st.integers(0, 3))
            return asked.MakePromise(
                promise_id=name, amount=money(draw, 500), due_on=due_on, grace_days=grace, at=now, by=by
            )
        case 8:
            dates = sorted(draw(st.sets(st.integers(1, 40), min_size=1, max_size=3)))
            parts = tuple(Installment(due_on=today + timedelta(days=day), amount=money(draw, 900)) for day in dates)
            return asked.AgreePlan(plan_id=name, installments=parts, at=now, by=by)
        case 9:
            pay_by = today + timedelta(days=draw(st.integers(0, 9)))
            return asked.AgreeSettlement(
                settlement_id=name, amount=money(draw, 900), pay_by=pay_by, authority="s-1", at=now, by=by
            )
        case 10:
            named = tuple(draw(st.sets(st.sampled_from(list(case.ledger.debts)))))
            return asked.OpenDispute(dispute_id=name, obligation_ids=named, reason="not mine", at=now, by=by)
        case 11:
            disputes = list(case.disputes) or [name]
            became = draw(st.sampled_from(list(DisputeOutcome)))
            return asked.ResolveDispute(
                dispute_id=draw(st.sampled_from(disputes)), outcome=became, reason="looked at", at=now, by=by
            )
        case 12:
            return asked.Escalate(stage=draw(st.sampled_from(LEVELS)), reason="told to", at=now, by=by)
        case 13:
            return asked.Deescalate(stage=draw(st.sampled_from(LEVELS)), reason="told to", at=now, by=by)
        case 14:
            due_on = DUE_ON + timedelta(days=draw(st.integers(-60, 120)))
            return asked.AddObligation(obligation=obligation(name, due_on, 2_000), at=now, by=by)
        case 15:
            owing = draw(st.sampled_from(list(case.ledger.debts)))
            fee = Component.FEES
            return asked.AddCharge(
                charge_id=name, obligation_id=owing, component=fee, amount=money(draw), reason="x", at=now, by=by
            )
        case 16 | 17:
            return offering(draw, case, now, name)
        case 18:
            return asked.OfferDiscount(
                discount_id=name,
                amount=money(draw, 900),
                pay_by=today + timedelta(days=draw(st.integers(0, 9))),
                reason="early",
                authority="s-1",
                at=now,
                by=by,
            )
        case 19:
            return asked.ExtendDueDate(
                extension_id=name,
                obligation_id=draw(st.sampled_from(list(case.ledger.debts))),
                due_on=today + timedelta(days=draw(st.integers(-5, 60))),
                reason="sickness",
                authority="s-1",
                at=now - back,
                by=by,
            )
        case _:
            return asked.CancelPromise(promise_id=earlier, reason="taken back", at=now, by=by)
