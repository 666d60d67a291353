"""A statement as PDF: PDF/UA-1 and PDF/A-2a like the letters, and the same bytes for the same input."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typst

from application.messages import Facts
from application.statement_desk import Explained
from domain.decider import Rejected
from infra.channels.letter_head import Letterhead
from infra.channels.letter_page import LETTER_COUNTRIES
from infra.spelled import spelled
from infra.statements.sheet import Sheet, sheet
from infra.statements.wording import wording_for
from infra.templates.languages import Languages, locale_for

LAYOUT: Final = Path(__file__).with_name("statement.typ")
PLAIN: Final = Letterhead()


class StatementPages:
    """Sets statements. Implements `application.statement_desk.Printer`; `letterheads` by creditor id.

    spells: letters that no font of ours has are written by their numbers: for evidence, which must not be wanting.
    """

    def __init__(self, languages: Languages, letterheads: Mapping[str, Letterhead], *, spells: bool = False) -> None:
        self._languages = languages
        self._letterheads = letterheads
        self._spells = spells

    def pdf(self, explained: Explained, facts: Facts) -> tuple[bytes, str]:
        """Return the document and the language of its words; raise `Rejected` STATEMENT_UNSETTABLE."""
        data, language = self.sheet(explained, facts)
        try:
            return _set(data), language
        except typst.TypstError:  # its text repeats the statement's
            if self._spells:
                return _set(spelled(data)), language
            detail = "a name or a reference has letters that no font of ours has"
            raise Rejected("STATEMENT_UNSETTABLE", detail, field="language") from None

    def sheet(self, explained: Explained, facts: Facts) -> tuple[Sheet, str]:
        """Return what the layout is given, and the language of its words."""
        language = self._languages.written_for(facts)
        locale = locale_for(facts, language)
        letterhead = self._letterheads.get(facts.creditor_id, PLAIN)
        told = sheet(explained, facts, wording_for(language, locale, explained.statement.currency), letterhead)
        country = facts.jurisdiction.partition("-")[0]
        base, _, region = language.tag.partition("-")
        return {
            "lang": base,
            "region": region if len(region) == 2 else None,
            "paper": letterhead.paper or ("us-letter" if country in LETTER_COUNTRIES else "a4"),
            **told,
        }, language.tag


def _set(data: object) -> bytes:
    found = typst.Compiler(ignore_system_fonts=True).compile(
        input=str(LAYOUT), sys_inputs={"statement": json.dumps(data)}, pdf_standards=["ua-1", "a-2a"]
    )
    assert isinstance(found, bytes), "one document"
    return found
