"""What stands on the timeline of a case, as texts: who and what it is about, how to read it, and every event."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from application.evidence import Evidence, TimelineLine
from domain.evidence import layout
from infra.evidence.wording import wording
from infra.spelled import visible

NOTES: Final = 6


def sheet(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> dict[str, Any]:
    """Return the texts of the timeline; `owed`: the balance in words, "" where none is known."""
    said = wording(language)["timeline"]
    on = evidence.statement_on
    case = visible(f"{evidence.creditor_id}/{evidence.reference}")
    return {
        "lang": language,
        "on": {"year": on.year, "month": on.month, "day": on.day},
        "title": said["title"].format(case=case),
        "facts": [[said[name], visible(value)] for name, value in _facts(evidence, said, owed) if value],
        "read": said["read"],
        "notes": [said[f"note_{number}"] for number in range(1, NOTES + 1)],
        "head": [said[key] for key in ("number", "when", "what", "who")],
        "page": said["page"],
        "days": [
            {"day": day, "rows": [_row(evidence, line, said["known"]) for line in lines]}
            for day, lines in groupby(told, key=lambda line: line.day)
        ],
    }


def _facts(evidence: Evidence, said: Mapping[str, str], owed: str) -> Iterator[tuple[str, str]]:
    """Yield what it is about: the key of a word, and what is said under it."""
    head = evidence.head
    yield "creditor", evidence.creditor_id
    yield "reference", evidence.reference
    yield "case", str(evidence.case_id)
    yield "people", ", ".join(dict.fromkeys(str(each.stream_id) for each in evidence.persons))
    yield "events", said["events_said"].format(count=len(evidence.case))
    yield "owed", said["owed_said"].format(sum=owed, day=evidence.statement_on.isoformat()) if owed else ""
    yield "clock", evidence.time_zone
    yield "log", said["log_said"].format(log=head.origin, size=head.size)
    yield "root", b64encode(head.root).decode()
    yield "key", str(evidence.key)


def _row(evidence: Evidence, line: TimelineLine, known: str) -> dict[str, str]:
    late = known.format(at=_instant(line.known_at, evidence.time_zone)) if line.known_at else ""
    more = " · ".join(each for each in (line.why, late) if each)
    texts = {"what": line.what, "more": more, "basis": line.basis, "who": line.who}
    row = {"number": str(line.number), "time": line.time} | {key: visible(text) for key, text in texts.items()}
    letter = next((digest for digest in evidence.letters if digest in line.basis), "")
    if letter:
        row["basis"] += f" · {layout.LETTERS}{letter}.pdf"
    return row


def _instant(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
