"""What happens to the limitation clock: it is derived when asked for, from what is kept here."""

from domain.case.limitation_events import LimitationEvent
from domain.case.owned import put
from domain.case.state import Case


def limitation_happened(case: Case, event: LimitationEvent) -> None:
    put(case, limitation=(*case.limitation, event))
