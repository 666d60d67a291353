"""The creditor's word on the order in which payments pay."""

from domain.case.commands import ConsentToOrder
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.state import Case


def consent_to_order(command: ConsentToOrder, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
