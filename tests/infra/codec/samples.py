"""One event of every kind, with values a reader can tell apart: what the golden files in tests/golden/events say."""

from datetime import UTC, date, datetime
from uuid import UUID

from application.ports import Event
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CasePlaced,
    CaseReopened,
    ChargeAdded,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
    CreditApplied,
    DisputeOpened,
    DisputeResolved,
    HoldPlaced,
    HoldReleased,
    NoteAdded,
    ObligationAdded,
    ObligorAdded,
    ObligorReleased,
    PaymentRecorded,
    PaymentReversed,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanDefaulted,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
    StageEntered,
    StepTaken,
    StrategyPinned,
    TaskDone,
    TaskRaised,
    WaiverReversed,
)
from domain.case.words import (
    AgreementKind,
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    HoldReason,
    Installment,
    Obligation,
    Obligor,
    Part,
    PlacedWith,
    Role,
    Scope,
    Stage,
    StepAction,
    StrategyPin,
)
from domain.money import Money
from domain.person.events import (
    ConsentGiven,
    ContactEnded,
    ContactNoted,
    ContactPointAdded,
    ContactPointRemoved,
    ContactReserved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.words import Fact
from tests.infra.codec.samples_approval import APPROVAL_SAMPLES
from tests.infra.codec.samples_erasure import ERASURE_SAMPLES
from tests.infra.codec.samples_links import LINK_SAMPLES
from tests.infra.codec.samples_money import MONEY_SAMPLES
from tests.infra.codec.samples_suspense import SUSPENSE_SAMPLES

AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
PERSON = UUID("11111111-2222-5333-8444-555555555555")
CASE_ID = UUID("66666666-7777-5888-9999-aaaaaaaaaaaa")
RULES = "es-consumer@3 sha256:0f1e"
PERMIT = f"{CASE_ID}:2.reminder:EMAIL"


def euros(cents: int) -> Money:
    """Return a sum in euros."""
    return Money(cents, "EUR")


PARTS = (
    Part(obligation_id="inv-1", component=Component.INTEREST, minor=150),
    Part(obligation_id="inv-1", component=Component.PRINCIPAL, minor=9_850),
)

_OPENING: tuple[Event, ...] = (
    CaseOpened(
        at=AT,
        creditor_id="aguas",
        reference="C-2026-0001",
        portfolio="water",
        currency="EUR",
        country="ES-MD",
        time_zone="Europe/Madrid",
        language="es-ES",
        strategy=StrategyPin(name="standard", version=4),
        obligations=(
            Obligation(obligation_id="inv-1", reference="F/1", principal=euros(12_345), due_on=date(2026, 2, 1)),
            Obligation(
                obligation_id="loan-1",
                reference="L/7",
                principal=euros(50_000),
                due_on=date(2026, 2, 15),
                instrument="LOAN_INSTALLMENT",
            ),
        ),
        obligors=(
            Obligor(person_id=PERSON, role=Role.PRINCIPAL),
            Obligor(person_id=CASE_ID, role=Role.GUARANTOR),
        ),
        grace_days=5,
    ),
    ObligationAdded(
        at=AT,
        obligation=Obligation(obligation_id="inv-2", reference="F/2", principal=euros(990), due_on=date(2026, 3, 1)),
    ),
    ObligorAdded(at=AT, obligor=Obligor(person_id=PERSON, role=Role.CO_DEBTOR)),
    ObligorReleased(at=AT, person_id=PERSON, reason="heirs renounced"),
    CaseClosed(at=AT, closure=Closure.WRITTEN_OFF, reason="below costs"),
    CaseReopened(at=AT, stage=Stage.NEGOTIATION, reason="payment reversed"),
    NoteAdded(at=AT, note_id="n-1", person_id=PERSON, text="Asked to be called after six. Señora muy amable."),
    CaseAssigned(at=AT, collector="c-17"),
    CasePlaced(at=AT, placed_with=PlacedWith.AGENCY, partner="agency-3", reason="90 days"),
    DisputeOpened(at=AT, dispute_id="d-1", obligation_ids=("inv-1", "inv-2"), reason="not delivered"),
    DisputeResolved(at=AT, dispute_id="d-1", outcome=DisputeOutcome.PARTLY_UPHELD, reason="one of two delivered"),
)

_CLIMB: tuple[Event, ...] = (
    StageEntered(at=AT, stage=Stage.SOFT, entry=2, reason="GATE", by_hand=True),
    StepTaken(at=AT, step_key="2.reminder", action=StepAction.CONTACT, due_at=LATER, skipped=True, reason="NO_ADDRESS"),
    TaskRaised(at=AT, task_id="2.call", kind="CALL", channel=Channel.PHONE, due_at=LATER),
    TaskDone(at=AT, task_id="2.call", outcome="promised"),
    StrategyPinned(at=AT, strategy=StrategyPin(name="gentle", version=2), reason="vulnerable"),
    HoldPlaced(
        at=AT,
        hold_id="h-1",
        reason=HoldReason.HARDSHIP,
        scope=Scope.ESCALATION,
        authority="supervisor:s-1",
        from_at=AT,
        until=LATER,
    ),
    HoldReleased(at=AT, hold_id="h-1", reason="income again"),
)

_MONEY: tuple[Event, ...] = (
    PaymentRecorded(at=AT, payment_id="pay-1", amount=euros(10_500), method="TRANSFER", parts=PARTS),
    PaymentReversed(at=AT, payment_id="pay-1", reason="bounced"),
    CreditApplied(at=AT, payment_id="pay-1", parts=PARTS[:1]),
    ChargeAdded(
        at=AT,
        charge_id="late-2026-03",
        obligation_id="inv-1",
        component=Component.FEES,
        amount=euros(1_500),
        reason="LATE_FEE",
        period="2026-03",
    ),
    AmountWaived(
        at=AT, waiver_id="w-1", parts=PARTS[:1], amount=euros(150), reason="goodwill", authority="supervisor:s-1"
    ),
    WaiverReversed(at=AT, waiver_id="w-1", parts=PARTS[:1], reason="payment reversed"),
)

_AGREEMENTS: tuple[Event, ...] = (
    PromiseMade(at=AT, promise_id="p-1", amount=euros(5_000), due_on=date(2026, 3, 20), grace_days=2),
    PromiseKept(at=AT, promise_id="p-1", paid=euros(5_000)),
    PromisePartlyKept(at=AT, promise_id="p-1", paid=euros(2_000)),
    PromiseBroken(at=AT, promise_id="p-1", paid=euros(0)),
    PromiseCancelled(at=AT, promise_id="p-1", reason="replaced by a plan"),
    PlanAgreed(
        at=AT,
        plan_id="plan-1",
        installments=(
            Installment(due_on=date(2026, 4, 1), amount=euros(4_000)),
            Installment(due_on=date(2026, 5, 1), amount=euros(4_345)),
        ),
        grace_days=3,
    ),
    PlanCompleted(at=AT, plan_id="plan-1"),
    PlanDefaulted(at=AT, plan_id="plan-1", missed_on=date(2026, 5, 1), paid=euros(4_000)),
    PlanCancelled(at=AT, plan_id="plan-1", reason="paid at once"),
    SettlementAgreed(
        at=AT, settlement_id="s-1", amount=euros(8_000), pay_by=date(2026, 4, 15), authority="supervisor:s-1"
    ),
    SettlementFulfilled(at=AT, settlement_id="s-1", paid=euros(8_000)),
    SettlementLapsed(at=AT, settlement_id="s-1", paid=euros(100)),
    SettlementCancelled(at=AT, settlement_id="s-1", reason="withdrawn"),
    AgreementReopened(at=AT, kind=AgreementKind.PLAN, agreement_id="plan-1", reason="payment found"),
)

_CONTACT: tuple[Event, ...] = (
    ContactPermitted(
        at=AT,
        permit_id=PERMIT,
        person_id=PERSON,
        channel=Channel.EMAIL,
        step_key="2.reminder",
        template="reminder",
        rules=RULES,
    ),
    ContactRefused(
        at=AT,
        step_key="2.reminder",
        person_id=PERSON,
        channel=Channel.SMS,
        reason="CAP_WEEK",
        next_allowed_at=LATER,
    ),
    ContactOutcomeRecorded(at=AT, permit_id=PERMIT, outcome=ContactOutcome.DELIVERED, detail="250 2.0.0"),
    ContactLogged(
        at=AT,
        contact_id="call-9",
        person_id=PERSON,
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.REPLIED,
        detail="hotline",
    ),
)

_PERSON: tuple[Event, ...] = (
    PersonRegistered(at=AT, name="Ana Muñoz", language="es-ES", country="ES-MD", time_zone="Europe/Madrid"),
    ContactPointAdded(at=AT, point_id="e-1", channel=Channel.EMAIL, address="ana@example.org"),
    ContactPointRemoved(at=AT, point_id="e-1", reason="bounced"),
    ConsentGiven(at=AT, channel=Channel.WHATSAPP, source="form"),
    OptedOut(at=AT, channel=None, source="call"),
    FactLearned(at=AT, fact=Fact.REPRESENTED_BY_ATTORNEY, source="letter"),
    FactWithdrawn(at=AT, fact=Fact.VULNERABLE, reason="entered by mistake"),
    PlaceChanged(at=AT, country="PT", time_zone="Europe/Lisbon", language="pt-PT"),
    ContactReserved(at=AT, permit_id=PERMIT, case_id=CASE_ID, channel=Channel.EMAIL, point_id="e-1", rules=RULES),
    ContactEnded(at=AT, permit_id=PERMIT, outcome=ContactOutcome.REFUSED),
    ContactNoted(
        at=AT,
        contact_id="call-9",
        case_id=CASE_ID,
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.NO_ANSWER,
    ),
)

SAMPLES: dict[str, Event] = {
    type(event).__name__: event
    for event in (
        *_OPENING,
        *SUSPENSE_SAMPLES,
        *_CLIMB,
        *_MONEY,
        *MONEY_SAMPLES,
        *LINK_SAMPLES,
        *APPROVAL_SAMPLES,
        *_AGREEMENTS,
        *_CONTACT,
        *_PERSON,
        *ERASURE_SAMPLES,
    )
}
