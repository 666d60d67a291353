"""`escalera audit as-of|diff`: what was true, what was known of it, and what changed in between, from the log alone."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_log import app
from cli.command import command
from cli.session import USAGE, Session

if TYPE_CHECKING:
    from cli.plain import Plain
    from workers.as_of import CaseThen

Instant = Annotated[str, typer.Argument(metavar="INSTANT", help="ISO 8601; UTC without an offset.")]


@command(app, "as-of")
def as_of(
    session: Session,
    at: Instant,
    known_at: Annotated[
        str,
        typer.Option(
            "--known-at", metavar="INSTANT", help="Only what was known by then; all that is known by default."
        ),
    ] = "",
    case: Annotated[str, typer.Option("--case", metavar="CASE", help="One case; all of them by default.")] = "",
) -> None:
    """Show what was true at an instant, as far as it was known: a case, or how many cases stood where, owing what."""
    import asyncio

    from cli.evidence import case_id_of
    from cli.holdings import give_holdings
    from cli.parse import parse_instant
    from cli.upkeep import settings_of
    from workers.as_of import all_then, case_then

    settings, when = settings_of(session), parse_instant(at)
    known = parse_instant(known_at) if known_at else None
    if case:
        return _give_case(session, asyncio.run(case_then(settings, case_id_of(case), when, known)))
    found = asyncio.run(all_then(settings, when, known, told=_teller(session)))
    return give_holdings(session, found, when, known, _heading(session, when, known))


@command(app, "diff")
def diff(
    session: Session,
    first: Annotated[str, typer.Argument(metavar="FROM", help="ISO 8601; UTC without an offset.")],
    second: Annotated[str, typer.Argument(metavar="TO", help="The same, later.")],
    case: Annotated[str, typer.Option("--case", metavar="CASE", help="One case; all of them by default.")] = "",
    as_known: Annotated[
        bool, typer.Option("--as-known", help="Each as it was known then; as it is known now by default.")
    ] = False,
) -> None:
    """Show what changed between two instants: in a case, with the events that did it, or in how many stood where."""
    import asyncio

    from cli.case_changes import changes, print_changes
    from cli.evidence import case_id_of
    from cli.evidence_told import told_of
    from cli.holdings import give_changed_holdings
    from cli.parse import parse_instant
    from cli.upkeep import settings_of
    from workers.as_of import all_between, case_between

    settings, begin, end = settings_of(session), parse_instant(first), parse_instant(second)
    if end < begin:
        session.fail(USAGE, reason="NOT_UNDERSTOOD", detail=session.words("then", "order"), field="TO")
    if not case:
        both = asyncio.run(all_between(settings, begin, end, as_known=as_known, told=_teller(session)))
        return give_changed_holdings(session, *both, begin, end, as_known=as_known)
    before, after = asyncio.run(case_between(settings, case_id_of(case), begin, end, as_known=as_known))
    seen = {each.position for each in before.events}
    events = [each for each in after.events if each.position not in seen]
    found = changes(_plain(before), _plain(after))
    lines = told_of(session.words, events, after.case.time_zone)
    if session.as_json:
        return session.give(
            {
                "case_id": str(after.case_id),
                "from": begin.isoformat(),
                "to": end.isoformat(),
                "as_known": as_known,
                "changes": [
                    {"what": each.what, "which": each.which, "before": each.before, "after": each.after}
                    for each in found
                ],
                "events": [
                    {
                        "version": recorded.version,
                        "event": type(recorded.event).__name__,
                        "happened": recorded.event.at.isoformat(),
                        "known": recorded.recorded_at.isoformat(),
                        "actor": recorded.metadata.actor,
                        "told": line.what,
                    }
                    for recorded, line in zip(events, lines, strict=True)
                ],
            }
        )
    return print_changes(session, found, lines, currency=after.case.currency, zone=after.case.time_zone)


def _plain(then: "CaseThen") -> "Plain":
    """Return a case as every other screen is given it."""
    from api.translate_case import Seen, case_out
    from cli.plain import plain

    last = then.events[-1]
    return plain(
        case_out(
            Seen(
                case_id=then.case_id,
                case=then.case,
                version=last.version,
                position=last.position,
                now=then.at,
                owed=then.owed,
            )
        )
    )


def _give_case(session: Session, then: "CaseThen") -> None:
    from cli.case_card import case_card

    words, case, stated = session.words, _plain(then), then.statement
    if session.as_json:
        with_interest = None
        if stated is not None:
            with_interest = {
                "on": stated.at.isoformat(),
                "minor": stated.balance,
                "currency": stated.currency,
                "law": stated.law,
            }
        told = {"at": then.at.isoformat(), "known_at": then.known_at.isoformat() if then.known_at else None}
        return session.give({**told, "case": case, "with_interest": with_interest})
    session.console.print(case_card(words, case, _heading(session, then.at, then.known_at)))
    if stated is not None and stated.balance != case["balance"]["minor"]:
        said = words(
            "then", "with_interest", day=stated.at, sum=words.money(stated.balance, stated.currency), law=stated.law
        )
        session.console.print(said, style="bright_black")
    return None


def _heading(session: Session, at: datetime, known_at: datetime | None) -> str:
    if known_at is None:
        return session.words("then", "at", at=_utc(at))
    return session.words("then", "at_known", at=_utc(at), known=_utc(known_at))


def _utc(at: datetime) -> str:
    from datetime import UTC

    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _teller(session: Session) -> Any:
    def told(events: int) -> None:
        if not session.as_json and session.console.is_terminal:
            session.console.print(f"{session.words.number(events)} {session.words('label', 'events')}", end="\r")

    return told
