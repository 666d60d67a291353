"""docs/reference/settings.md: every setting of the processes, from `Settings` itself."""

import ast
import re
from collections.abc import Iterator

from infra.settings import Settings
from tools.pages.source import GENERATED, ROOT, opening, records, table

SOURCE = "infra/settings.py"
READS = ("workers", "infra", "cli")


def page() -> str:
    """Return the page's text."""
    meanings = _meanings()
    others = _others()
    rows = []
    for field in records(SOURCE)["Settings"].fields:
        variable = f"ESCALERA_{field.name.upper()}"
        default = ast.literal_eval(field.default)
        shown = f"`{default}`" if default != "" else "(empty)"
        also = f" Also `{others[field.name]}`." if field.name in others else ""
        meaning = meanings[field.name]
        rows.append((f"`{variable}`", shown, meaning + also))
    text = f"# Settings\n\n{GENERATED}\n\n{opening('settings')}\n{table(('variable', 'default', 'meaning'), rows)}"
    more = sorted(_elsewhere() - {f"ESCALERA_{name.upper()}" for name in meanings})
    if more:
        listed = "".join(f"- `{variable}` ({where})\n" for variable, where in ((v, _where(v)) for v in more))
        text += f"\nRead in one place only, outside of `{SOURCE}`:\n\n{listed}"
    return text


def _meanings() -> dict[str, str]:
    """Return what the docstring says of each setting: lines `name: meaning`, continued with indentation."""
    found: dict[str, str] = {}
    name = ""
    for line in (Settings.__doc__ or "").splitlines()[1:]:
        begun = re.match(r"\s{4}(\w+):\s+(.*)", line)
        if begun:
            name, found[begun.group(1)] = begun.group(1), begun.group(2)
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return {name: re.sub(r" \(`\w+` is taken too\)", "", text) for name, text in found.items()}


def _others() -> dict[str, str]:
    """Return the variables of other names that are taken: `text("database_url", "DATABASE_URL")`."""
    calls = (node for node in ast.walk(ast.parse((ROOT / SOURCE).read_text())) if isinstance(node, ast.Call))
    named = (
        [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "text"
    )
    return {str(names[0]): str(names[1]) for names in named if len(names) == 2}


def _elsewhere() -> set[str]:
    return {name for _, text in _sources() for name in re.findall(r"\bESCALERA_[A-Z_]+\b", text)}


def _where(variable: str) -> str:
    return ", ".join(f"`{path}`" for path, text in _sources() if re.search(rf"\b{variable}\b", text))


def _sources() -> Iterator[tuple[str, str]]:
    for folder in READS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if str(path.relative_to(ROOT)) != SOURCE:
                yield str(path.relative_to(ROOT)), path.read_text()
