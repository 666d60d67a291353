"""What may be asked of a case.

Every command says when what it tells of happened (`at`, business time, UTC) and who asks (`by`, "role:id").
Ids come in with it, so that asking twice is asking once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.case.words import (
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
    PlacedWith,
    Scope,
    Stage,
    StepAction,
    StrategyPin,
)
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every command carries."""

    at: datetime
    by: str


# ── the case itself


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Asked):
    creditor_id: str
    reference: str
    portfolio: str
    currency: str
    country: str
    time_zone: str
    language: str
    strategy: StrategyPin
    obligations: tuple[Obligation, ...]
    obligors: tuple[Obligor, ...]
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddObligation(Asked):
    obligation: Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class AddObligor(Asked):
    obligor: Obligor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseObligor(Asked):
    person_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Asked):
    note_id: str
    person_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Asked):
    collector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCase(Asked):
    placed_with: PlacedWith
    partner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(Asked):
    closure: Closure
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase(Asked):
    reason: str


# ── the ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStage(Asked):
    """The ladder's own climb, one level up, through the gate that `next_step` found open."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Asked):
    """Somebody with authority moves the case up, to any higher stage."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deescalate(Asked):
    """Somebody with authority moves the case down."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Asked):
    """Record a step that needs nothing from outside: passed over (`skipped`), a task raised, a charge added."""

    step_key: str
    action: StepAction
    due_at: datetime
    skipped: bool = False
    reason: str = ""
    task_id: str = ""  # for StepAction.TASK
    task_kind: str = ""
    channel: Channel | None = None
    charge: Money | None = None  # for StepAction.CHARGE
    charge_component: Component = Component.FEES


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Asked):
    task_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinStrategy(Asked):
    strategy: StrategyPin
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAgreements(Asked):
    """Say what time has done to promises, plans and settlements by the instant `at`; idempotent."""


# ── holds


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Asked):
    hold_id: str
    reason: HoldReason
    scope: Scope
    authority: str
    from_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold(Asked):
    hold_id: str
    reason: str


# ── money


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(Asked):
    payment_id: str
    amount: Money
    method: str = "TRANSFER"
    obligation_id: str = ""  # the debtor's choice among debts; empty: oldest due first


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment(Asked):
    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCharge(Asked):
    charge_id: str
    obligation_id: str
    component: Component
    amount: Money
    reason: str
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(Asked):
    waiver_id: str
    amount: Money
    reason: str
    authority: str
    obligation_id: str = ""  # empty: oldest due first
    component: Component | None = None  # None: fees, costs, interest, principal in this order


# ── agreements


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise(Asked):
    promise_id: str
    amount: Money
    due_on: date
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPromise(Asked):
    promise_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePlan(Asked):
    plan_id: str
    installments: tuple[Installment, ...]
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPlan(Asked):
    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeSettlement(Asked):
    settlement_id: str
    amount: Money
    pay_by: date
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSettlement(Asked):
    settlement_id: str
    reason: str


# ── disputes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute(Asked):
    dispute_id: str
    obligation_ids: tuple[str, ...]  # empty: all of them
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveDispute(Asked):
    dispute_id: str
    outcome: DisputeOutcome
    reason: str


# ── contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitContact(Asked):
    """Reserve one contact on the case's side; the person's stream decides its own side in the same append."""

    permit_id: str
    person_id: UUID
    channel: Channel
    template: str
    rules: str
    step_key: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseContact(Asked):
    """Record that the rules did not allow the contact that a step asked for."""

    step_key: str
    person_id: UUID
    channel: Channel
    reason: str
    next_allowed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContactOutcome(Asked):
    permit_id: str
    outcome: ContactOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogContact(Asked):
    contact_id: str
    person_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    detail: str = ""


OpeningCommand = OpenCase | AddObligation | AddObligor | ReleaseObligor | CloseCase | ReopenCase
DeskCommand = AddNote | Assign | PlaceCase
LadderCommand = EnterStage | Escalate | Deescalate | TakeStep | CompleteTask | PinStrategy
HoldCommand = PlaceHold | ReleaseHold
MoneyCommand = RecordPayment | ReversePayment | AddCharge | Waive
PromiseCommand = MakePromise | CancelPromise
PlanCommand = AgreePlan | CancelPlan
SettlementCommand = AgreeSettlement | CancelSettlement
DisputeCommand = OpenDispute | ResolveDispute
ContactCommand = PermitContact | RefuseContact | RecordContactOutcome | LogContact

CaseCommand = (
    OpeningCommand
    | DeskCommand
    | LadderCommand
    | HoldCommand
    | MoneyCommand
    | PromiseCommand
    | PlanCommand
    | SettlementCommand
    | JudgeAgreements
    | DisputeCommand
    | ContactCommand
)
