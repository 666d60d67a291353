"""What is added to a debt, and what is given up of it."""

from domain.case.allocation import WAIVER_ORDER, by_due_date, parts_of
from domain.case.approval_rules import require_alone
from domain.case.approval_words import Act, Wanted
from domain.case.caps import require_within_caps
from domain.case.commands import AddCharge, Waive
from domain.case.credit import apply_credit
from domain.case.events import AmountWaived, CaseEvent, ChargeAdded
from domain.case.evolve_ledger import charge_terms, waiver_terms
from domain.case.hold import is_held
from domain.case.policy import NOTHING_SET, Policy
from domain.case.refusal import (
    other_terms,
    require_obligation,
    require_open,
    require_own,
    require_sum,
    require_text,
)
from domain.case.settling import after, close_if_settled, money_came
from domain.case.state import Case
from domain.case.words import Component, Scope
from domain.decider import Rejected
from domain.ledger.told import BY_LAW
from domain.money import Money


def add_charge(command: AddCharge, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Add interest, a fee or costs to an obligation, as far as the law lets; once per period, where one is named."""
    terms = charge_terms(command.obligation_id, command.component, command.amount, command.period)
    known = case.ledger.charges.get(command.charge_id)
    if known is not None:
        if known == terms:
            return ()
        raise other_terms("CHARGE")
    if command.period and (command.obligation_id, command.component, command.period) in case.ledger.periods:
        return ()
    require_open(case)
    require_text(command.charge_id, "charge_id")
    require_own(command.charge_id, "charge_id")
    require_own(command.period, "period")
    require_text(command.reason, "reason")
    if command.reason == BY_LAW:
        accepted = "another reason; interest by law is posted by PostInterest"
        raise Rejected("REASON_RESERVED", f"{BY_LAW} is what the law lets accrue", field="reason", accepted=accepted)
    require_obligation(case, command.obligation_id)
    require_sum(command.amount, case.currency)
    if command.component is Component.PRINCIPAL:
        accepted = "INTEREST, LATE_INTEREST, FEES or COSTS; new principal is a new obligation"
        raise Rejected("COMPONENT_INVALID", "principal is not charged", field="component", accepted=accepted)
    if is_held(case, Scope.CHARGES, command.at):
        raise Rejected("CASE_ON_HOLD", "a hold stops charges", accepted="after its release")
    require_within_caps(
        case,
        policy,
        obligation_id=command.obligation_id,
        component=command.component,
        amount=command.amount,
        at=command.at,
        unit=command.unit_value,
    )
    added = ChargeAdded(
        at=command.at,
        charge_id=command.charge_id,
        obligation_id=command.obligation_id,
        component=command.component,
        amount=command.amount,
        reason=command.reason,
        period=command.period,
    )
    return charged(case, (added,), policy)


def charged(case: Case, told: tuple[CaseEvent, ...], policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Return `told`, whose last event is a charge, with the credit that pays it at once and what follows from that."""
    owed, at = after(case, told), told[-1].at
    applied = apply_credit(owed, at, policy)
    return (*told, *money_came(owed, applied, at=at, policy=policy)) if applied else told


def waive(command: Waive, case: Case, policy: Policy, *, approved: bool = False) -> tuple[CaseEvent, ...]:
    """Give up part of what is owed: where the command says, else the oldest due first and fees before principal.

    approved: a second person has agreed to it.
    """
    known = case.ledger.waivers.get(command.waiver_id)
    if known is not None:
        if known == waiver_terms(command.amount, command.authority):
            return ()
        raise other_terms("WAIVER")
    require_open(case)
    require_text(command.waiver_id, "waiver_id")
    require_own(command.waiver_id, "waiver_id")
    require_text(command.reason, "reason")
    require_text(command.authority, "authority")
    require_sum(command.amount, case.currency)
    if command.obligation_id:
        require_obligation(case, command.obligation_id)
    debts = [debt for debt in by_due_date(case) if command.obligation_id in ("", debt.terms.obligation_id)]
    order = WAIVER_ORDER if command.component is None else (command.component,)
    parts = parts_of(command.amount.minor, debts, order)
    can_be_waived = sum(debt.owed.get(component, 0) for debt in debts for component in order)
    if command.amount.minor > can_be_waived:
        accepted = f"up to {Money(can_be_waived, case.currency)}"
        raise Rejected("WAIVER_EXCEEDS_BALANCE", "less than that is owed", field="amount", accepted=accepted)
    if not approved:
        wanted = Wanted(act=Act.WAIVER, amount=command.amount, reason=command.reason)
        require_alone(policy.bounds.approvals, case, wanted, by=command.by)
    waived = AmountWaived(
        at=command.at,
        waiver_id=command.waiver_id,
        parts=parts,
        amount=command.amount,
        reason=command.reason,
        authority=command.authority,
    )
    return close_if_settled(case, (waived,), at=command.at, policy=policy)
