"""`escalera case statement`: what is owed on a day, and where every cent of it comes from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_reading import CaseName, app
from cli.command import command
from cli.private_file import write_private
from cli.session import USAGE, Session

if TYPE_CHECKING:
    from protos.escalera import v1 as pb


@command(app, "statement")
def statement(
    session: Session,
    case: CaseName,
    at: Annotated[str, typer.Option("--at", metavar="DATE", help="At the end of which day; today by default.")] = "",
    known_at: Annotated[str, typer.Option("--known-at", metavar="INSTANT", help="Only what was known by then.")] = "",
    pdf: Annotated[
        str, typer.Option("--pdf", metavar="FILE", help="Write it for the debtor, in --lang or the debtor's language.")
    ] = "",
) -> None:
    """Explain a balance: each event, and each stretch of interest with its days, rate and article, down to the cent."""
    from cli.ask import case_name, day
    from cli.parse import parse_instant
    from cli.plain import plain
    from cli.statement_tree import statement_tree
    from protos.escalera import v1 as pb

    asked = pb.GetStatementRequest(case_name=case_name(case))
    if at:
        asked.on_date.CopyFrom(day(at))
    if known_at:
        asked.known_time.FromDatetime(parse_instant(known_at))
    if pdf:
        _write(session, asked, Path(pdf))
        return
    found = plain(session.doors.statements.GetStatement(asked, timeout=session.timeout))
    if session.as_json:
        session.give(found)
    else:
        session.console.print(statement_tree(session.words, found))


def _write(session: Session, asked: "pb.GetStatementRequest", file: Path) -> None:
    """Write the document where only its owner can read it: it names the debtor."""
    from protos.escalera import v1 as pb

    request = pb.GetStatementDocumentRequest(case_name=asked.case_name, language=session.lang)
    if asked.HasField("on_date"):
        request.on_date.CopyFrom(asked.on_date)
    if asked.HasField("known_time"):
        request.known_time.CopyFrom(asked.known_time)
    found = session.doors.statements.GetStatementDocument(request, timeout=session.timeout)
    try:
        write_private(file, found.content)
    except OSError as error:
        session.fail(USAGE, reason="NOT_WRITABLE", detail=f"{file}: {error.strerror}", field="--pdf")
    if session.as_json:
        session.give(
            {
                "file": str(file),
                "media_type": found.media_type,
                "sha256": found.sha256,
                "language": found.language,
                "bytes": len(found.content),
            }
        )
    else:
        said = session.words("statement", "written", file=str(file), language=found.language)
        session.console.print(f"{said}\nSHA-256 {found.sha256}", soft_wrap=True, markup=False)
