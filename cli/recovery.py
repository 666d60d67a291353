"""`escalera backup ...` and `escalera recover ...`: back to an instant, and what must be said and settled then."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import REFUSED, UNAVAILABLE, Session

if TYPE_CHECKING:
    from application.recovery import DeclaredRestore
    from domain.case.words import Channel
    from domain.transparency.leaf import Named

backups = typer.Typer(no_args_is_help=True, help="Base backups, and the way back to an instant.")
recover = typer.Typer(no_args_is_help=True, help="What must be said and settled after a restore.")

By = Annotated[str, typer.Option("--as", envvar="ESCALERA_ACTOR", help="Who says so: role:id.")]
SHOWN_MAX = 40
FIRST = frozenset({"CaseOpened", "PersonRegistered"})  # with it all of a stream is lost


@command(backups, "take")
def take(
    session: Session, into: Annotated[str, typer.Argument(metavar="FOLDER", help="A new folder for the copy.")]
) -> None:
    """Copy the running database into a folder, and verify the copy. Keys are not in it: back them up elsewhere."""
    from cli.upkeep import settings_of
    from infra.embedded import ServerError
    from infra.embedded.backup import take_base

    folder = Path(into).absolute()
    try:
        take_base(settings_of(session).required("database_url"), into=folder)
    except ServerError as error:
        session.fail(UNAVAILABLE, reason="BACKUP_FAILED", detail=str(error), technical=True)
    if session.as_json:
        return session.give({"base": str(folder)})
    session.console.print(session.words("recover", "taken", folder=folder))
    return None


@command(backups, "restore")
def restore(
    session: Session,
    base: Annotated[str, typer.Option("--base", help="Folder of a base backup.")],
    archive: Annotated[
        str, typer.Option("--archive", help="Folder of the archived log (ESCALERA_WAL_ARCHIVE_FOLDER).")
    ],
    to: Annotated[
        str, typer.Option("--to", help="Instant in real time (ISO 8601); all that was archived by default.")
    ] = "",
) -> None:
    """Make the data folder (--data) out of a backup, as the database was at an instant. It must have none yet."""
    from cli.parse import parse_instant
    from cli.places import data_folder
    from infra.embedded import ServerError
    from infra.embedded.backup import restore as restore_server

    into = data_folder(session.data) / "postgres"
    try:
        found = restore_server(Path(base), Path(archive), into=into, to=parse_instant(to) if to else None)
    except ServerError as error:
        session.fail(UNAVAILABLE, reason="RESTORE_FAILED", detail=str(error), technical=True)
    restored_to = found.restored_to.isoformat() if found.restored_to else ""
    if session.as_json:
        return session.give({"folder": str(into), "timeline": found.timeline, "restored_to": restored_to})
    session.console.print(session.words("recover", "restored", folder=into, at=restored_to or to))
    session.console.print(session.words("recover", "restored_next"), style="yellow", soft_wrap=True)
    return None


@command(recover, "status")
def status(session: Session) -> None:
    """Say whether contacts may be made, and which restores were declared. Exit status 1 if they may not."""
    import asyncio

    from cli.upkeep import settings_of
    from workers.recovery import status as standing

    with _refusals(session):
        found = asyncio.run(standing(settings_of(session)))
    if session.as_json:
        session.give(
            {
                "cleared": found.cleared,
                "timeline": found.life.timeline,
                "ahead": found.ahead,
                "restores": [_plain(each) for each in found.restores],
            }
        )
    else:
        say = session.words
        for each in found.restores:
            told = {"number": each.number, "at": each.declared_at.isoformat(timespec="seconds"), "reason": each.reason}
            session.console.print(say("recover", "declared", **told, lost=say.number(each.lost_leaves)))
        if found.ahead:
            session.console.print(say("recover", "ahead", leaves=say.number(found.ahead)), style="bold red")
        cleared = "cleared" if found.cleared else "not_cleared"
        session.console.print(say("recover", cleared), style="green" if found.cleared else "bold red")
    if not found.cleared or found.ahead:
        raise SystemExit(REFUSED)


@command(recover, "declare")
def declare(
    session: Session,
    reason: Annotated[str, typer.Option("--reason", help="One line, published: no names of people.")],
    until: Annotated[
        str, typer.Option("--until", help="When the old engine stopped (business time, ISO 8601); now by default.")
    ] = "",
    by: By = "operator:cli",
) -> None:
    """Say that the database was restored from a backup. The log goes on under a name of its own; contacts wait."""
    import asyncio

    from cli.parse import parse_instant
    from cli.upkeep import settings_of
    from workers.recovery import declare as declare_restore

    lost_until = parse_instant(until) if until else None
    with _refusals(session):
        found = asyncio.run(declare_restore(settings_of(session), reason=reason, by=by, lost_until=lost_until))
    if session.as_json:
        return session.give(_plain(found))
    told = {"number": found.number, "at": found.declared_at.isoformat(timespec="seconds"), "reason": found.reason}
    session.console.print(session.words("recover", "declared", **told, lost=session.words.number(found.lost_leaves)))
    session.console.print(session.words("recover", "declared_next"), style="yellow")
    return None


@command(recover, "reconcile")
def reconcile(
    session: Session,
    sent: Annotated[
        list[str] | None,
        typer.Option(
            "--sent", metavar="CHANNEL=FILE", help="What was sent: a permit or message id a line, its instant."
        ),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="CHANNEL", help="Nobody knows: what may have been sent counts as sent."),
    ] = None,
    nothing_lost: Annotated[
        str, typer.Option("--nothing-lost", metavar="REASON", help="Nothing was lost: a planned switch, say.")
    ] = "",
    by: By = "operator:cli",
) -> None:
    """Settle what was sent since, channel by channel, and let contacts be made again. Safe to repeat."""
    import asyncio

    from cli.upkeep import settings_of
    from workers.recovery import nothing_lost as clear
    from workers.recovery import reconcile as settle

    lists = {_channel(name): Path(file) for name, _, file in (each.partition("=") for each in sent or ())}
    assumed = [_channel(name) for name in assume or ()]
    with _refusals(session):
        if nothing_lost:
            asyncio.run(clear(settings_of(session), reason=nothing_lost, by=by))
            return (
                session.give({"cleared": True})
                if session.as_json
                else session.console.print(session.words("recover", "cleared"), style="green")
            )
        found = asyncio.run(settle(settings_of(session), lists=lists, assume=assumed, by=by))
    if session.as_json:
        how = {channel.value: method.value for channel, method in found.how.items()}
        return session.give({"how": how, "made": found.made, "assumed": found.assumed, "persons": found.persons})
    words = session.words
    for channel, method in found.how.items():
        told = {"channel": words("channel", channel.value), "how": words("recover", method.value)}
        session.console.print(words("recover", "how", **told))
    counts = {"made": found.made, "assumed": found.assumed, "persons": found.persons}
    session.console.print(words("recover", "reconciled", **{key: words.number(count) for key, count in counts.items()}))
    session.console.print(words("recover", "cleared"), style="green")
    return None


def _channel(name: str) -> "Channel":
    from cli.parse import Unreadable
    from domain.case.words import Channel

    if name.upper() not in Channel.__members__:
        raise Unreadable(name, "channel", accepted=", ".join(Channel))
    return Channel(name.upper())


@command(recover, "lost")
def lost(
    session: Session,
    number: Annotated[
        int, typer.Option("--number", min=0, help="Which declared restore; the last one by default.")
    ] = 0,
) -> None:
    """List what a restore lost, as far as it had been published: cases and persons, events and instants, no content."""
    import asyncio

    from cli.upkeep import settings_of
    from workers.recovery import lost as lost_events

    with _refusals(session):
        restore_, events = asyncio.run(lost_events(settings_of(session), number))
    if restore_ is None:
        session.fail(REFUSED, reason="RESTORE_NOT_FOUND", detail=session.words("recover", "none"))
    if session.as_json:
        return session.give({"restore": _plain(restore_), "events": [_event(each) for each in events]})
    words = session.words
    told = {
        "at": restore_.restored_to.isoformat(timespec="seconds"),
        "until": restore_.lost_until.isoformat(timespec="seconds"),
    }
    session.console.print(words("recover", "lost", **told, count=words.number(len(events))))
    streams: dict[str, Counter[str]] = {}
    for each in events:
        streams.setdefault(str(each.stream_id), Counter())[each.name] += 1
    for stream, names in list(streams.items())[:SHOWN_MAX]:
        whole = f" ({words('recover', 'lost_whole')})" if FIRST & names.keys() else ""
        said = ", ".join(f"{name} × {count}" for name, count in names.items())
        session.console.print(f"  {stream}{whole}: {said}", soft_wrap=True)
    if len(streams) > SHOWN_MAX:
        session.console.print(f"  … {len(streams) - SHOWN_MAX}")
    session.console.print(words("recover", "lost_unpublished"), style="yellow")
    return None


@contextmanager
def _refusals(session: Session) -> Iterator[None]:
    """End as refused where the application refuses."""
    from domain.decider import Rejected

    try:
        yield
    except Rejected as refused:
        session.refuse(refused)


def _plain(restore_: "DeclaredRestore") -> dict[str, Any]:
    return {
        "number": restore_.number,
        "declared_at": restore_.declared_at.isoformat(),
        "restored_to": restore_.restored_to.isoformat(),
        "lost_until": restore_.lost_until.isoformat(),
        "declared_by": restore_.declared_by,
        "reason": restore_.reason,
        "common_size": restore_.common_size,
        "lost_leaves": restore_.lost_leaves,
    }


def _event(named: "Named") -> dict[str, Any]:
    return {
        "position": named.position,
        "stream_id": str(named.stream_id),
        "version": named.version,
        "name": named.name,
        "recorded_at": named.recorded_at.isoformat(),
        "effective_at": named.effective_at.isoformat(),
    }
