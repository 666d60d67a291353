"""`escalera audit export`: the log as a file that tools for process mining read."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit_log import app
from cli.command import command
from cli.session import LEFT, USAGE, Session

if TYPE_CHECKING:
    from infra.settings import Settings
    from workers.exporting import Export


@command(app, "export")
def export(
    session: Session,
    form: Annotated[str, typer.Option("--format", help="ocel (OCEL 2.0, JSON) or xes (IEEE 1849).")],
    portfolio: Annotated[str, typer.Option("--portfolio", help="Only its cases; all by default.")] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to; standard output by default.")] = "",
    clock: Annotated[
        str, typer.Option("--time", help="recorded: when it became known; happened: business time.")
    ] = "recorded",
    pseudonym_key: Annotated[
        str,
        typer.Option("--pseudonym-key", metavar="FILE", help="Made at first use; beside the master key by default."),
    ] = "",
) -> None:
    """Write the histories of cases for process mining. Nobody's key is used, and no personal data goes out.

    Exit status 4 if there were events that this version cannot read, and which are missing in the file.
    """
    from pathlib import Path

    from cli.upkeep import settings_of
    from workers.exporting import FORMATS, export_to

    if form not in FORMATS:
        session.fail(
            USAGE, reason="FORMAT_UNKNOWN", detail=form, field="format", accepted=", ".join(FORMATS), technical=True
        )
    asked = _export(session, settings_of(session), portfolio, clock, pseudonym_key)
    done = export_to(Path(out), asked, form) if out else asked.write(form, sys.stdout)
    if session.as_json and out:
        session.give(
            {"cases": done.cases, "events": done.events, "position": done.position, "unreadable": done.unreadable}
        )
    elif out:
        words = session.words
        counts = {"events": words.number(done.events), "cases": words.number(done.cases)}
        session.console.print(words("export", "written", file=out, position=done.position, **counts))
    if done.unreadable:
        sys.stderr.write(session.words("export", "unreadable", count=session.words.number(done.unreadable)) + "\n")
        raise SystemExit(LEFT)


def _export(session: Session, settings: "Settings", portfolio: str, clock: str, key: str) -> "Export":
    from pathlib import Path

    from application.process_export import Clock
    from infra.keyring import master_key
    from infra.process_files.pseudonyms import Pseudonyms
    from workers.exporting import Export

    try:
        chosen = Clock(clock)
    except ValueError:
        accepted = ", ".join(Clock)
        session.fail(USAGE, reason="TIME_UNKNOWN", detail=clock, field="time", accepted=accepted, technical=True)
    file = Path(key) if key else Path(settings.required("key_file")).with_name("pseudonyms")
    return Export(
        dsn=settings.required("database_url"),
        pseudonym=Pseudonyms(master_key(file)),
        portfolio=portfolio,
        clock=chosen,
    )
