"""Words of the wire and of the domain, side by side: `STAGE_SOFT` is `Stage.SOFT`, whatever the word."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from application.joint_promise import JointStanding
from application.payment_provider import ProviderStands
from application.read_ports import WorkKind
from application.report_desk import Reported
from application.stop_words import Wish
from domain.case.link_state import Linked
from domain.case.state import Agreed, Offered
from domain.case.words import (
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    Every,
    HoldReason,
    PlacedWith,
    PlanShape,
    Role,
    Scope,
    Stage,
    StepAction,
)
from domain.compliance.words import Actor, Place, Purpose, Recipient, RuleKind
from domain.four_eyes import ApprovalStands
from domain.ledger.words import DayCount, Interruption, Nature, Quoted
from domain.limitation.words import Standing, Uncounted
from domain.person.approval_words import PersonAct
from domain.person.erasure_words import BlockKind, ErasureReason
from domain.person.words import Fact
from protos.escalera import v1 as pb

W = TypeVar("W", bound=StrEnum)


def _read(kind: type[W], wire: Any, prefix: str) -> Mapping[int, W]:
    return MappingProxyType({wire.Value(f"{prefix}_{word.name}"): word for word in kind})


def _written(words: Mapping[int, W]) -> Mapping[W, Any]:
    return MappingProxyType({word: number for number, word in words.items()})


STAGE = _read(Stage, pb.Stage, "STAGE")
CLOSURE = _read(Closure, pb.Closure, "CLOSURE")
COMPONENT = _read(Component, pb.Component, "COMPONENT")
ROLE = _read(Role, pb.Role, "ROLE")
SCOPE = _read(Scope, pb.Scope, "SCOPE")
HOLD_REASON = _read(HoldReason, pb.HoldReason, "HOLD_REASON")
CHANNEL = _read(Channel, pb.Channel, "CHANNEL")
DIRECTION = _read(Direction, pb.Direction, "DIRECTION")
CONTACT_OUTCOME = _read(ContactOutcome, pb.ContactOutcome, "CONTACT_OUTCOME")
DISPUTE_OUTCOME = _read(DisputeOutcome, pb.DisputeOutcome, "DISPUTE_OUTCOME")
PLACED_WITH = _read(PlacedWith, pb.PlacedWith, "PLACED_WITH")
STEP_ACTION = _read(StepAction, pb.StepAction, "STEP_ACTION")
AGREED = _read(Agreed, pb.AgreementState, "AGREEMENT_STATE")
APPROVAL_STATE = _read(ApprovalStands, pb.ApprovalState, "APPROVAL_STATE")
FACT = _read(Fact, pb.Fact, "FACT")
WORK_KIND = _read(WorkKind, pb.WorkKind, "WORK_KIND")
COLLECTING_AS = _read(Actor, pb.CollectingAs, "COLLECTING_AS")
PLACE = _read(Place, pb.ContactPlace, "CONTACT_PLACE")
RECIPIENT = _read(Recipient, pb.ContactRecipient, "CONTACT_RECIPIENT")
PURPOSE = _read(Purpose, pb.ContactPurpose, "CONTACT_PURPOSE")
REPORTED = _read(Reported, pb.ReportResult, "REPORT_RESULT")
WISH = _read(Wish, pb.InboundWish, "INBOUND_WISH")
RULE_KIND = _read(RuleKind, pb.RuleKind, "RULE_KIND")
NATURE = _read(Nature, pb.Nature, "NATURE")
DAY_COUNT = _read(DayCount, pb.DayCount, "DAY_COUNT")
QUOTED = _read(Quoted, pb.Quoted, "QUOTED")
OFFERED = _read(Offered, pb.OfferState, "OFFER_STATE")
PAYMENT_LINK = _read(Linked, pb.PaymentLinkState, "PAYMENT_LINK_STATE")
PROVIDER_LINK = _read(ProviderStands, pb.ProviderLinkState, "PROVIDER_LINK_STATE")
INTERRUPTION = _read(Interruption, pb.Interruption, "INTERRUPTION")
LIMITATION_STANDING = _read(Standing, pb.LimitationStanding, "LIMITATION_STANDING")
LIMITATION_UNCOUNTED = _read(Uncounted, pb.LimitationUncounted, "LIMITATION_UNCOUNTED")
PLAN_SHAPE = _read(PlanShape, pb.PlanShape, "PLAN_SHAPE")
EVERY = _read(Every, pb.Every, "EVERY")
JOINT_STANDING = _read(JointStanding, pb.JointStanding, "JOINT_STANDING")

STAGE_OUT = _written(STAGE)
CLOSURE_OUT = _written(CLOSURE)
COMPONENT_OUT = _written(COMPONENT)
ROLE_OUT = _written(ROLE)
SCOPE_OUT = _written(SCOPE)
HOLD_REASON_OUT = _written(HOLD_REASON)
CHANNEL_OUT = _written(CHANNEL)
CONTACT_OUTCOME_OUT = _written(CONTACT_OUTCOME)
DIRECTION_OUT = _written(DIRECTION)
DISPUTE_OUTCOME_OUT = _written(DISPUTE_OUTCOME)
PLACED_WITH_OUT = _written(PLACED_WITH)
STEP_ACTION_OUT = _written(STEP_ACTION)
AGREED_OUT = _written(AGREED)
APPROVAL_STATE_OUT = _written(APPROVAL_STATE)
FACT_OUT = _written(FACT)
WORK_KIND_OUT = _written(WORK_KIND)
COLLECTING_AS_OUT = _written(COLLECTING_AS)
PLACE_OUT = _written(PLACE)
RECIPIENT_OUT = _written(RECIPIENT)
PURPOSE_OUT = _written(PURPOSE)
REPORTED_OUT = _written(REPORTED)
WISH_OUT = _written(WISH)
RULE_KIND_OUT = _written(RULE_KIND)
NATURE_OUT = _written(NATURE)
DAY_COUNT_OUT = _written(DAY_COUNT)
QUOTED_OUT = _written(QUOTED)
OFFERED_OUT = _written(OFFERED)
PAYMENT_LINK_OUT = _written(PAYMENT_LINK)
PROVIDER_LINK_OUT = _written(PROVIDER_LINK)
INTERRUPTION_OUT = _written(INTERRUPTION)
LIMITATION_STANDING_OUT = _written(LIMITATION_STANDING)
LIMITATION_UNCOUNTED_OUT = _written(LIMITATION_UNCOUNTED)
PLAN_SHAPE_OUT = _written(PLAN_SHAPE)
EVERY_OUT = _written(EVERY)
JOINT_STANDING_OUT = _written(JOINT_STANDING)
PERSON_ACT = _read(PersonAct, pb.PersonAct, "PERSON_ACT")
ERASURE_REASON = _read(ErasureReason, pb.ErasureReason, "ERASURE_REASON")
ERASURE_REASON_OUT = _written(ERASURE_REASON)
BLOCK_KIND_OUT = _written(_read(BlockKind, pb.BlockKind, "BLOCK_KIND"))
