"""A part of an export as its layout takes it: a heading, paragraphs, facts and a table, all of them texts."""

from collections.abc import Sequence

from infra.person_exports.wording import Wording

Part = dict[str, object]
Rows = Sequence[Sequence[str]]


def table(words: Wording, heading: str, head: Sequence[str], widths: Sequence[int], rows: Rows) -> Part:
    """Return a part that is a table; where there are no rows, it says so."""
    if not rows:
        return part(words, heading, paragraphs=(words.label("none"),))
    return part(words, heading, head=[words.label(key) for key in head], widths=widths, rows=rows)


def part(
    words: Wording,
    heading: str,
    *,
    level: int = 2,
    paragraphs: Sequence[str] = (),
    facts: Rows = (),
    head: Sequence[str] = (),
    widths: Sequence[int] = (),
    rows: Rows = (),
) -> Part:
    return {
        "level": level,
        "heading": words.label(heading),
        "paragraphs": list(paragraphs),
        "facts": [list(fact) for fact in facts],
        "head": list(head),
        "widths": list(widths),
        "rows": [list(row) for row in rows],
    }
