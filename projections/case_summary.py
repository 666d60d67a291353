"""A case in one row."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from application.read_ports import CaseRow
from domain.case.state import Agreed, Case, Dispute, Hold, Ledger, Promise
from domain.case.words import Stage
from domain.decider import made
from projections.followed import Followed


class _Sums(NamedTuple):
    principal: int
    charged: int
    paid: int
    waived: int
    balance: int
    due_on: date | None


class _Promised(NamedTuple):
    open: int
    due_on: date | None
    broken: int
    broken_at: datetime | None


def summary(followed: Followed) -> CaseRow | None:
    """Return the row of a case as of its last event; None for a stream that opens no case."""
    state = followed.state
    if not isinstance(state, Case):
        return None
    assert followed.recorded_at is not None
    assert followed.happened_at is not None
    disputes = _open_disputes(state.disputes.values()) if state.disputes else []
    sums = _sums(state.ledger, frozenset(name for dispute in disputes for name in dispute.obligation_ids))
    promised = _promised(state.promises.values()) if state.promises else _NO_PROMISES
    holds = _holds(state.holds.values(), followed.happened_at) if state.holds else []
    climb = state.climb
    return made(
        CaseRow,
        case_id=followed.case_id,
        version=followed.version,
        position=followed.position,
        recorded_at=followed.recorded_at,
        creditor_id=state.creditor_id,
        reference=state.reference,
        portfolio=state.portfolio,
        currency=state.currency,
        country=state.country,
        strategy=f"{state.strategy.name}@{state.strategy.version}",
        collector=state.collector,
        placed_with=state.placed_with,
        partner=state.partner,
        stage=climb.stage if state.closure is None else Stage.CLOSED,
        stage_entry=climb.entry,
        stage_entered_at=climb.entered_at,
        opened_at=state.opened_at,
        closure=state.closure,
        closed_at=state.closed_at,
        obligations=len(state.ledger.debts),
        due_on=sums.due_on,
        principal=sums.principal,
        charged=sums.charged,
        paid=sums.paid,
        waived=sums.waived,
        balance=sums.balance,
        credit=state.ledger.credit,
        holds=len(holds),
        held_until=_latest_end(holds),
        promises_open=promised.open,
        promise_due_on=promised.due_on,
        promises_broken=promised.broken,
        promise_broken_at=promised.broken_at,
        plan_open=bool(state.plans) and any(plan.stands is Agreed.OPEN for plan in state.plans.values()),
        settlement_open=bool(state.settlements)
        and any(each.stands is Agreed.OPEN for each in state.settlements.values()),
        disputes_open=len(disputes),
        tasks_open=len(followed.tasks),
        contacts=len(state.contacts) + len(state.logged),
        last_contact_at=_last_contact(state) if state.contacts or state.logged else None,
    )


def _sums(ledger: Ledger, disputed: frozenset[str]) -> _Sums:
    principal = charged = paid = waived = balance = 0
    due_on: date | None = None
    for obligation_id, debt in ledger.debts.items():
        owed = debt.balance
        principal += debt.terms.principal.minor
        charged += debt.charged
        paid += debt.paid
        waived += debt.waived
        balance += owed
        due = debt.terms.due_on
        if owed > 0 and obligation_id not in disputed and (due_on is None or due < due_on):
            due_on = due
    return _Sums(principal, charged, paid, waived, balance, due_on)


_NO_PROMISES = _Promised(0, None, 0, None)
_MISSED = (Agreed.BROKEN, Agreed.PARTLY_KEPT)


def _promised(promises: Iterable[Promise]) -> _Promised:
    made = list(promises)
    due = [promise.due_on for promise in made if promise.stands is Agreed.OPEN]
    broken = [promise for promise in made if promise.stands in _MISSED]
    ends = [promise.ended_at for promise in broken if promise.ended_at is not None]
    return _Promised(len(due), min(due, default=None), len(broken), max(ends, default=None))


def _open_disputes(disputes: Iterable[Dispute]) -> list[Dispute]:
    return [dispute for dispute in disputes if dispute.outcome is None]


def _holds(holds: Iterable[Hold], at: datetime) -> list[Hold]:
    return [hold for hold in holds if hold.until is None or hold.until > at]


def _latest_end(holds: list[Hold]) -> datetime | None:
    ends = [hold.until for hold in holds if hold.until is not None]
    return max(ends) if ends and len(ends) == len(holds) else None


def _last_contact(state: Case) -> datetime:
    return max(
        max((contact.at for contact in state.contacts.values()), default=state.opened_at),
        max((contact.at for contact in state.logged), default=state.opened_at),
    )
