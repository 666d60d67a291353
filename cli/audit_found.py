"""What audits of the whole log found: lines for a screen, and plain data for programs."""

from typing import TYPE_CHECKING, Any

from cli.audit_words import difference, violation
from cli.session import Session

if TYPE_CHECKING:
    from application.seal_audit import Found, SealAudit
    from application.state_audit import StateFound, StatesReplayed
    from workers.audit import LogAudit

SHOWN_MAX = 20
Line = tuple[str, str]  # and its style

_WHERE = {"database": "database", "public copy": "public"}


def style_of(*, right: bool) -> str:
    return "green" if right else "bold red"


def seal_lines(session: Session, seal: "SealAudit | None") -> list[Line]:
    words = session.words
    if seal is None:
        return [(words("audit", "no_key"), "yellow")]
    counts = {"leaves": words.number(seal.leaves), "heads": words.number(seal.heads), "rest": seal.not_sealed}
    lines = [(words("audit", "seal", **counts), style_of(right=seal.whole))]
    for restore in seal.restores:
        told = {"number": restore.number, "at": restore.declared_at, "reason": restore.reason}
        lines.append((words("recover", "declared", **told, lost=words.number(restore.lost)), "yellow"))
    if not seal.public:
        lines.append((words("audit", "no_copy"), "yellow"))
    lines += [(f"  {_flaw(session, each)}", "red") for each in seal.found[:SHOWN_MAX]]
    return [*lines, *_more(session, seal.found_total)]


def states_lines(session: Session, found: "StatesReplayed") -> list[Line]:
    words = session.words
    counts = {"events": words.number(found.events), "streams": words.number(found.streams)}
    lines = [(words("states", "replayed", **counts), "")]
    compared = {"compared": words.number(found.compared), "heads": words.number(found.heads)}
    lines.append((words("states", "compared", **compared), style_of(right=found.holds)))
    if found.earlier or found.changed:
        counts = {"same": words.number(found.earlier), "changed": words.number(found.changed)}
        lines.append((words("states", "other_behavior", **counts), "yellow"))
    if found.not_sealed:
        lines.append((words("states", "not_sealed", count=words.number(found.not_sealed)), ""))
    lines += [(f"  {_state(session, each)}", "red") for each in found.found[:SHOWN_MAX]]
    return [*lines, *_more(session, found.found_total)]


def log_lines(session: Session, audit: "LogAudit") -> list[Line]:
    words = session.words
    histories, contacts = audit.histories, audit.contacts
    lines = [*seal_lines(session, audit.seal), *states_lines(session, audit.states)]
    counts = {"cases": words.number(histories.cases), "events": words.number(histories.events)}
    wrong = histories.differences_total
    lines.append((words("audit", "histories", **counts, wrong=wrong), style_of(right=not wrong)))
    lines += [
        (f"  {difference(words, each.field, each.replayed, each.shown, stream=str(each.case_id))}", "red")
        for each in histories.differences[:SHOWN_MAX]
    ]
    lines += _more(session, wrong)
    permits = {"permits": words.number(contacts.permits), "wrong": contacts.violations_total}
    lines.append((words("audit", "contacts", **permits), style_of(right=contacts.holds)))
    lines += [
        (f"  {violation(words, each.permit_id, each.reason, each.rules, position=each.position)}", "red")
        for each in contacts.violations[:SHOWN_MAX]
    ]
    return [*lines, *_more(session, contacts.violations_total)]


def seal_out(seal: "SealAudit | None") -> dict[str, Any]:
    from dataclasses import asdict

    return {"seal": asdict(seal) if seal else None}


def states_out(found: "StatesReplayed") -> dict[str, Any]:
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


def log_out(audit: "LogAudit") -> dict[str, Any]:
    histories, contacts = audit.histories, audit.contacts
    return {
        **seal_out(audit.seal),
        "states": states_out(audit.states),
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
        "contacts": {
            "permits": contacts.permits,
            "violations_total": contacts.violations_total,
            "violations": [
                {"permit_id": each.permit_id, "reason": each.reason, "position": each.position}
                for each in contacts.violations[:SHOWN_MAX]
            ],
        },
    }


def _flaw(session: Session, each: "Found") -> str:
    """Return what is wrong, where it is, and of which event."""
    words = session.words
    place = {"leaf": each.leaf, "position": each.position, "size": each.size}
    said = [f"{words('audit', name)} {at}" for name, at in place.items() if at is not None]
    if each.event:
        said.append(words("audit", "event", event=each.event, version=each.version, stream=each.stream_id))
    where = f" ({words('audit', _WHERE[each.where])})"
    return f"{words('flaw', each.flaw)}{': ' if said else ''}{', '.join(said)}{where}"


def _state(session: Session, each: "StateFound") -> str:
    words = session.words
    said = words("state_flaw", each.flaw)
    if each.stream_id is None:
        return said if each.size is None else f"{said} ({words('audit', 'size')} {each.size})"
    behavior = "" if each.behavior is None else f", {words('states', 'behavior')} {each.kind} {each.behavior}"
    return f"{said}: {each.stream_id} {words('states', 'version')} {each.version}{behavior}"


def _more(session: Session, total: int) -> list[Line]:
    return [(f"  … {session.words.number(total - SHOWN_MAX)}", "red")] if total > SHOWN_MAX else []
