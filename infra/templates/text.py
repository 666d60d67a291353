"""A text with placeholders: compiled once, checked against the closed list of values, rendered with plain values.

The language is a small part of Jinja's: `{{ value }}` and `{% if value %} ... {% else %} ... {% endif %}`. Values are
put in as they are and never read as templates themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from jinja2 import Environment, Template, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment

from domain.decider import Rejected
from infra.templates.values import VALUES

_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)


class Missing(LookupError):
    """A text speaks of a value that is not known. The text is the value's name; no personal data."""


class _Absent(Undefined):
    """What is not known is false in a condition and an error in a sentence."""

    __slots__ = ()

    def __str__(self) -> str:
        self._fail_with_undefined_error()


def environment(*, html: bool) -> Environment:
    """Return the environment that texts (or the HTML layout, where values are escaped) are compiled in."""
    return SandboxedEnvironment(autoescape=html, undefined=_Absent, trim_blocks=True, keep_trailing_newline=False)


_TEXTS = environment(html=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text stands. `source` is the whole file, to find a line in."""

    file: str
    table: str
    key: str
    source: str = field(repr=False, default="")

    def line(self, needle: str = "") -> int:
        """Return the line of the key, or of the first placeholder after it that names `needle`."""
        wanted = re.compile(rf"\{{[{{%][^}}]*\b{re.escape(needle)}\b") if needle else None
        current, key_line = "", 0
        for number, line in enumerate(self.source.splitlines(), start=1):
            header = re.match(r"\[+([^\[\]\"]+)\]+\s*(#.*)?$", line)
            if header:
                if key_line:
                    break
                current = header[1].strip()
            elif current == self.table and re.match(rf"{re.escape(self.key)}\s*=", line):
                key_line = number
            if key_line and (wanted is None or wanted.search(line)):
                return number
        return key_line or 1

    def wrong(self, detail: str, *, needle: str = "", accepted: str | None = None) -> NoReturn:
        """Raise `Rejected` TEMPLATE_INVALID, naming file, line and field."""
        name = ".".join(part for part in (self.table, self.key) if part)
        where = f"{self.file}:{self.line(needle)}"
        raise Rejected("TEMPLATE_INVALID", f"{where}: {name}: {detail}", field=name, accepted=accepted)


class Text:
    """One text with placeholders. A text that Jinja cannot read, or that names no value of ours, is refused at once."""

    __slots__ = ("_compiled", "conditional", "names", "place", "source")

    def __init__(self, source: str, place: Place) -> None:
        self.source = source
        self.place = place
        self._compiled: Template | None = None
        try:
            tree = _TEXTS.parse(source)
        except TemplateSyntaxError as error:
            place.wrong(f"is not a text with placeholders: {error.message}")
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                place.wrong(f"may hold values and conditions only, not {type(node).__name__}", accepted="{{ name }}")
        self.names = tuple(node.name for node in tree.find_all(nodes.Name))
        self.conditional = tree.find(nodes.If) is not None
        for name in self.names:
            if name not in VALUES:
                place.wrong(f"there is no value {name!r}", needle=name, accepted=", ".join(sorted(VALUES)))

    def render(self, values: Mapping[str, str]) -> str:
        """Return the text with the values in it; raise `Missing` where it speaks of what is not known."""
        if self._compiled is None:  # most texts of a catalogue are never asked for by one process
            self._compiled = _TEXTS.from_string(self.source)
        try:
            return self._compiled.render(values)
        except UndefinedError as error:
            name = next((each for each in self.names if f"'{each}'" in str(error)), "?")
            raise Missing(f"{self.place.file}: {self.place.table}.{self.place.key}: {name}") from None
