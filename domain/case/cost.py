"""What the creditor paid for collecting, and how much of it came back.

A cost that may be recovered is charged to the debtor as it was paid, in the same decision; one that may not is only on
record.
"""

from dataclasses import dataclass

from domain.case.charge import charged
from domain.case.commands import AdvanceCost
from domain.case.events import CaseEvent, ChargeAdded, CostAdvanced
from domain.case.hold import is_held
from domain.case.policy import NOTHING_SET, Policy
from domain.case.refusal import other_terms, require_obligation, require_open, require_sum, require_text
from domain.case.state import Case
from domain.case.words import Component, Scope
from domain.decider import Rejected
from domain.money import Money

ADVANCED = "ADVANCED"  # the reason of the charge that recovers a cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """How the costs of a case stand."""

    advanced: Money
    recoverable: Money  # of it, what the debtor was charged with
    recovered: Money  # of that, what payments that stand have paid


def advance_cost(command: AdvanceCost, case: Case, policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Record a cost, and charge it if it may be recovered; a hold of charges stops that until its release."""
    advanced = CostAdvanced(
        at=command.at,
        cost_id=command.cost_id,
        obligation_id=command.obligation_id,
        amount=command.amount,
        kind=command.kind,
        recoverable=command.recoverable,
        proof=command.proof,
    )
    known = case.costs.get(command.cost_id)
    if known is not None:
        if _content(known) == _content(advanced):
            return ()
        raise other_terms("COST")
    require_open(case)
    require_text(command.cost_id, "cost_id")
    require_text(command.kind, "kind")
    require_obligation(case, command.obligation_id)
    require_sum(command.amount, case.currency)
    if not command.recoverable:
        return (advanced,)
    if is_held(case, Scope.CHARGES, command.at):
        accepted = "after its release, or as a cost that is not recovered"
        raise Rejected("CASE_ON_HOLD", "a hold stops charges", field="recoverable", accepted=accepted)
    charge = ChargeAdded(
        at=command.at,
        charge_id=_charge_id(command.cost_id),
        obligation_id=command.obligation_id,
        component=Component.COSTS,
        amount=command.amount,
        reason=ADVANCED,
    )
    if charge.charge_id in case.ledger.charges:
        raise other_terms("CHARGE")
    return charged(case, (advanced, charge), policy)


def recovered(case: Case) -> Recovered:
    """Return how the costs of a case stand; of several costs on a debt the one charged first is paid first."""
    mine = {_charge_id(cost.cost_id) for cost in case.costs.values() if cost.recoverable}
    left: dict[str, int] = {}
    for payment in case.ledger.payments.values():
        for part in () if payment.reversed else payment.parts:
            if part.component is Component.COSTS:
                left[part.obligation_id] = left.get(part.obligation_id, 0) + part.minor
    back = 0
    for event in case.money_told:
        if isinstance(event, ChargeAdded) and event.component is Component.COSTS:
            paid = max(min(event.amount.minor, left.get(event.obligation_id, 0)), 0)
            left[event.obligation_id] = left.get(event.obligation_id, 0) - paid
            back += paid if event.charge_id in mine else 0
    costs = case.costs.values()
    return Recovered(
        advanced=Money(sum(cost.amount.minor for cost in costs), case.currency),
        recoverable=Money(sum(cost.amount.minor for cost in costs if cost.recoverable), case.currency),
        recovered=Money(back, case.currency),
    )


def _charge_id(cost_id: str) -> str:
    return f"cost:{cost_id}"


def _content(cost: CostAdvanced) -> tuple[object, ...]:
    return tuple([getattr(cost, name) for name in CostAdvanced.__dataclass_fields__ if name != "at"])
