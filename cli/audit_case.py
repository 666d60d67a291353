"""What an audit of one case found, on a screen or as JSON."""

from typing import TYPE_CHECKING, Any

from cli.audit_found import SHOWN_MAX, style_of
from cli.audit_words import difference, violation
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from domain.evidence.finding import Verification
    from domain.transparency.note import VerifierKey
    from infra.settings import Settings
    from workers.case_audit import CaseAudit


# What is checked of a bundle as a file, and said otherwise here or of no interest where nothing is wrong.
_OF_A_FILE = frozenset({"FILES", "CLAIMS", "MONEY", "DOCUMENTS"})


def verify_case(session: Session, settings: "Settings", key: "VerifierKey | None", case: str) -> None:
    """Audit a case and say what was found; ends with status 1 if it is not whole."""
    import asyncio

    from cli.evidence import case_id_of
    from workers.case_audit import audit_case

    case_id = case_id_of(case)
    audit = asyncio.run(audit_case(settings, key, case_id))
    if session.as_json:
        session.give({"case_id": str(case_id), **_out(audit), "whole": audit.whole})
    else:
        for line, style in _lines(session, audit, asked=key is not None):
            session.console.print(line, style=style, markup=False, soft_wrap=True)
    if not audit.whole:
        raise SystemExit(REFUSED)


def checks_out(found: "Verification") -> list[dict[str, Any]]:
    """Return a verification for programs."""
    return [
        {
            "check": check.code,
            "right": not check.wrong,
            **{key: value for key, value in check.counts.items() if isinstance(value, (int, str))},
            "wrong": [{"code": each.code, "where": each.where, "detail": each.detail} for each in check.wrong],
        }
        for check in found.checks
    ]


def _lines(session: Session, audit: "CaseAudit", *, asked: bool) -> list[tuple[str, str]]:
    from domain.evidence.finding import Verification
    from infra.evidence.script import lines
    from infra.evidence.wording import wording

    words = session.words
    told: list[tuple[str, str]] = []
    if audit.sealed is None:
        told.append((words("evidence", "never_sealed") if asked else words("audit", "no_key"), "yellow"))
    else:
        shown = [check for check in audit.sealed.checks if check.wrong or check.code not in _OF_A_FILE]
        for line in lines(Verification(checks=shown), wording(words.language))[:-2]:
            told.append((line, "green" if line.startswith("[ok]") else "" if " ! " in line else "bold red"))
    wrong = len(audit.differences)
    counts = {"events": words.number(audit.events), "wrong": wrong, "rest": audit.not_sealed}
    told.append((words("evidence", "case_history", **counts), style_of(right=not wrong)))
    for each in audit.differences[:SHOWN_MAX]:
        told.append((f"  {difference(words, each.field, each.replayed, each.shown)}", "red"))
    broken = len(audit.violations)
    said = words("evidence", "case_contacts", permits=audit.permits, wrong=broken)
    told.append((said, style_of(right=not broken)))
    for broken_one in audit.violations[:SHOWN_MAX]:
        told.append((f"  {violation(words, broken_one.permit_id, broken_one.reason, broken_one.rules)}", "red"))
    told.append((words("evidence", "case_whole" if audit.whole else "case_broken"), style_of(right=audit.whole)))
    return told


def _out(audit: "CaseAudit") -> dict[str, Any]:
    return {
        "events": audit.events,
        "not_sealed": audit.not_sealed,
        "sealed": None if audit.sealed is None else checks_out(audit.sealed),
        "differences": [
            {"field": each.field, "replayed": each.replayed, "shown": each.shown} for each in audit.differences
        ],
        "permits": audit.permits,
        "violations": [
            {"permit_id": each.permit_id, "reason": each.reason, "rules": list(each.rules), "position": each.position}
            for each in audit.violations
        ],
    }
