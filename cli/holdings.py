"""How many cases stood where, owing what: at an instant, and at two of them compared."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.session import Session
from cli.show import stage, table

if TYPE_CHECKING:
    from projections.portfolio_then import Holding, Kind, PortfolioThen


def give_holdings(
    session: Session, found: "PortfolioThen", at: datetime, known_at: datetime | None, heading: str
) -> None:
    """Give the cases of a log at an instant."""
    rows = [(kind, found.holdings[kind]) for kind in _in_order(found.holdings)]
    if session.as_json:
        return session.give(
            {
                "at": at.isoformat(),
                "known_at": known_at.isoformat() if known_at else None,
                "position": found.upto,
                "events": found.counted,
                "cases": sum(holding.cases for _, holding in rows),
                "unreadable": found.unreadable,
                "holdings": [{**_kind(kind), **_sums(holding)} for kind, holding in rows],
            }
        )
    words = session.words
    shown = [
        (
            kind.portfolio,
            stage(words, kind.stage, kind.closure),
            words.number(holding.cases),
            words.money(holding.balance, kind.currency),
            _parts(session, holding.owed, kind.currency),
        )
        for kind, holding in rows
    ]
    session.console.print(heading, style="bold")
    session.console.print(table(words, ("portfolio", "stage", "cases", "balance", ""), shown))
    counts = {"cases": words.number(sum(holding.cases for _, holding in rows)), "events": words.number(found.counted)}
    session.console.print(words("then", "counted", **counts, position=found.upto), style="bright_black")
    _tell_unreadable(session, found)
    return None


def give_changed_holdings(
    session: Session,
    before: "PortfolioThen",
    after: "PortfolioThen",
    begin: datetime,
    end: datetime,
    *,
    as_known: bool,
) -> None:
    """Give what is other in the cases of a log at the second of two instants."""
    from projections.portfolio_then import Holding

    old, new, none = before.holdings, after.holdings, Holding()
    rows = [(kind, old.get(kind, none), new.get(kind, none)) for kind in _in_order({**old, **new})]
    rows = [row for row in rows if _sums(row[1]) != _sums(row[2])]
    if session.as_json:
        return session.give(
            {
                "from": begin.isoformat(),
                "to": end.isoformat(),
                "as_known": as_known,
                "position": after.upto,
                "unreadable": after.unreadable,
                "changes": [
                    {**_kind(kind), "before": _sums(first), "after": _sums(second)} for kind, first, second in rows
                ],
            }
        )
    words = session.words
    shown = [
        (
            kind.portfolio,
            stage(words, kind.stage, kind.closure),
            *_both(words.number(first.cases), words.number(second.cases)),
            *_both(words.money(first.balance, kind.currency), words.money(second.balance, kind.currency)),
        )
        for kind, first, second in rows
    ]
    if shown:
        session.console.print(table(words, ("portfolio", "stage", "cases", "", "balance", ""), shown))
    else:
        session.console.print(words("then", "nothing_changed"))
    _tell_unreadable(session, after)
    return None


def _both(before: str, after: str) -> tuple[str, str]:
    return before, f"→ {after}" if after != before else "="


def _in_order(kinds: Iterable["Kind"]) -> list["Kind"]:
    from domain.case.words import Stage

    stages = list(Stage)
    return sorted(kinds, key=lambda kind: (kind.portfolio, kind.currency, stages.index(kind.stage), kind.closure or ""))


def _kind(kind: "Kind") -> dict[str, Any]:
    return {
        "portfolio": kind.portfolio,
        "stage": kind.stage,
        "closure": kind.closure,
        "currency": kind.currency,
    }


def _sums(holding: "Holding") -> dict[str, Any]:
    return {
        "cases": holding.cases,
        "balance_minor": holding.balance,
        "owed_minor": dict(sorted(holding.owed.items())),
    }


def _parts(session: Session, owed: Any, currency: str) -> str:
    words = session.words
    return ", ".join(
        f"{words.of('component', each)} {words.amount(minor, currency)}"
        for each, minor in sorted(owed.items())
        if minor
    )


def _tell_unreadable(session: Session, found: "PortfolioThen") -> None:
    if found.unreadable:
        session.console.print(session.words("then", "unreadable", count=found.unreadable), style="red")
