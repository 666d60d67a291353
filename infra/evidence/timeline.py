"""The timeline of a case to read: a page without scripts or anything from outside, and the same as PDF."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

import typst

from application.evidence import Evidence, TimelineLine
from infra.evidence.sheet import sheet as sheet_of
from infra.spelled import spelled

LAYOUT: Final = Path(__file__).with_name("timeline.typ")
_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; }
table.events { table-layout: fixed; }
col.number { width: 3.5rem; } col.when { width: 5.2rem; } col.who { width: 11rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1rem 0; }
dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; }
tr { border-bottom: 1px solid #ddd; } th { color: #666; font-weight: normal; }
td { overflow-wrap: anywhere; } li { margin: .2rem 0; }
@media print {
  body { font-size: 11px; margin: 0; max-width: none; } tr, li { break-inside: avoid; } h2 { break-after: avoid; }
}
.faint { color: #666; } .number { font-variant-numeric: tabular-nums; }
"""
_COLUMNS: Final = '<colgroup><col class="number"><col class="when"><col><col class="who"></colgroup>\n'
# Nothing is fetched and nothing runs, whatever stands in the page.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> bytes:
    """Return the timeline as HTML; `owed`: the balance in words, "" where none is known."""
    sheet = sheet_of(evidence, told, language, owed)
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in sheet["head"])
    days = "".join(
        f'<h2>{escape(day["day"])}</h2>\n<table class="events">\n{_COLUMNS}<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{_rows(day['rows'])}</tbody>\n</table>\n"
        for day in sheet["days"]
    )
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in sheet["facts"])
    notes = "".join(f"<li>{escape(each)}</li>\n" for each in sheet["notes"])
    about = f"<dl>\n{facts}</dl>\n<h2>{escape(sheet['read'])}</h2>\n<ul>\n{notes}</ul>\n"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(sheet['title'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(sheet['title'])}</h1>\n{about}{days}</body>\n</html>\n"
    ).encode()


def document(evidence: Evidence, told: Sequence[TimelineLine], language: str, owed: str) -> bytes:
    """Return the timeline as PDF/UA-1 and PDF/A-2a, the same bytes for the same input.

    Letters that no font of ours has are spelled by their numbers: a smile in a reason must not cost the evidence.
    """
    sheet = sheet_of(evidence, told, language, owed)
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


def _rows(rows: Sequence[dict[str, str]]) -> str:
    return "".join(
        f'<tr><td class="number">{row["number"]}</td><td>{escape(row["time"])}</td>'
        f"<td>{escape(row['what'])}{_more(row['more'])}{_more(row['basis'])}</td><td>{escape(row['who'])}</td></tr>\n"
        for row in rows
    )


def _more(text: str) -> str:
    return f'<br><span class="faint">{escape(text)}</span>' if text else ""
