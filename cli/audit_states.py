"""`escalera audit replay|digests`: whether this code still reads the log as it was read when its states were sealed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_found import states_lines, states_out
from cli.audit_log import Key, app, give, key_of, working
from cli.command import command
from cli.session import REFUSED, USAGE, Session

if TYPE_CHECKING:
    from application.state_audit import StatesReplayed


@command(app, "replay")
def replay(
    session: Session,
    case: Annotated[str, typer.Argument(metavar="CASE", help="UUID of a stream, or CREDITOR/REFERENCE.")] = "",
    whole: Annotated[bool, typer.Option("--all", help="Every case, person and bank entry.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that share the work.")] = 1,
    key: Key = "",
) -> None:
    """Fold streams again from their first events and compare them with the digests that were sealed.

    Exit status 1 if this code, under the behavior that they were sealed under, makes something else of them.
    """
    from cli.upkeep import settings_of
    from workers.replaying import replay_all, replay_one

    if bool(case) == whole:
        session.fail(USAGE, reason="NOT_UNDERSTOOD", detail=session.words("states", "which"))
    settings = settings_of(session)
    if whole:
        known = key_of(session, settings, key, needed=False)
        with working(session) as told:
            found = replay_all(settings, known, jobs=jobs, told=told)
        if known is None and not session.as_json:
            session.console.print(session.words("states", "no_key"), style="yellow")
    else:
        found = replay_one(settings, _stream_of(case))
        if not found.streams:
            session.fail(REFUSED, reason="CASE_NOT_FOUND", detail=session.words("states", "no_stream"))
    _give(session, found)


@command(app, "digests")
def digests(session: Session) -> None:
    """Digest what the streams that changed have come to, sign for it, and say how many digests there are.

    The sealer does this by itself now and then (ESCALERA_DIGEST_SECONDS).
    """
    import asyncio

    from cli.upkeep import settings_of
    from workers.replaying import digested_now

    with working(session) as told:
        head = asyncio.run(digested_now(settings_of(session), lambda events: told("STATES", events)))
    if session.as_json:
        return session.give({"size": head.size, "position": head.position, "chain": head.chain.hex()})
    count = session.words.number(head.size)
    session.console.print(session.words("states", "noted", count=count, position=head.position))
    return None


def _stream_of(case: str) -> Any:
    from uuid import UUID

    from cli.parse import parse_name
    from domain.case.identity import case_id

    identity, creditor, reference = parse_name(case)
    return UUID(identity) if identity else case_id(creditor, reference)


def _give(session: Session, found: "StatesReplayed") -> None:
    last = session.words("states", "holds" if found.holds else "differs")
    give(session, states_lines(session, found), right=found.holds, out=states_out(found), last=last)
