"""What waits for a person, and how urgent it is: a priority that says what it is made of.

The parts are points, so that a collector can see why one case stands above another:
balance   up to 50: ten for every power of ten of the balance in whole currency units;
stage     up to 20: the higher the stage, the dearer the next step;
kind      up to 20: a broken promise cools by the day, a task only waits;
lateness  up to 30: one for every day since it was due (added when the list is read, since it grows by itself).
A balance counts in its own currency: lists are for one portfolio, where that is one scale.
"""

from collections.abc import Iterator
from datetime import datetime
from math import log10

from application.read_ports import CaseRow, Points, WorkItem, WorkKind
from domain.case.state import Agreed, Case
from domain.case.words import Channel, Stage
from domain.four_eyes import ApprovalStands
from domain.money import exponent
from projections.followed import Followed

BALANCE_POINTS_MAX = 50
LATENESS_POINTS_MAX = 30
STAGE_POINTS = {
    Stage.PRE_DUE: 0,
    Stage.SOFT: 5,
    Stage.NEGOTIATION: 10,
    Stage.PRE_LEGAL: 15,
    Stage.LEGAL: 20,
    Stage.CLOSED: 0,
}
KIND_POINTS = {
    WorkKind.BROKEN_PROMISE: 20,
    WorkKind.DISPUTE: 15,
    WorkKind.TASK: 10,
    WorkKind.REFUSED_CONTACT: 5,
    WorkKind.APPROVAL: 20,  # until it is decided on, somebody else waits
}


def work(followed: Followed, row: CaseRow) -> tuple[WorkItem, ...]:
    """Return what waits for a person on this case as of its last event; nothing once it is closed."""
    state = followed.state
    if not isinstance(state, Case) or not state.open:
        return ()
    if not (followed.tasks or followed.refused or state.promises or state.disputes or state.approvals):
        return ()
    return tuple(_items(followed, state, row))


def _items(followed: Followed, state: Case, row: CaseRow) -> Iterator[WorkItem]:
    for task in followed.tasks.values():
        yield _item(row, WorkKind.TASK, task.task_id, task.due_at, task_kind=task.kind, channel=task.channel)
    missed = [
        (promise.ended_at, promise_id)
        for promise_id, promise in state.promises.items()
        if promise.stands in (Agreed.BROKEN, Agreed.PARTLY_KEPT) and promise.ended_at is not None
    ]
    # One call settles it, however many were broken; a new agreement means that somebody has already called.
    if missed:
        broken_at, promise_id = max(missed)
        if not _agreed_since(state, broken_at):
            yield _item(row, WorkKind.BROKEN_PROMISE, promise_id, broken_at)
    for dispute_id, dispute in state.disputes.items():
        if dispute.outcome is None:
            yield _item(row, WorkKind.DISPUTE, dispute_id, dispute.opened_at)
    for approval_id, approval in state.approvals.items():
        if approval.stands is ApprovalStands.WAITING:
            wanted = approval.wanted.closure or approval.wanted.act
            yield _item(row, WorkKind.APPROVAL, approval_id, approval.requested_at, task_kind=wanted)
    for refused in followed.refused.values():
        yield _item(row, WorkKind.REFUSED_CONTACT, refused.step_key, refused.at, channel=refused.channel)


def _agreed_since(state: Case, broken_at: datetime) -> bool:
    """Whether something was agreed after the promise was broken, or still stands."""
    return (
        any(promise.stands is Agreed.OPEN or promise.made_at >= broken_at for promise in state.promises.values())
        or any(plan.stands is Agreed.OPEN or plan.agreed_at >= broken_at for plan in state.plans.values())
        or any(each.stands is Agreed.OPEN or each.agreed_at >= broken_at for each in state.settlements.values())
    )


def _item(
    row: CaseRow, kind: WorkKind, item_id: str, since: datetime, *, task_kind: str = "", channel: Channel | None = None
) -> WorkItem:
    return WorkItem(
        case_id=row.case_id,
        item_id=item_id,
        kind=kind,
        task_kind=task_kind,
        channel=channel,
        since=since,
        creditor_id=row.creditor_id,
        reference=row.reference,
        portfolio=row.portfolio,
        collector=row.collector,
        stage=row.stage,
        currency=row.currency,
        balance=row.balance,
        points=Points(
            balance=balance_points(row.balance, row.currency),
            stage=STAGE_POINTS[row.stage],
            kind=KIND_POINTS[kind],
            lateness=0,
        ),
    )


def balance_points(balance: int, currency: str) -> int:
    """Return the points for owing `balance` minor units: 10 for ten whole units, 20 for a hundred, at most 50."""
    units = balance / 10 ** exponent(currency)
    return 0 if units < 1 else min(BALANCE_POINTS_MAX, int(10 * log10(units)))


def lateness_points(since: datetime, now: datetime) -> int:
    """Return one point for every whole day since, at most 30; none for what is still to come."""
    return min(LATENESS_POINTS_MAX, max(0, (now - since).days))
