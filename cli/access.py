"""`escalera access check|who`: who may do what, from the rules alone; no server is asked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from domain.access import AccessRules, Rule

app = typer.Typer(no_args_is_help=True, help="Who may do what, as the rules say, and who was refused.")

Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", envvar="ESCALERA_ACCESS_RULES_FILE", help="A table in place of ours."),
]
Entries = Annotated[
    Path | None,
    typer.Option("--entries", metavar="FILE", envvar="ESCALERA_ACCESS_FILE", help="Issuers and client certificates."),
]


@command(app, "check")
def check(session: Session, rules: Rules = None, entries: Entries = None) -> None:
    """Read the rules, and with --entries who is let in: what is wrong is told with file, line and field."""
    from domain.decider import Rejected
    from infra.access.entries import load_entries

    found = _rules(session, rules)
    unruled = sorted(_methods() - set(found.rules))
    if unruled:
        detail = session.words("access", "unruled", methods=", ".join(unruled))
        session.fail(REFUSED, reason="METHODS_WITHOUT_RULE", detail=detail, field=found.file)
    try:
        let_in = load_entries(entries) if entries else None
    except Rejected as refusal:
        session.refuse(refusal)
    issuers, certificates = (len(let_in.issuers), len(let_in.certificates)) if let_in else (0, 0)
    if session.as_json:
        counts = {"issuers": issuers, "certificates": certificates} if let_in else {}
        session.give({"file": found.file, "stamp": found.stamp, "methods": len(found.rules), **counts})
        return
    session.console.print(session.words("access", "checked", file=found.file, methods=len(found.rules)), markup=False)
    if let_in:
        told = session.words("access", "let_in", issuers=issuers, certificates=certificates)
        session.console.print(told, markup=False)


@command(app, "who")
def who(
    session: Session,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="collector, supervisor, auditor ...")],
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GetCase; all that it may when left out.")] = "",
    rules: Rules = None,
) -> None:
    """Say what a role may call, and what must be within its reach; of one method, whether it may."""
    from cli.show import table
    from domain.access import Role

    if role not in set(Role):
        session.fail(
            REFUSED, reason="ROLE_UNKNOWN", detail=role, field="role", accepted=", ".join(Role), technical=True
        )
    found = _rules(session, rules)
    known = [each for each in found.rules.values() if not method or method in (each.method, _name(each))]
    if not known:
        session.fail(
            REFUSED, reason="METHOD_UNKNOWN", detail=method, field="method", accepted="GetCase", technical=True
        )
    allowed = [each for each in known if each.anybody or role in each.roles]
    reach = found.reaches[Role(role)]
    if session.as_json:
        told = [{"method": each.method, "scope": each.scope, "anybody": each.anybody} for each in allowed]
        session.give({"role": role, "reach": reach, "methods": told})
    elif allowed:
        words = session.words
        rows = [(each.method.strip("/"), words("access_scope", each.scope)) for each in allowed]
        session.console.print(table(words, ("method", "within_reach"), rows, words("access_reach", reach)))
    if method and not allowed:
        detail = session.words("access", "may_not", role=role, method=method)
        session.fail(REFUSED, reason="METHOD_NOT_PERMITTED", detail=detail)


def _rules(session: Session, file: Path | None) -> "AccessRules":
    from domain.decider import Rejected
    from infra.access.rules import SHIPPED, load_access_rules

    try:
        return load_access_rules(file or SHIPPED)
    except Rejected as refusal:
        session.refuse(refusal)


def _methods() -> set[str]:
    """Every method of our services, from their descriptors."""
    from google.protobuf.descriptor_pool import Default

    from api.server import SERVICES

    services = [Default().FindServiceByName(each) for each in SERVICES]
    return {f"/{service.full_name}/{method.name}" for service in services for method in service.methods}


def _name(rule: "Rule") -> str:
    return rule.method.rpartition("/")[2]
