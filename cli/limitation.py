"""`escalera case limitation`: until when each debt may be sued on, and how that is derived."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_reading import CaseName, app
from cli.command import command
from cli.session import Session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cli.language import Words
    from cli.plain import Plain


@command(app, "limitation")
def limitation(
    session: Session,
    case: CaseName,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="As it shows on a day; today by default.")] = "",
) -> None:
    """Show the limitation clocks of each debt: the last day to sue, the law, what interrupts it and what does not."""
    from rich.console import Group

    from cli.ask import case_name, day
    from cli.plain import plain
    from protos.escalera import v1 as pb

    asked = pb.GetLimitationRequest(case_name=case_name(case))
    if on:
        asked.on_date.CopyFrom(day(on))
    found = plain(session.doors.limitation.GetLimitation(asked, timeout=session.timeout))
    if session.as_json:
        session.give(found)
    else:
        session.console.print(Group(*_screen(session.words, found)))


def _screen(words: "Words", found: "Plain") -> "Iterator[RenderableType]":
    law = found["law"] or words("limitation", "no_pack")
    yield words("limitation", "as_of", day=found["on_date"], law=law)
    if found["suit_barred"]:
        yield _no_suit(words, found)
    for debt in found["debts"]:
        yield ""
        yield from _debt(words, debt)


def _no_suit(words: "Words", found: "Plain") -> str:
    owed = [debt for debt in found["debts"] if debt["owed"]]
    if all(debt["pleaded"] for debt in owed):
        return words("limitation", "no_suit_pleaded")
    return words("limitation", "no_suit_law", citation=found["suit_bar_citation"])


def _debt(words: "Words", debt: "Plain") -> "Iterator[RenderableType]":
    from cli.show import table

    notes = [debt["instrument"]]
    notes += [] if debt["owed"] else [words("limitation", "paid")]
    notes += [words("limitation", "pleaded")] if debt["pleaded"] else []
    title = f"{debt['reference'] or debt['obligation_id']} · {', '.join(notes)}"
    if not debt["clocks"]:
        yield f"{title}: {words('limitation', 'no_rule')}"
        return
    columns = ("legal_action", "state", "begins", "last_day", "days_left", "citation")
    yield table(words, columns, [_row(words, each) for each in debt["clocks"]], title)
    for each in debt["clocks"]:
        yield from _derivation(words, each)


def _row(words: "Words", clock: "Plain") -> tuple[str, ...]:
    return (
        words.of("legal_action", clock["action"]),
        words.of("limitation_standing", clock["standing"] or ""),
        clock["begin_date"],
        clock["last_date"],
        str(clock["days_left"]),
        f"{words('limitation', 'years', years=clock['years'])}: {clock['citation']} ({_sure(words, clock)})",
    )


def _sure(words: "Words", clock: "Plain") -> str:
    return words.of("confidence", clock["confidence"])


def _derivation(words: "Words", clock: "Plain") -> Iterator[str]:
    """Say what moved a clock and what did not, a line each; nothing where nothing happened."""
    moves = [(each, True) for each in clock["counted"]] + [(each, False) for each in clock["not_counted"]]
    moves.sort(key=lambda move: str(move[0]["effective_date"]))
    told = [
        words("limitation", "counted", what=_what(words, each), last=each["last_date"])
        if counts
        else words(
            "limitation",
            "not_counted",
            what=_what(words, each),
            why=words.of("limitation_uncounted", each["uncounted"] or ""),
        )
        for each, counts in moves
    ]
    told += [
        words("limitation", "suspended", first=each["first_date"], last=each["last_date"], days=each["days"])
        for each in clock["suspended"]
    ]
    for line in told:
        yield f"  {words.of('legal_action', clock['action'])}: {line}"


def _what(words: "Words", move: "Plain") -> str:
    if move["due_date"]:
        what = words("limitation", "more_time", due=move["due_date"])
    else:
        what = words.of("interruption", str(move["kind"]).lower())
    proof = f", {move['proof']}" if move["proof"] else ""
    return f"{move['effective_date']} {what} ({move['reference']}{proof})"
