"""Makes `verify.py`: the modules that verify a bundle, as one file that needs nothing but Python 3.9 or later.

The sources are taken as they are, so that there is one truth: definitions that the verifier needs, with their comments,
without imports of our own. Records lose `slots` and `kw_only`, which 3.9 does not know, and a private name that two
modules share gets its module's name in front.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pprint import pformat

from infra.evidence.wording import LANGUAGES, wording

MODULES = (
    "domain.decider",
    "domain.money",
    "domain.transparency.tree",
    "domain.transparency.tiles",
    "domain.transparency.leaf",
    "domain.transparency.ed25519",
    "domain.transparency.note",
    "domain.transparency.checkpoint",
    "domain.transparency.proof",
    "domain.evidence.layout",
    "domain.evidence.archive",
    "domain.evidence.stored",
    "domain.evidence.finding",
    "domain.evidence.files_checked",
    "domain.evidence.books",
    "domain.evidence.contacts",
    "domain.evidence.rules_named",
    "domain.evidence.contents_checked",
    "domain.evidence.events_checked",
    "domain.evidence.public_log",
    "domain.evidence.verify",
    "infra.evidence.script",
)
_OURS = ("domain", "infra")
_FOR_THE_VERIFIER = ("say", "checked", "failed", "wrong")
_HEAD = '''#!/usr/bin/env python3
"""Verifies a bundle of evidence about one collection case: offline, with nothing but Python 3.9 or later.

    python3 verify.py                        the folder that this file lies in
    python3 verify.py case.zip --key KEY     a bundle that was not unpacked, by a key of your own
    python3 verify.py case.zip --public DIR  also against the public copy of the log

It reads files and prints. It opens no connection, starts no program and writes nothing. Exit status 0: whole; 1: not.
Made from the sources of Escalera (Apache-2.0), whose parts are named below by their files.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 9):
    sys.exit("verify.py needs Python 3.9 or later; this is Python " + sys.version.split()[0])

'''
_DATACLASS = re.compile(r"^@dataclass\((.*)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """A piece of a module that stands for itself."""

    module: str
    names: frozenset[str]  # that it defines
    uses: frozenset[str]
    source: str


@cache
def verifier() -> bytes:
    """Return the text of `verify.py`."""
    imports: dict[str, tuple[str, str]] = {}
    found: list[_Definition] = []
    headings: dict[str, str] = {}
    for name in MODULES:
        package, _, file = name.rpartition(".")
        source = resources.files(package).joinpath(f"{file}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        headings[name] = ast.get_docstring(tree) or ""
        found += _definitions(name, source, tree, imports)
    needed = _needed(found)
    renamed = _renamed(needed)
    text = _HEAD + "".join(_import_lines(imports, needed))
    module = ""
    for each in needed:
        if each.module != module:
            module = each.module
            text += f"\n\n# {module.replace('.', '/')}.py\n" + _comment(headings[module])
        text += "\n\n" + _in_3_9(_replaced(each.source, renamed[module])) + "\n"
    words = {language: {group: wording(language)[group] for group in _FOR_THE_VERIFIER} for language in LANGUAGES}
    text += f"\n\nWORDS = {pformat(words, width=120, sort_dicts=False)}\n"
    text += '\n\nif __name__ == "__main__":\n    sys.exit(main(WORDS, sys.argv[1:], Path(__file__).resolve().parent))\n'
    return text.encode()


def _definitions(
    module: str, source: str, tree: ast.Module, imports: dict[str, tuple[str, str]]
) -> Iterator[_Definition]:
    """Yield what a module defines, and note what it imports from the standard library."""
    lines = source.splitlines()
    end = 0
    body: Sequence[ast.stmt] = tree.body[1:]  # the first is its docstring
    for place, node in enumerate(body):
        assert node.end_lineno is not None
        match node:
            case ast.ImportFrom(module=str(origin), names=names):
                if origin.partition(".")[0] not in _OURS:
                    imports |= {alias.asname or alias.name: (origin, ast.unparse(alias)) for alias in names}
                else:
                    assert all(alias.asname is None for alias in names), f"{module} renames what is ours"
            case ast.Import(names=names):
                imports |= {alias.asname or alias.name: ("", ast.unparse(alias)) for alias in names}
            case ast.Expr():
                pass  # the text under a definition, which goes with it
            case _:
                after = body[place + 1] if place + 1 < len(body) else None
                last = after.end_lineno if isinstance(after, ast.Expr) else node.end_lineno
                first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
                while first - 1 > end and lines[first - 2].startswith("#"):
                    first -= 1
                names_here = _defined(node)
                uses = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                uses |= {word for each in ast.walk(node) for word in _quoted(each)}
                yield _Definition(
                    module=module,
                    names=frozenset(names_here),
                    uses=frozenset(uses - names_here),
                    source="\n".join(lines[first - 1 : last]),
                )
        end = node.end_lineno


def _defined(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    raise AssertionError(f"a definition of another kind: {ast.unparse(node)}")


def _quoted(node: ast.AST) -> list[str]:
    """Return the names in annotations that are written as texts."""
    match node:
        case ast.FunctionDef(returns=ast.Constant(value=str(text))):
            return re.findall(r"\w+", text)
        case (
            ast.arg(annotation=ast.Constant(value=str(text))) | ast.AnnAssign(annotation=ast.Constant(value=str(text)))
        ):
            return re.findall(r"\w+", text)
    return []


def _needed(found: Sequence[_Definition]) -> list[_Definition]:
    """Return what the program needs, in the order of its modules; a private name is its module's own."""
    public: dict[str, _Definition] = {}
    private: dict[tuple[str, str], _Definition] = {}
    for each in found:
        for name in each.names:
            if name.startswith("_"):
                private[each.module, name] = each
            else:
                assert name not in public, f"{name} is defined by {each.module} and by {public[name].module}"
                public[name] = each
    wanted, seen = [public["main"]], set[int]()
    while wanted:
        each = wanted.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        for name in each.uses:
            used = private.get((each.module, name)) if name.startswith("_") else public.get(name)
            if used is not None:
                wanted.append(used)
    return [each for each in found if id(each) in seen]


def _renamed(needed: Sequence[_Definition]) -> Mapping[str, Mapping[str, str]]:
    """Return by module what its private names become: those that another module has too get its name in front."""
    shared = Counter(name for each in needed for name in each.names if name.startswith("_"))
    names: dict[str, dict[str, str]] = {each.module: {} for each in needed}
    for each in needed:
        short = each.module.rpartition(".")[2]
        names[each.module] |= {name: f"_{short}{name}" for name in each.names if shared[name] > 1}
    return names


def _replaced(source: str, names: Mapping[str, str]) -> str:
    for name, new in names.items():
        source = re.sub(rf"(?<![\w.]){name}\b", new, source)
    return source


def _in_3_9(source: str) -> str:
    def known(found: re.Match[str]) -> str:
        kept = [each for each in found[1].split(", ") if not each.startswith(("slots=", "kw_only="))]
        return f"@dataclass({', '.join(kept)})"

    return _DATACLASS.sub(known, source)


def _import_lines(imports: Mapping[str, tuple[str, str]], needed: Sequence[_Definition]) -> Iterator[str]:
    used = set[str]().union(*(each.uses for each in needed)) | {"sys", "Path"}
    kept: dict[str, list[str]] = {}
    for name, (origin, written) in sorted(imports.items()):
        if name in used:
            kept.setdefault(origin, []).append(written)
    yield from (f"import {name}\n" for name in kept.pop("", ()))
    yield from (f"from {origin} import {', '.join(names)}\n" for origin, names in sorted(kept.items()))


def _comment(text: str) -> str:
    return "#\n" + "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
