"""`escalera strategies list|show|check`: the ladders as data."""

from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.session import REFUSED, Session

app = typer.Typer(no_args_is_help=True, help="The ladders that cases climb.")


@command(app, "list")
def list_strategies(session: Session) -> None:
    """List every ladder and version there is."""
    from cli.plain import plain
    from cli.show import table
    from protos.escalera import v1 as pb

    found = plain(session.doors.strategies.ListStrategies(pb.ListStrategiesRequest(), timeout=session.timeout))
    if session.as_json:
        return session.give(found)
    rows = [(each["name"], str(each["version"]), each["description"]) for each in found["strategies"]]
    session.console.print(table(session.words, ("strategy", "version", "description"), rows))
    return None


@command(app, "show")
def show(
    session: Session,
    strategy: Annotated[str, typer.Argument(metavar="NAME[:VERSION]", help="The newest version by default.")],
) -> None:
    """Show a ladder: its gates and its steps."""
    from cli.parse import Unreadable
    from cli.plain import plain
    from protos.escalera import v1 as pb

    name, _, version = strategy.partition(":")
    if version and not version.isdecimal():
        raise Unreadable(strategy, "NAME or NAME:VERSION is expected")
    request = pb.GetStrategyRequest(strategy=pb.StrategyName(name=name, version=int(version or 0)))
    found = plain(session.doors.strategies.GetStrategy(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
    else:
        _print(session, found)


@command(app, "check")
def check(session: Session, file: Annotated[Path, typer.Argument(metavar="FILE", help="A strategy in TOML.")]) -> None:
    """Check a ladder before it is published; needs no server."""
    from cli.parse import Unreadable
    from domain.decider import Rejected
    from domain.ladder.read import read_strategy

    try:
        strategy = read_strategy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(str(file), str(error)) from error
    except Rejected as error:
        detail = f"{file}: {error.detail}"
        session.fail(
            REFUSED,
            reason=error.reason,
            detail=detail,
            field=error.field or "",
            accepted=error.accepted or "",
            technical=True,
        )
    steps = sum(len(stage.steps) for stage in strategy.stages)
    if session.as_json:
        found = {"name": strategy.name, "version": strategy.version, "stages": len(strategy.stages), "steps": steps}
        session.give({**found, "content_hash": strategy.content_hash})
    else:
        session.console.print(f"{strategy.name} {strategy.version}: {strategy.description}")


def _print(session: Session, found: dict[str, object]) -> None:
    from rich.text import Text

    from cli.show import stage, table
    from cli.words_of_steps import gate_words, step_words

    words = session.words
    session.console.print(Text.assemble((f"{found['name']} {found['version']}", "bold"), f"  {found['description']}"))
    plans = found["stages"]
    assert isinstance(plans, list)
    for plan in plans:
        session.console.print()
        session.console.print(stage(words, plan["stage"]), gate_words(words, plan["gate"] or {}), sep="  ")
        rows = [step_words(words, step) for step in plan["steps"]]
        if rows:
            session.console.print(table(words, ("due", "step", "action", "kind"), rows))
