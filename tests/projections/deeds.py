"""What happens to a case in the tests: commands drawn by chance, which may or may not make sense."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from domain.case.commands import (
    AddCharge,
    AgreePlan,
    AgreeSettlement,
    Assign,
    CancelPromise,
    CaseCommand,
    CloseCase,
    CompleteTask,
    Escalate,
    JudgeAgreements,
    LogContact,
    MakePromise,
    OpenCase,
    OpenDispute,
    PermitContact,
    PlaceHold,
    RecordContactOutcome,
    RecordPayment,
    RefuseContact,
    ReleaseHold,
    ReleaseObligor,
    ReopenCase,
    ResolveDispute,
    ReversePayment,
    TakeStep,
    Waive,
)
from domain.case.words import (
    LEVELS,
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    HoldReason,
    Installment,
    Scope,
    StepAction,
)
from domain.money import Money

BY = "system:test"


def _recent(chance: random.Random, number: int) -> int:
    return chance.randint(max(0, number - 25), number)


def _money(chance: random.Random, first: OpenCase) -> Money:
    return Money(chance.choice((500, 5_000, 80_000, 1_200_000)), first.currency)


def _person(chance: random.Random, first: OpenCase) -> UUID:
    return chance.choice(first.obligors).person_id


def _promise(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    due = (at + timedelta(days=chance.randint(1, 20))).date()
    return MakePromise(at=at, by=BY, promise_id=f"p{number}", amount=_money(chance, first), due_on=due)


def _pay(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return RecordPayment(at=at, by=BY, payment_id=f"pay{number}", amount=_money(chance, first))


def _reverse(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return ReversePayment(at=at, by=BY, payment_id=f"pay{_recent(chance, number)}", reason="BOUNCED")


def _charge(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    amount = Money(chance.randint(100, 2_000), first.currency)
    component = chance.choice((Component.FEES, Component.INTEREST, Component.COSTS))
    return AddCharge(
        at=at, by=BY, charge_id=f"c{number}", obligation_id="o0", component=component, amount=amount, reason="LATE"
    )


def _waive(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return Waive(
        at=at, by=BY, waiver_id=f"w{number}", amount=Money(300, first.currency), reason="GOODWILL", authority="s-1"
    )


def _hold(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    until = at + timedelta(days=chance.randint(1, 9)) if chance.random() < 0.5 else None
    reason, scope = chance.choice(list(HoldReason)), chance.choice(list(Scope))
    return PlaceHold(
        at=at, by=BY, hold_id=f"h{number}", reason=reason, scope=scope, authority="s-1", from_at=at, until=until
    )


def _release(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return ReleaseHold(at=at, by=BY, hold_id=f"h{_recent(chance, number)}", reason="OVER")


def _escalate(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return Escalate(at=at, by=BY, stage=chance.choice(LEVELS), reason="BY_HAND")


def _task(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    key = f"1.task{number}"
    return TakeStep(
        at=at,
        by=BY,
        step_key=key,
        action=StepAction.TASK,
        due_at=at,
        task_id=key,
        task_kind="call",
        channel=Channel.PHONE,
    )


def _done(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return CompleteTask(at=at, by=BY, task_id=f"1.task{_recent(chance, number)}", outcome="REACHED")


def _dispute(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return OpenDispute(at=at, by=BY, dispute_id=f"d{number}", obligation_ids=("o0",), reason="NOT_RECEIVED")


def _resolve(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    outcome = chance.choice((DisputeOutcome.REJECTED, DisputeOutcome.WITHDRAWN))
    return ResolveDispute(at=at, by=BY, dispute_id=f"d{_recent(chance, number)}", outcome=outcome, reason="SEEN")


def _plan(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    total = sum(obligation.principal.minor for obligation in first.obligations)
    halves = (total // 2, total - total // 2)
    return AgreePlan(
        at=at,
        by=BY,
        plan_id=f"plan{number}",
        installments=tuple(
            Installment(due_on=(at + timedelta(days=20 * (place + 1))).date(), amount=Money(half, first.currency))
            for place, half in enumerate(halves)
        ),
    )


def _settle(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    day = (at + timedelta(days=10)).date()
    return AgreeSettlement(
        at=at, by=BY, settlement_id=f"s{number}", amount=Money(900, first.currency), pay_by=day, authority="s-1"
    )


def _permit(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return PermitContact(
        at=at,
        by=BY,
        permit_id=f"permit{number}",
        person_id=_person(chance, first),
        channel=Channel.EMAIL,
        template="reminder",
        rules="strict",
        step_key=f"1.mail{number}",
        due_at=at,
    )


def _outcome(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    permit = f"permit{_recent(chance, number)}"
    return RecordContactOutcome(at=at, by=BY, permit_id=permit, outcome=chance.choice(list(ContactOutcome)))


def _refuse(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    again = at + timedelta(days=1) if chance.random() < 0.5 else None
    return RefuseContact(
        at=at,
        by=BY,
        step_key=f"1.mail{number}",
        person_id=_person(chance, first),
        channel=Channel.EMAIL,
        reason="NO_CONSENT",
        next_allowed_at=again,
    )


def _log(chance: random.Random, at: datetime, first: OpenCase, number: int) -> CaseCommand:
    return LogContact(
        at=at,
        by=BY,
        contact_id=f"l{number}",
        person_id=_person(chance, first),
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.REPLIED,
    )


MAKERS = (
    _promise,
    _promise,
    _pay,
    _pay,
    _reverse,
    _charge,
    _charge,
    _waive,
    _hold,
    _release,
    _escalate,
    _task,
    _task,
    _done,
    _dispute,
    _resolve,
    _plan,
    _settle,
    _permit,
    _permit,
    _outcome,
    _refuse,
    _log,
    lambda chance, at, first, number: JudgeAgreements(at=at, by=BY),
    lambda chance, at, first, number: Assign(at=at, by=BY, collector=chance.choice(("", "ana", "bo"))),
    lambda chance, at, first, number: ReleaseObligor(
        at=at, by=BY, person_id=_person(chance, first), reason="PAID_SHARE"
    ),
    lambda chance, at, first, number: CancelPromise(at=at, by=BY, promise_id=f"p{number - 1}", reason="CHANGED"),
    lambda chance, at, first, number: CloseCase(at=at, by=BY, closure=Closure.WITHDRAWN),
    lambda chance, at, first, number: ReopenCase(at=at, by=BY, reason="MISTAKE"),
)
