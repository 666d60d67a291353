"""A letter as PDF: the words as they were written, on the creditor's letterhead, the same bytes every time.

PDF/UA-1 (it can be read aloud) and PDF/A-2a (it can be read in thirty years). Fonts and layout come with us, and the
date is the letter's, so that whoever has the message can make the document again and compare its hash.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from application.messages import Facts, Message
from infra.channels.letter_head import Letterhead
from infra.templates.languages import Language, locale_for
from infra.templates.values import told

FOLDER: Final = Path(__file__).with_name("letters")
LAYOUT: Final = FOLDER / "letter.typ"
FALLBACK: Final = "en"
ADDRESS_LINES_MAX: Final = 7
# Where letters are 8.5 x 11 inches; the rest of the world has A4.
LETTER_COUNTRIES: Final = frozenset(
    {"US", "CA", "MX", "CO", "CL", "VE", "CR", "GT", "HN", "NI", "PA", "PH", "PR", "SV", "DO"}
)


class Unsettable(Exception):
    """The words cannot be set, such as letters that no font of ours has. The text is a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A letter ready for print."""

    pdf: bytes
    paper: str


def page(message: Message, letterhead: Letterhead) -> Page:
    """Return the letter; raise `Unsettable`."""
    data = page_data(message, letterhead)
    try:
        pdf = typst.Compiler(ignore_system_fonts=True).compile(
            input=str(LAYOUT), sys_inputs={"letter": json.dumps(data)}, pdf_standards=["ua-1", "a-2a"]
        )
    except typst.TypstError:  # its text repeats the letter's
        raise Unsettable("LETTER_UNSETTABLE") from None
    assert isinstance(pdf, bytes), "one document"
    return Page(pdf=pdf, paper=str(data["paper"]))


def page_data(message: Message, letterhead: Letterhead) -> dict[str, object]:
    """Return what the layout is given: texts only, in the order in which they are read."""
    facts = message.facts
    language, _, region = message.language.partition("-")
    labels = _labels().get(language, _labels()[FALLBACK])
    body = [paragraph for paragraph in message.words.body.strip().split("\n\n") if paragraph.strip()]
    notices = [paragraph for paragraph in body if paragraph in message.words.notices]
    said = [paragraph for paragraph in body if paragraph not in message.words.notices]
    creditor = (facts.creditor or facts.creditor_id) if facts else ""
    sender = (facts.sender or creditor) if facts else ""
    return {
        "lang": language or FALLBACK,
        "region": region if len(region) == 2 else None,
        "paper": letterhead.paper or _paper(facts),
        "on": _parts(_day(message)),
        "sender": {
            "name": sender,
            "behalf": labels["on_behalf"].format(creditor=creditor) if sender != creditor else "",
            "return_line": " · ".join([sender, *letterhead.lines]),
            "foot": [sender, *letterhead.foot],
        },
        "to": _address(message),
        "facts": _table(message, facts, labels),
        "subject": message.words.subject,
        "paragraphs": [paragraph.split("\n") for paragraph in said[:-1]],
        "closing": said[-1].split("\n") if said else [],
        "disclosures": [paragraph.split("\n") for paragraph in notices],
        "labels": {"page": labels["page"]},
    }


def _table(message: Message, facts: Facts | None, labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what the reader looks for first, beside the address."""
    if facts is None:
        return []
    locale = locale_for(facts, Language(tag=message.language, readers=(), provider=""))
    values = told(facts, locale)
    rows = [
        (labels["reference"], values["reference"]),
        (labels["dated"], values["today"]),
        (labels["owed"], values["owed"]),
    ]
    if facts.due_on < facts.on:
        rows.append((labels["due_on"], values["due_on"]))
    return [{"label": label, "value": value} for label, value in rows]


def _address(message: Message) -> list[str]:
    """Return name and address as they are written; what has no line breaks of its own is broken where it is full."""
    written = [line.strip() for line in message.address.splitlines() if line.strip()]
    if len(written) > ADDRESS_LINES_MAX - 1:
        kept = ADDRESS_LINES_MAX - 2
        written = [*written[:kept], ", ".join(written[kept:])]
    return [message.name, *written] if message.name else written


def _paper(facts: Facts | None) -> str:
    country = facts.jurisdiction.partition("-")[0] if facts else ""
    return "us-letter" if country in LETTER_COUNTRIES else "a4"


def _day(message: Message) -> date:
    assert message.on is not None, "a letter bears its day"
    return message.on


def _parts(on: date) -> dict[str, int]:
    return {"year": on.year, "month": on.month, "day": on.day}


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, Mapping[str, str]]:
    labels: Mapping[str, Mapping[str, str]] = tomllib.loads((FOLDER / "labels.toml").read_text(encoding="utf-8"))
    return labels
