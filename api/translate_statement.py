"""A balance, explained, on the wire."""

from typing import Any, assert_never

from api import words
from api.translate_values import day_out, instant_out, instant_out_or_none, money_out
from application.statement_desk import Explained
from application.statement_view import Node, NodeKind, tree_of
from domain.calendar import local_day
from domain.ledger.accrued import Accrual, AccrualLine, Forfeit, Pause
from domain.ledger.law import CompensationRule
from domain.ledger.percent import percent
from domain.ledger.rates import Missing
from domain.ledger.stated import ComponentBalance, ObligationStatement, Statement, StatementLine
from protos.escalera import v1 as pb

_KIND: dict[NodeKind, Any] = {kind: pb.StatementNodeKind.Value(f"STATEMENT_NODE_KIND_{kind.name}") for kind in NodeKind}


def statement_out(explained: Explained) -> pb.Statement:
    """Return a statement with its tree."""
    found, opened = explained.statement, explained.opened
    last = explained.recorded[-1]
    return pb.Statement(
        case_id=str(explained.case_id),
        creditor_id=opened.creditor_id,
        reference=opened.reference,
        on_date=day_out(found.at),
        time_zone=opened.time_zone,
        balance=money_out(found.balance, found.currency),
        credit=money_out(found.credit, found.currency),
        law_stamp=found.law,
        complete=found.complete,
        version=last.version,
        position=last.position,
        known_time=instant_out_or_none(explained.known_at),
        tree=_node(tree_of(found), explained),
    )


def _node(node: Node, explained: Explained) -> pb.StatementNode:
    currency = explained.statement.currency
    return pb.StatementNode(
        kind=_KIND[node.kind],
        name=node.name,
        amount=money_out(node.minor, currency),
        nodes=[_node(each, explained) for each in node.nodes],
        **_told(node, explained, currency),
    )


def _told(node: Node, explained: Explained, currency: str) -> dict[str, Any]:
    """Return the one field that says what the node is told of."""
    match node.told:
        case ObligationStatement() as owed:
            return {
                "obligation": pb.StatementObligation(
                    obligation_id=owed.obligation_id,
                    reference=owed.reference,
                    due_date=day_out(owed.due_on),
                    days_late=owed.days_late,
                )
            }
        case ComponentBalance(component=component):
            return {"component": words.COMPONENT_OUT[component]}
        case StatementLine() as line:
            return {"event": _event(line, explained, currency)}
        case AccrualLine() as line:
            return {"interest": _interest(line, currency)}
        case Forfeit() as lost:
            return {
                "forfeit": pb.StatementForfeit(
                    on_date=day_out(lost.day),
                    agreed_percent=percent(lost.agreed),
                    cap_percent=percent(lost.cap),
                    rule=lost.rule,
                    cite=lost.cite,
                )
            }
        case Pause(first=first, last=last) | Missing(first=first, last=last):
            return {"days": pb.StatementDays(first_date=day_out(first), last_date=day_out(last))}
        case CompensationRule() as rule:
            amount = money_out(rule.amount.minor, rule.amount.currency)
            return {"claim": pb.StatementClaim(amount=amount, cite=rule.cite, confidence=rule.confidence)}
        case Statement() | Accrual():
            return {}
        case _:
            assert_never(node.told)


def _event(line: StatementLine, explained: Explained, currency: str) -> pb.StatementEvent:
    recorded = explained.event(line.number)
    return pb.StatementEvent(
        number=line.number,
        position=recorded.position,
        effective_time=instant_out(line.at),
        record_time=instant_out(recorded.recorded_at),
        effective_date=day_out(local_day(line.at, explained.opened.time_zone)),
        reference=line.reference,
        reason=line.reason,
        period=line.period,
        after=money_out(line.after, currency),
    )


def _interest(line: AccrualLine, currency: str) -> pb.StatementInterest:
    return pb.StatementInterest(
        first_date=day_out(line.first),
        last_date=day_out(line.last),
        days=line.days,
        year_days=line.year,
        day_count=words.DAY_COUNT_OUT[line.day_count],
        principal=money_out(line.principal, currency),
        rate_percent=percent(line.rate),
        quoted_rate_percent=percent(line.quoted_rate),
        rule=line.rule,
        cite=line.cite,
        rate_cite=line.rate_cite,
        rate_stamp=line.rate_stamp,
        agreed=line.agreed,
        reduced_from_percent="" if line.reduced_from is None else percent(line.reduced_from),
        exact_minor=str(line.exact),
    )
