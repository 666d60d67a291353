"""What time has done to a case's agreements, and what follows from that for the case."""

from domain.case.agreement import judge_agreements
from domain.case.commands import JudgeAgreements
from domain.case.events import CaseEvent, PlanDefaulted
from domain.case.interest import posted_first
from domain.case.policy import Policy
from domain.case.settling import after, close_if_settled
from domain.case.state import Case
from domain.case.view import balance_minor


def judge(command: JudgeAgreements, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Judge what was agreed. A plan in default may leave nothing owed but its own interest, which is taken back.

    Then the law's interest on the plan's days is posted before anybody says that nothing is owed.
    """
    told = judge_agreements(command, case)
    owing = after(case, told)
    if not any(isinstance(event, PlanDefaulted) for event in told) or balance_minor(owing):
        return told
    told += posted_first(owing, policy, command.at)
    return close_if_settled(case, told, at=command.at, policy=policy)
