"""Test vectors of contact rules from files: run, counted, and every failure told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.parse import Unreadable
from domain.compliance.amount_vectors import answers, mismatch, rules_for
from domain.compliance.book import RuleBook
from domain.compliance.vectors import CalendarOf, VectorResult, read_vectors, run_contact_vectors
from domain.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of the vectors of one file."""

    file: str
    results: tuple[VectorResult, ...]

    @property
    def failed(self) -> tuple[VectorResult, ...]:
        return tuple(each for each in self.results if not each.passed)


def run_file(file: Path, book: RuleBook, calendar_of: CalendarOf) -> FileResult:
    """Run every vector of a file; raise `Unreadable` for one that is none."""
    try:
        vectors = read_vectors(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(str(file), str(error)) from error
    except Rejected as refusal:
        raise Unreadable(str(file), str(refusal)) from refusal
    contacts = run_contact_vectors(vectors.contacts, book, calendar_of)
    return FileResult(file=str(file), results=(*contacts, *_amounts(vectors.others, book, calendar_of)))


def _amounts(vectors: Sequence[Mapping[str, Any]], book: RuleBook, calendar_of: CalendarOf) -> Iterator[VectorResult]:
    """Run the vectors about amounts and days."""
    for vector in vectors:
        expected = vector.get("expected", {})
        found: Mapping[str, object] = {}
        try:
            asked = vector["input"]
            rules = rules_for(asked, book.rule_sets, str(vector.get("jurisdiction", "")))
            found = answers(asked, rules, calendar_of)
            why = mismatch(expected, found)
        except Rejected as refusal:
            why = str(refusal)
        except (KeyError, TypeError, AttributeError) as error:  # a table that is none, or has no input
            why = f"not understood: {type(error).__name__}"
        yield VectorResult(
            id=str(vector.get("id", "?")),
            passed=not why,
            expected=_told(expected),
            got=_told(found),
            why=why,
            citation=str(vector.get("citation", "")),
            note=str(vector.get("note", "")),
        )


def _told(answer: object) -> str:
    return " ".join(f"{key}={value}" for key, value in answer.items()) if isinstance(answer, Mapping) else str(answer)
