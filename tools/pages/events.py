"""docs/reference/events.md: every event that may be stored, with what its fields mean and one as it is stored."""

import json
from collections.abc import Iterator

from application.personal import PERSONAL_FIELDS
from infra.codec.registry import EVENT_TYPES, SCHEMA_VERSIONS
from tools.pages.source import GENERATED, ROOT, Record, module_doc, opening, readable, records, table

SUBJECTS = {
    "The case itself": "domain/case/record_events.py",
    "The ladder and holds": "domain/case/ladder_events.py",
    "Money": "domain/case/money_events.py",
    "Terms": "domain/case/terms_events.py",
    "Agreements": "domain/case/agreement_events.py",
    "Offers": "domain/case/offer_events.py",
    "Approvals": "domain/case/approval_events.py",
    "Limitation": "domain/case/limitation_events.py",
    "Payment links": "domain/case/link_events.py",
    "Contacts": "domain/case/contact_events.py",
    "Persons": "domain/person/events.py",
    "Forgetting a person": "domain/person/erasure_events.py",
    "Approvals about a person": "domain/person/approval_events.py",
    "Bank entries that wait": "domain/suspense/events.py",
}
VOCABULARIES = (
    "domain/case/words.py",
    "domain/person/words.py",
    "domain/person/erasure_words.py",
    "domain/person/approval_words.py",
    "domain/suspense/words.py",
    "domain/ledger/words.py",
)
VALUES = ("domain/money.py",)
GOLDEN = "tests/golden/events"


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    words = {name: record for path in (*VOCABULARIES, *VALUES) for name, record in records(path).items()}
    places = {name: f"#{name.lower()}" for name in words}
    yield f"# Events\n\n{GENERATED}\n\n{opening('events')}"
    described: set[str] = set()
    for subject, path in SUBJECTS.items():
        stored = {name: record for name, record in records(path).items() if name in EVENT_TYPES}
        described |= set(stored)
        names = ", ".join(f"[{name}](#{name.lower()})" for name in stored)
        yield f"## {subject}\n\n{_about(path)}\n\nSource: [`{path}`](../../{path}).\n\n{names}\n"
        for record in stored.values():
            yield from _event(record, places)
    assert described == set(EVENT_TYPES), f"events that no subject describes: {set(EVENT_TYPES) - described}"
    yield "## Words and values\n\nValues are a wire format too: add, never rename.\n"
    for record in words.values():
        yield from _vocabulary(record, places)


def _about(path: str) -> str:
    """Return what a module says of itself, without what the page's opening has said for all of them."""
    return module_doc(path).replace("Names and fields are a wire format: add, never rename.", "").strip()


def _event(record: Record, places: dict[str, str]) -> Iterator[str]:
    yield f"### {record.name}\n"
    if record.doc:
        yield f"{record.doc}\n"
    if record.name in SCHEMA_VERSIONS:
        yield f"Schema version {SCHEMA_VERSIONS[record.name]}.\n"
    sealed = PERSONAL_FIELDS.get(record.name, ())
    rows = [(*row, "**sealed**" if row[0].strip("`") in sealed else "") for row in _rows(record, places)]
    if rows:
        yield table(("field", "type", "default", "meaning"), ((n, k, d, _both(c, s)) for n, k, d, c, s in rows))
    yield from _golden(record.name)


def _golden(name: str) -> Iterator[str]:
    # `<Name>.json` as it was first stored, `<Name>.2.json` since it gained fields, and so on: the newest is shown.
    folder = ROOT / GOLDEN
    paths = [folder / f"{name}.json", *sorted(folder.glob(f"{name}.[0-9].json"))]
    if paths[-1].exists():
        pretty = json.dumps(json.loads(paths[-1].read_text()), indent=2, ensure_ascii=False)
        yield f"As it is stored ([golden file](../../{GOLDEN}/{paths[-1].name})):\n\n```json\n{pretty}\n```\n"


def _vocabulary(record: Record, places: dict[str, str]) -> Iterator[str]:
    yield f"### {record.name}\n\n{record.doc}\n"
    if record.is_vocabulary:
        yield table(("value", "meaning"), ((f"`{field.name}`", field.comment) for field in record.fields))
    else:
        yield table(("field", "type", "default", "meaning"), _rows(record, places))


def _rows(record: Record, places: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for field in record.fields:
        kind = readable(field.kind, places)
        yield f"`{field.name}`", kind, _default(field.default), field.comment


def _both(comment: str, mark: str) -> str:
    return "; ".join(part for part in (mark, comment) if part)


def _default(default: str) -> str:
    return "empty" if default == "''" else f"`{default}`" if default else ""
