"""`escalera access refused`: who was refused at the server's door, what they tried, and why."""

from typing import Annotated

import typer

from cli.access import app
from cli.command import command
from cli.listing import PageSize, PageToken
from cli.session import Session

OURS = "/escalera.v1."


@command(app, "refused")
def refused(
    session: Session,
    since: Annotated[str, typer.Option("--since", help="Then or later; ISO 8601.")] = "",
    until: Annotated[str, typer.Option("--until", help="Before then; ISO 8601.")] = "",
    subject: Annotated[
        list[str] | None, typer.Option("--subject", help="Who tried, role:id; '' for nobody known. Repeatable.")
    ] = None,
    method: Annotated[list[str] | None, typer.Option("--method", help="Waive, GetCase ... Repeatable.")] = None,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", help="REACH, ROLE, TOKEN_EXPIRED ... Repeatable.")
    ] = None,
    limit: PageSize = 50,
    page_token: PageToken = "",
) -> None:
    """List refused attempts, the newest first. For auditors and administrators of all portfolios."""
    from cli.listing import more
    from cli.plain import from_plain, plain
    from cli.show import instant, table
    from protos.escalera import v1 as pb

    wanted = {
        "from_time": since or None,
        "until_time": until or None,
        "principals": subject or [],
        "methods": method or [],
        "reasons": [each.upper() for each in reason or []],
    }
    request = pb.ListRefusedAttemptsRequest(
        filter=from_plain(wanted, pb.RefusedAttemptFilter()), page_size=limit, page_token=page_token
    )
    found = plain(session.doors.audit.ListRefusedAttempts(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    rows = [
        (
            instant(each["first_time"]),
            each["principal"] or words("say", "nobody"),
            each["method"].removeprefix(OURS),
            each["reason"],
            words.number(each["attempts"]),
        )
        for each in found["refused"]
    ]
    columns = ("at", "who", "method", "reason", "attempts")
    session.console.print(table(words, columns, rows) if rows else words("say", "nothing_found"))
    more(session, found["next_page_token"])
