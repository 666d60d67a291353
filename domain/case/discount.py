"""Less to pay for who pays early."""

from domain.case.commands import OfferDiscount, WithdrawDiscount
from domain.case.events import CaseEvent
from domain.case.state import Case


def offer_discount(command: OfferDiscount, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def withdraw_discount(command: WithdrawDiscount, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
