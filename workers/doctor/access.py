"""Who is let in: files that can be read, doors that are not open by accident, issuers that answer, approvers."""

from collections.abc import Iterator
from pathlib import Path

import httpx2

from api.listening import NotSafe
from application.diagnosis import Finding, doubtful, wrong
from domain.access import Role
from domain.case.approval_rules import ApprovalRule
from domain.case.bounds import Bound, Bounds
from domain.decider import Rejected
from domain.person.approval_rules import PersonRule, PersonRules
from infra.access.entries import Entries, load_entries
from infra.access.oidc import IssuerKeys
from infra.access.rules import SHIPPED, load_access_rules
from infra.bounds import load_bounds, load_person_rules
from infra.settings import SettingInvalid, Settings
from workers.doctor.scene import Scene
from workers.listening import limits_of, require_safe


async def look(scene: Scene) -> list[Finding]:
    """Read what the API reads before it listens."""
    settings = scene.settings
    return [*_rules(settings), *_entries(settings), *_door(settings)]


async def look_at_issuers(scene: Scene) -> list[Finding]:
    """Fetch the keys of each issuer, as the API does when its first token comes."""
    findings: list[Finding] = []
    for entry in _let_in(scene.settings).issuers:
        try:
            keys = await IssuerKeys(entry).fetch()
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            findings.append(wrong("ISSUER_UNREACHABLE", url=entry.url, error=type(error).__name__))
        except ValueError as error:
            findings.append(wrong("ISSUER_UNREACHABLE", url=entry.url, error=error))
        else:
            findings += [] if keys else [wrong("ISSUER_WITHOUT_KEYS", url=entry.url)]
    return findings


def roles_let_in(entries: Entries) -> frozenset[Role]:
    """Return the roles that somebody may come in; an issuer that calls roles as we do may give any."""
    if any(issuer.roles is None for issuer in entries.issuers):
        return frozenset(Role)
    of_issuers = {role for issuer in entries.issuers for role in (issuer.roles or {}).values()}
    of_certificates = {
        role for entry in entries.certificates for role in (*entry.principal.roles, *entry.principal.acts_for)
    }
    return frozenset(of_issuers | of_certificates)


def nobody_approves(bounds: Bounds, entries: Entries, persons: PersonRules = ()) -> list[Finding]:
    """Return the rows that ask for a second person whom nobody is let in as."""
    there = {role.value for role in roles_let_in(entries)}
    rules: list[Bound | ApprovalRule | PersonRule] = [*bounds.rows, *bounds.approvals, *persons]
    asking = [row for row in rules if row.approvers and not there & set(row.approvers)]
    if not asking:
        return []
    roles = {role for row in asking for role in row.approvers}
    rows = ", ".join(row.id for row in asking)
    return [doubtful("NO_APPROVER", rows=rows, roles=", ".join(sorted(roles)))]


def _rules(settings: Settings) -> Iterator[Finding]:
    try:
        load_access_rules(Path(settings.access_rules_file) if settings.access_rules_file else SHIPPED)
    except Rejected as refused:
        yield wrong("CONTENT_INVALID", part="access rules", reason=refused.reason, detail=refused.detail)


def _entries(settings: Settings) -> Iterator[Finding]:
    if not settings.access_file:
        return
    try:
        entries = load_entries(Path(settings.access_file))
    except Rejected as refused:
        yield wrong("CONTENT_INVALID", part="access", reason=refused.reason, detail=refused.detail)
        return
    try:
        folder = Path(settings.agreements_dir) if settings.agreements_dir else None
        bounds, persons = load_bounds(folder), load_person_rules(folder)
    except (Rejected, OSError):  # said by whoever looks at the content
        return
    yield from nobody_approves(bounds, entries, persons)


def _door(settings: Settings) -> Iterator[Finding]:
    try:
        limits_of(settings)
        require_safe(settings)
    except SettingInvalid as invalid:
        yield wrong("SETTING_INVALID", detail=invalid)
    except NotSafe as why:
        yield wrong("API_NOT_SAFE", detail=why)


def _let_in(settings: Settings) -> Entries:
    """Return who is let in; nobody where that cannot be read, which is said by whoever looks at the file."""
    nobody = Entries(issuers=(), certificates=())
    try:
        return load_entries(Path(settings.access_file)) if settings.access_file else nobody
    except Rejected:
        return nobody
