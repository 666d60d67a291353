"""One message while it is written: the values it may use, and what has been said so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from infra.templates.languages import Language
from infra.templates.records import Disclosure, Frame, Template
from infra.templates.shelf import Shelf
from infra.templates.text import Missing, Text

OPT_OUT = "opt_out_notice"
# Duties that a message fulfills by speaking of a value in its own words.
_SPOKEN_OF = {
    "creditor": "creditor",
    "contract": "reference",
    "amount": "owed",
    "how_to_pay": "pay_at",
    "contact": "contact_at",
    "interest": "interest",
    "costs": "costs",
}


@dataclass(kw_only=True)
class Draft:
    """A message in the making."""

    shelf: Shelf
    language: Language
    template: Template
    jurisdiction: str
    duties: tuple[str, ...]
    values: dict[str, str]
    sources: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)  # values that were spoken of
    fulfilled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fulfilled.update(self.template.says)

    @property
    def frame(self) -> Frame:
        return self.shelf.frames[self.language.tag]

    def say(self, text: Text) -> str:
        """Render a text; raise `Missing` when it needs what is not known."""
        rendered = text.render(self.values).strip()
        self.sources.append(text.source)
        self.said.update(name for name in text.names if self.values.get(name, "\0") in rendered)
        return rendered

    def say_each(self, texts: Iterable[Text]) -> list[str]:
        """Render texts; what comes out empty is left out."""
        return [rendered for text in texts if (rendered := self.say(text))]

    def say_known(self, texts: Iterable[Text]) -> list[str]:
        """Render the texts that speak of what is known."""
        lines = []
        for text in texts:
            try:
                rendered = self.say(text)
            except Missing:
                continue
            if rendered:
                lines.append(rendered)
        return lines

    def disclose(self, *, short: bool) -> tuple[list[str], list[str]]:
        """Return what duties ask to be said before and after the message, and note which ones are fulfilled.

        A duty whose value is not known stays unfulfilled: nothing is made up to satisfy it.
        """
        start: list[str] = []
        end: list[str] = []
        for duty, disclosure in self._asked_for():
            if duty in self.fulfilled or _SPOKEN_OF.get(duty) in self.said:
                self.fulfilled.add(duty)
                continue
            if disclosure is None:
                continue
            try:
                rendered = self.say(disclosure.short if short else disclosure.text)
            except Missing:
                continue
            (start if disclosure.at_start else end).append(rendered)
            self.fulfilled.add(duty)
        return start, end

    def disclosed(self) -> Sequence[Disclosure]:
        """Return the disclosures that a provider's template must hold, in order."""
        found = []
        for duty, disclosure in self._asked_for():
            if disclosure is None or duty == OPT_OUT or duty in self.fulfilled or _SPOKEN_OF.get(duty) in self.said:
                continue
            if all(self.values.get(name) for name in disclosure.short.names):
                found.append(disclosure)
        return found

    def _asked_for(self) -> list[tuple[str, Disclosure | None]]:
        """Return every duty with what it asks to be said, in the order of the disclosures' file."""
        order = {key.rpartition(".")[2]: place for place, key in enumerate(self.shelf.disclosures[self.language.tag])}
        duties = sorted(_items(self.duties), key=lambda duty: order.get(duty, 0))
        return [(duty, self.shelf.disclosure(self.language.tag, self.jurisdiction, duty)) for duty in duties]


def _items(duties: Iterable[str]) -> list[str]:
    """Return the single duties of lists such as "creditor,contract,amount", each once."""
    return list(dict.fromkeys(part.strip() for duty in duties for part in duty.split(",") if part.strip()))


def unfulfilled(duties: Iterable[str], content: frozenset[str]) -> tuple[str, ...]:
    """Return the single duties that a message does not fulfill."""
    return tuple(duty for duty in _items(duties) if duty not in content)
