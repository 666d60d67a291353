"""What has happened to a case, all of it. Names and fields are a wire format: add, never rename; all have golden files.

Events are grouped by subject, which is also how `evolve` finds its way.
"""

from domain.case.agreement_events import (
    AgreementEvent,
    AgreementReopened,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanCured,
    PlanDefaulted,
    PlanEvent,
    PlanInArrears,
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
from domain.case.limitation_events import (
    LimitationAlarmed,
    LimitationEvent,
    LimitationInterrupted,
    LimitationSuspended,
    TimeBarPleaded,
)
from domain.case.money_events import (
    AmountWaived,
    ChargeAdded,
    CreditApplied,
    MoneyEvent,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    RewardGranted,
    WaiverReversed,
)
from domain.case.offer_events import (
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    OfferAccepted,
    OfferApproved,
    OfferEvent,
    OfferLapsed,
    OfferRefused,
    OfferWithdrawn,
    SettlementOffered,
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
from domain.case.terms_events import CostAdvanced, DueDateExtended, OrderConsented, TermsEvent, TermsRecorded

CaseEvent = (
    OpeningEvent
    | DeskEvent
    | DisputeEvent
    | LadderEvent
    | HoldEvent
    | MoneyEvent
    | TermsEvent
    | AgreementEvent
    | OfferEvent
    | LimitationEvent
    | ContactEvent
)

__all__ = [
    "AgreementEvent",
    "AgreementReopened",
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
    "CostAdvanced",
    "CreditApplied",
    "DeskEvent",
    "DiscountEarned",
    "DiscountLapsed",
    "DiscountOffered",
    "DiscountWithdrawn",
    "DisputeEvent",
    "DisputeOpened",
    "DisputeResolved",
    "DueDateExtended",
    "HoldEvent",
    "HoldPlaced",
    "HoldReleased",
    "LadderEvent",
    "LimitationAlarmed",
    "LimitationEvent",
    "LimitationInterrupted",
    "LimitationSuspended",
    "MoneyEvent",
    "NoteAdded",
    "ObligationAdded",
    "ObligorAdded",
    "ObligorReleased",
    "OfferAccepted",
    "OfferApproved",
    "OfferEvent",
    "OfferLapsed",
    "OfferRefused",
    "OfferWithdrawn",
    "OpeningEvent",
    "OrderConsented",
    "PaymentReallocated",
    "PaymentRecorded",
    "PaymentReversed",
    "PlanAgreed",
    "PlanCancelled",
    "PlanCompleted",
    "PlanCured",
    "PlanDefaulted",
    "PlanEvent",
    "PlanInArrears",
    "PromiseBroken",
    "PromiseCancelled",
    "PromiseEvent",
    "PromiseKept",
    "PromiseMade",
    "PromisePartlyKept",
    "RewardGranted",
    "SettlementAgreed",
    "SettlementCancelled",
    "SettlementEvent",
    "SettlementFulfilled",
    "SettlementLapsed",
    "SettlementOffered",
    "StageEntered",
    "StepTaken",
    "StrategyPinned",
    "TaskDone",
    "TaskRaised",
    "TermsEvent",
    "TermsRecorded",
    "TimeBarPleaded",
    "WaiverReversed",
]
