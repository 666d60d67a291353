"""Settlements offered: within the house's bounds, approved by a second person, and never worse than before."""

from domain.case.commands import AcceptOffer, ApproveOffer, OfferSettlement, RefuseOffer, WithdrawOffer
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.state import Case


def offer_settlement(command: OfferSettlement, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def approve_offer(command: ApproveOffer, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def refuse_offer(command: RefuseOffer, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def accept_offer(command: AcceptOffer, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def withdraw_offer(command: WithdrawOffer, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
