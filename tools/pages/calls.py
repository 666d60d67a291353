"""Where in the code something is called, set or given: what the pages ask of the syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.pages.source import ROOT

FOLDERS = ("domain", "application", "infra", "api")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of code with what surrounds it."""

    path: Path
    tree: ast.Module
    function: Function | None


@cache
def calls(name: str) -> tuple[tuple[ast.Call, Place], ...]:
    """Return every call of a function or class by its plain name, in the order of files and lines."""
    return tuple((call, place) for called, call, place in _all_calls() if called == name)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text())


def given(call: ast.Call, name: str, number: int | None = None) -> ast.expr | None:
    """Return a call's argument by its name, or else by its place."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[number] if number is not None and number < len(call.args) else None


def set_to(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield what a name is set to anywhere below a node."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                yield value


def parameters(function: Function) -> list[str]:
    """Return the names of a function's parameters, in the order in which arguments by place fill them."""
    taken = function.args
    return [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]


@cache
def _all_calls() -> tuple[tuple[str, ast.Call, Place], ...]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(found for path in paths for found in _in_module(path))


def _in_module(path: Path) -> Iterator[tuple[str, ast.Call, Place]]:
    tree = tree_of(path)
    waiting: list[tuple[ast.AST, Function | None]] = [(tree, None)]
    while waiting:
        node, function = waiting.pop()
        match node:
            case ast.Call(func=ast.Name(id=called)) | ast.Call(func=ast.Attribute(attr=called)):
                yield called, node, Place(path, tree, function)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function = node
        waiting += [(child, function) for child in ast.iter_child_nodes(node)]
