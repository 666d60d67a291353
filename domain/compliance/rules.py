"""Contact rules as records: what a file of the format `contact-rules/1` says, and nothing more.

An empty set of places, recipients or purposes means: all. Times of day are minutes since local midnight; days of the
week count from Monday, 0; every period is in local days of the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from domain.compliance.rule_words import (
    READINGS,
    About,
    Confidence,
    CooldownAfter,
    CountKind,
    DisclosureStage,
    Lift,
    Match,
    Per,
    Reading,
    Waiver,
)
from domain.compliance.words import Actor, Circumstance, Medium, Place, Purpose, Recipient
from domain.decider import Rejected

EVERYWHERE = "*"  # the jurisdiction of a house's own rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule has: its name, its source, and which proposals it looks at."""

    id: str  # "co.ley2300.day1"
    cite: str
    confidence: Confidence = Confidence.MEMORY
    media: frozenset[Medium] = frozenset(Medium)
    places: frozenset[Place] = frozenset()
    recipients: frozenset[Recipient] = frozenset()
    only_purposes: frozenset[Purpose] = frozenset()
    exempt_purposes: frozenset[Purpose] = frozenset()
    if_fact: Circumstance | None = None  # holds only while this is known
    unless_fact: Circumstance | None = None  # does not hold while this is known
    lifts: frozenset[Lift] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Rule):
    """Hours of some weekdays in which contact may be made: [opens, closes)."""

    days: frozenset[int]
    opens: int
    closes: int  # at most 1440
    holidays_closed: bool
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTime(Rule):
    """Times that the person has called inconvenient: closed."""

    fact: Circumstance


@dataclass(frozen=True, slots=True)
class Period:
    """Days in which contacts are counted: any `days` in a row, or calendar weeks (Monday to Sunday) when `by_week`."""

    days: int
    by_week: bool = False
    as_read: bool = False  # "week": the reading of that name decides which


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Rule):
    """At most `max` contacts in a period; or at most so many different media, when `distinct_media`."""

    per: frozenset[Per]
    max: int
    period: Period
    count: CountKind = CountKind.ATTEMPT
    distinct_media: bool = False
    closed_to_others: bool = False  # purposes other than `only_purposes` may not be pursued at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing(Rule):
    """Days between two contacts."""

    per: frozenset[Per]
    days: int
    count: CountKind = CountKind.ATTEMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown(Rule):
    """Days without contact after an event; the event's own day is the first of them."""

    per: frozenset[Per]
    after: CooldownAfter
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Rule):
    """Closed while a circumstance is known, or always; only for what says `content`, where that is given."""

    when: Circumstance | None  # None: always
    until: Circumstance | None = None  # what ends it
    match: Match | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Rule):
    """The medium must be among those that the person authorized, once it is known which; always, when `required`."""

    fact: Circumstance
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRule(Rule):
    """Who may be reached: whom `allow` names (everybody, when empty) and `deny` does not; others for a purpose."""

    allow: frozenset[Recipient] = frozenset()
    deny: frozenset[Recipient] = frozenset()
    for_purposes: Mapping[Purpose, frozenset[Recipient]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure(Rule):
    """What a contact must say."""

    content: tuple[str, ...]
    stage: DisclosureStage = DisclosureStage.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCap:
    """The most that collecting may cost the debtor, as progressive shares of the overdue amount in `unit`."""

    id: str
    cite: str
    confidence: Confidence = Confidence.MEMORY
    unit: str  # "UF"
    tiers: tuple[tuple[Decimal | None, Decimal], ...]  # up to this amount (None: any), this share of it
    from_day: int  # days late from which a fee may be asked
    no_early_notice_minus: Decimal = Decimal(0)  # less by this, without a free notice in time
    early_notice_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what must be kept, in the words of the file ("P3Y"), and from when."""

    cite: str
    confidence: Confidence = Confidence.MEMORY
    periods: Mapping[str, str] = field(default_factory=dict)  # by what is kept: contacts, books, negative_data, ...
    counted_from: str = ""
    at_most: bool = False  # so long it may be kept, or told to others; nothing has to be kept for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """By what right a creditor keeps what is known of a person while the claim is open."""

    cite: str
    confidence: Confidence = Confidence.MEMORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A number of days that the law fixes for something else than a contact: to answer, to wait, to rely upon."""

    id: str  # "us.regf.validation"
    cite: str
    confidence: Confidence = Confidence.MEMORY
    days: int
    business: bool = False  # business days of the rule set's country; else calendar days


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of one source, as of one text. Equal stamps mean equal rules."""

    id: str
    version: int = 1
    about: About = About.CONTACTS
    jurisdiction: str  # "CO", "US-MA"; `EVERYWHERE`
    members: frozenset[str] = frozenset()  # countries of a union where it holds as well: those of "EU"
    effective_from: date | None = None
    effective_until: date | None = None  # the last day
    actors: frozenset[Actor] = frozenset()  # empty: everybody who collects
    creditors: frozenset[str] = frozenset()  # empty: whoever the creditor is
    extends: str = ""  # stands on top of this one
    country: str = ""  # whose holidays; `EVERYWHERE`: of each place that the person may be in; "": no rule here asks
    sundays_are_holidays: bool = False
    readings: Mapping[Reading, str] = field(default_factory=dict)  # as they hold
    readings_in_text: Mapping[Reading, str] = field(default_factory=dict)  # as the text has them
    rules: tuple[Rule, ...] = ()
    fee_caps: tuple[FeeCap, ...] = ()
    retention: tuple[Retention, ...] = ()
    claim: Claim | None = None
    terms: tuple[Term, ...] = ()
    content_hash: str = ""  # SHA-256 of the text, hexadecimal; line ends normalized
    file: str = ""  # where it was read: for people
    stamp: str = field(init=False, compare=False)
    first_day: int = field(init=False, compare=False, repr=False)  # in force, as ordinals of local dates
    last_day: int = field(init=False, compare=False, repr=False)
    horizon_days: int = field(init=False, compare=False, repr=False)  # no rule looks further back for what to count
    memo: dict[object, object] = field(init=False, compare=False, repr=False)  # what was found about it before

    def __post_init__(self) -> None:
        """Work out what follows from the rest, once."""
        set_ = object.__setattr__
        set_(self, "stamp", f"{self.id}@{self.content_hash[:16]}{self._readings_set()}")
        set_(self, "first_day", (self.effective_from or date.min).toordinal())
        set_(self, "last_day", (self.effective_until or date.max).toordinal())
        set_(self, "horizon_days", max((reach(rule) for rule in self.rules), default=0))
        set_(self, "memo", {})

    def in_force(self, day: date) -> bool:
        """Return whether the rules hold on a local day."""
        return self.first_day <= day.toordinal() <= self.last_day

    def reading(self, name: Reading) -> str:
        """Return how the text is read where it leaves something open; strictly, unless somebody decided otherwise."""
        return self.readings.get(name, READINGS[name][0])

    def read_as(self, readings: Mapping[str, str]) -> "RuleSet":
        """Return the same rules with other readings; raise `Rejected` READING_UNKNOWN."""
        chosen = dict(self.readings)
        for name, word in readings.items():
            if name not in READINGS or word not in READINGS[Reading(name)]:
                accepted = "; ".join(f"{each} = {' or '.join(words)}" for each, words in READINGS.items())
                raise Rejected(
                    "READING_UNKNOWN", f"{self.id} cannot be read with {name} = {word!r}", field=name, accepted=accepted
                )
            chosen[Reading(name)] = word
        said = {
            name: word
            for name, word in chosen.items()
            if name in self.readings_in_text or word != READINGS[name][0]  # to say the strict one is to say nothing
        }
        return replace(self, readings=said)

    def _readings_set(self) -> str:
        """Return the readings that are not the text's own, in parentheses; nothing when there are none."""
        set_here = {
            name: self.reading(name)
            for name in sorted(self.readings)
            if self.reading(name) != self.readings_in_text.get(name, READINGS[name][0])
        }
        return f"({','.join(f'{name}={word}' for name, word in set_here.items())})" if set_here else ""


def reach(rule: Rule) -> int:
    """Return how many days back a rule looks for what it counts."""
    match rule:
        case Cap():
            return rule.period.days
        case Spacing() | Cooldown():
            return rule.days + 1
        case _:
            return 0
