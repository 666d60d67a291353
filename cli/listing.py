"""`escalera cases` and `escalera worklist`: many cases at once."""

from typing import Annotated

import typer

from cli.command import command
from cli.session import Session

PageSize = Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at a time.")]
PageToken = Annotated[str, typer.Option("--page-token", help="From the page before.")]
Portfolio = Annotated[list[str] | None, typer.Option("--portfolio", help="Only of this one. Repeatable.")]
Collector = Annotated[str | None, typer.Option("--collector", help="Only of this one; '' for nobody's.")]
Kind = Annotated[list[str] | None, typer.Option("--kind", help="TASK, DISPUTE, APPROVAL ...; all by default.")]
MinPosition = Annotated[int, typer.Option("--min-position", help="Wait until the tables have seen the log up to here.")]

_ORDERS = "open_time, balance, due_date, stage_enter_time or change_time; 'balance desc' the other way round."

# What is shown beside a case, and the count that says whether.
_SIGNS = {"hold": "holds", "dispute": "open_disputes", "promise": "open_promises"}


def register(app: typer.Typer) -> None:
    """Put both commands on the root."""
    command(app, "cases")(cases)
    command(app, "worklist")(worklist)


def cases(
    session: Session,
    stages: Annotated[
        list[str] | None, typer.Option("--stage", help="PRE_DUE, SOFT, NEGOTIATION ... Repeatable.")
    ] = None,
    portfolio: Portfolio = None,
    creditor: Annotated[str, typer.Option("--creditor", help="Only of this creditor.")] = "",
    collector: Collector = None,
    reference: Annotated[str, typer.Option("--reference", help="The creditor's own reference.")] = "",
    state: Annotated[str, typer.Option("--state", help="open, closed or all.")] = "all",
    order: Annotated[str, typer.Option("--order", help=_ORDERS)] = "",
    limit: PageSize = 50,
    page_token: PageToken = "",
    min_position: MinPosition = 0,
) -> None:
    """List cases."""
    from cli.parse import Unreadable
    from cli.plain import from_plain, plain
    from cli.show import stage, sum_of, table
    from protos.escalera import v1 as pb

    if state not in ("open", "closed", "all"):
        raise Unreadable(state, "open, closed or all is expected")
    wanted = {
        "stages": [each.upper() for each in stages or []],
        "portfolios": portfolio or [],
        "creditor_ids": [creditor] if creditor else [],
        "collector": collector,
        "reference": reference,
        "open": None if state == "all" else state == "open",
    }
    request = pb.ListCasesRequest(
        filter=from_plain(wanted, pb.CaseFilter()),
        order_by=order,
        page_size=limit,
        page_token=page_token,
        min_position=min_position,
    )
    found = plain(session.doors.queries.ListCases(request, timeout=session.timeout))
    if session.as_json:
        return session.give(found)
    words = session.words
    rows = [
        (
            f"{case['creditor_id']}/{case['reference']}",
            case["portfolio"],
            stage(words, case["stage"], case["closure"]),
            sum_of(words, case["balance"]),
            case["due_date"] or "",
            " ".join(words("label", key) for key, count in _SIGNS.items() if case[count]),
            case["collector"],
        )
        for case in found["cases"]
    ]
    columns = ("case", "portfolio", "stage", "balance", "due", "", "collector")
    session.console.print(table(words, columns, rows) if rows else words("say", "nothing_found"))
    more(session, found["next_page_token"])
    return None


def worklist(
    session: Session,
    collector: Collector = None,
    portfolio: Portfolio = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="TASK, DISPUTE, APPROVAL ...; all by default.")
    ] = None,
    limit: PageSize = 20,
    page_token: PageToken = "",
    min_position: MinPosition = 0,
) -> None:
    """What a collector should do next, most urgent first, and why."""
    from cli.plain import from_plain, plain
    from cli.show import instant, stage, sum_of, table
    from protos.escalera import v1 as pb

    request = pb.GetWorklistRequest(
        collector=collector,
        portfolios=portfolio or [],
        page_size=limit,
        page_token=page_token,
        min_position=min_position,
    )
    from_plain({"kinds": [each.upper() for each in kind or []]}, request)
    found = plain(session.doors.queries.GetWorklist(request, timeout=session.timeout))
    if session.as_json:
        return session.give(found)
    words = session.words
    rows = [
        (
            str(item["priority"]),
            f"{item['creditor_id']}/{item['reference']}",
            stage(words, item["stage"]),
            sum_of(words, item["balance"]),
            words.of("kind", item["kind"] or "TASK")
            + (f": {item['task_kind']} {item['item_id']}" if item["task_kind"] else ""),
            instant(item["since_time"])[:10],
            " + ".join(f"{words('label', key)} {points}" for key, points in (item["points"] or {}).items() if points),
        )
        for item in found["items"]
    ]
    columns = ("priority", "case", "stage", "balance", "kind", "since", "why")
    session.console.print(table(words, columns, rows) if rows else words("say", "nothing_found"))
    more(session, found["next_page_token"])
    return None


def more(session: Session, token: str) -> None:
    """Say how to go on where there is another page."""
    if token:
        session.console.print(session.words("say", "more", token=token), style="bright_black", soft_wrap=True)
