"""Exports as files: JSON by a schema, and a PDF/UA-1 and PDF/A-2a document as our letters and statements are."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import typst

from application.messages import Facts
from application.person_export import PersonExport
from domain.decider import Rejected
from domain.money import Money
from infra.channels.letter_page import LETTER_COUNTRIES
from infra.person_exports.sheet import parts
from infra.person_exports.wording import Wording, one_line, words_for
from infra.templates.languages import Languages, locale_for

LAYOUT: Final = Path(__file__).with_name("export.typ")


class PersonExports:
    """Implements `application.export_desk.ExportPrinter`."""

    def __init__(self, languages: Languages) -> None:
        self._languages = languages

    def language_of(self, language: str, country: str) -> str:
        """Return which of the languages that we write is meant."""
        return self._languages.written_for(_reader(language, country)).tag

    def json(self, export: PersonExport) -> bytes:
        """Return the export in the format that it names, indented, in UTF-8."""
        return msgspec.json.format(msgspec.json.encode(self._in_words(export)), indent=2) + b"\n"

    def pdf(self, export: PersonExport) -> bytes:
        """Return the same for people; raise `Rejected` EXPORT_UNSETTABLE where something has letters of no font."""
        try:
            found = typst.Compiler(ignore_system_fonts=True).compile(
                input=str(LAYOUT),
                sys_inputs={"export": json.dumps(self._sheet(self._in_words(export)))},
                pdf_standards=["ua-1", "a-2a"],
            )
        except typst.TypstError:  # its text repeats what is set
            detail = "something in it has letters that no font of ours has; JSON has everything"
            raise Rejected("EXPORT_UNSETTABLE", detail, field="format", accepted="JSON") from None
        assert isinstance(found, bytes), "one document"
        return found

    def _in_words(self, export: PersonExport) -> PersonExport:
        words = self._wording(export)
        return replace(export, contacts=tuple(replace(each, in_words=words.contact(each)) for each in export.contacts))

    def _wording(self, export: PersonExport) -> Wording:
        identity = export.identity
        country = identity.country if identity else ""
        reader = _reader(identity.language if identity else export.language, country)
        language = self._languages.by_tag[export.language]
        zone = identity.time_zone if identity else "UTC"
        return Wording(words_for(language.tag), locale_for(reader, language), zone)

    def _sheet(self, export: PersonExport) -> dict[str, object]:
        words = self._wording(export)
        base, _, region = export.language.partition("-")
        name = export.identity.name if export.identity else ""
        country = export.identity.country.partition("-")[0] if export.identity else ""
        forgotten = export.forgotten_at
        intro = [words.label("made", day=words.local_day(export.exported_at))]
        intro += [words.label("forgotten", day=words.local_day(forgotten))] if forgotten else []
        return {
            "lang": base,
            "region": region if len(region) == 2 else None,
            "paper": "us-letter" if country in LETTER_COUNTRIES else "a4",
            "title": words.label("title", name=one_line(name)) if name else words.label("title_forgotten"),
            "on": {"year": export.exported_at.year, "month": export.exported_at.month, "day": export.exported_at.day},
            "intro": intro,
            "parts": list(parts(export, words)),
            "page": words.label("page"),
        }


def schema() -> bytes:
    """Return the JSON schema of exports (2020-12), as it is published in the reference."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(PersonExport)), indent=2) + b"\n"


def _reader(language: str, country: str) -> Facts:
    """Return a reader as the languages know them."""
    return Facts(
        name="",
        creditor_id="",
        reference="",
        owed=Money(0, "EUR"),
        due_on=date.min,
        on=date.min,
        language=language,
        jurisdiction=country,
    )
