"""`escalera case show|history|replay`: look at a case, now or then."""

from typing import Annotated

import typer

from cli.command import command
from cli.session import Session

app = typer.Typer(
    no_args_is_help=True, help="One case: open it, look at it, act on it. CASE is a UUID or CREDITOR/REFERENCE."
)

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="UUID or CREDITOR/REFERENCE.")]


@command(app, "show")
def show(session: Session, case: CaseName) -> None:
    """Show a case as it is now, from the log."""
    from cli.ask import case_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    found = session.doors.queries.GetCase(pb.GetCaseRequest(case_name=case_name(case)), timeout=session.timeout)
    _give_case(session, plain(found))


@command(app, "replay")
def replay(
    session: Session,
    case: CaseName,
    version: Annotated[int, typer.Option("--version", help="After so many events; all by default.")] = 0,
    when: Annotated[str, typer.Option("--when", help="Only what had happened by this instant.")] = "",
    known: Annotated[str, typer.Option("--known", help="Only what was known by this instant.")] = "",
) -> None:
    """Show a case as it was: after a number of events, at an instant, as known at an instant."""
    from cli.ask import case_name
    from cli.parse import parse_instant
    from cli.plain import plain
    from protos.escalera import v1 as pb

    request = pb.ReplayCaseRequest(case_name=case_name(case), version=version)
    if when:
        request.effective_time.FromDatetime(parse_instant(when))
    if known:
        request.known_time.FromDatetime(parse_instant(known))
    found = plain(session.doors.queries.ReplayCase(request, timeout=session.timeout))
    _give_case(session, found, session.words("say", "as_known", version=found["version"]))


@command(app, "history")
def history(
    session: Session,
    case: CaseName,
    personal: Annotated[bool, typer.Option("--personal", help="With names, addresses and notes.")] = False,
) -> None:
    """Tell what has happened to a case: when, what, who, why, and what follows."""
    from cli.ask import case_name
    from cli.history import history_of, timeline
    from cli.plain import plain
    from protos.escalera import v1 as pb

    name = case_name(case)
    found = session.doors.queries.GetCase(pb.GetCaseRequest(case_name=name), timeout=session.timeout)
    events = history_of(session, name, personal=personal)
    if session.as_json:
        session.give({"case_id": found.case_id, "events": [plain(event) for event in events]})
    else:
        session.console.print(timeline(session.words, plain(found), events))


def _give_case(session: Session, found: dict[str, object], heading: str = "") -> None:
    from cli.case_card import case_card

    if session.as_json:
        session.give(found)
    else:
        session.console.print(case_card(session.words, found, heading))
