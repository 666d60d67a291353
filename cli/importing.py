"""`escalera import fines|csv`: files from elsewhere, through gRPC. An import never contacts anybody."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import REFUSED, UNAVAILABLE, Session

if TYPE_CHECKING:
    from importers.bulk import Tally

app = typer.Typer(no_args_is_help=True, help="Bring in files from elsewhere. What is still open starts under a hold.")

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The file.")]
SHOWN_MAX = 20


@command(app, "fines")
def fines(session: Session, file: File) -> None:
    """Road-traffic fines with their history (a CSV of events, may be gzipped). Safe to repeat and to break off."""
    from importers.fines import FinesFileInvalid, Seen, items

    seen = Seen()
    try:
        tally = _send(session, items(file, seen), "system:import-fines", total=None)
    except FinesFileInvalid as error:
        session.fail(REFUSED, reason="FILE_INVALID", detail=str(error), technical=True)
    _give(session, tally, {"seen": _plain(seen)})


@command(app, "csv")
def csv(
    session: Session,
    file: File,
    contact: Annotated[
        bool, typer.Option("--no-hold", help="Let the ladder begin at once instead of holding.")
    ] = False,
) -> None:
    """Open invoices from a CSV. Nothing is sent unless every line is good; each error says its line and column."""
    from importers.invoices import items, read

    try:
        invoices, errors = read(file)
    except UnicodeDecodeError as error:
        session.fail(REFUSED, reason="FILE_INVALID", detail=f"{file}: {error.reason}", accepted="UTF-8", technical=True)
    if errors:
        _line_errors(session, errors)
    cases = len({invoice.case for invoice in invoices})
    tally = _send(session, items(invoices, hold=not contact), "system:import-csv", total=cases)
    _give(session, tally, {"lines": len(invoices)})


def _send(session: Session, items: Iterable[Any], actor: str, *, total: int | None) -> "Tally":
    """Send with a bar that moves; a server that stays away ends with UNAVAILABLE."""
    import asyncio

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from api.client import OPTIONS
    from importers.bulk import send

    if not session.address:
        session.fail(UNAVAILABLE, reason="NO_SERVER", detail=session.words("error", "unknown_address"))
    columns = (TextColumn(session.words("label", "cases")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    quiet = session.as_json or not session.console.is_terminal
    with Progress(*columns, console=session.console, disable=quiet, transient=True) as bar:
        task = bar.add_task("", total=total)

        async def run() -> "Tally":
            async with session.shown.async_channel(session.address, OPTIONS) as channel:
                return await send(
                    channel,
                    items,
                    actor=session.imported_by(actor),
                    progress=lambda t: bar.update(task, completed=t.done),
                )

        return asyncio.run(run())


def _give(session: Session, tally: "Tally", more: dict[str, Any]) -> None:
    found = {
        "recorded": tally.recorded,
        "repeated": tally.repeated,
        "refused": tally.refused,
        "position": tally.last_position,
    }
    if session.as_json:
        refusals = [{"request_id": request_id, "why": why} for request_id, why in tally.refusals]
        session.give({**found, "refusals": refusals, **more})
    else:
        counts = {key: session.words.number(value) for key, value in found.items()}
        session.console.print(session.words("say", "imported", **counts))
        for request_id, why in tally.refusals[:SHOWN_MAX]:
            session.console.print(f"  {request_id}: {why}", markup=False, style="red")
    if tally.refused:
        raise SystemExit(REFUSED)


def _line_errors(session: Session, errors: list[Any]) -> None:
    if session.as_json:
        session.give({"recorded": 0, "errors": [_plain(error) for error in errors]})
    else:
        for error in errors[:SHOWN_MAX]:
            session.console.print(str(error), markup=False, style="red")
        if len(errors) > SHOWN_MAX:
            session.console.print(f"… {len(errors) - SHOWN_MAX}", style="red")
    raise SystemExit(REFUSED)


def _plain(record: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(record)
