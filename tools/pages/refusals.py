"""docs/reference/refusals.md: every reason for which a command may be refused, found in the code that refuses."""

from collections.abc import Iterable, Iterator

from api.errors import code_of
from tools.pages.reasons import Said, failures, refusals, whys
from tools.pages.source import GENERATED, opening, table


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    found = refusals()
    yield f"# Refusals\n\n{GENERATED}\n\n{opening('refusals')}"
    yield "## Of a command\n"
    yield table(("reason", "status", "detail", "field", "accepted", "where"), _rows(found))
    yield "## Of the call\n\nWhat is not for the rules of debts to say.\n"
    yield table(("reason", "status", "detail"), ((f"`{said.reason}`", said.status, said.detail) for said in failures()))
    yield f"## What the ladder answers\n\n{opening('ladder')}"
    yield table(("reason", "sentence"), ((f"`{said.reason}`", said.detail) for said in whys()))


def _rows(found: Iterable[Said]) -> Iterator[tuple[str, ...]]:
    for reason in sorted({said.reason for said in found}):
        same = [said for said in found if said.reason == reason]
        yield (
            f"`{reason}`",
            code_of(reason).name,
            _one_of(said.detail for said in same),
            _one_of(f"`{said.field}`" for said in same if said.field),
            _one_of(said.accepted for said in same),
            _one_of(f"`{said.where}`" for said in same),
        )


def _one_of(texts: Iterable[str]) -> str:
    return "; ".join(sorted({text for text in texts if text}))
