"""Finds in the code what may be refused, and in which words: calls of `Rejected(...)` (and of `Unlawful(...)`, which is
one) and what flows into them.

A reason is mostly written where it is used. Where it is a parameter, the callers are asked; where it comes out of a
dictionary, its values; where it is an attribute `reason` of something, the texts given under that name in the folder.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tools.pages.calls import Place, calls, given, parameters, set_to, tree_of
from tools.pages.source import ROOT

DEEPEST = 3  # callers of callers; a chain of parameters is never longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One reason with the words that go with it. `where` is a file of the project."""

    reason: str
    detail: str = ""
    field: str = ""
    accepted: str = ""
    status: str = ""
    where: str = ""


def refusals() -> list[Said]:
    """Return every refusal in the code, sorted; one entry for each reason, place and wording."""
    made = (*calls("Rejected"), *calls("Unlawful"))
    return sorted({said for call, place in made for said in _refusal(call, place)}, key=repr)


def whys() -> list[Said]:
    """Return the reasons of the ladder's answers and of steps passed over."""
    path = ROOT / "domain/ladder/explain.py"
    passed_over: dict[str, str] = ast.literal_eval(next(set_to(tree_of(path), "_PASSED_OVER")))
    found = {Said(reason=key, detail=f"A step is passed over: {value}.") for key, value in passed_over.items()}
    found |= {
        Said(reason=reason, detail=_wording(given(call, "sentence", 1), place))
        for call, place in calls("Why")
        if place.path == path
        for reason in _reasons(given(call, "reason", 0), place) - set(passed_over)
    }
    return sorted(found, key=repr)


def failures() -> list[Said]:
    """Return what the API tells of errors that are no refusals."""
    told = {
        Said(reason=reason, detail=_wording(given(call, "detail", 2), place), status=_status(call, place))
        for call, place in calls("Failure")
        for reason in _reasons(given(call, "reason", 1), place)
    }
    return sorted((said for said in told if said.status), key=repr)


def _refusal(call: ast.Call, place: Place) -> Iterator[Said]:
    for reason in _reasons(given(call, "reason", 0), place):
        # A reason that is handed on as it came was found where it came from.
        if not reason.isupper():
            continue
        # `require_text(text, field)` refuses with <FIELD>_MISSING: there the reason tells the field.
        missing = reason.removesuffix("_MISSING").lower()
        yield Said(
            reason=reason,
            detail=_wording(given(call, "detail", 1), place).replace("{field} must not be", f"{missing} must not be"),
            field=_wording(given(call, "field"), place).replace(
                "{field}", missing if "_MISSING" in reason else "{field}"
            ),
            accepted=_wording(given(call, "accepted"), place),
            where=str(place.path.relative_to(ROOT)),
        )


def _status(call: ast.Call, place: Place) -> str:
    """Return the last word of `grpc.StatusCode.ABORTED`, also where a name stands for it."""
    code = given(call, "code", 0)
    if isinstance(code, ast.Name):
        code = next(set_to(place.tree, code.id), None)
    return code.attr if isinstance(code, ast.Attribute) else ""


# ── words for people: as they are written, `{...}` for what only the moment knows


def _wording(node: ast.expr | None, place: Place, depth: int = 0) -> str:
    match node:
        case None | ast.Constant(value=None):
            return ""
        case ast.Constant(value=value):
            return str(value)
        case ast.IfExp(body=body, orelse=orelse):
            return _both(_wording(body, place, depth), _wording(orelse, place, depth))
        case ast.JoinedStr(values=values):
            return "".join(_wording(value, place, depth) for value in values)
        case ast.FormattedValue(value=value):
            return _wording(value, place, depth + 1)
        case ast.Name(id=name):
            written = _written(node, place) if depth < DEEPEST else None
            return _wording(written, place, depth + 1) if written else f"{{{name}}}"
        case ast.Attribute(attr=name):
            return f"{{{name}}}"
        case _:
            return "{...}"


def _both(one: str, other: str) -> str:
    return f"{one}, or {other}" if one and other else one or other


def _written(name: ast.Name, place: Place) -> ast.expr | None:
    """Return the text that a name of the function was last set to before it is used, if it was a text."""
    if place.function is None:
        return None
    before = [value for value in set_to(place.function, name.id) if value.lineno < name.lineno]
    last = max(before, key=lambda value: value.lineno, default=None)
    return last if isinstance(last, ast.Constant | ast.JoinedStr | ast.IfExp) else None


# ── words for programs: whatever they may be


def _reasons(node: ast.expr | None, place: Place, depth: int = 0) -> set[str]:
    match node:
        case ast.Constant(value=str() as value):
            return {value}
        case ast.IfExp(body=body, orelse=orelse):
            return _reasons(body, place, depth) | _reasons(orelse, place, depth)
        case ast.JoinedStr(values=values):
            return {"".join(parts) for parts in product(*(_reasons(value, place, depth) for value in values))}
        case ast.FormattedValue(value=ast.Call(func=ast.Attribute(value=ast.Name() as name, attr="upper"))):
            return {text.upper() for text in _reasons(name, place, depth)}
        case ast.FormattedValue(value=value):
            return _reasons(value, place, depth)
        case ast.Name(id=name):
            return _named(name, place, depth)
        case ast.Subscript(value=ast.Name(id=table)):
            tables = (found for found in set_to(place.tree, table) if isinstance(found, ast.Dict))
            return {str(value.value) for found in tables for value in found.values if isinstance(value, ast.Constant)}
        case ast.Attribute(attr="reason"):
            return _reasons_nearby(place)
        case _:
            return set()


def _named(name: str, place: Place, depth: int) -> set[str]:
    """Return what a name may stand for: a parameter's arguments, a dictionary's values, or what it is set to."""
    function = place.function
    if function is not None and name in parameters(function):
        if depth == DEEPEST:
            return set()
        number = parameters(function).index(name)
        return {
            text
            for call, caller in calls(function.name)
            for text in _reasons(given(call, name, number), caller, depth + 1)
        } | _defaults(function.args, name)
    around: ast.AST = function or place.tree
    looped = {text for node in ast.walk(around) if isinstance(node, ast.For) for text in _items(node, name, place.tree)}
    values = (*set_to(around, name), *set_to(place.tree, name))
    return looped | {text.value for text in values if isinstance(text, ast.Constant) and isinstance(text.value, str)}


def _defaults(taken: ast.arguments, name: str) -> set[str]:
    last = taken.args[len(taken.args) - len(taken.defaults) :]
    pairs = (*zip(last, taken.defaults, strict=True), *zip(taken.kwonlyargs, taken.kw_defaults, strict=True))
    values = [value.value for each, value in pairs if each.arg == name and isinstance(value, ast.Constant)]
    return {value for value in values if isinstance(value, str)}


def _items(loop: ast.For, name: str, tree: ast.Module) -> set[str]:
    """Return the values of the dictionary that `for key, name in DICTIONARY.items()` goes over."""
    match loop:
        case ast.For(
            target=ast.Tuple(elts=[_, ast.Name(id=second)]),
            iter=ast.Call(func=ast.Attribute(value=ast.Name(id=dictionary), attr="items")),
        ) if second == name:
            tables = (table for table in set_to(tree, dictionary) if isinstance(table, ast.Dict))
            return {str(value.value) for table in tables for value in table.values if isinstance(value, ast.Constant)}
        case _:
            return set()


def _reasons_nearby(place: Place) -> set[str]:
    """Return the texts given as `reason=` in the files of the same folder, where an object brings its reason along."""
    nodes = (node for path in sorted(place.path.parent.glob("*.py")) for node in ast.walk(tree_of(path)))
    values = (node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "reason")
    return {str(value.value) for value in values if isinstance(value, ast.Constant) and str(value.value).isupper()}
