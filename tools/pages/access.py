"""docs/reference/access.md: who may do what, from the table itself and the descriptors of what there is to call."""

import ast
from collections.abc import Iterator, Mapping
from itertools import groupby

from google.protobuf.descriptor_pool import Default

from api.server import SERVICES
from domain.access import Role, Rule
from infra.access.rules import load_access_rules
from tools.pages.source import GENERATED, opening, records, table

SOURCE = "domain/access/words.py"
YES = "●"


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    rules, words = load_access_rules(), records(SOURCE)
    yield f"# Who may do what\n\n{GENERATED}\n\n{opening('access')}"
    yield "## Roles\n"
    meanings = {_plain(field.default): field.comment for field in words["Role"].fields}
    roles = ((f"`{role}`", meanings[role], f"[{rules.reaches[role]}](#reach)") for role in Role)
    yield table(("role", "who", "reach"), roles)
    for_others = ", ".join(f"`{role}`" for role in Role if role in rules.acts_for)
    yield f"A `system` may call in the name of these, where its own entry says so: {for_others}.\n"
    for name in ("Reach", "Scope"):
        yield f"## {name}\n\n{words[name].doc}\n"
        rows = ((f"`{_plain(field.default)}`", field.comment) for field in words[name].fields)
        yield table(("value", "meaning"), rows)
    yield "## Methods\n\nWhat has no row is refused.\n"
    for service, methods in groupby(_in_order(rules.rules), key=lambda rule: rule.method.split("/")[1]):
        yield f"### {service}\n"
        yield table(("method", "scope", *(f"`{role}`" for role in Role)), (_row(rule) for rule in methods))


def _plain(literal: str) -> str:
    return str(ast.literal_eval(literal))


def _in_order(rules: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules in the order in which services and methods are written; others after ours."""
    ours = [
        f"/{service}/{method.name}" for service in SERVICES for method in Default().FindServiceByName(service).methods
    ]
    return [rules[each] for each in (*ours, *sorted(set(rules) - set(ours)))]


def _row(rule: Rule) -> tuple[str, ...]:
    marks = (YES if rule.anybody or role in rule.roles else "" for role in Role)
    method = rule.method.rpartition("/")[2]
    return (f"`{method}`", "anybody may" if rule.anybody else str(rule.scope), *marks)
