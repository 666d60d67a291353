"""How far the house goes when it settles for less: by portfolio, stage and days late, and who must agree."""

from dataclasses import dataclass

from domain.case.words import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One row: for the cases that it fits, the most that may be given up, by whom."""

    id: str
    portfolio: str = ""  # empty: any
    stages: frozenset[Stage] = frozenset()  # empty: any
    days_past_due_min: int = 0
    discount_percent_max: int  # of the balance; more is refused to everybody
    alone_percent_max: int  # up to this, whoever may offer needs nobody
    approvers: tuple[str, ...]  # above it, one other person with one of these roles approves


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """All rows; the first that fits holds."""

    rows: tuple[Bound, ...] = ()
