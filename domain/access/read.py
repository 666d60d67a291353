"""The text of access rules, made into a table. TOML 1.0 in the format `access-rules/1`.

What is wrong is said with file, line and field, and with what would be accepted.
"""

import hashlib
import re

from domain.access.rules import AccessRules, Rule
from domain.access.words import Reach, Role, Scope
from domain.rule_text.table import Table, whole_table

FORMAT = "access-rules/1"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SERVICE = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
# Whoever has only one case or a few cannot be asked for portfolios.
_NARROW = (Scope.NONE, Scope.NAMED, Scope.WHOLE_PERSON)


def read_access_rules(text: str, file: str) -> AccessRules:
    """Return the table of a text; `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where it is no such table.
    """
    whole = whole_table(text, file)
    whole.only(("format", "role", "rule"))
    if whole.text("format") != FORMAT:
        raise whole.wrong("format", "is another format", FORMAT)
    reaches, acts_for = _roles(whole)
    rules: dict[str, Rule] = {}
    for table in whole.tables("rule"):
        for rule in _rules(table, reaches):
            if rule.method in rules:
                raise table.wrong("methods", f"has {rule.method}, which has a rule already", "each method once")
            rules[rule.method] = rule
    if not rules:
        raise whole.wrong("rule", "is missing", "[[rule]]")
    stamp = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]
    return AccessRules(rules=rules, reaches=reaches, acts_for=acts_for, file=file, stamp=stamp)


def _roles(whole: Table) -> tuple[dict[Role, Reach], frozenset[Role]]:
    tables = whole.table("role")
    if tables is None:
        raise whole.wrong("role", "is missing", "[role.NAME] for each role")
    tables.only(tuple(Role))
    reaches: dict[Role, Reach] = {}
    acts_for = frozenset[Role]()
    for role in Role:
        table = tables.table(role)
        if table is None:
            raise tables.wrong(role, f"does not say how far {role} goes", f"[role.{role}]")
        table.only(("reach", "acts_for") if role is Role.SYSTEM else ("reach",))
        reaches[role] = table.word("reach", Reach)
        if role is Role.SYSTEM:
            acts_for = table.words("acts_for", Role)
            if Role.SYSTEM in acts_for:
                raise table.wrong("acts_for", "names system itself", "roles of people")
    return reaches, acts_for


def _rules(table: Table, reaches: dict[Role, Reach]) -> list[Rule]:
    table.only(("service", "methods", "roles", "scope", "anybody"))
    service, methods = table.text("service"), table.texts("methods")
    if not _SERVICE.fullmatch(service):
        raise table.wrong("service", "is no service's full name", "escalera.v1.CaseService")
    if not methods:
        raise table.wrong("methods", "names none", '["OpenCase", "..."]')
    for item, method in enumerate(methods):
        if not _NAME.fullmatch(method):
            raise table.wrong("methods", f"has {method!r}, which is no method's name", "OpenCase", item)
    scope, roles = table.word("scope", Scope), table.words("roles", Role)
    anybody = table.truth("anybody", False)
    if anybody == bool(roles):
        raise table.wrong("roles", "must name somebody, unless anybody may", 'roles = ["..."], or anybody = true')
    if anybody and scope is not Scope.NONE:
        raise table.wrong("scope", "must be none where anybody may", Scope.NONE)
    for item, role in enumerate(table.texts("roles")):
        if reaches[Role(role)] is not Reach.PORTFOLIO and scope not in _NARROW:
            detail = f"has {role}, who has no portfolio, where the scope is {scope}"
            raise table.wrong("roles", detail, ", ".join(_NARROW), item)
    return [Rule(method=f"/{service}/{each}", roles=roles, scope=scope, anybody=anybody) for each in methods]
