"""`escalera audit bundle|proof|verifier`: evidence about one case, for a judge, an auditor or who buys the debt."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit_log import app
from cli.case_reading import CaseName
from cli.command import command
from cli.private_file import write_private
from cli.session import REFUSED, USAGE, Session

if TYPE_CHECKING:
    from uuid import UUID

    from application.evidence import Evidence
    from domain.evidence.finding import Verification

Out = Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it.")]


@command(app, "bundle")
def bundle(
    session: Session,
    case: CaseName,
    out: Out = "",
    with_personal: Annotated[
        bool, typer.Option("--with-personal", help="With names, addresses, notes and letters that are kept.")
    ] = False,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the statement; today by default.")] = "",
) -> None:
    """Write all evidence about a case as one file: events, proofs, rules, statement, timeline, and its verifier."""
    import asyncio
    from hashlib import sha256

    from cli.audit_case import checks_out
    from cli.evidence_told import tell, write
    from cli.parse import parse_date
    from cli.upkeep import settings_of
    from domain.evidence.archive import unpacked
    from domain.evidence.files_checked import fingerprint
    from domain.evidence.layout import FINGERPRINT
    from domain.evidence.verify import verify_archive
    from workers.evidence import bundle_of

    settings, case_id = settings_of(session), case_id_of(case)
    day = parse_date(on) if on else None
    work = bundle_of(settings, case_id, tell=tell, write=write, personal=with_personal, on=day)
    content, evidence = asyncio.run(work)
    file = Path(out or f"case-{case_id}-{evidence.head.size}.zip")
    _write(session, file, content)
    told = {
        "file": str(file),
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
        "fingerprint": fingerprint(unpacked(content)),
        "key": str(evidence.key),
        "log": evidence.head.origin,
        "size": evidence.head.size,
        "events": len(evidence.case),
        "personal": evidence.personal is not None,
    }
    found = verify_archive(content, str(evidence.key))
    if session.as_json:
        session.give({**told, "checks": checks_out(found), "whole": found.whole})
    else:
        session.console.print(_said(session, file, evidence), soft_wrap=True, markup=False)
        lines = (f"SHA-256 {told['sha256']}", f"{FINGERPRINT} {told['fingerprint']}", told["key"])
        session.console.print("\n".join(map(str, lines)), soft_wrap=True, markup=False)
        _warn(session, found)
    if not found.whole:
        raise SystemExit(REFUSED)


@command(app, "proof")
def proof(
    session: Session,
    case: CaseName,
    version: Annotated[int, typer.Argument(metavar="VERSION", help="Which event of the case, from 1.")],
    out: Out = "",
) -> None:
    """Write a C2SP tlog-proof that one event of a case is in the log; its leaf stands in it as extra data."""
    import asyncio

    from cli.upkeep import settings_of
    from workers.evidence import proof_of

    case_id = case_id_of(case)
    found, event = asyncio.run(proof_of(settings_of(session), case_id, version))
    file = Path(out or f"case-{case_id}-{version}.tlog-proof")
    _write(session, file, str(found).encode())
    if session.as_json:
        return session.give({"file": str(file), "index": found.index, "event": event.name, "leaf": event.leaf.decode()})
    said = session.words("evidence", "proof", file=file, event=event.name, version=version, index=found.index)
    session.console.print(said, soft_wrap=True, markup=False)
    return None


@command(app, "verifier")
def verifier(session: Session, out: Out = "verify.py") -> None:
    """Write the verifier of bundles: one file for Python 3.9 and later, to be given away apart from any bundle."""
    from hashlib import sha256

    from infra.evidence.one_file import verifier as made

    content = made()
    _write(session, Path(out), content)
    if session.as_json:
        return session.give({"file": out, "bytes": len(content), "sha256": sha256(content).hexdigest()})
    session.console.print(f"{out}\nSHA-256 {sha256(content).hexdigest()}", soft_wrap=True, markup=False)
    return None


def case_id_of(case: str) -> "UUID":
    """Return the id of a case that is named by it, or by creditor and reference."""
    from uuid import UUID

    from cli.parse import parse_name
    from domain.case.identity import case_id

    identity, creditor, reference = parse_name(case)
    return UUID(identity) if identity else case_id(creditor, reference)


def _write(session: Session, file: Path, content: bytes) -> None:
    try:
        write_private(file, content)
    except OSError as error:
        session.fail(USAGE, reason="NOT_WRITABLE", detail=f"{file}: {error.strerror}", field="--out", technical=True)


def _warn(session: Session, found: "Verification") -> None:
    """Say what is wrong with a bundle that was written all the same: its maker must know what its reader finds."""
    from infra.evidence.script import lines
    from infra.evidence.wording import wording

    if not found.whole:
        session.console.print(session.words("evidence", "not_whole"), style="bold red")
        for line in lines(found, wording(session.words.language))[:-2]:
            if not line.startswith("[ok]"):
                session.console.print(line, style="red", markup=False, soft_wrap=True)


def _said(session: Session, file: Path, evidence: "Evidence") -> str:
    words = session.words
    counts = {"events": words.number(len(evidence.case)), "size": words.number(evidence.head.size)}
    return words("evidence", "bundle", file=file, log=evidence.head.origin, **counts)
