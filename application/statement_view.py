"""What a case owes on a day, as a tree: every node's sum is that of the nodes under it, down to events and days.

Pure over a case's events and the law; every door shows the same tree in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast
from uuid import UUID

from application.ports import EventStore
from domain.case.events import CaseEvent, CaseOpened
from domain.decider import Rejected
from domain.ledger.accrued import Accrual, AccrualLine, Forfeit, Pause
from domain.ledger.book import LawBook
from domain.ledger.law import CompensationRule
from domain.ledger.rates import Missing
from domain.ledger.stated import ComponentBalance, ObligationStatement, Statement, StatementLine
from domain.ledger.statement import statement


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


Told = (
    Statement
    | ObligationStatement
    | ComponentBalance
    | StatementLine
    | Accrual
    | AccrualLine
    | Forfeit
    | Pause
    | Missing
    | CompensationRule
)
"""What a node tells of: of a case the statement, of an event its line, of days of interest theirs, and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A sum in minor units, what it is told of, and the nodes that it is the sum of."""

    kind: NodeKind
    name: str  # currency, reference, component, event, rule or table
    minor: int = 0
    told: Told
    nodes: tuple["Node", ...] = ()


async def read_statement(store: EventStore, book: LawBook, case_id: UUID, *, on: date) -> Statement:
    """Return what a case in the log owes at the end of a day; raise `Rejected` CASE_NOT_FOUND, LAW_NOT_FOUND."""
    recorded = await store.read_stream(case_id)
    return statement_of(cast(Sequence[CaseEvent], [each.event for each in recorded]), book, on=on)


def statement_of(history: Sequence[CaseEvent], book: LawBook, *, on: date) -> Statement:
    """Return what a case owes at the end of a day, by the law of its country on that day, on the terms it tells."""
    opened = history[0] if history else None
    if not isinstance(opened, CaseOpened):
        raise Rejected("CASE_NOT_FOUND", "there is no such case")
    pack = book.of_place(opened.country, on)
    return statement(history, at=on, pack=pack, book=book)


def tree_of(found: Statement) -> Node:
    """Return a statement as a tree."""
    return Node(
        kind=NodeKind.CASE,
        name=found.currency,
        minor=found.balance,
        told=found,
        nodes=tuple(_obligation(each) for each in found.obligations),
    )


def _obligation(found: ObligationStatement) -> Node:
    nodes = [_component(each) for each in found.components]
    if found.compensation is not None:
        nodes.append(Node(kind=NodeKind.CLAIMABLE, name=found.compensation.id, told=found.compensation))
    return Node(
        kind=NodeKind.OBLIGATION,
        name=found.reference or found.obligation_id,
        minor=found.balance,
        told=found,
        nodes=tuple(nodes),
    )


def _component(found: ComponentBalance) -> Node:
    nodes = [Node(kind=NodeKind.EVENT, name=line.event, minor=line.minor, told=line) for line in found.lines]
    if found.accrual is not None and (found.accrual.tells or found.posted_by_law):
        nodes.append(_not_posted(found, found.accrual))
    return Node(kind=NodeKind.COMPONENT, name=found.component, minor=found.balance, told=found, nodes=tuple(nodes))


def _not_posted(found: ComponentBalance, accrual: Accrual) -> Node:
    nodes: list[Node] = []
    if accrual.forfeit is not None:
        nodes.append(Node(kind=NodeKind.FORFEIT, name=accrual.forfeit.rule, told=accrual.forfeit))
    else:
        nodes += [
            Node(kind=NodeKind.INTEREST, name=line.rule, minor=minor, told=line)
            for line, minor in zip(accrual.lines, found.shares, strict=True)
        ]
    nodes += [Node(kind=NodeKind.PAUSED, name=each.reason, told=each) for each in accrual.paused]
    nodes += [Node(kind=NodeKind.MISSING, name=each.table, told=each) for each in accrual.missing]
    if found.taken_off:
        nodes.append(Node(kind=NodeKind.POSTED, name=found.component, minor=-found.taken_off, told=found))
    return Node(
        kind=NodeKind.NOT_POSTED, name=found.component, minor=found.not_posted, told=accrual, nodes=tuple(nodes)
    )
