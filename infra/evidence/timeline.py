"""The timeline of a case to read: a page without scripts or anything from outside, and the same as PDF."""

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typst

from application.evidence import Evidence, TimelineLine
from infra.evidence.wording import wording
from infra.spelled import spelled, visible

LAYOUT: Final = Path(__file__).with_name("timeline.typ")
_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; }
tr { border-bottom: 1px solid #ddd; } th { color: #666; font-weight: normal; }
.faint { color: #666; } .number { font-variant-numeric: tabular-nums; }
"""
# Nothing is fetched and nothing runs, whatever stands in the page.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> bytes:
    """Return the timeline as HTML; `owed`: the balance in words, "" where none is known."""
    sheet = _sheet(evidence, told, language, owed)
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in sheet["head"])
    days = "".join(
        f"<h2>{escape(day['day'])}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{_rows(day['rows'])}</tbody>\n"
        "</table>\n"
        for day in sheet["days"]
    )
    about = "".join(f"<p>{escape(each)}</p>\n" for each in sheet["about"])
    small = f'<p class="faint">{escape(sheet["clock"])}</p>\n<p class="faint">{escape(sheet["derived"])}</p>\n'
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(sheet['title'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(sheet['title'])}</h1>\n{about}{small}{days}</body>\n</html>\n"
    ).encode()


def document(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> bytes:
    """Return the timeline as PDF/UA-1 and PDF/A-2a, the same bytes for the same input.

    Letters that no font of ours has are spelled by their numbers: a smile in a reason must not cost the evidence.
    """
    sheet = _sheet(evidence, told, language, owed)
    try:
        return _set(sheet)
    except typst.TypstError:
        return _set(spelled(sheet))


def _set(sheet: object) -> bytes:
    found = typst.Compiler(ignore_system_fonts=True).compile(
        input=str(LAYOUT), sys_inputs={"timeline": json.dumps(sheet)}, pdf_standards=["ua-1", "a-2a"]
    )
    assert isinstance(found, bytes), "one document"
    return found


def _sheet(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> dict[str, Any]:
    """Return everything that stands on the timeline, as texts."""
    said = wording(language)["timeline"]
    on = evidence.statement_on
    case = visible(f"{evidence.creditor_id}/{evidence.reference}")
    values = {"case": case, "log": evidence.head.origin, "count": len(evidence.case), "size": evidence.head.size}
    return {
        "lang": language,
        "on": {"year": on.year, "month": on.month, "day": on.day},
        "title": said["title"].format(**values),
        "about": [
            said["about"].format(**values),
            *([said["owed"].format(day=on.isoformat(), sum=owed)] if owed else []),
        ],
        "clock": said["clock"].format(zone=evidence.time_zone),
        "derived": said["derived"],
        "head": [said[key] for key in ("number", "when", "what", "who")],
        "page": said["page"],
        "days": [
            {"day": day, "rows": [_row(line, evidence.time_zone, said["known"]) for line in lines]}
            for day, lines in groupby(told, key=lambda line: line.day)
        ],
    }


def _row(line: TimelineLine, zone: str, known: str) -> dict[str, str]:
    late = known.format(at=_instant(line.known_at, zone)) if line.known_at else ""
    more = " · ".join(each for each in (line.why, late) if each)
    texts = {"what": line.what, "more": more, "who": line.who}
    return {"number": str(line.number), "time": line.time} | {key: visible(text) for key, text in texts.items()}


def _rows(rows: Sequence[dict[str, str]]) -> str:
    return "".join(
        f'<tr><td class="number">{row["number"]}</td><td>{escape(row["time"])}</td>'
        f"<td>{escape(row['what'])}{_more(row['more'])}</td><td>{escape(row['who'])}</td></tr>\n"
        for row in rows
    )


def _more(text: str) -> str:
    return f'<br><span class="faint">{escape(text)}</span>' if text else ""


def _instant(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
