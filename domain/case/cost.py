"""What the creditor paid for collecting."""

from domain.case.commands import AdvanceCost
from domain.case.events import CaseEvent
from domain.case.state import Case


def advance_cost(command: AdvanceCost, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
