"""`escalera up|demo|rehydrate` and `escalera projections rebuild|status`: an engine, and what keeps it right."""

from typing import Annotated

import typer

from cli.command import AsJson, Data, Lang, command
from cli.session import Session

projections = typer.Typer(no_args_is_help=True, help="The read tables that follow the log.")

GrpcPort = Annotated[int, typer.Option("--grpc-port", help="Where the API listens; as last time by default.")]
Speed = Annotated[float, typer.Option("--speed", min=1, help="Business seconds per second: 86400 is a day a second.")]


def register(app: typer.Typer) -> None:
    """Put the commands on the root."""
    app.command("up")(up)
    app.command("demo")(demo)
    command(app, "rehydrate")(rehydrate)


def up(
    data: Data = "",
    grpc_port: GrpcPort = 0,
    no_mail_sink: Annotated[
        bool, typer.Option("--no-mail-sink", help="Send to ESCALERA_SMTP_URL, or nowhere.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=16, help="Workflow workers.")] = 1,
    clock: Annotated[str, typer.Option("--clock", envvar="ESCALERA_CLOCK", help="The business clock.")] = "system",
    as_json: AsJson = False,
    lang: Lang = "",
) -> None:
    """Start everything on this machine and serve until Ctrl-C. The next start goes on where this one stopped."""
    from cli.language import choose
    from cli.places import data_folder
    from cli.up import serve
    from workers.engine import EngineOptions

    options = EngineOptions(grpc_port=grpc_port, mail_sink=not no_mail_sink, clock=clock, workers=workers)
    raise SystemExit(serve(data_folder(data), options, choose(lang or None), as_json=as_json))


def demo(
    cases: Annotated[int, typer.Option("--cases", min=1, max=100_000, help="How many cases.")] = 300,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How many days of business time.")] = 120,
    speed: Speed = 86_400.0,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another portfolio.")] = 1,
    json_file: Annotated[
        str, typer.Option("--json", metavar="FILE", help="Write all figures here; '-' for output.")
    ] = "",
    data: Annotated[
        str, typer.Option("--data", help="An empty folder to use instead of a temporary one; it is kept.")
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary data folder.")] = False,
    lang: Lang = "",
) -> None:
    """Tell a story on the real servers: four months of a portfolio. Exit status 0 only if everything is verified."""
    from cli.demo import show
    from cli.language import choose
    from demo.story import Story

    story = Story(cases=cases, days=days, speed=speed, seed=seed)
    raise SystemExit(show(story, words=choose(lang or None), json_file=json_file, data=data, keep=keep))


def rehydrate(session: Session) -> None:
    """Give every open case its workflow again, after Temporal lost its data. Nothing is repeated."""


@command(projections, "rebuild")
def rebuild(session: Session) -> None:
    """Build the read tables anew beside the live ones, then switch."""


@command(projections, "status")
def status(session: Session) -> None:
    """How far the read tables have followed the log."""
