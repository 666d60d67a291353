"""What the stories about cases are made of: one debtor in Madrid, invoices in euros, the first of May 2026."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from domain.case.commands import (
    AddCharge,
    AgreePlan,
    AgreeSettlement,
    CaseCommand,
    EnterStage,
    JudgeAgreements,
    MakePromise,
    OpenCase,
    OpenDispute,
    PermitContact,
    PlaceHold,
    RecordPayment,
    ReversePayment,
)
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.state import Case, CaseState
from domain.case.words import (
    Channel,
    Component,
    HoldReason,
    Installment,
    Obligation,
    Obligor,
    Role,
    Scope,
    Stage,
    StrategyPin,
)
from domain.money import Money
from tests.scenario import Scenario

Story = Scenario[CaseState, CaseCommand, CaseEvent]

MAY_1 = datetime(2026, 5, 1, 10, tzinfo=UTC)  # noon in Madrid
DEBTOR = UUID("00000000-0000-4000-8000-000000000001")
CO_DEBTOR = UUID("00000000-0000-4000-8000-000000000002")
BY = "system:billing"
SUPERVISOR = "supervisor:s-17"


def eur(units: float) -> Money:
    return Money(round(units * 100), "EUR")


def may(day: int, hour: int = 10) -> datetime:
    """Return an instant `day - 1` days after the first of May."""
    return datetime(2026, 5, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def invoice(obligation_id: str, euros: float, due_on: date) -> Obligation:
    return Obligation(obligation_id=obligation_id, reference=f"F-{obligation_id}", principal=eur(euros), due_on=due_on)


ONE = (invoice("1", 100, date(2026, 4, 1)),)
THREE = (
    invoice("1", 100, date(2026, 4, 1)),
    invoice("2", 200, date(2026, 4, 10)),
    invoice("3", 300, date(2026, 4, 20)),
)


def opening(obligations: tuple[Obligation, ...] = ONE, **terms: object) -> OpenCase:
    """Return a sound opening, with `terms` changed."""
    fields: dict[str, object] = {
        "at": MAY_1,
        "by": BY,
        "creditor_id": "acme",
        "reference": "K-1",
        "portfolio": "retail",
        "currency": "EUR",
        "country": "ES",
        "time_zone": "Europe/Madrid",
        "language": "es",
        "strategy": StrategyPin(name="consumer", version=1),
        "obligations": obligations,
        "obligors": (Obligor(person_id=DEBTOR, role=Role.PRINCIPAL),),
    }
    return OpenCase(**{**fields, **terms})  # type: ignore[arg-type]  # tests change any field, also to nonsense


nothing: Story = Scenario(CASE)
one_invoice = nothing.after(opening())
three_invoices = nothing.after(opening(THREE))


def case_of(story: Story) -> Case:
    """Return the story's case, which exists."""
    assert isinstance(story.state, Case)
    return story.state


def pay(payment_id: str, euros: float, at: datetime, obligation_id: str = "") -> RecordPayment:
    return RecordPayment(at=at, by=BY, payment_id=payment_id, amount=eur(euros), obligation_id=obligation_id)


def bounce(payment_id: str, at: datetime) -> ReversePayment:
    return ReversePayment(at=at, by=BY, payment_id=payment_id, reason="CHEQUE_BOUNCED")


def charge(charge_id: str, euros: float, at: datetime, *, obligation_id: str = "1", period: str = "") -> AddCharge:
    return AddCharge(
        at=at,
        by=BY,
        charge_id=charge_id,
        obligation_id=obligation_id,
        component=Component.FEES,
        amount=eur(euros),
        reason="LATE_FEE",
        period=period,
    )


def interest(charge_id: str, euros: float, at: datetime, *, obligation_id: str = "1") -> AddCharge:
    return AddCharge(
        at=at,
        by=BY,
        charge_id=charge_id,
        obligation_id=obligation_id,
        component=Component.INTEREST,
        amount=eur(euros),
        reason="LATE_INTEREST",
    )


def promise(promise_id: str, euros: float, due_on: date, *, at: datetime = MAY_1, grace_days: int = 0) -> MakePromise:
    return MakePromise(at=at, by=BY, promise_id=promise_id, amount=eur(euros), due_on=due_on, grace_days=grace_days)


def plan(plan_id: str, *installments: tuple[date, float], at: datetime = MAY_1, grace_days: int = 0) -> AgreePlan:
    dates = tuple(Installment(due_on=due_on, amount=eur(euros)) for due_on, euros in installments)
    return AgreePlan(at=at, by=BY, plan_id=plan_id, installments=dates, grace_days=grace_days)


def settlement(settlement_id: str, euros: float, pay_by: date, *, at: datetime = MAY_1) -> AgreeSettlement:
    return AgreeSettlement(
        at=at, by=BY, settlement_id=settlement_id, amount=eur(euros), pay_by=pay_by, authority=SUPERVISOR
    )


def dispute(dispute_id: str, *obligation_ids: str, at: datetime = MAY_1) -> OpenDispute:
    return OpenDispute(at=at, by=BY, dispute_id=dispute_id, obligation_ids=obligation_ids, reason="NOT_DELIVERED")


def hold(
    hold_id: str,
    *,
    at: datetime = MAY_1,
    from_at: datetime | None = None,
    until: datetime | None = None,
    scope: Scope = Scope.ALL,
    reason: HoldReason = HoldReason.SUPERVISOR,
) -> PlaceHold:
    return PlaceHold(
        at=at,
        by=SUPERVISOR,
        hold_id=hold_id,
        reason=reason,
        scope=scope,
        authority=SUPERVISOR,
        from_at=at if from_at is None else from_at,
        until=until,
    )


def climb_to(stage: Stage, at: datetime = MAY_1) -> EnterStage:
    return EnterStage(at=at, by="ladder", stage=stage, reason="GATE_OPEN")


def permit(
    step_key: str,
    *,
    at: datetime = MAY_1,
    channel: Channel = Channel.EMAIL,
    person_id: UUID = DEBTOR,
    permit_id: str = "",
) -> PermitContact:
    return PermitContact(
        at=at,
        by="ladder",
        permit_id=permit_id or f"{step_key}:{channel}",
        person_id=person_id,
        channel=channel,
        template="reminder",
        rules="es-1:abc",
        step_key=step_key,
    )


def judge(at: datetime) -> JudgeAgreements:
    return JudgeAgreements(at=at, by="ladder")
