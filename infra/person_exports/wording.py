"""How an export says things to the person whom it is about."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime

from application.person_export import ExportedContact
from domain.money import Money
from domain.person.erasure_words import NO_LAW
from domain.person.words import ERASED
from infra.templates.values import amount_in_words, tidy

LABELS: Final = Path(__file__).with_name("labels.toml")
_SAYS_THE_REST_AS: Final = {"es-ES": "es-419"}

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """One reader's way of writing. Days and hours are those of the place where they live."""

    words: Words
    locale: Locale
    zone: str

    def label(self, key: str, **values: str) -> str:
        """Return the words for a key, with `values` put in as they are."""
        text = self.words["label"][key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def of(self, group: str, code: str) -> str:
        """Return the word for a code; its own where nobody wrote one."""
        words = self.words[group]
        return words.get(code) or words.get("other") or code

    def personal(self, text: str) -> str:
        """Return what was said of a person as text that can be set; or that it was erased."""
        return self.label("erased") if text == ERASED else one_line(text)

    def right(self, citation: str) -> str:
        """Return by what right something stands against forgetting."""
        return self.label("no_law") if citation == NO_LAW else one_line(citation)

    def day(self, on: date) -> str:
        return format_date(on, format="medium", locale=self.locale)

    def instant(self, at: datetime) -> str:
        return format_datetime(at.astimezone(ZoneInfo(self.zone)), format="short", locale=self.locale)

    def local_day(self, at: datetime) -> str:
        return self.day(at.astimezone(ZoneInfo(self.zone)).date())

    def money(self, minor: int, currency: str) -> str:
        return amount_in_words(Money(minor, currency), self.locale)

    def contact(self, contact: ExportedContact) -> str:
        """Say by what right a contact was made."""
        if contact.direction == "INBOUND":
            return self.label("inbound")
        recipient, purpose = self.of("recipient", contact.recipient), self.of("purpose", contact.purpose)
        if not contact.recipient:
            return self.label("permitted_before")
        if not contact.rule_sets:
            return self.label("logged", recipient=recipient, purpose=purpose)
        return self.label(
            "permitted",
            rules=_listed([stamp.partition("@")[0] for stamp in contact.rule_sets]),
            recipient=recipient,
            purpose=purpose,
            places=_listed(contact.jurisdictions),
            zones=_listed(contact.time_zones),
        )


def words_for(tag: str) -> Words:
    """Return the words of one of the languages that we write."""
    told = _catalogue()
    own = told[tag]
    rest = told.get(_SAYS_THE_REST_AS.get(tag, tag), own)
    return {group: {**rest[group], **own.get(group, {})} for group in rest}


def one_line(text: str) -> str:
    """Return what somebody wrote as text that can be set: without marks that nobody sees."""
    return tidy(text)


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts) or "–"


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Words]:
    return tomllib.loads(LABELS.read_text(encoding="utf-8"))
