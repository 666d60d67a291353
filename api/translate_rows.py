"""Questions to the read tables, and their rows as they are shown."""

from collections.abc import Iterable, Iterator, Sequence

from api import words
from api.translate_values import day_out, instant_out, instant_out_or_none, meaning, money, money_out, person_named
from application.read_ports import CaseFilter, CaseOrder, CaseRow, FunnelRow, WorkFilter, WorkItem
from domain.case.words import Closure, Stage
from domain.decider import Rejected
from domain.money import Money
from protos.escalera import v1 as pb

PAGE_SIZE = 50  # where the caller names none

_ORDERS = {
    "": CaseOrder.OPENED,
    "open_time": CaseOrder.OPENED,
    "balance": CaseOrder.BALANCE,
    "due_date": CaseOrder.DUE,
    "stage_enter_time": CaseOrder.STAGE_ENTERED,
    "change_time": CaseOrder.CHANGED,
}


def case_filter(wanted: pb.CaseFilter) -> CaseFilter:
    """Return which cases are meant."""
    lowest = money(wanted.min_balance, "filter.min_balance") if wanted.HasField("min_balance") else None
    highest = money(wanted.max_balance, "filter.max_balance") if wanted.HasField("max_balance") else None
    return CaseFilter(
        portfolios=tuple(wanted.portfolios),
        creditors=tuple(wanted.creditor_ids),
        stages=tuple([meaning(words.STAGE, stage, "filter.stages") for stage in wanted.stages]),
        closures=tuple([meaning(words.CLOSURE, closure, "filter.closures") for closure in wanted.closures]),
        countries=tuple(wanted.countries),
        currencies=_currencies(tuple(wanted.currencies), lowest, highest),
        collector=wanted.collector if wanted.HasField("collector") else None,
        reference=wanted.reference or None,
        person_id=person_named(wanted.person_name, "filter.person_name") if wanted.HasField("person_name") else None,
        open=wanted.open if wanted.HasField("open") else None,
        held=wanted.held if wanted.HasField("held") else None,
        disputed=wanted.disputed if wanted.HasField("disputed") else None,
        promised=wanted.promised if wanted.HasField("promised") else None,
        balance_min=None if lowest is None else lowest.minor,
        balance_max=None if highest is None else highest.minor,
    )


def _currencies(asked: tuple[str, ...], *bounds: Money | None) -> tuple[str, ...]:
    """A bound on the balance is a bound in one currency: cases in others do not fit."""
    implied = {bound.currency for bound in bounds if bound is not None}
    if len(implied) > 1 or (implied and asked and set(asked) != implied):
        accepted = "one currency for all bounds"
        raise Rejected("CURRENCY_MISMATCH", "balances of two currencies", field="filter.max_balance", accepted=accepted)
    return tuple(implied) or asked


def case_order(order_by: str) -> tuple[CaseOrder, bool]:
    """Return what a list is sorted by, and whether the other way round."""
    name, _, direction = order_by.partition(" ")
    return _ORDERS[name], direction == "desc"


def work_filter(wanted: pb.GetWorklistRequest) -> WorkFilter:
    """Return which work is meant."""
    return WorkFilter(
        portfolios=tuple(wanted.portfolios),
        collector=wanted.collector if wanted.HasField("collector") else None,
        kinds=tuple([meaning(words.WORK_KIND, kind, "kinds") for kind in wanted.kinds]),
        stages=tuple([meaning(words.STAGE, stage, "stages") for stage in wanted.stages]),
    )


def summary_out(row: CaseRow) -> pb.CaseSummary:
    """Return a case in one row."""
    name, _, version = row.strategy.rpartition("@")
    currency = row.currency
    return pb.CaseSummary(
        case_id=str(row.case_id),
        version=row.version,
        position=row.position,
        record_time=instant_out(row.recorded_at),
        creditor_id=row.creditor_id,
        reference=row.reference,
        portfolio=row.portfolio,
        country=row.country,
        strategy=pb.StrategyName(name=name, version=int(version)),
        collector=row.collector,
        placed_with=words.PLACED_WITH_OUT[row.placed_with],
        partner=row.partner,
        stage=words.STAGE_OUT[row.stage],
        stage_entry=row.stage_entry,
        stage_enter_time=instant_out(row.stage_entered_at),
        open_time=instant_out(row.opened_at),
        closure=words.CLOSURE_OUT[row.closure] if row.closure else pb.CLOSURE_UNSPECIFIED,
        close_time=instant_out_or_none(row.closed_at),
        obligations=row.obligations,
        due_date=day_out(row.due_on) if row.due_on else None,
        principal=money_out(row.principal, currency),
        charged=money_out(row.charged, currency),
        paid=money_out(row.paid, currency),
        waived=money_out(row.waived, currency),
        balance=money_out(row.balance, currency),
        credit=money_out(row.credit, currency),
        holds=row.holds,
        held_until_time=instant_out_or_none(row.held_until),
        open_promises=row.promises_open,
        promise_due_date=day_out(row.promise_due_on) if row.promise_due_on else None,
        broken_promises=row.promises_broken,
        promise_break_time=instant_out_or_none(row.promise_broken_at),
        plan_open=row.plan_open,
        settlement_open=row.settlement_open,
        open_disputes=row.disputes_open,
        open_tasks=row.tasks_open,
        contacts=row.contacts,
        last_contact_time=instant_out_or_none(row.last_contact_at),
    )


def work_out(item: WorkItem) -> pb.WorkItem:
    """Return one thing that waits for a person."""
    points = item.points
    return pb.WorkItem(
        case_id=str(item.case_id),
        item_id=item.item_id,
        kind=words.WORK_KIND_OUT[item.kind],
        task_kind=item.task_kind,
        channel=words.CHANNEL_OUT[item.channel] if item.channel else pb.CHANNEL_UNSPECIFIED,
        since_time=instant_out(item.since),
        creditor_id=item.creditor_id,
        reference=item.reference,
        portfolio=item.portfolio,
        collector=item.collector,
        stage=words.STAGE_OUT[item.stage],
        balance=money_out(item.balance, item.currency),
        priority=points.total,
        points=pb.Points(balance=points.balance, stage=points.stage, kind=points.kind, lateness=points.lateness),
    )


def funnel_out(rows: Sequence[FunnelRow], position: int) -> pb.Funnel:
    """Return the portfolios by stage."""
    shown = [
        pb.FunnelRow(
            portfolio=row.portfolio,
            stage=words.STAGE_OUT[row.stage],
            closure=words.CLOSURE_OUT[row.closure] if row.closure else pb.CLOSURE_UNSPECIFIED,
            cases=row.cases,
            principal=money_out(row.principal, row.currency),
            charged=money_out(row.charged, row.currency),
            collected=money_out(row.collected, row.currency),
            waived=money_out(row.waived, row.currency),
            balance=money_out(row.balance, row.currency),
            credit=money_out(row.credit, row.currency),
        )
        for row in rows
    ]
    return pb.Funnel(rows=shown, cases=sum(row.cases for row in rows), position=position)


def stages_out(rows: Sequence[FunnelRow], position: int) -> pb.StagesReport:
    """Return all portfolios together by stage."""
    return pb.StagesReport(rows=_stage_rows(rows), cases=sum(row.cases for row in rows), position=position)


def _stage_rows(rows: Iterable[FunnelRow]) -> Iterator[pb.StageRow]:
    together: dict[tuple[Stage, Closure | None, str], list[FunnelRow]] = {}
    for row in rows:
        together.setdefault((row.stage, row.closure, row.currency), []).append(row)
    ladder, ends = list(Stage), list(Closure)
    for key in sorted(together, key=lambda key: (ladder.index(key[0]), ends.index(key[1]) if key[1] else -1, key[2])):
        (stage, closure, currency), found = key, together[key]
        yield pb.StageRow(
            stage=words.STAGE_OUT[stage],
            closure=words.CLOSURE_OUT[closure] if closure else pb.CLOSURE_UNSPECIFIED,
            cases=sum(row.cases for row in found),
            principal=money_out(sum(row.principal for row in found), currency),
            charged=money_out(sum(row.charged for row in found), currency),
            collected=money_out(sum(row.collected for row in found), currency),
            waived=money_out(sum(row.waived for row in found), currency),
            balance=money_out(sum(row.balance for row in found), currency),
            credit=money_out(sum(row.credit for row in found), currency),
        )
