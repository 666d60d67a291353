"""What may be asked of a case, all of it.

Every command says when what it tells of happened (`at`, business time, UTC) and who asks (`by`, "role:id").
Ids come in with it, so that asking twice is asking once.
"""

from domain.case.agreement_commands import (
    AgreePlan,
    AgreeSettlement,
    CancelPlan,
    CancelPromise,
    CancelSettlement,
    MakePromise,
    PlanCommand,
    PromiseCommand,
    SettlementCommand,
)
from domain.case.asked import Asked
from domain.case.contact_commands import (
    ContactCommand,
    LogContact,
    PermitContact,
    RecordContactOutcome,
    RefuseContact,
)
from domain.case.ladder_commands import (
    CompleteTask,
    Deescalate,
    EnterStage,
    Escalate,
    HoldCommand,
    JudgeAgreements,
    LadderCommand,
    PinStrategy,
    PlaceHold,
    ReleaseHold,
    TakeStep,
)
from domain.case.money_commands import (
    AddCharge,
    MoneyCommand,
    RecordPayment,
    ReversePayment,
    Waive,
)
from domain.case.record_commands import (
    AddNote,
    AddObligation,
    AddObligor,
    Assign,
    CloseCase,
    DeskCommand,
    DisputeCommand,
    OpenCase,
    OpenDispute,
    OpeningCommand,
    PlaceCase,
    ReleaseObligor,
    ReopenCase,
    ResolveDispute,
)

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

__all__ = [
    "AddCharge",
    "AddNote",
    "AddObligation",
    "AddObligor",
    "AgreePlan",
    "AgreeSettlement",
    "Asked",
    "Assign",
    "CancelPlan",
    "CancelPromise",
    "CancelSettlement",
    "CaseCommand",
    "CloseCase",
    "CompleteTask",
    "ContactCommand",
    "Deescalate",
    "DeskCommand",
    "DisputeCommand",
    "EnterStage",
    "Escalate",
    "HoldCommand",
    "JudgeAgreements",
    "LadderCommand",
    "LogContact",
    "MakePromise",
    "MoneyCommand",
    "OpenCase",
    "OpenDispute",
    "OpeningCommand",
    "PermitContact",
    "PinStrategy",
    "PlaceCase",
    "PlaceHold",
    "PlanCommand",
    "PromiseCommand",
    "RecordContactOutcome",
    "RecordPayment",
    "RefuseContact",
    "ReleaseHold",
    "ReleaseObligor",
    "ReopenCase",
    "ResolveDispute",
    "ReversePayment",
    "SettlementCommand",
    "TakeStep",
    "Waive",
]
