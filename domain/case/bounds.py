"""How far the house goes when it settles for less: by portfolio, stage and days late, and who must agree.

Percentages are of what is owed when it is asked, and are compared exactly, without rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.case.approval_rules import ApprovalRule
from domain.case.state import Case
from domain.case.view import balance_minor, days_past_due
from domain.case.words import Stage
from domain.decider import Rejected
from domain.four_eyes import role_of
from domain.money import Money

EVERYBODY = "*"  # in `alone_percent_max`: whatever role is not named


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One row: for the cases that it fits, the most that may be given up, by whom."""

    id: str
    portfolio: str = ""  # empty: any
    stages: frozenset[Stage] = frozenset()  # empty: any
    days_past_due_min: int | None = None  # None: any, also before the due date
    discount_percent_max: int  # of what is owed; more is refused to everybody
    alone_percent_max: Mapping[str, int] = field(default_factory=dict)  # by role; up to this it needs nobody else
    approvers: Mapping[str, int] = field(default_factory=dict)  # by role; above it, one other person who may go so far

    def fits(self, case: Case, at: datetime) -> bool:
        """Return whether the row is for the case as it is at `at`."""
        if self.portfolio not in ("", case.portfolio) or (self.stages and case.climb.stage not in self.stages):
            return False
        late = days_past_due(case, at)
        return self.days_past_due_min is None or (late is not None and late >= self.days_past_due_min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """All rows; the first that fits holds, and where none fits nothing is given up.

    approvals: what else needs a second person: waivers, and closing a case that is owed on.
    """

    rows: tuple[Bound, ...] = ()
    approvals: tuple[ApprovalRule, ...] = ()

    def of(self, case: Case, at: datetime) -> Bound:
        """Return the row that holds for the case at `at`."""
        if not self.rows:
            return UNSET
        return next((row for row in self.rows if row.fits(case, at)), NONE_FITS)


# Where nobody has said anything, nobody gives anything away alone, and a supervisor may approve any offer.
UNSET = Bound(id="unset", discount_percent_max=100, approvers={"supervisor": 100})
NONE_FITS = Bound(id="none", discount_percent_max=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What the bounds say to somebody who would take `amount` for everything."""

    bound: str  # id of the row
    approvers: tuple[str, ...]  # roles of which one other person must approve; (): nobody


def allowed(bounds: Bounds, case: Case, amount: Money, *, by: str, at: datetime) -> Allowed:
    """Say whether `by` ("role:id") may offer `amount` for all that is owed, and who has to approve it.

    Raises `Rejected` SETTLEMENT_NOT_ALLOWED for less than anybody may offer.
    """
    owed, row = balance_minor(case), bounds.of(case, at)
    if not _covers(row.discount_percent_max, owed, amount.minor):
        raise _too_low(case, row.discount_percent_max)
    alone = _alone(row, by)
    if _covers(alone, owed, amount.minor):
        return Allowed(bound=row.id, approvers=())
    approvers = tuple(role for role, percent in sorted(row.approvers.items()) if _covers(percent, owed, amount.minor))
    if not approvers:
        raise _too_low(case, alone)
    return Allowed(bound=row.id, approvers=approvers)


def require_alone(bounds: Bounds, case: Case, amount: Money, *, by: str, at: datetime) -> None:
    """Refuse what `by` may not give up without a second person; where no bounds are set, nothing is refused here."""
    if bounds.rows and allowed(bounds, case, amount, by=by, at=at).approvers:
        least = least_for(case, _alone(bounds.of(case, at), by))
        raise Rejected(
            "APPROVAL_REQUIRED",
            f"offer it and have it approved: less than {least} is more than you may give up alone",
            field="amount",
            accepted=f"{least} or more",
        )


def most_alone(bounds: Bounds, case: Case, *, by: str, at: datetime) -> Money | None:
    """Return the most that `by` may give up of all that is owed without a second person; None where nobody said."""
    if not bounds.rows:
        return None
    return Money(balance_minor(case) * _alone(bounds.of(case, at), by) // 100, case.currency)


def may_approve(bounds: Bounds, case: Case, amount: Money, *, by: str, at: datetime) -> bool:
    """Return whether the role of `by` may agree to `amount` for everything, as the case is at `at`."""
    row, role = bounds.of(case, at), role_of(by)
    if role not in row.approvers:
        return False
    return _covers(min(row.approvers[role], row.discount_percent_max), balance_minor(case), amount.minor)


def least_for(case: Case, percent: int) -> Money:
    """Return the least that may be asked for all that is owed when `percent` of it may be given up."""
    return Money(-(-balance_minor(case) * (100 - percent) // 100), case.currency)


def _alone(row: Bound, by: str) -> int:
    limits = row.alone_percent_max
    return min(limits.get(role_of(by), limits.get(EVERYBODY, 0)), row.discount_percent_max)


def _covers(percent: int, owed: int, asked: int) -> bool:
    """Return whether asking for `asked` of `owed` gives up `percent` of it or less."""
    return (owed - asked) * 100 <= percent * owed


def _too_low(case: Case, percent: int) -> Rejected:
    least = least_for(case, percent)
    detail = f"not more than {percent} % of what is owed may be given up here"
    return Rejected("SETTLEMENT_NOT_ALLOWED", detail, field="amount", accepted=f"{least} or more")
