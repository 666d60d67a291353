"""`escalera report stages|funnel` and `escalera verify`: sums over all cases, and the proof that they are right."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.listing import MinPosition, Portfolio
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.language import Words

app = typer.Typer(no_args_is_help=True, help="Sums over all cases.")
SHOWN_MAX = 20


@command(app, "stages")
def stages(session: Session, portfolio: Portfolio = None, min_position: MinPosition = 0) -> None:
    """Cases and money by stage and closure, for comparison with other books."""
    from cli.plain import plain
    from cli.show import stage, table
    from protos.escalera import v1 as pb

    request = pb.GetStagesRequest(portfolios=portfolio or [], min_position=min_position)
    found = plain(session.doors.reports.GetStages(request, timeout=session.timeout))
    if session.as_json:
        return session.give(found)
    words = session.words
    sums = ("principal", "charged", "collected", "waived", "balance")
    rows = [
        (
            stage(words, row["stage"], row["closure"]),
            row["balance"]["currency"] if row["balance"] else "",
            words.number(row["cases"]),
            *(words.amount(row[key]["minor"], row[key]["currency"]) if row[key] else "" for key in sums),
        )
        for row in found["rows"]
    ]
    columns = ("stage", "currency", "cases", *sums)
    session.console.print(table(words, columns, rows))
    session.console.print(
        f"{words.number(found['cases'])} {words('label', 'cases')} · {words('label', 'position')} {found['position']}",
        style="bright_black",
    )
    return None


@command(app, "funnel")
def funnel(session: Session, portfolio: Portfolio = None, min_position: MinPosition = 0) -> None:
    """How many cases and how much money stand at each stage."""
    from cli.funnel import funnel_bars
    from cli.plain import plain
    from protos.escalera import v1 as pb

    request = pb.GetFunnelRequest(portfolios=portfolio or [], min_position=min_position)
    found = plain(session.doors.reports.GetFunnel(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
    else:
        session.console.print(funnel_bars(session.words, _by_stage(found["rows"])))


def _by_stage(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["stage"], row["closure"] or "")
        counts[key] = counts.get(key, 0) + row["cases"]
    return counts


def register_verify(root: typer.Typer) -> None:
    """Put `verify` on the root."""
    command(root, "verify")(verify)


def verify(
    session: Session,
    portfolio: Annotated[str, typer.Option("--portfolio", help="Only of this one.")] = "",
    patience: Annotated[
        float, typer.Option("--patience", help="Seconds that the whole verification may take.")
    ] = 3600.0,
) -> None:
    """Replay every case from the log and compare it with the read tables. Exit status 1 if anything differs."""
    from cli.plain import plain
    from protos.escalera import v1 as pb

    words, differences = session.words, []
    last: dict[str, Any] = {}
    for progress in session.doors.reports.VerifyLog(pb.VerifyLogRequest(portfolio=portfolio), timeout=patience):
        last = plain(progress)
        differences += last.pop("differences")
        if not session.as_json and session.console.is_terminal:
            session.console.print(f"{words.number(last['events_read'])} {words('label', 'events')}", end="\r")
    done = bool(last.get("done")) and not last.get("differences_total")
    if session.as_json:
        session.give({**last, "verified": done, "differences": differences})
        raise SystemExit(0 if done else REFUSED)
    for line in _difference_lines(words, differences):
        session.console.print(line, markup=False, soft_wrap=True)
    if done:
        counts = {"cases": words.number(last["cases_checked"]), "events": words.number(last["events_read"])}
        session.console.print(words("say", "verified", **counts, position=last["log_position"]), style="green")
        return
    session.console.print(words("say", "not_verified", count=last.get("differences_total", 0)), style="bold red")
    raise SystemExit(REFUSED)


def _difference_lines(words: "Words", differences: list[dict[str, Any]]) -> "Iterator[str]":
    from cli.audit_words import difference

    for each in differences[:SHOWN_MAX]:
        yield f"  {difference(words, each['field'], each['replayed'], each['shown'], stream=each['case_id'])}"
    if len(differences) > SHOWN_MAX:
        yield f"  … {len(differences) - SHOWN_MAX}"
