"""`escalera person requests|erasures-waiting`: what waits for a second person, and who waits to be forgotten."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.listing import PageSize, PageToken
from cli.person import app
from cli.session import Session

if TYPE_CHECKING:
    from cli.language import Words
    from cli.plain import Plain

ID_LENGTH = 36

Acts = Annotated[list[str] | None, typer.Option("--act", help="EXPORT or FORGET; both by default.")]
States = Annotated[
    list[str] | None, typer.Option("--state", help="WAITING, GIVEN, REFUSED, LAPSED or WITHDRAWN; WAITING by default.")
]


@command(app, "requests")
def requests(
    session: Session, acts: Acts = None, states: States = None, limit: PageSize = 50, page_token: PageToken = ""
) -> None:
    """List what waits for a second person's word about anybody: who asked, who may approve it, until when."""
    from cli.listing import more
    from cli.person import request_row
    from cli.plain import from_plain, plain
    from cli.show import table
    from protos.escalera import v1 as pb

    asked = pb.ListPersonApprovalsRequest(page_size=limit, page_token=page_token)
    from_plain(
        {"acts": [each.upper() for each in acts or []], "states": [each.upper() for each in states or []]}, asked
    )
    found = plain(session.doors.persons.ListPersonApprovals(asked, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    rows = []
    for each in found["requests"]:
        approval = each["approval"]
        name, wanted, expires, stands, decision = request_row(words, approval)
        rows.append((expires, each["person_id"], name, wanted, approval["requested_by"], stands, decision))
    columns = ("expires", "person", "request", "wanted", "asked_by", "state", "approval")
    shown = table(words, columns, rows)
    shown.columns[1].min_width = ID_LENGTH  # whole, to be copied
    session.console.print(shown if rows else words("say", "nothing_found"))
    more(session, found["next_page_token"])


@command(app, "erasures-waiting")
def erasures_waiting(session: Session, limit: PageSize = 50, page_token: PageToken = "") -> None:
    """List refused requests to be forgotten: each is decided again by itself once nothing stands against it."""
    from cli.listing import more
    from cli.plain import plain
    from cli.show import table
    from protos.escalera import v1 as pb

    request = pb.ListWaitingErasuresRequest(page_size=limit, page_token=page_token)
    found = plain(session.doors.persons.ListWaitingErasures(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    rows = [_row(words, each) for each in found["waiting"]]
    shown = table(words, ("until", "person", "request", "since", "why"), rows)
    shown.columns[1].min_width = ID_LENGTH  # whole, to be copied
    session.console.print(shown if rows else words("say", "nothing_found"))
    more(session, found["next_page_token"])


def _row(words: "Words", waiting: "Plain") -> tuple[str, str, str, str, str]:
    kinds = dict.fromkeys(words.of("block", each["kind"]) for each in waiting["blocks"])
    return (
        waiting["until_date"] or words("erasure", "no_day"),
        waiting["person_id"],
        waiting["erasure_id"],
        waiting["request_time"][:10],
        ", ".join(kinds),
    )
