"""What the files under `templates/` hold, once read."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.case.words import Stage
from infra.templates.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterlike:
    """A message of a subject and paragraphs: e-mail and letter."""

    subject: Text
    paragraphs: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A text message. `segments`: how many parts it may take with usual values, opt-out included, disclosures apart."""

    text: Text
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A message that the provider approved beforehand: its name there, and the text that the name stands for."""

    name: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a collector says and asks, on the telephone or at a door."""

    title: Text
    say: tuple[Text, ...]
    ask: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What somebody does at a desk. Never shown to a debtor."""

    title: Text
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One message or task in one language."""

    name: str
    file: str
    from_stage: Stage  # no strategy may use it earlier: what it announces is not real before
    confirms_opt_out: bool = False  # says nothing else: no disclosures, no opt-out line
    says: tuple[str, ...] = ()  # duties that its own words fulfill
    email: Letterlike | None = None
    sms: Short | None = None
    whatsapp: Provided | None = None
    letter: Letterlike | None = None
    script: Script | None = None
    checklist: Checklist | None = None

    @property
    def shape(self) -> tuple[object, ...]:
        """What must be the same in every language."""
        tables = (self.email, self.sms, self.whatsapp, self.letter, self.script, self.checklist)
        name = self.whatsapp.name if self.whatsapp else ""
        return (self.from_stage, self.confirms_opt_out, self.says, name, *(table is not None for table in tables))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What a duty of the contact rules asks to be said. `short`: for text messages and WhatsApp."""

    key: str  # "CL.rights"; "any.rights" where no law has words of its own
    text: Text
    short: Text
    at_start: bool

    @property
    def slug(self) -> str:
        """The key as a part of a provider's template name."""
        return self.key.removeprefix("any.").lower().replace(".", "_").replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """What frames a talk, by telephone or at a door."""

    opening: tuple[Text, ...]
    other: tuple[Text, ...]  # somebody else is there
    absent: tuple[Text, ...]  # nobody is: voicemail, a note
    log: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every message of a language."""

    unnamed: str  # for a person whose name is not known (any more)
    greeting: Text
    greeting_letter: Text
    closing: tuple[Text, ...]  # one line each; what speaks of an unknown value is left out
    opt_out: Mapping[str, Text]  # by "email", "sms", "whatsapp"
    labels: Mapping[str, str]
    blocks: Mapping[str, Text]  # paragraphs that templates share, by name
    phone: Conduct
    visit: Conduct
    never: Mapping[str, tuple[str, ...]]  # by country; "any" holds everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something that must not be said: by phrases of a language, where, and before which stage."""

    name: str  # also the flag in the words of the contact rules: looks_judicial, asks_reason_for_default ...
    where: tuple[str, ...]  # countries; "*": everywhere
    before: Stage  # allowed from this stage on; CLOSED: never
    subjects_only: bool
    phrases: tuple[str, ...]  # folded to small letters without accents; "*" at the end of a word: any ending
    cite: str
