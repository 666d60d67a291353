"""The catalogue that the application asks: a template, a channel and facts in, the words of a message out."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from application.messages import Facts, Words
from domain.case.words import Channel, Stage
from domain.compliance.rule_words import Content
from infra.templates.draft import Draft
from infra.templates.languages import Language, locale_for
from infra.templates.phrases import forbidden_in, topics_in
from infra.templates.records import Template, Topic
from infra.templates.shelf import Shelf, load_shelf
from infra.templates.values import CONDITIONS, told
from infra.templates.write import write, write_checklist

_BRIEF = frozenset({Channel.SMS, Channel.WHATSAPP})
UNSTARTED_SUIT, JUDICIAL, OFFICIAL_SENDER = "mentions_unstarted_suit", "looks_judicial", "official_sender"
_KNOWN_TO_RULES = frozenset(map(str, Content))  # other topics are the house's own affair
# What is said of every message under a law, beside what the permit's rules ask for, when somebody else writes for the
# creditor and the fuller notice is not asked for: 12 CFR 1006.18(e)(2), the short disclosure in later communications.
_STANDING = {"US": ("debt_collector_identity", "attempt_to_collect")}


class TemplateCatalogue:
    """Every template, on every channel, in every language. Implements `application.messages.Catalogue`."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._flags: dict[tuple[object, ...], frozenset[str]] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of the languages that are written."""
        return tuple(self.shelf.languages.by_tag)

    def names(self) -> tuple[str, ...]:
        """Return the names of all templates, sorted."""
        return tuple(sorted(self.shelf.templates[self.languages[0]]))

    def template(self, name: str, language: str) -> Template:
        """Return a template as it is written in a language; `KeyError` when there is none."""
        return self.shelf.templates[language][name]

    def words(self, template: str, channel: Channel, facts: Facts) -> Words:
        """Return the message in the reader's language, or in the one that stands in for it.

        A template that does not exist, or says nothing on this channel, is a `KeyError`: strategies are checked against
        the catalogue before use. A value that the text cannot do without is a `Missing`.
        """
        language = self.shelf.languages.written_for(facts)
        kept = self.template(template, language.tag)
        words = self._written(kept, channel, facts, language, self._values(facts, language, channel))
        if words is None:
            raise KeyError(f"{template} says nothing on {channel}")
        return words

    def script(self, task_kind: str, channel: Channel | None, facts: Facts) -> Words | None:
        """Return what somebody needs who does a task: on the telephone and at a door a script, else a checklist.

        A message that a person sends instead of us is its own words. None when no template has the kind's name, or it
        has nothing for the channel: then the task explains itself.
        """
        language = self.shelf.languages.written_for(facts)
        kept = self.shelf.templates[language.tag].get(task_kind)
        if kept is None:
            return None
        values = self._values(facts, language, channel)
        if channel is not None and (kept.checklist is None or channel in (Channel.PHONE, Channel.VISIT)):
            return self._written(kept, channel, facts, language, values)
        if kept.checklist is None:
            return None
        draft = self._draft(kept, facts, language, values)
        return _sealed(write_checklist(draft, kept.checklist), draft, frozenset())

    def _touches(
        self, template: Template, channel: Channel, facts: Facts, language: Language, values: dict[str, str]
    ) -> frozenset[str]:
        """Return the names of the topics that a message touches by its own words, whatever the values in it say."""
        key = (template.file, channel, frozenset(values), facts.duties, facts.jurisdiction)
        if key not in self._flags:
            masked = {name: value if name in CONDITIONS else "…" for name, value in values.items()}
            draft = self._draft(template, facts, language, masked)
            words = write(draft, channel)
            assert words is not None, f"{template.name} says nothing on {channel}"
            self._flags[key] = frozenset(each.name for each in self.touched(words, channel, language, template))
        return self._flags[key]

    def conditions(self, jurisdiction: str, language: str) -> tuple[str, ...]:
        """Return the conditions that hold for messages under a law; the strict ones where it is not known."""
        base = self.shelf.languages.by_tag[language].base
        forbidden = forbidden_in(self.shelf.topics[base], jurisdiction.partition("-")[0])
        return () if any(each.name == UNSTARTED_SUIT for each in forbidden) else ("court_may_be_named",)

    def touched(self, words: Words, channel: Channel, language: Language, template: Template) -> tuple[Topic, ...]:
        """Return the topics that words touch."""
        topics, stage = self.shelf.topics[language.base], template.from_stage
        body = self._heard(words.body, language) if channel in (Channel.PHONE, Channel.VISIT) else words.body
        return (
            *topics_in(words.subject, topics, stage=stage, subject=True),
            *topics_in(body, (each for each in topics if each.name != OFFICIAL_SENDER), stage=stage),
        )

    def _heard(self, script: str, language: Language) -> str:
        """Return a script without the list of what is never said."""
        heading = self.shelf.frames[language.tag].labels["never"]
        return "\n\n".join(part for part in script.split("\n\n") if not part.startswith(heading))

    def _written(
        self, template: Template, channel: Channel, facts: Facts, language: Language, values: dict[str, str]
    ) -> Words | None:
        draft = self._draft(template, facts, language, values)
        words = write(draft, channel)
        if words is None:
            return None
        flags = self._touches(template, channel, facts, language, values)
        if self._official(facts, language):
            flags |= {JUDICIAL}
        return _sealed(words, draft, flags)

    def _official(self, facts: Facts, language: Language) -> bool:
        """Whether a message would seem to come from a court, a prosecutor or the police."""
        topics = tuple(each for each in self.shelf.topics[language.base] if each.name == OFFICIAL_SENDER)
        names = (facts.creditor or facts.creditor_id, facts.sender)
        return any(topics_in(name, topics, stage=Stage.PRE_DUE) for name in names)

    def _values(self, facts: Facts, language: Language, channel: Channel | None) -> dict[str, str]:
        values = told(facts, locale_for(facts, language), brief=channel in _BRIEF)
        values["name"] = values["name"] or self.shelf.frames[language.tag].unnamed
        # Of a suit that may not be brought, or would be lost, nothing is said.
        holds = ("time_barred",) if facts.time_barred else self.conditions(facts.jurisdiction, language.tag)
        return values | dict.fromkeys(holds, "yes")

    def _draft(self, template: Template, facts: Facts, language: Language, values: dict[str, str]) -> Draft:
        return Draft(
            shelf=self.shelf,
            language=language,
            template=template,
            jurisdiction=facts.jurisdiction,
            duties=(*facts.duties, *_standing(facts)),
            values=values,
        )


def _standing(facts: Facts) -> tuple[str, ...]:
    duty, fuller = _STANDING.get(facts.jurisdiction.partition("-")[0], ("", ""))
    return (duty,) if duty and facts.sender and not any(fuller in each for each in facts.duties) else ()


def load_catalogue(*folders: Path) -> TemplateCatalogue:
    """Return the shipped templates, and over them those of `folders`; raise `Rejected` where a file is wrong."""
    return TemplateCatalogue(load_shelf(*folders))


def _sealed(words: Words, draft: Draft, flags: Iterable[str]) -> Words:
    """Return words with what they say, their language, and the hash of every text that they were made of."""
    return replace(
        words,
        template_hash=sha256("\0".join(draft.sources).encode()).hexdigest(),
        content=frozenset(draft.fulfilled) | (frozenset(flags) & _KNOWN_TO_RULES),
        language=draft.language.tag,
        provider_language=draft.language.provider if words.provider_template else "",
    )
