"""`escalera up|demo|rehydrate` and `escalera projections rebuild|status`: an engine, and what keeps it right."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import AsJson, Data, Lang, command
from cli.session import REFUSED, UNAVAILABLE, Session
from cli.spoken import Command

if TYPE_CHECKING:
    from infra.settings import Settings

projections = typer.Typer(no_args_is_help=True, help="The read tables that follow the log.")

GrpcPort = Annotated[int, typer.Option("--grpc-port", help="Where the API listens; as last time by default.")]
Speed = Annotated[float, typer.Option("--speed", min=1, help="Business seconds per second: 86400 is a day a second.")]


def register(app: typer.Typer) -> None:
    """Put the commands on the root."""
    app.command("up", cls=Command)(up)
    app.command("demo", cls=Command)(demo)
    command(app, "rehydrate")(rehydrate)
    command(app, "migrate")(migrate)


def up(
    data: Data = "",
    grpc_port: GrpcPort = 0,
    no_mail_sink: Annotated[
        bool, typer.Option("--no-mail-sink", help="No sink; nor is there one when ESCALERA_SMTP_URL is set.")
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

    mail_sink = not (no_mail_sink or os.environ.get("ESCALERA_SMTP_URL"))  # a server that is named is meant
    options = EngineOptions(grpc_port=grpc_port, mail_sink=mail_sink, clock=clock, workers=workers)
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
    import asyncio

    from infra.settings import SettingInvalid
    from infra.temporal_refusal import TemporalRefused
    from workers.relay import rehydrate as run

    settings = settings_of(session)
    try:
        cases = asyncio.run(run(settings))
    except (TemporalRefused, SettingInvalid) as error:
        session.fail(UNAVAILABLE, reason="TEMPORAL_REFUSED", detail=str(error))
    except RuntimeError as error:
        session.fail(UNAVAILABLE, reason="TEMPORAL_UNREACHABLE", detail=f"{settings.temporal_address}: {error}")
    if session.as_json:
        session.give({"cases": cases})
    else:
        session.console.print(session.words("say", "rehydrated", count=session.words.number(cases)))


def migrate(session: Session) -> None:
    """Bring the database's schema up to date; `up` and `demo` do it by themselves."""
    from infra.migrations import apply

    applied = apply(settings_of(session).required("database_url"))
    if session.as_json:
        session.give({"applied": applied})
    else:
        session.console.print(", ".join(applied) or session.words("say", "up_to_date"))


@command(projections, "rebuild")
def rebuild(session: Session) -> None:
    """Build the read tables anew beside the live ones, then switch."""
    import asyncio

    from infra.read_tables import RebuildRunning
    from workers.read_tables import build_anew

    async def told(events: int) -> None:
        if not session.as_json and session.console.is_terminal:
            session.console.print(f"{session.words.number(events)} {session.words('label', 'events')}", end="\r")

    try:
        done = asyncio.run(build_anew(settings_of(session), told))
    except RebuildRunning:
        session.fail(REFUSED, reason="REBUILD_RUNNING", detail="another process rebuilds the read tables now")
    parked = [str(each.case_id) for each in done.parked]
    if session.as_json:
        session.give({"position": done.position, "events": done.events, "cases": done.cases, "parked": parked})
    else:
        counts = {"cases": session.words.number(done.cases), "events": session.words.number(done.events)}
        session.console.print(session.words("say", "rebuilt", **counts, position=done.position))
        for case_id in parked:
            session.console.print(f"  {session.words('say', 'parked')}: {case_id}", style="red")


@command(projections, "status")
def status(session: Session) -> None:
    """How far the read tables have followed the log, and what they could not follow."""
    import asyncio

    from cli.show import table
    from workers.read_tables import status as read_status

    found = asyncio.run(read_status(settings_of(session)))
    position, versions = found.log_position, found.versions
    if session.as_json:
        rows = [
            {
                "name": each.name,
                "live": each.live,
                "position": each.position,
                "cases": each.cases,
                "parked": [str(parked.case_id) for parked in each.parked],
            }
            for each in versions
        ]
        return session.give({"log_position": position, "versions": rows})
    words = session.words
    shown = [
        (
            each.name,
            words("say", "live" if each.live else "building"),
            str(each.position),
            words.number(each.cases),
            len(each.parked),
        )
        for each in versions
    ]
    session.console.print(table(words, ("projection", "state", "position", "cases", "parked"), shown))
    session.console.print(f"{words('label', 'log')}: {words('label', 'position')} {position}", style="bright_black")
    return None


@command(projections, "repair")
def repair(session: Session) -> None:
    """Take up again the cases that the read tables stopped following."""
    import asyncio

    from workers.read_tables import repair as repair_parked

    found = asyncio.run(repair_parked(settings_of(session)))
    if session.as_json:
        return session.give({"cases": [{"case_id": str(case_id), "repaired": is_back} for case_id, is_back in found]})
    for case_id, is_back in found:
        session.console.print(f"{case_id}: {session.words('say', 'live' if is_back else 'parked')}")
    if not found:
        session.console.print(session.words("say", "nothing_found"))
    return None


def settings_of(session: Session) -> "Settings":
    """The settings of the engine that runs on the data folder, or those of the environment; ends where neither says."""
    from cli.places import environment_of
    from infra.settings import Settings

    environment = environment_of(session.data)
    settings = Settings.from_env(environment)
    if not settings.database_url:
        session.fail(UNAVAILABLE, reason="NO_SERVER", detail=session.words("error", "unknown_database"))
    return settings
