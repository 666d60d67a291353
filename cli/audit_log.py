"""`escalera audit verify|key|head`: prove the log to somebody who trusts nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_found import Line, log_lines, log_out, seal_lines, seal_out, style_of
from cli.command import command
from cli.progress import Teller, progress
from cli.session import REFUSED, UNAVAILABLE, Session

if TYPE_CHECKING:
    from domain.transparency.note import VerifierKey
    from infra.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Proofs about the log, for auditors.")

Key = Annotated[
    str,
    typer.Option("--key", help="The log's public key (name+id+base64), as its owner gave it; that of here by default."),
]


@command(app, "verify")
def verify(
    session: Session,
    key: Key = "",
    only_seal: Annotated[bool, typer.Option("--only-seal", help="Bytes, signatures and tree; no replay.")] = False,
    case: Annotated[
        str, typer.Option("--case", metavar="CASE", help="Only this one: UUID or CREDITOR/REFERENCE.")
    ] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, max=64, help="Processes that share the work; 0: one for each processor.")
    ] = 0,
) -> None:
    """Hold every event against the seal, replay every history, judge every contact. Exit status 1 if one is not right.

    The last line says whether the log is whole. Give the public key and the public copy (ESCALERA_PUBLIC_LOG_FOLDER)
    that you have had from elsewhere: what stands beside the log could have been altered with it.
    """
    from cli.upkeep import settings_of
    from workers.audit import audit_log, audit_seal

    settings = settings_of(session)
    known = key_of(session, settings, key, needed=only_seal)
    if case:
        from cli.audit_case import verify_case

        return verify_case(session, settings, known, case)
    if only_seal:
        assert known is not None, "it is needed"
        with working(session) as told:
            seal = audit_seal(settings, known, told)
        whole, lines, out = seal.whole, seal_lines(session, seal), seal_out(seal)
    else:
        with working(session) as told:
            audit = audit_log(settings, known, told, jobs=jobs)
        whole, lines, out = audit.whole, log_lines(session, audit), log_out(audit)
    last = session.words("audit", "whole" if whole else "broken")
    give(session, lines, right=whole, out={**out, "whole": whole}, last=last)
    return None


@command(app, "key")
def key(session: Session) -> None:
    """Print the log's public key, to be given to whoever will verify it."""
    from cli.upkeep import settings_of

    found = str(key_of(session, settings_of(session), "", needed=True))
    if session.as_json:
        return session.give({"key": found})
    print(found)
    return None


@command(app, "head")
def head(session: Session) -> None:
    """Seal what is not sealed yet, and print the signed head of the log."""
    import asyncio

    from cli.upkeep import settings_of
    from workers.sealer import sealed_now

    note = asyncio.run(sealed_now(settings_of(session)))
    if session.as_json:
        return session.give({"head": note})
    print(note, end="")
    return None


def key_of(session: Session, settings: "Settings", given: str, *, needed: bool) -> "VerifierKey | None":
    from domain.transparency.note import read_verifier_key
    from workers.sealer import signer_of

    if given:
        return read_verifier_key(given)
    if settings.seal_key_file:
        return signer_of(settings).key
    if needed:
        session.fail(
            REFUSED, reason="KEY_MISSING", detail="no public key was given, and there is none here", technical=True
        )
    return None


def give(session: Session, lines: list[Line], *, right: bool, out: dict[str, Any], last: str) -> None:
    """Say what was found, and in the last line whether all is right; exit status 1 if it is not."""
    if session.as_json:
        session.give(out)
    else:
        for line, style in lines:
            session.console.print(line, style=style, markup=False, soft_wrap=True)
        session.console.print(last, style=style_of(right=right))
    if not right:
        raise SystemExit(REFUSED)


@contextmanager
def working(session: Session) -> Iterator[Teller]:
    """Show how far it is. A process that was killed, or tables that do not follow: an error, and no word on the log."""
    from application.read_ports import TablesBehind
    from workers.crew import ProcessDied

    try:
        with progress(session) as told:
            yield told
    except ProcessDied as died:
        session.fail(UNAVAILABLE, reason="PROCESS_DIED", detail=str(died), technical=True)
    except TablesBehind as behind:
        session.fail(UNAVAILABLE, reason="TABLES_BEHIND", detail=str(behind), technical=True)
