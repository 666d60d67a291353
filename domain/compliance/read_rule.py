"""The rules of a rule file, one table each, made into records."""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from domain.compliance.rule_words import (
    Confidence,
    Content,
    CooldownAfter,
    CountKind,
    DisclosureStage,
    Lift,
    Match,
    Per,
    Waiver,
)
from domain.compliance.rules import (
    Cap,
    Consent,
    Cooldown,
    Disclosure,
    Gate,
    Period,
    RecipientRule,
    Rule,
    Spacing,
    ToldTime,
    Window,
)
from domain.compliance.words import Circumstance, Medium, Place, Purpose, Recipient
from domain.rule_text.table import Table

NAMED = ("id", "cite", "confidence")
_EVERY = (*NAMED, "channels", "places", "recipients", "only_purposes", "exempt_purposes")
_RULE = (*_EVERY, "if_fact", "unless_fact")
_GATE = (
    *NAMED, "channels", "places", "recipients", "deny_purposes", "allow_purposes", "if_fact", "unless_fact",
    "when", "until", "always", "content", "match", "lifts_on",
)  # fmt: skip
_ROLLING = re.compile(r"rolling:([1-9]\d{0,3})d")
_PERIODS = "rolling:7d (any number of days), calendar:1d, calendar:1w, week (as the reading says)"


class Named(TypedDict):
    """What every rule says of itself."""

    id: str
    cite: str
    confidence: Confidence


class _Every(Named):
    media: frozenset[Medium]
    places: frozenset[Place]
    recipients: frozenset[Recipient]
    only_purposes: frozenset[Purpose]
    exempt_purposes: frozenset[Purpose]
    if_fact: Circumstance | None
    unless_fact: Circumstance | None
    lifts: frozenset[Lift]


def named(table: Table, prefix: str, default_id: str | None = None) -> Named:
    """Return what every rule says of itself; `prefix` is the rule set's id."""
    return {
        "id": f"{prefix}.{table.text('id', default_id)}",
        "cite": table.text("cite"),
        "confidence": table.word("confidence", Confidence, Confidence.MEMORY),
    }


def _every(
    table: Table, prefix: str, *, only: str = "only_purposes", exempt: str = "exempt_purposes", lifts: str = ""
) -> _Every:
    default_id = str(table.path[-1]) if isinstance(table.path[-1], str) else None  # a section with one table
    for key in ("places", "recipients", only, exempt):
        if table.values.get(key) == []:
            raise table.wrong(key, "names none", "some, or no such key")
    return {
        **named(table, prefix, default_id),
        "media": table.words_or_all("channels", Medium) if "channels" in table.values else frozenset(Medium),
        "places": table.words("places", Place),
        "recipients": table.words("recipients", Recipient),
        "only_purposes": table.words(only, Purpose),
        "exempt_purposes": table.words(exempt, Purpose),
        "if_fact": table.maybe("if_fact", Circumstance),
        "unless_fact": table.maybe("unless_fact", Circumstance),
        "lifts": table.words(lifts, Lift) if lifts else frozenset(),
    }


def _window(table: Table, prefix: str) -> Rule:
    if "from_fact" in table.values:
        table.only((*_EVERY, "from_fact", "lifts_on"))
        fact = table.word("from_fact", Circumstance)
        return ToldTime(**_every(table, prefix, lifts="lifts_on"), fact=fact)
    table.only((*_EVERY, "days", "hours", "holidays", "waiver", "lifts_on"))
    if table.text("holidays") not in ("open", "closed"):
        raise table.wrong("holidays", f"does not know {table.text('holidays')!r}", "open, closed")
    opens, closes = table.hours("hours")
    return Window(
        **_every(table, prefix, lifts="lifts_on"),
        days=table.weekdays("days"),
        opens=opens,
        closes=closes,
        holidays_closed=table.text("holidays") == "closed",
        waiver=table.maybe("waiver", Waiver),
    )


def _cap(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "per", "max", "period", "count", "distinct", "exclude", "others"))
    if table.values.get("distinct", "channel") != "channel":
        raise table.wrong("distinct", "must be channel", "channel, or no such key")
    if "others" in table.values and (table.text("others") != "closed" or not table.texts("only_purposes")):
        raise table.wrong("others", "must be closed, beside only_purposes", "closed, or no such key")
    return Cap(
        **_every(table, prefix, lifts="exclude"),
        per=_per(table),
        max=table.number("max", least=1),
        period=_period(table),
        count=table.word("count", CountKind, CountKind.ATTEMPT),
        distinct_media="distinct" in table.values,
        closed_to_others="others" in table.values,
    )


def _spacing(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "per", "days", "count", "exclude"))
    return Spacing(
        **_every(table, prefix, lifts="exclude"),
        per=_per(table),
        days=table.number("days", least=1),
        count=table.word("count", CountKind, CountKind.ATTEMPT),
    )


def _cooldown(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "per", "after", "days", "exclude"))
    return Cooldown(
        **_every(table, prefix, lifts="exclude"),
        per=_per(table),
        after=table.word("after", CooldownAfter),
        days=table.number("days", least=1),
    )


def _gate(table: Table, prefix: str) -> Rule:
    table.only(_GATE)
    when = table.maybe("when", Circumstance)
    if (when is None) != table.truth("always", False):
        raise table.wrong("when", "is needed, or always = true, and not both", f"one of {', '.join(Circumstance)}")
    for key in ("until", "match"):
        if when is None and key in table.values:
            raise table.wrong(key, "goes with when", "no such key beside always = true")
    return Gate(
        **_every(table, prefix, only="deny_purposes", exempt="allow_purposes", lifts="lifts_on"),
        when=when,
        until=table.maybe("until", Circumstance),
        match=table.maybe("match", Match),
        content=table.maybe("content", Content),
    )


def _consent(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "fact", "required"))
    return Consent(
        **_every(table, prefix), fact=table.word("fact", Circumstance), required=table.truth("required", False)
    )


def _recipient(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "allow", "deny", "purposes"))
    purposes = table.table("purposes")
    others: dict[Purpose, frozenset[Recipient]] = {}
    if purposes is not None:
        purposes.only(list(Purpose))
        others = {Purpose(each): purposes.words(each, Recipient) for each in purposes.values}
    rule = RecipientRule(
        **_every(table, prefix),
        allow=table.words("allow", Recipient),
        deny=table.words("deny", Recipient),
        for_purposes=others,
    )
    if not rule.allow and not rule.deny:
        raise table.wrong("allow", "is needed, or deny", f"some of {', '.join(Recipient)}")
    return rule


def _disclosure(table: Table, prefix: str) -> Rule:
    table.only((*_RULE, "content", "stage"))
    content = tuple(each.strip() for each in table.text("content").split(","))
    for each in content:
        if each not in set(Content):
            raise table.wrong("content", f"does not know {each!r}", ", ".join(Content))
    return Disclosure(
        **_every(table, prefix),
        content=content,
        stage=table.word("stage", DisclosureStage, DisclosureStage.ANY),
    )


SECTIONS: Mapping[str, Callable[[Table, str], Rule]] = {  # in the order in which a set is judged
    "window": _window,
    "cap": _cap,
    "spacing": _spacing,
    "cooldown": _cooldown,
    "gate": _gate,
    "consent": _consent,
    "recipient": _recipient,
    "disclosure": _disclosure,
}


def _per(table: Table) -> frozenset[Per]:
    found = table.words("per", Per)
    if not found:
        raise table.wrong("per", "is missing", f"some of {', '.join(Per)}")
    return found


def _period(table: Table) -> Period:
    text = table.text("period")
    if rolling := _ROLLING.fullmatch(text):
        return Period(int(rolling[1]))
    match text:
        case "calendar:1d":
            return Period(1)
        case "calendar:1w":
            return Period(7, by_week=True)
        case "week":
            return Period(7, as_read=True)
        case _:
            raise table.wrong("period", f"does not know {text!r}", _PERIODS)
