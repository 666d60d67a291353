"""The case's decider: what follows from a command under a policy, and what a case is after what has happened."""

from functools import partial

from domain.case.commands import CaseCommand
from domain.case.decide import decide
from domain.case.events import CaseEvent
from domain.case.evolve import evolve, evolve_all
from domain.case.policy import Policy
from domain.case.state import Absent, CaseState
from domain.decider import Decider

CaseDecider = Decider[CaseState, CaseCommand, CaseEvent]


def case_decider(policy: Policy) -> CaseDecider:
    """Return the decider of cases under the law and the house rules of `policy`."""
    return Decider(initial=Absent(), decide=partial(decide, policy=policy), evolve=evolve, evolve_all=evolve_all)


CASE: CaseDecider = Decider(initial=Absent(), decide=decide, evolve=evolve, evolve_all=evolve_all)
"""Under no policy: enough to fold, and to decide what no law and no bound is asked for."""
