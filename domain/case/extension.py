"""More time: another due date for an obligation."""

from domain.case.commands import ExtendDueDate
from domain.case.events import CaseEvent
from domain.case.state import Case


def extend_due_date(command: ExtendDueDate, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
