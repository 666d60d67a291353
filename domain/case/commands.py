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
from domain.case.approval_commands import (
    ApprovalCommand,
    GiveApproval,
    RefuseApproval,
    RequestApproval,
    WithdrawApproval,
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
from domain.case.limitation_commands import (
    InterruptLimitation,
    LimitationCommand,
    PleadTimeBar,
    RaiseLimitationAlarm,
    SuspendLimitation,
)
from domain.case.link_commands import (
    CancelPaymentLink,
    ExpirePaymentLink,
    IssuePaymentLink,
    LinkCommand,
    RecordLinkPayment,
    RecordLinkReady,
    RecordLinkRefund,
)
from domain.case.money_commands import (
    AddCharge,
    MoneyCommand,
    RecordPayment,
    ReversePayment,
    Waive,
)
from domain.case.offer_commands import (
    AcceptOffer,
    ApproveOffer,
    OfferCommand,
    OfferDiscount,
    OfferSettlement,
    RefuseOffer,
    WithdrawDiscount,
    WithdrawOffer,
)
from domain.case.record_commands import (
    AddNote,
    AddObligation,
    AddObligor,
    Assign,
    AssignAccount,
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
from domain.case.terms_commands import (
    AdvanceCost,
    ConsentToOrder,
    ExtendDueDate,
    GrantReward,
    PostInterest,
    RecordTerms,
    TermsCommand,
)

CaseCommand = (
    OpeningCommand
    | DeskCommand
    | LadderCommand
    | HoldCommand
    | MoneyCommand
    | TermsCommand
    | PromiseCommand
    | PlanCommand
    | SettlementCommand
    | OfferCommand
    | ApprovalCommand
    | LimitationCommand
    | LinkCommand
    | JudgeAgreements
    | DisputeCommand
    | ContactCommand
)

__all__ = [
    "AcceptOffer",
    "AddCharge",
    "AddNote",
    "AddObligation",
    "AddObligor",
    "AdvanceCost",
    "AgreePlan",
    "AgreeSettlement",
    "ApprovalCommand",
    "ApproveOffer",
    "Asked",
    "Assign",
    "AssignAccount",
    "CancelPaymentLink",
    "CancelPlan",
    "CancelPromise",
    "CancelSettlement",
    "CaseCommand",
    "CloseCase",
    "CompleteTask",
    "ConsentToOrder",
    "ContactCommand",
    "Deescalate",
    "DeskCommand",
    "DisputeCommand",
    "EnterStage",
    "Escalate",
    "ExpirePaymentLink",
    "ExtendDueDate",
    "GiveApproval",
    "GrantReward",
    "HoldCommand",
    "InterruptLimitation",
    "IssuePaymentLink",
    "JudgeAgreements",
    "LadderCommand",
    "LimitationCommand",
    "LinkCommand",
    "LogContact",
    "MakePromise",
    "MoneyCommand",
    "OfferCommand",
    "OfferDiscount",
    "OfferSettlement",
    "OpenCase",
    "OpenDispute",
    "OpeningCommand",
    "PermitContact",
    "PinStrategy",
    "PlaceCase",
    "PlaceHold",
    "PlanCommand",
    "PleadTimeBar",
    "PostInterest",
    "PromiseCommand",
    "RaiseLimitationAlarm",
    "RecordContactOutcome",
    "RecordLinkPayment",
    "RecordLinkReady",
    "RecordLinkRefund",
    "RecordPayment",
    "RecordTerms",
    "RefuseApproval",
    "RefuseContact",
    "RefuseOffer",
    "ReleaseHold",
    "ReleaseObligor",
    "ReopenCase",
    "RequestApproval",
    "ResolveDispute",
    "ReversePayment",
    "SettlementCommand",
    "SuspendLimitation",
    "TakeStep",
    "TermsCommand",
    "Waive",
    "WithdrawApproval",
    "WithdrawDiscount",
    "WithdrawOffer",
]
