"""`escalera compliance vectors|explain|calendar|verify`: what the contact rules say, and proof that they were kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_reading import CaseName
from cli.command import command
from cli.contact import Channel, Person, Place, Purpose, Recipient, Says, explained, proposed
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from cli.plain import Plain
    from domain.compliance.vectors import VectorResult

app = typer.Typer(no_args_is_help=True, help="The contact rules: what they say, and the proof that they were kept.")
SHOWN_MAX = 20


@command(app, "explain")
def explain(
    session: Session,
    case: CaseName,
    channel: Channel,
    at: Annotated[str, typer.Option("--at", help="The instant (ISO 8601); now by default.")] = "",
    person: Person = "",
    purpose: Purpose = "",
    recipient: Recipient = "",
    place: Place = "",
    says: Says = None,
) -> None:
    """Say whether a contact is allowed at an instant, and if not, by which rules. Exit status 1 if not."""
    written = {"channel": channel, "person": person, "purpose": purpose, "recipient": recipient, "place": place}
    explained(session, case, proposed(session, case, {**written, "content": says}), at)


@command(app, "calendar")
def calendar(
    session: Session,
    case: CaseName,
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="How many days.")] = 14,
    channels: Annotated[list[str] | None, typer.Option("--channel", help="Only these. Repeatable.")] = None,
    person: Person = "",
    since: Annotated[str, typer.Option("--from", help="The first day is that of this instant; now by default.")] = "",
) -> None:
    """Draw when each channel is open, and what keeps it closed."""
    from cli.ask import case_name, person_name
    from cli.contact_calendar import calendar_table
    from cli.parse import parse_instant
    from cli.plain import from_plain, plain
    from protos.escalera import v1 as pb

    name = case_name(case)
    asked = pb.GetContactCalendarRequest(case_name=name, days=days)
    from_plain({"channels": [each.upper() for each in channels or []]}, asked)
    if person:
        asked.person.CopyFrom(person_name(person, name.creditor_id))
    if since:
        asked.from_time.FromDatetime(parse_instant(since))
    found = plain(session.doors.contacts.GetContactCalendar(asked, timeout=session.timeout))
    if session.as_json:
        session.give(found)
    else:
        session.console.print(calendar_table(session.words, found))


@command(app, "vectors")
def vectors(
    session: Session,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Vectors in JSON (contact-vectors/1).")],
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", metavar="FOLDER", help="A folder with more rules, on top. Repeatable."),
    ] = None,
) -> None:
    """Run test vectors against the contact rules; needs no server. Exit status 1 if any fails."""
    from rich.text import Text

    from cli.vectors import run_file
    from domain.decider import Rejected
    from infra.holidays_calendar import calendar_for
    from infra.rules import load_rules

    try:
        book = load_rules(*(rules or ()))
    except Rejected as refusal:
        session.refuse(refusal)
    found = [run_file(file, book, calendar_for) for file in files]
    failed = [result for each in found for result in each.failed]
    passed = sum(len(each.results) for each in found) - len(failed)
    if session.as_json:
        session.give(
            {
                "passed": passed,
                "failed": len(failed),
                "files": [{"file": each.file, "vectors": [_vector(one) for one in each.results]} for each in found],
            }
        )
    else:
        for each in found:
            for one in each.failed:
                session.console.print(Text.assemble(("✗", "red"), f" {each.file}: {one.id}"), soft_wrap=True)
                session.console.print(_why_failed(session, one), style="bright_black", soft_wrap=True)
        said = session.words("contact", "vectors", passed=passed, failed=len(failed))
        session.console.print(said, style="bold red" if failed else "green")
    if failed or not passed:
        raise SystemExit(REFUSED)


def _vector(result: "VectorResult") -> dict[str, object]:
    return {
        "id": result.id,
        "passed": result.passed,
        "expected": result.expected,
        "got": result.got,
        "why": result.why,
        "citation": result.citation,
    }


def _why_failed(session: Session, result: "VectorResult") -> str:
    words = session.words
    lines = [
        f"{words('label', 'why')}: {result.why}",
        f"{words('contact', 'expected')}: {result.expected}",
        f"{words('contact', 'got')}: {result.got}",
        f"{words('label', 'citation')}: {result.citation}" if result.citation else "",
    ]
    return "\n".join(f"    {line}" for line in lines if line)


@command(app, "verify")
def verify(
    session: Session,
    by_server: Annotated[
        bool, typer.Option("--by-server", help="Let the running server do it; the log is read here by default.")
    ] = False,
    patience: Annotated[
        float, typer.Option("--patience", help="Seconds that the server's verification may take.")
    ] = 3600.0,
) -> None:
    """Judge every contact in the log again, by the events and the rule files alone. Exit status 1 if one was unlawful.

    Contacts that should not have happened, by what became known after them, are listed and are no violation.
    """
    from cli.audit import print_audit

    audit, position = _audited_by_server(session, patience) if by_server else _audited_here(session)
    lawful = not audit["violations_total"]
    if session.as_json:
        session.give({**audit, "log_position": position, "lawful": lawful})
    else:
        print_audit(session.console, session.words, audit, position)
    if not lawful:
        raise SystemExit(REFUSED)


def _audited_here(session: Session) -> tuple["Plain", int]:
    import asyncio

    from api.translate_audit import audit_out
    from cli.plain import plain
    from cli.upkeep import settings_of
    from workers.audit import audit_contacts

    def told(events: int, _position: int) -> None:
        _tell(session, events)

    found = asyncio.run(audit_contacts(settings_of(session), told))
    return plain(audit_out(found)), found.upto


def _audited_by_server(session: Session, patience: float) -> tuple["Plain", int]:
    from cli.plain import plain
    from protos.escalera import v1 as pb

    last = pb.VerifyContactsProgress()
    for progress in session.doors.contacts.VerifyContacts(pb.VerifyContactsRequest(), timeout=patience):
        last = progress
        _tell(session, last.events_read)
    return plain(last.audit), last.log_position


def _tell(session: Session, events: int) -> None:
    """Say how far it is, where somebody looks."""
    if not session.as_json and session.console.is_terminal:
        session.console.print(f"{session.words.number(events)} {session.words('label', 'events')}", end="\r")
