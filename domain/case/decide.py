"""What follows from a command. One match over all of them; each answer is in the file of its subject."""

from typing import assert_never

from domain.case import (
    approval,
    charge,
    climb,
    consent,
    contact,
    cost,
    desk,
    discount,
    dispute,
    extension,
    hold,
    interest,
    judging,
    limitation,
    link,
    offer,
    opening,
    payment,
    plan,
    promise,
    rederive,
    reward,
    settlement,
    step,
    terms,
)
from domain.case.commands import (
    AcceptOffer,
    AddCharge,
    AddNote,
    AddObligation,
    AddObligor,
    AdvanceCost,
    AgreePlan,
    AgreeSettlement,
    ApproveOffer,
    Assign,
    AssignAccount,
    CancelPaymentLink,
    CancelPlan,
    CancelPromise,
    CancelSettlement,
    CaseCommand,
    CloseCase,
    CompleteTask,
    ConsentToOrder,
    Deescalate,
    EnterStage,
    Escalate,
    ExpirePaymentLink,
    ExtendDueDate,
    GiveApproval,
    GrantReward,
    InterruptLimitation,
    IssuePaymentLink,
    JudgeAgreements,
    LogContact,
    MakePromise,
    OfferDiscount,
    OfferSettlement,
    OpenCase,
    OpenDispute,
    PermitContact,
    PinStrategy,
    PlaceCase,
    PlaceHold,
    PleadTimeBar,
    PostInterest,
    RaiseLimitationAlarm,
    RecordContactOutcome,
    RecordLinkPayment,
    RecordLinkReady,
    RecordLinkRefund,
    RecordPayment,
    RecordTerms,
    RefuseApproval,
    RefuseContact,
    RefuseOffer,
    ReleaseHold,
    ReleaseObligor,
    ReopenCase,
    RequestApproval,
    ResolveDispute,
    ReversePayment,
    SuspendLimitation,
    TakeStep,
    Waive,
    WithdrawApproval,
    WithdrawDiscount,
    WithdrawOffer,
)
from domain.case.events import CaseEvent
from domain.case.policy import NOTHING_SET, Policy
from domain.case.refusal import require_utc
from domain.case.settling import after
from domain.case.state import Absent, Case, CaseState
from domain.decider import Rejected


def decide(command: CaseCommand, state: CaseState, policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Say what follows from `command`; `()` when it has already been done; raise `Rejected` when it must not be."""
    require_utc(command.at, "at")
    if isinstance(command, OpenCase):
        return opening.open_case(command, state)
    if isinstance(state, Absent):
        raise Rejected("CASE_NOT_FOUND", "no case was opened under this id", accepted="open it first")
    if isinstance(command, RecordTerms | PlaceHold | ExtendDueDate):
        return rederive.squared(state, _follows(command, state, policy), policy)
    if not state.terms:  # nothing accrues
        return _follows(command, state, policy)
    posted = interest.posted_first(state, policy, command.at) if isinstance(command, ASKS_WHAT_IS_OWED) else ()
    if not posted:
        return _follows(command, state, policy)
    told = _follows(command, after(state, posted), policy)
    return (*posted, *told) if told else ()


ASKS_WHAT_IS_OWED = (
    Waive,
    MakePromise,
    AgreePlan,
    AgreeSettlement,
    OfferSettlement,
    ApproveOffer,
    OfferDiscount,
    AcceptOffer,
    GrantReward,
    IssuePaymentLink,
    PlaceCase,
    CloseCase,
    RequestApproval,
    GiveApproval,
)
"""Commands decided on what is owed that day, so that interest is posted first; payments see to it themselves."""


def _follows(command: CaseCommand, state: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Find the rule for a command."""
    assert not isinstance(command, OpenCase), "answered before there was a case"
    match command:
        case AddObligation():
            return opening.add_obligation(command, state, policy)
        case AddObligor():
            return opening.add_obligor(command, state)
        case ReleaseObligor():
            return opening.release_obligor(command, state)
        case CloseCase():
            return opening.close_case(command, state, policy)
        case ReopenCase():
            return opening.reopen_case(command, state, policy)
        case AddNote():
            return desk.add_note(command, state)
        case Assign():
            return desk.assign(command, state)
        case PlaceCase():
            return desk.place_case(command, state)
        case AssignAccount():
            return desk.assign_account(command, state)
        case EnterStage():
            return climb.enter_stage(command, state, policy)
        case Escalate():
            return climb.escalate(command, state, policy)
        case Deescalate():
            return climb.deescalate(command, state)
        case PinStrategy():
            return climb.pin_strategy(command, state)
        case TakeStep():
            return step.take_step(command, state, policy)
        case CompleteTask():
            return step.complete_task(command, state)
        case PlaceHold():
            return hold.place_hold(command, state)
        case ReleaseHold():
            return hold.release_hold(command, state)
        case RecordPayment():
            return payment.record_payment(command, state, policy)
        case ReversePayment():
            return payment.reverse_payment(command, state, policy)
        case AddCharge():
            return charge.add_charge(command, state, policy)
        case Waive():
            return charge.waive(command, state, policy)
        case MakePromise():
            return promise.make_promise(command, state)
        case CancelPromise():
            return promise.cancel_promise(command, state)
        case AgreePlan():
            return plan.agree_plan(command, state, policy)
        case CancelPlan():
            return plan.cancel_plan(command, state)
        case AgreeSettlement():
            return settlement.agree_settlement(command, state, policy)
        case CancelSettlement():
            return settlement.cancel_settlement(command, state)
        case JudgeAgreements():
            return judging.judge(command, state, policy)
        case RecordTerms():
            return terms.record_terms(command, state)
        case ConsentToOrder():
            return consent.consent_to_order(command, state, policy)
        case PostInterest():
            return interest.post_interest(command, state, policy)
        case ExtendDueDate():
            return extension.extend_due_date(command, state)
        case AdvanceCost():
            return cost.advance_cost(command, state, policy)
        case GrantReward():
            return reward.grant_reward(command, state, policy)
        case OfferSettlement():
            return offer.offer_settlement(command, state, policy)
        case ApproveOffer():
            return offer.approve_offer(command, state, policy)
        case RefuseOffer():
            return offer.refuse_offer(command, state)
        case AcceptOffer():
            return offer.accept_offer(command, state, policy)
        case WithdrawOffer():
            return offer.withdraw_offer(command, state)
        case RequestApproval():
            return approval.request(command, state, policy)
        case GiveApproval():
            return approval.give(command, state, policy)
        case RefuseApproval():
            return approval.refuse(command, state)
        case WithdrawApproval():
            return approval.withdraw(command, state)
        case OfferDiscount():
            return discount.offer_discount(command, state, policy)
        case WithdrawDiscount():
            return discount.withdraw_discount(command, state)
        case InterruptLimitation():
            return limitation.interrupt(command, state)
        case SuspendLimitation():
            return limitation.suspend(command, state)
        case PleadTimeBar():
            return limitation.plead(command, state)
        case RaiseLimitationAlarm():
            return limitation.raise_alarm(command, state)
        case IssuePaymentLink():
            return link.issue_link(command, state, policy)
        case RecordLinkReady():
            return link.record_ready(command, state)
        case RecordLinkPayment():
            return link.record_link_payment(command, state, policy)
        case RecordLinkRefund():
            return link.record_link_refund(command, state, policy)
        case ExpirePaymentLink():
            return link.expire_link(command, state)
        case CancelPaymentLink():
            return link.cancel_link(command, state)
        case OpenDispute():
            return dispute.open_dispute(command, state)
        case ResolveDispute():
            return dispute.resolve_dispute(command, state, policy)
        case PermitContact():
            return contact.permit_contact(command, state)
        case RefuseContact():
            return contact.refuse_contact(command, state)
        case RecordContactOutcome():
            return contact.record_outcome(command, state)
        case LogContact():
            return contact.log_contact(command, state)
        case _:
            assert_never(command)
