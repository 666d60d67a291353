"""`escalera person erasures-waiting`: refused requests to be forgotten, and the day on which each is decided."""

from typing import TYPE_CHECKING

from cli.command import command
from cli.listing import PageSize, PageToken
from cli.person import app
from cli.session import Session

if TYPE_CHECKING:
    from cli.language import Words
    from cli.plain import Plain

ID_LENGTH = 36


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
