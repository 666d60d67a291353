"""Interest by law, posted when it matters."""

from domain.case.commands import PostInterest
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.state import Case


def post_interest(command: PostInterest, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
