"""`escalera audit replay|digests`: whether this code still reads the log as it was read when its states were sealed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_log import SHOWN_MAX, Key, app, key_of, style_of, teller
from cli.command import command
from cli.session import REFUSED, USAGE, Session

if TYPE_CHECKING:
    from application.state_audit import StateFound, StatesReplayed


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
        known, told = key_of(session, settings, key, needed=False), teller(session)
        found = replay_all(settings, known, jobs=jobs, told=lambda events: told("STATES", events))
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

    told = teller(session)
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
    if session.as_json:
        session.give(_plain(found))
    else:
        words = session.words
        counts = {"events": words.number(found.events), "streams": words.number(found.streams)}
        session.console.print(words("states", "replayed", **counts))
        compared = {"compared": words.number(found.compared), "heads": words.number(found.heads)}
        session.console.print(words("states", "compared", **compared), style=style_of(right=found.holds))
        if found.earlier or found.changed:
            counts = {"same": words.number(found.earlier), "changed": words.number(found.changed)}
            session.console.print(words("states", "other_behavior", **counts), style="yellow")
        if found.not_sealed:
            session.console.print(words("states", "not_sealed", count=words.number(found.not_sealed)))
        for each in found.found[:SHOWN_MAX]:
            session.console.print(f"  {_line(session, each)}", style="red")
        if found.found_total > SHOWN_MAX:
            session.console.print(f"  … {words.number(found.found_total - SHOWN_MAX)}")
        session.console.print(words("states", "holds" if found.holds else "differs"), style=style_of(right=found.holds))
    if not found.holds:
        raise SystemExit(REFUSED)


def _line(session: Session, each: "StateFound") -> str:
    words = session.words
    said = words("state_flaw", each.flaw)
    if each.stream_id is None:
        return said if each.size is None else f"{said} ({words('audit', 'size')} {each.size})"
    behavior = "" if each.behavior is None else f", {words('states', 'behavior')} {each.kind} {each.behavior}"
    return f"{said}: {each.stream_id} {words('states', 'version')} {each.version}{behavior}"


def _plain(found: "StatesReplayed") -> dict[str, Any]:
    counts = ("events", "streams", "compared", "earlier", "changed", "not_sealed", "heads", "found_total")
    return {
        **{name: getattr(found, name) for name in counts},
        "found": [
            {
                "flaw": each.flaw.value,
                "stream_id": str(each.stream_id) if each.stream_id else None,
                "version": each.version,
                "kind": each.kind,
                "behavior": each.behavior,
                "size": each.size,
            }
            for each in found.found
        ],
        "holds": found.holds,
    }
