"""On which line of a TOML text a key or an item of a list stands. `tomllib` reads the values and does not say where.

The text has been read by `tomllib` before, hence is TOML. What is not found has the line of the nearest table.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

Path = tuple[str | int, ...]  # ("ruleset", "cap", 0, "max")

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>'''.*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'[^'\n]*'|"(?:\\.|[^"\\\n])*")
    |(?P<newline>\n)
    |(?P<mark>[\[\]{},=])
    |(?P<bare>[^\s\[\]{},=\#"']+)""",
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def line_of(text: str, path: Path) -> int:
    """Return the line, counted from 1, of what `path` names, or of the nearest table or list around it."""
    lines = lines_of(text)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line of every table, key and item of a TOML text."""
    return _Scan(text).lines


class _Scan:
    """One walk over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens: list[_Token] = []
        self._place = 0
        self._lengths: dict[Path, int] = {}  # of lists of tables
        line, seen = 1, 0
        for found in _TOKEN.finditer(text):
            line += text.count("\n", seen, found.start())
            seen = found.start()
            if found.lastgroup != "comment":
                self._tokens.append(_Token(str(found.lastgroup), found.group(), line))
        self._statements()

    def _statements(self) -> None:
        table: Path = ()
        while (token := self._next()) is not None:
            if token.kind == "newline":
                continue
            if token.text == "[":
                table = self._header(token.line)
            else:
                self._place -= 1
                self._pair(table)

    def _header(self, line: int) -> Path:
        """Read "name]" or "[name]]" after a bracket; return the table that follows."""
        listed = self._peek() == "["
        if listed:
            self._next()
        path: Path = ()
        keys = self._key()
        for place, key in enumerate(keys):
            path = (*path, key)
            if listed and place == len(keys) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
                self.lines.setdefault(path, line)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        for _ in range(1 + listed):
            self._next()
        self.lines.setdefault(path, line)
        return path

    def _pair(self, table: Path) -> None:
        token = self._tokens[self._place]
        path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, token.line)
        self._next()  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        keys: list[str] = []
        while self._peek() not in ("]", "=", None):
            token = self._next()
            assert token is not None
            if token.kind == "string":
                keys.append(token.text[1:-1])
            else:
                keys += [part for part in token.text.split(".") if part]
        return keys

    def _value(self, path: Path) -> None:
        token = self._next()
        if token is None:
            return
        if token.text == "[":
            item = 0
            while (following := self._after_newlines()) is not None and following.text != "]":
                if following.text == ",":
                    self._next()
                    continue
                self.lines.setdefault((*path, item), following.line)
                self._value((*path, item))
                item += 1
            self._next()
        elif token.text == "{":
            while (following := self._after_newlines()) is not None and following.text != "}":
                if following.text == ",":
                    self._next()
                else:
                    self._pair(path)
            self._next()

    def _after_newlines(self) -> _Token | None:
        while self._peek() == "\n":
            self._place += 1
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _peek(self) -> str | None:
        return self._tokens[self._place].text if self._place < len(self._tokens) else None

    def _next(self) -> _Token | None:
        token = self._tokens[self._place] if self._place < len(self._tokens) else None
        self._place += 1
        return token
