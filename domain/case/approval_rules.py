"""What one person may give up alone, and who must agree beyond: by act, portfolio, amount and role.

Percentages are of what is owed when it is asked, together with what was waived before without a second person: ten
small waivers are one large one. They are compared exactly, without rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.case.approval_words import Act, Wanted
from domain.case.refusal import RESERVED
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands, required, role_of
from domain.money import Money

EVERYBODY = "*"  # in `alone_percent_max`: whatever role is not named
WAIVER = "WAIVER"  # in `acts`, beside the names of closures


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """One row; the first that fits holds. Where none fits nobody else is asked."""

    id: str
    acts: frozenset[str]  # WAIVER, and names of closures
    portfolio: str = ""  # empty: any
    above: Mapping[str, int] = field(default_factory=dict)  # minor units by currency, for those alone; empty: any sum
    alone_percent_max: Mapping[str, int] = field(default_factory=dict)  # by role
    approvers: Mapping[str, int] = field(default_factory=dict)  # by role, up to so many percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Another person's word is needed, of one of these roles."""

    rule: str
    approvers: tuple[str, ...]
    alone: Money  # the most that whoever asked may give up without


def needed(rules: tuple[ApprovalRule, ...], case: Case, wanted: Wanted, *, by: str) -> Needed | None:
    """Return who must agree before `by` ("role:id") gets what is wanted; None: nobody.

    Raises `Rejected` GIVING_UP_NOT_ALLOWED where the row that holds has nobody who may agree to so much.
    """
    given_up, of = _measured(case, wanted)
    rule = _rule(rules, case, wanted, given_up)
    if rule is None or given_up == 0:
        return None
    limits = rule.alone_percent_max
    percent = limits.get(role_of(by), limits.get(EVERYBODY, 0))
    if _covers(percent, of, given_up):
        return None
    approvers = tuple(role for role, most in sorted(rule.approvers.items()) if _covers(most, of, given_up))
    if not approvers:
        most = max((percent, *rule.approvers.values()))
        detail = f"the house gives up at most {most} % of what is owed here"
        raise Rejected("GIVING_UP_NOT_ALLOWED", detail, field=_field(wanted), accepted=f"up to {most} %")
    before = given_up - _asked_for(case, wanted)
    alone = max(0, of * percent // 100 - before) if wanted.act is Act.WAIVER else 0
    return Needed(rule=rule.id, approvers=approvers, alone=Money(alone, case.currency))


def require_alone(rules: tuple[ApprovalRule, ...], case: Case, wanted: Wanted, *, by: str) -> None:
    """Refuse what `by` may not give up without a second person."""
    asked = needed(rules, case, wanted, by=by)
    if asked is None:
        return
    less = f", or up to {asked.alone}" if asked.alone.minor else ""
    why = "it is more than one person may give up alone"
    raise required(asked.approvers, why=why, field=_field(wanted), less=less)


def _measured(case: Case, wanted: Wanted) -> tuple[int, int]:
    """Return what would have been given up in all without a second person, and of how much, in minor units."""
    before = _waived_alone(case)
    return before + _asked_for(case, wanted), before + balance_minor(case)


def _asked_for(case: Case, wanted: Wanted) -> int:
    if wanted.act is Act.CLOSURE:
        return balance_minor(case)
    assert wanted.amount is not None, "a waiver is of an amount"
    return wanted.amount.minor


def _waived_alone(case: Case) -> int:
    """Return what waivers gave up that nobody approved, and that stand; what an agreement forgave is not among them."""
    approved = {each.wanted.waiver_id for each in case.approvals.values() if each.stands is ApprovalStands.GIVEN}
    return sum(
        part.minor
        for waiver_id, parts in case.ledger.forgiven.items()
        if waiver_id not in approved and not waiver_id.startswith(RESERVED)
        for part in parts
    )


def _rule(rules: tuple[ApprovalRule, ...], case: Case, wanted: Wanted, given_up: int) -> ApprovalRule | None:
    act = WAIVER if wanted.act is Act.WAIVER else str(wanted.closure)
    return next(
        (
            rule
            for rule in rules
            if act in rule.acts
            and rule.portfolio in ("", case.portfolio)
            and (not rule.above or given_up > rule.above.get(case.currency, given_up))
        ),
        None,
    )


def _covers(percent: int, of: int, given_up: int) -> bool:
    return given_up * 100 <= percent * of


def _field(wanted: Wanted) -> str:
    return "amount" if wanted.act is Act.WAIVER else "closure"
