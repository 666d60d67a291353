"""What a case owes on a day, as a tree: every node's sum is that of the nodes under it, down to events and days.

Pure over a case's events and the law; every door shows the same tree in its own way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import cast
from uuid import UUID

from application.ports import EventStore
from domain.case.events import CaseEvent, CaseOpened
from domain.decider import Rejected
from domain.ledger.accrued import Accrual, AccrualLine
from domain.ledger.book import LawBook
from domain.ledger.law import Terms
from domain.ledger.stated import ComponentBalance, ObligationStatement, Statement
from domain.ledger.statement import statement

_PERCENT_PLACES = 6


class NodeKind(StrEnum):
    """What a node of the tree is."""

    CASE = "CASE"
    OBLIGATION = "OBLIGATION"
    COMPONENT = "COMPONENT"
    EVENT = "EVENT"
    NOT_POSTED = "NOT_POSTED"  # interest borne to date, less what was posted of it
    INTEREST = "INTEREST"  # days with one sum, one rate and one article
    POSTED = "POSTED"  # what events have posted of the interest above it, taken off
    FORFEIT = "FORFEIT"  # why no interest is owed
    PAUSED = "PAUSED"  # days that bear none
    MISSING = "MISSING"  # days for which nobody gave a rate: the sum is not complete
    CLAIMABLE = "CLAIMABLE"  # a fixed sum that may be charged, and is not in the balance


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A sum in minor units, what is known of it, and the nodes that it is the sum of."""

    kind: NodeKind
    name: str  # reference, component, event, rule or table
    minor: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)  # dates ISO 8601, rates in percent a year
    nodes: tuple["Node", ...] = ()


async def read_statement(
    store: EventStore, book: LawBook, case_id: UUID, *, on: date, terms: Terms | None = None
) -> Statement:
    """Return what a case in the log owes at the end of a day; raise `Rejected` CASE_NOT_FOUND, LAW_NOT_FOUND."""
    recorded = await store.read_stream(case_id)
    return statement_of(cast(Sequence[CaseEvent], [each.event for each in recorded]), book, on=on, terms=terms)


def statement_of(
    history: Sequence[CaseEvent],
    book: LawBook,
    *,
    on: date,
    terms: Terms | None = None,
    terms_of: Mapping[str, Terms] | None = None,
) -> Statement:
    """Return what a case owes at the end of a day, by the law of its country on that day."""
    opened = history[0] if history else None
    if not isinstance(opened, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case")
    pack = book.of_place(opened.country, on)
    return statement(history, at=on, pack=pack, book=book, terms=terms, terms_of=terms_of)


def tree_of(found: Statement) -> Node:
    """Return a statement as a tree."""
    return Node(
        kind=NodeKind.CASE,
        name=found.currency,
        minor=found.balance,
        facts={
            "at": found.at.isoformat(),
            "law": found.law,
            "credit": str(found.credit),
            "complete": "yes" if found.complete else "no",
        },
        nodes=tuple(_obligation(each) for each in found.obligations),
    )


def _obligation(found: ObligationStatement) -> Node:
    nodes = [_component(each) for each in found.components]
    if found.compensation is not None:
        rule = found.compensation
        facts = {"amount": str(rule.amount), "cite": rule.cite, "confidence": rule.confidence}
        nodes.append(Node(kind=NodeKind.CLAIMABLE, name=rule.id, facts=facts))
    return Node(
        kind=NodeKind.OBLIGATION,
        name=found.reference,
        minor=found.balance,
        facts={
            "obligation_id": found.obligation_id,
            "due_on": found.due_on.isoformat(),
            "days_late": str(found.days_late),
        },
        nodes=tuple(nodes),
    )


def _component(found: ComponentBalance) -> Node:
    nodes = [
        Node(
            kind=NodeKind.EVENT,
            name=line.event,
            minor=line.minor,
            facts=_said(
                number=str(line.number),
                at=line.at.isoformat(),
                reference=line.reference,
                reason=line.reason,
                period=line.period,
            ),
        )
        for line in found.lines
    ]
    if found.accrual is not None and (found.accrual.tells or found.posted_by_law):
        nodes.append(_not_posted(found, found.accrual))
    return Node(kind=NodeKind.COMPONENT, name=found.component, minor=found.balance, nodes=tuple(nodes))


def _not_posted(found: ComponentBalance, accrual: Accrual) -> Node:
    nodes: list[Node] = []
    if accrual.forfeit is not None:
        lost = accrual.forfeit
        facts = {"on": lost.day.isoformat(), "agreed": _percent(lost.agreed), "cap": _percent(lost.cap)}
        nodes.append(Node(kind=NodeKind.FORFEIT, name=lost.rule, facts={**facts, "cite": lost.cite}))
    else:
        nodes += [_interest(line, minor) for line, minor in zip(accrual.lines, found.shares, strict=True)]
    nodes += [_days(NodeKind.PAUSED, each.reason, each.first, each.last) for each in accrual.paused]
    nodes += [_days(NodeKind.MISSING, each.table, each.first, each.last) for each in accrual.missing]
    if found.posted_by_law:
        nodes.append(Node(kind=NodeKind.POSTED, name=found.component, minor=-found.posted_by_law))
    return Node(kind=NodeKind.NOT_POSTED, name=found.component, minor=found.not_posted, nodes=tuple(nodes))


def _interest(line: AccrualLine, minor: int) -> Node:
    facts = _said(
        first=line.first.isoformat(),
        last=line.last.isoformat(),
        days=f"{line.days}/{line.year}",
        day_count=line.day_count,
        principal=str(line.principal),
        rate=_percent(line.rate),
        quoted_rate=_percent(line.quoted_rate),
        cite=line.cite,
        rate_cite=line.rate_cite,
        rate_stamp=line.rate_stamp,
        agreed="yes" if line.agreed else "",
        reduced_from="" if line.reduced_from is None else _percent(line.reduced_from),
        exact=str(line.exact),
    )
    return Node(kind=NodeKind.INTEREST, name=line.rule, minor=minor, facts=facts)


def _days(kind: NodeKind, name: str, first: date, last: date) -> Node:
    return Node(kind=kind, name=name, facts={"first": first.isoformat(), "last": last.isoformat()})


def _said(**facts: str) -> Mapping[str, str]:
    """Return the facts that say something."""
    return {name: text for name, text in facts.items() if text}


def _percent(rate: Fraction) -> str:
    """Return a yearly rate in percent, as short as it can be told within six decimals."""
    text = f"{float(rate * 100):.{_PERCENT_PLACES}f}"
    return text.rstrip("0").rstrip(".")
