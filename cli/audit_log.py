"""`escalera audit verify|key|head`: prove the log to somebody who trusts nobody."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from application.seal_audit import SealAudit
    from domain.transparency.note import VerifierKey
    from infra.settings import Settings
    from workers.audit import LogAudit

app = typer.Typer(no_args_is_help=True, help="Proofs about the log, for auditors.")

Key = Annotated[
    str,
    typer.Option("--key", help="The log's public key (name+id+base64), as its owner gave it; that of here by default."),
]
SHOWN_MAX = 20


@command(app, "verify")
def verify(
    session: Session,
    key: Key = "",
    only_seal: Annotated[bool, typer.Option("--only-seal", help="Bytes, signatures and tree; no replay.")] = False,
    case: Annotated[
        str, typer.Option("--case", metavar="CASE", help="Only this one: UUID or CREDITOR/REFERENCE.")
    ] = "",
) -> None:
    """Hold every event against the seal, replay every history, judge every contact. Exit status 1 if one is not right.

    Give the public key and the public copy (ESCALERA_PUBLIC_LOG_FOLDER) that you have had from elsewhere: what stands
    beside the log could have been altered with it.
    """
    import asyncio

    from cli.upkeep import settings_of
    from workers.audit import audit_log, audit_seal

    settings = settings_of(session)
    known = key_of(session, settings, key, needed=only_seal)
    if case:
        from cli.audit_case import verify_case

        return verify_case(session, settings, known, case)
    if only_seal:
        assert known is not None, "it is needed"
        seal = asyncio.run(audit_seal(settings, known, teller(session)))
        _give(session, seal, whole=seal.whole, found=_seal_out(seal))
    else:
        audit = asyncio.run(audit_log(settings, known, teller(session)))
        _give(session, audit.seal, whole=audit.whole, found=_audit_out(audit), audit=audit)
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
        session.fail(REFUSED, reason="KEY_MISSING", detail="no public key was given, and there is none here")
    return None


def teller(session: Session) -> Any:
    """Say how far it is, where somebody looks."""

    def told(part: str, events: int) -> None:
        if not session.as_json and session.console.is_terminal:
            said = session.words("audit", part)
            session.console.print(
                f"{said}: {session.words.number(events)} {session.words('label', 'events')}", end="\r"
            )

    return told


def _give(
    session: Session, seal: "SealAudit | None", *, whole: bool, found: Any, audit: "LogAudit | None" = None
) -> None:
    if session.as_json:
        session.give({**found, "whole": whole})
    else:
        for line, style in _lines(session, seal, audit):
            session.console.print(line, style=style)
        session.console.print(session.words("audit", "whole" if whole else "broken"), style=style_of(right=whole))
    if not whole:
        raise SystemExit(REFUSED)


def _lines(session: Session, seal: "SealAudit | None", audit: "LogAudit | None") -> list[tuple[str, str]]:
    words = session.words
    lines: list[tuple[str, str]] = []
    if seal is None:
        lines.append((words("audit", "no_key"), "yellow"))
    else:
        counts = {"leaves": words.number(seal.leaves), "heads": words.number(seal.heads), "rest": seal.not_sealed}
        lines.append((words("audit", "seal", **counts), style_of(right=seal.whole)))
        for restore in seal.restores:
            told = {"number": restore.number, "at": restore.declared_at, "reason": restore.reason}
            lines.append((words("recover", "declared", **told, lost=words.number(restore.lost)), "yellow"))
        if not seal.public:
            lines.append((words("audit", "no_copy"), "yellow"))
        for each in seal.found[:SHOWN_MAX]:
            place = {"leaf": each.leaf, "position": each.position, "size": each.size}
            said = ", ".join(f"{words('audit', name)} {at}" for name, at in place.items() if at is not None)
            lines.append((f"  {words('flaw', each.flaw)}: {said} ({words('audit', _WHERE[each.where])})", "red"))
    if audit is not None:
        histories, contacts = audit.histories, audit.contacts
        counts = {"cases": words.number(histories.cases), "events": words.number(histories.events)}
        wrong = histories.differences_total
        lines.append((words("audit", "histories", **counts, wrong=wrong), style_of(right=not wrong)))
        lines += [
            (f"  {each.case_id}  {each.field}: {each.replayed} ≠ {each.shown}", "red")
            for each in histories.differences[:SHOWN_MAX]
        ]
        permits = {"permits": words.number(contacts.permits), "wrong": contacts.violations_total}
        lines.append((words("audit", "contacts", **permits), style_of(right=contacts.holds)))
    return lines


def style_of(*, right: bool) -> str:
    return "green" if right else "bold red"


def _seal_out(seal: "SealAudit") -> dict[str, Any]:
    from dataclasses import asdict

    return {"seal": asdict(seal)}


def _audit_out(audit: "LogAudit") -> dict[str, Any]:
    histories = audit.histories
    return {
        **(_seal_out(audit.seal) if audit.seal else {"seal": None}),
        "histories": {
            "events": histories.events,
            "cases": histories.cases,
            "persons": histories.persons,
            "differences_total": histories.differences_total,
            "differences": [
                {"case_id": str(each.case_id), "field": each.field, "replayed": each.replayed, "shown": each.shown}
                for each in histories.differences
            ],
        },
        "contacts": {"permits": audit.contacts.permits, "violations_total": audit.contacts.violations_total},
    }


_WHERE = {"database": "database", "public copy": "public"}
