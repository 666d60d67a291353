"""What has happened to a case, all of it. Names and fields are a wire format: add, never rename; each has a golden file.

Events are grouped by subject, which is also how `evolve` finds its way.
"""

from domain.case.agreement_events import (
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanDefaulted,
    PlanEvent,
    PromiseBroken,
    PromiseCancelled,
    PromiseEvent,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementCancelled,
    SettlementEvent,
    SettlementFulfilled,
    SettlementLapsed,
)
from domain.case.contact_events import (
    ContactEvent,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
)
from domain.case.ladder_events import (
    HoldEvent,
    HoldPlaced,
    HoldReleased,
    LadderEvent,
    StageEntered,
    StepTaken,
    StrategyPinned,
    TaskDone,
    TaskRaised,
)
from domain.case.money_events import (
    AmountWaived,
    ChargeAdded,
    CreditApplied,
    MoneyEvent,
    PaymentRecorded,
    PaymentReversed,
)
from domain.case.record_events import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CasePlaced,
    CaseReopened,
    DeskEvent,
    DisputeEvent,
    DisputeOpened,
    DisputeResolved,
    NoteAdded,
    ObligationAdded,
    ObligorAdded,
    ObligorReleased,
    OpeningEvent,
)

CaseEvent = (
    OpeningEvent
    | DeskEvent
    | DisputeEvent
    | LadderEvent
    | HoldEvent
    | MoneyEvent
    | PromiseEvent
    | PlanEvent
    | SettlementEvent
    | ContactEvent
)

__all__ = [
    "AmountWaived",
    "CaseAssigned",
    "CaseClosed",
    "CaseEvent",
    "CaseOpened",
    "CasePlaced",
    "CaseReopened",
    "ChargeAdded",
    "ContactEvent",
    "ContactLogged",
    "ContactOutcomeRecorded",
    "ContactPermitted",
    "ContactRefused",
    "CreditApplied",
    "DeskEvent",
    "DisputeEvent",
    "DisputeOpened",
    "DisputeResolved",
    "HoldEvent",
    "HoldPlaced",
    "HoldReleased",
    "LadderEvent",
    "MoneyEvent",
    "NoteAdded",
    "ObligationAdded",
    "ObligorAdded",
    "ObligorReleased",
    "OpeningEvent",
    "PaymentRecorded",
    "PaymentReversed",
    "PlanAgreed",
    "PlanCancelled",
    "PlanCompleted",
    "PlanDefaulted",
    "PlanEvent",
    "PromiseBroken",
    "PromiseCancelled",
    "PromiseEvent",
    "PromiseKept",
    "PromiseMade",
    "PromisePartlyKept",
    "SettlementAgreed",
    "SettlementCancelled",
    "SettlementEvent",
    "SettlementFulfilled",
    "SettlementLapsed",
    "StageEntered",
    "StepTaken",
    "StrategyPinned",
    "TaskDone",
    "TaskRaised",
]
