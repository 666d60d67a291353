"""A case that lives an ordinary life, as commands and as the events that follow from them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from domain.case.commands import (
    AddCharge,
    Assign,
    CaseCommand,
    EnterStage,
    MakePromise,
    OpenCase,
    PermitContact,
    PlaceHold,
    RecordContactOutcome,
    RecordPayment,
    ReleaseHold,
    TakeStep,
)
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.words import (
    Channel,
    Component,
    ContactOutcome,
    HoldReason,
    Obligation,
    Obligor,
    Role,
    Scope,
    Stage,
    StepAction,
    StrategyPin,
)
from domain.money import Money

SPACE = UUID("9d1f4b86-5b7e-5d0c-9a0e-6a2c5e0f7a11")
START = datetime(2026, 1, 5, 15, tzinfo=UTC)
PERSON = uuid5(SPACE, "debtor")
BY = "system:benchmark"


def open_case(number: int, *, at: datetime = START) -> OpenCase:
    """Return the opening of case `number`: one invoice of 1,250.00 MXN, due in 30 days."""
    return OpenCase(
        at=at,
        by=BY,
        creditor_id="bench",
        reference=f"B-{number}",
        portfolio="bench",
        currency="MXN",
        country="MX",
        time_zone="America/Mexico_City",
        language="es",
        strategy=StrategyPin(name="consumer", version=1),
        obligations=(
            Obligation(
                obligation_id="1", reference=f"F-{number}", principal=Money(125_000, "MXN"), due_on=date(2026, 2, 4)
            ),
        ),
        obligors=(Obligor(person_id=PERSON, role=Role.PRINCIPAL),),
    )


def assignment(number: int, *, at: datetime = START) -> Assign:
    """Return the handing of a case to the next collector: a command that always leads to one event."""
    return Assign(at=at, by=BY, collector=f"collector-{number}")


def life(number: int, contacts: int = 6) -> tuple[CaseEvent, ...]:
    """Return the events of a case with contacts, a hold, a promise, a charge and payments: some thirty of them."""
    state, events = CASE.initial, list[CaseEvent]()
    for command in _commands(number, contacts):
        decided = CASE.decide(command, state)
        state = CASE.fold(decided, state)
        events += decided
    return tuple(events)


def _commands(number: int, contacts: int) -> list[CaseCommand]:
    day = timedelta(days=1)
    commands: list[CaseCommand] = [open_case(number)]
    due = START + 31 * day
    commands.append(EnterStage(at=due, by=BY, stage=Stage.SOFT, reason="GATE_OPEN"))
    for turn in range(contacts):
        at = due + (1 + 3 * turn) * day
        permit = f"permit-{turn}"
        commands.append(
            PermitContact(
                at=at,
                by=BY,
                permit_id=permit,
                person_id=PERSON,
                channel=Channel.EMAIL,
                template="overdue",
                rules="bench",
                step_key=f"2.step-{turn}",
                due_at=at,
            )
        )
        commands.append(RecordContactOutcome(at=at, by=BY, permit_id=permit, outcome=ContactOutcome.ACCEPTED))
    at = due + 20 * day
    commands += [
        PlaceHold(at=at, by=BY, hold_id="h", reason=HoldReason.SUPERVISOR, scope=Scope.ALL, authority=BY, from_at=at),
        ReleaseHold(at=at + day, by=BY, hold_id="h", reason="over"),
        AddCharge(
            at=at + day,
            by=BY,
            charge_id="c",
            obligation_id="1",
            component=Component.FEES,
            amount=Money(5_000, "MXN"),
            reason="late",
            period="2026-03",
        ),
        EnterStage(at=at + 10 * day, by=BY, stage=Stage.NEGOTIATION, reason="GATE_OPEN"),
        TakeStep(
            at=at + 10 * day, by=BY, step_key="3.call", action=StepAction.TASK, due_at=at, task_id="t", task_kind="CALL"
        ),
        MakePromise(
            at=at + 11 * day, by=BY, promise_id="w", amount=Money(50_000, "MXN"), due_on=(at + 15 * day).date()
        ),
        *(
            RecordPayment(at=at + (12 + turn) * day, by=BY, payment_id=f"q-{turn}", amount=Money(16_250, "MXN"))
            for turn in range(8)
        ),
    ]
    return commands
