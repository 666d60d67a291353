"""What kind of claim a debt is and what was agreed on interest."""

from domain.case.commands import RecordTerms
from domain.case.events import CaseEvent
from domain.case.state import Case


def record_terms(command: RecordTerms, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
