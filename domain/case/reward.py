"""What the house gives up for punctual payment."""

from domain.case.commands import GrantReward
from domain.case.events import CaseEvent
from domain.case.state import Case


def grant_reward(command: GrantReward, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
