"""`escalera compliance vectors|explain|calendar|verify`: what the contact rules say, and proof that they were kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_reading import CaseName
from cli.command import command
from cli.contact import Channel, Person, Place, Purpose, Recipient, Says, explained, proposed
from cli.session import REFUSED, Session

if TYPE_CHECKING:
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
        list[Path] | None, typer.Option("--rules", help="A folder with more rules, on top. Repeatable.")
    ] = None,
) -> None:
    """Run test vectors against the contact rules; needs no server. Exit status 1 if any fails."""
    from cli.vectors import run_file
    from domain.decider import Rejected
    from infra.holidays_calendar import calendar_for
    from infra.rules import load_rules

    try:
        book = load_rules(*(rules or ()))
    except Rejected as refusal:
        session.fail(
            REFUSED,
            reason=refusal.reason,
            detail=refusal.detail,
            field=refusal.field or "",
            accepted=refusal.accepted or "",
        )
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
                session.console.print(f"[red]✗[/red] {each.file}: {one.id}", soft_wrap=True)
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
