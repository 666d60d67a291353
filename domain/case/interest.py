"""Interest by law, posted when it matters: before money is allocated, before something is agreed, given up or closed.

Holds of the scope CHARGES stop what the house charges, and not what the law lets accrue; a moratorium stops that too,
as the statement says.
"""

from datetime import datetime

from domain.case.accruing import comes_late, interest_due
from domain.case.commands import PostInterest
from domain.case.credit import apply_credit
from domain.case.events import CaseEvent, ChargeAdded
from domain.case.policy import Policy
from domain.case.settling import after, money_came
from domain.case.state import Case


def post_interest(command: PostInterest, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Post the interest borne until `command.at`; credit that is there pays it at once."""
    posted = posted_first(case, policy, command.at)
    if not posted:
        return ()
    owing = after(case, posted)
    applied = apply_credit(owing, command.at, policy)
    return (*posted, *money_came(owing, applied, at=command.at, policy=policy)) if applied else posted


def posted_first(case: Case, policy: Policy, at: datetime) -> tuple[ChargeAdded, ...]:
    """Return the interest to be posted before something is decided at `at`.

    Nothing on a closed case, and nothing for a day before the last one on which money moved: interest has been posted
    through that day.
    """
    if not case.terms or not case.open or comes_late(case, at):
        return ()
    return interest_due(case, policy, at)
