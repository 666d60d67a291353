"""What the house gives up for punctual payment: an event of its own, not a waiver, so that reports can tell them apart.

Plans that promise a reward grant it themselves when every date was met; this is the one that somebody grants by hand.
"""

from domain.case.allocation import WAIVER_ORDER, by_due_date, parts_of
from domain.case.commands import GrantReward
from domain.case.events import CaseEvent, RewardGranted
from domain.case.evolve_ledger import waiver_terms
from domain.case.policy import Policy
from domain.case.refusal import other_terms, require_open, require_own, require_sum, require_text
from domain.case.settling import close_if_settled
from domain.case.state import Case
from domain.case.view import balance
from domain.decider import Rejected


def grant_reward(command: GrantReward, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Give up part of what is owed, the oldest due first and fees before principal."""
    known = case.rewards.get(command.reward_id)
    if known is not None:
        if known == waiver_terms(command.amount, command.authority):
            return ()
        raise other_terms("REWARD")
    require_open(case)
    require_text(command.reward_id, "reward_id")
    require_own(command.reward_id, "reward_id")
    require_text(command.reason, "reason")
    require_text(command.authority, "authority")
    require_own(command.authority, "authority")
    require_sum(command.amount, case.currency)
    owed = balance(case)
    if command.amount > owed:
        raise Rejected("REWARD_EXCEEDS_BALANCE", f"{owed} is owed", field="amount", accepted=f"up to {owed}")
    granted = RewardGranted(
        at=command.at,
        reward_id=command.reward_id,
        parts=parts_of(command.amount.minor, by_due_date(case), WAIVER_ORDER),
        amount=command.amount,
        reason=command.reason,
        authority=command.authority,
    )
    return close_if_settled(case, (granted,), at=command.at, policy=policy)
