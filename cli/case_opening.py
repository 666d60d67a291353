"""`escalera case open`: from flags, or from JSON in a file or on standard input."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.case_reading import app
from cli.command import command
from cli.parse import Unreadable, parse_money
from cli.session import Session

_FROM_FILE = "JSON with the fields of OpenCase; '-' for standard input. Flags win over it."


@command(app, "open", writes=True)
def open_case(
    session: Session,
    case: Annotated[
        str, typer.Argument(metavar="[CREDITOR/REFERENCE]", help="The creditor and its own reference.")
    ] = "",
    file: Annotated[str, typer.Option("--file", "-f", help=_FROM_FILE)] = "",
    owes: Annotated[
        list[str] | None, typer.Option("--owes", help="ID:AMOUNT:DUE, as I-1:1437.00:2026-01-30. Repeatable.")
    ] = None,
    person: Annotated[
        list[str] | None, typer.Option("--person", help="UUID or customer number, then :ROLE if not the debtor.")
    ] = None,
    portfolio: Annotated[str, typer.Option(help="The portfolio it belongs to.")] = "",
    strategy: Annotated[str, typer.Option(help="NAME or NAME:VERSION; the newest by default.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "",
    country: Annotated[str, typer.Option(help="ISO 3166-1, as US-MA where law differs inside.")] = "",
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "",
    language: Annotated[str, typer.Option(help="Language of the messages.")] = "",
    grace: Annotated[int, typer.Option(help="Days of grace.")] = 0,
) -> None:
    """Open a case. Opening it twice is opening it once."""
    from cli.ask import tell
    from cli.plain import from_plain, plain
    from protos.escalera import v1 as pb

    written = _read(file) if file else {}
    given = {"portfolio": portfolio, "currency": currency, "country": country, "time_zone": zone, "language": language}
    written |= {key: value for key, value in given.items() if value}
    if case:
        creditor, slash, reference = case.partition("/")
        if not slash:
            raise Unreadable(case, "case_argument")
        written |= {"creditor_id": creditor, "reference": reference}
    if grace:
        written["grace_days"] = grace
    if strategy:
        written["strategy"] = _strategy(strategy)
    if owes:
        written["obligations"] = [_obligation(each, str(written.get("currency", ""))) for each in owes]
    if person:
        written["obligors"] = [_obligor(each, str(written.get("creditor_id", ""))) for each in person]
    asked = from_plain(written, pb.OpenCase())
    request = pb.OpenCaseRequest(command=asked, **session.common())
    answer = session.doors.cases.OpenCase(request, timeout=session.timeout, metadata=session.metadata)
    tell(session, f"{asked.creditor_id}/{asked.reference}", plain(answer))


def _read(file: str) -> dict[str, Any]:
    try:
        found = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(file, str(error)) from error
    if not isinstance(found, dict):
        raise Unreadable(file, "an object is expected")
    return found


def _strategy(written: str) -> dict[str, object]:
    name, _, version = written.partition(":")
    if version and not version.isdecimal():
        raise Unreadable(written, "NAME or NAME:VERSION is expected")
    return {"name": name, "version": int(version or 0)}


def _obligation(written: str, currency: str) -> dict[str, object]:
    identity, amount, due = [*written.rsplit(":", 2), "", ""][:3]
    if not due:
        raise Unreadable(written, "ID:AMOUNT:DUE is expected, as I-1:1437.00:2026-01-30")
    return {"obligation_id": identity, "principal": str(parse_money(amount, currency)), "due_date": due}


def _obligor(written: str, creditor: str) -> dict[str, object]:
    from cli.parse import is_id

    name, _, role = written.partition(":")
    named = {"person_id": name} if is_id(name) else {"creditor_id": creditor, "reference": name}
    return {"person": named, "role": role.upper() or "PRINCIPAL"}
