"""docs/reference/settings.md: every setting of the processes, from `Settings` itself."""

import ast
import re
from collections.abc import Iterator

from infra.settings import TAKEN_TOO, Settings
from tools.pages.source import GENERATED, ROOT, opening, records, table

SOURCE = "infra/settings.py"
READS = ("workers", "infra", "cli")


def page() -> str:
    """Return the page's text."""
    meanings = _meanings()
    rows = []
    for field in records(SOURCE)["Settings"].fields:
        variable = f"ESCALERA_{field.name.upper()}"
        default = ast.literal_eval(field.default)
        shown = f"`{default}`" if default != "" else "(empty)"
        also = "".join(f" Also `{other}`." for other in TAKEN_TOO.get(field.name, ()))
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


def _elsewhere() -> set[str]:
    return {name for _, text in _sources() for name in re.findall(r"\bESCALERA_[A-Z_]+\b", text)}


def _where(variable: str) -> str:
    return ", ".join(f"`{path}`" for path, text in _sources() if re.search(rf"\b{variable}\b", text))


def _sources() -> Iterator[tuple[str, str]]:
    for folder in READS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if str(path.relative_to(ROOT)) != SOURCE:
                yield str(path.relative_to(ROOT)), path.read_text()
