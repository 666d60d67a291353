"""Walks a camt message without keeping it: statements and entries come out as flat fields.

Element names are taken without their namespace, so that every version and prefix reads alike. `Fields` maps the path
below the record to the text found there: `{"Amt": "8.85", "Amt@Ccy": "EUR", "BookgDt/Dt": "2014-12-31"}`; what is said
several times is joined by line feeds. `NtryDtls` (from version 2 on) and `Pty` (from version 8 on) only wrap what
stood there without them before: they do not show in paths.

A document type declaration is refused, so there are no entities to expand (billion laughs) or to fetch.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO
from xml.parsers import expat

from importers.payment_files.refusal import PaymentFileInvalid

Fields = dict[str, str]

CHUNK_BYTES = 1 << 16
DEPTH_MAX = 64
PATHS_MAX = 20_000  # real messages have some hundreds
TEXT_MAX = 1 << 20
STATEMENT_NAMES = frozenset(("Stmt", "Rpt", "Ntfctn"))
_WRAPPERS = frozenset(("NtryDtls", "Pty"))


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement, report or notification says before its entries."""

    fields: Fields
    balances: tuple[Fields, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One `Ntry` with its `TxDtls`."""

    fields: Fields
    details: tuple[Fields, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a statement."""


Record = Statement | Entry | Closed


class _Kind(IntEnum):
    FIELD = 0
    OUTSIDE = 1
    MESSAGE = 2
    STATEMENT = 3
    BALANCE = 4
    ENTRY = 5
    DETAILS = 6


class _Node:
    """A place in the message's structure, learned when its element is first met."""

    __slots__ = ("children", "kind", "path", "scope")

    def __init__(self, kind: _Kind, scope: _Kind, path: str) -> None:
        self.kind, self.scope, self.path = kind, scope, path
        self.children: dict[str, _Node] = {}


@dataclass(slots=True)
class _Walk:
    """The state between two elements. `start`, `end` and `data` run for every element: they are kept short."""

    file: str
    parser: expat.XMLParserType
    node: _Node = field(default_factory=lambda: _Node(_Kind.OUTSIDE, _Kind.OUTSIDE, ""))
    above: list[_Node] = field(default_factory=list)
    places: int = 0
    text: str = ""
    fields: Fields = field(default_factory=dict)
    around: Fields = field(default_factory=dict)  # of the statement or entry that a record is in
    balances: list[Fields] = field(default_factory=list)
    details: list[Fields] = field(default_factory=list)
    line: int = 0
    statement: Statement | None = None
    told: bool = False
    statements: int = 0
    message: str = ""
    records: list[Record] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        self.text = ""
        parent = self.node
        self.above.append(parent)
        node = self.node = parent.children.get(name) or self._learn(parent, name)
        if node.kind:
            self._open(node, name)
        elif "Ccy" in attributes:
            self.fields[f"{node.path}@Ccy"] = attributes["Ccy"]

    def end(self, _name: str) -> None:
        """Leave an element: keep its text, or what its record holds."""
        node = self.node
        if node.kind:
            self._close(node)
        elif self.text:
            text = self.text.strip()
            if text:
                fields, path = self.fields, node.path
                fields[path] = f"{fields[path]}\n{text}" if path in fields else text
        self.text = ""
        self.node = self.above.pop()

    def data(self, text: str) -> None:
        """Collect text."""
        self.text += text
        if len(self.text) > TEXT_MAX:
            raise self.invalid("a text is too long")

    def doctype(self, *_: object) -> None:
        """Refuse what only attackers put into bank statements."""
        raise self.invalid("it has a document type declaration (DTD), which no bank statement has")

    def invalid(self, problem: str) -> PaymentFileInvalid:
        """Return the refusal at the line that is being read."""
        return PaymentFileInvalid(file=self.file, place=f"line {self.parser.CurrentLineNumber}", problem=problem)

    def _learn(self, parent: _Node, name: str) -> _Node:
        self.places += 1
        if self.places > PATHS_MAX or len(self.above) > DEPTH_MAX:
            raise self.invalid("its elements are too many or nested too deep")
        local = name.rpartition(":")[2]
        kind, path = _kind(parent, local), ""
        if kind is _Kind.FIELD:
            shown = parent.path if local in _WRAPPERS else f"{parent.path}/{local}"
            path = shown.removeprefix("/")
        node = _Node(kind, parent.scope if kind is _Kind.FIELD else kind, path)
        parent.children[name] = node
        return node

    def _open(self, node: _Node, name: str) -> None:
        match node.kind:
            case _Kind.MESSAGE:
                self.message = name.rpartition(":")[2]
            case _Kind.STATEMENT:
                self.fields, self.balances, self.told = {}, [], False
                self.statements += 1
                self.line = self.parser.CurrentLineNumber
            case _Kind.BALANCE | _Kind.DETAILS:
                self.around, self.fields = self.fields, {}
            case _Kind.ENTRY:
                self._tell()
                self.fields, self.details, self.line = {}, [], self.parser.CurrentLineNumber
            case _:
                pass

    def _close(self, node: _Node) -> None:
        match node.kind:
            case _Kind.STATEMENT:
                self._tell()
                self.records.append(Closed())
            case _Kind.BALANCE:
                self.balances.append(self.fields)
                self.fields = self.around
            case _Kind.DETAILS:
                self.details.append(self.fields)
                self.fields = self.around
            case _Kind.ENTRY:
                self.records.append(Entry(self.fields, tuple(self.details), self.line))
                self.fields = {}
            case _:
                pass

    def _tell(self) -> None:
        """Hand over the statement itself: before its first entry, or at its end."""
        if not self.told:
            self.told = True
            self.records.append(Statement(self.fields, tuple(self.balances), self.line))


def _kind(parent: _Node, local: str) -> _Kind:
    direct = parent.kind is not _Kind.FIELD
    match parent.scope:
        case _Kind.OUTSIDE:
            return _Kind.MESSAGE if local.startswith("BkToCstmr") else _Kind.OUTSIDE
        case _Kind.MESSAGE if direct and local in STATEMENT_NAMES:
            return _Kind.STATEMENT
        case _Kind.STATEMENT if direct and local == "Bal":
            return _Kind.BALANCE
        case _Kind.STATEMENT if direct and local == "Ntry":
            return _Kind.ENTRY
        case _Kind.ENTRY if local == "TxDtls" and parent.path == "":
            return _Kind.DETAILS
        case _:
            return _Kind.FIELD


def walk(source: BinaryIO, file: str) -> Iterator[Record]:
    """Yield the records of the message in the order of the file. Raises `PaymentFileInvalid` with the line."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    state = _Walk(file, parser)
    parser.StartElementHandler, parser.EndElementHandler = state.start, state.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = state.data, state.doctype
    final = False
    while not final:
        chunk = source.read(CHUNK_BYTES)
        final = not chunk
        try:
            parser.Parse(chunk, final)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise _unreadable(error, state) from None
        if state.records:
            records, state.records = state.records, []
            yield from records
    if not state.message:
        raise PaymentFileInvalid(file=file, place="", problem="no account report, statement or notification in it")
    if not state.statements:
        problem, accepted = f"{state.message} has no statement in it", "Stmt, Rpt or Ntfctn"
        raise PaymentFileInvalid(file=file, place=state.message, problem=problem, accepted=accepted)


def _unreadable(error: Exception, state: _Walk) -> PaymentFileInvalid:
    if isinstance(error, expat.ExpatError):
        problem, place = expat.ErrorString(error.code) or "not XML", f"line {error.lineno}, column {error.offset + 1}"
        if state.above and error.code in _CUT_OFF:
            problem += "; the file seems to be cut off"
    else:  # Python does not know the encoding, or expat cannot use it: LookupError, UnicodeError, ValueError
        problem, place = "the encoding that it declares cannot be read", "line 1"
    return PaymentFileInvalid(file=state.file, place=place, problem=f"it is not well-formed XML ({problem})")


_CUT_OFF = frozenset(
    expat.errors.codes[text] for text in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)
)
