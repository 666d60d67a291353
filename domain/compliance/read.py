"""A rule file, made into rule sets. The text is TOML 1.0 in the format `contact-rules/1`.

A file holds a table [ruleset], any number of [[overlay]] tables, or both; they have the same keys, and every key that
nobody knows is refused. What is wrong is said with file, line and field, and with what would be accepted.
"""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from domain.compliance.read_amount import SINCE, claim, fee_cap, retention, term
from domain.compliance.read_rule import SECTIONS
from domain.compliance.rule_words import READINGS, About, Reading
from domain.compliance.rules import Retention, Rule, RuleSet, Window
from domain.compliance.words import Actor
from domain.rule_text.table import Table, whole_table

ANY_ACTOR = "any"
_OF_RECORDS = (
    "id", "version", "about", "jurisdiction", "members", "effective", "actors", "creditors", "reading", "retention",
    "claim",
)  # fmt: skip
_KEYS = (
    "id", "version", "about", "jurisdiction", "effective", "actors", "creditors", "extends", "tz", "calendar",
    "reading", "retention", "claim", "fee_cap", "term", *SECTIONS,
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_JURISDICTION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,4})*")
_COUNTRY = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?")


def read_rules(text: str, file: str) -> tuple[RuleSet, ...]:
    """Return the rule sets of a text; `file` is what people know it by.

    Raise `Rejected` RULES_UNREADABLE where it is no TOML, RULES_INVALID where it is no such file.
    """
    whole = whole_table(text, file, parse_float=Decimal)
    whole.only(("ruleset", "overlay"))
    content_hash = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    found: dict[str, RuleSet] = {}
    for table in _sets(whole):
        rules = _rule_set(table, content_hash)
        if rules.id in found:
            raise table.wrong("id", "stands twice in one file", "each id once")
        found[rules.id] = rules
    if not found:
        raise whole.wrong("", "holds no rule set", "[ruleset] or [[overlay]]")
    return tuple(found.values())


def _sets(whole: Table) -> Iterator[Table]:
    first = whole.table("ruleset")
    for each in ([] if first is None else [first]) + whole.tables("overlay"):
        set_id = cast(object, each.values.get("id"))
        yield Table(each.values, each.path, each.source, set_id if isinstance(set_id, str) else each.name)


def _rule_set(table: Table, content_hash: str) -> RuleSet:
    about = table.word("about", About, About.CONTACTS)
    table.only(_OF_RECORDS if about is About.RECORDS else _KEYS)
    set_id = _fitting(table, "id", _ID, '"us.regf": small letters, digits and dots')
    if table.text("tz", "intersect") != "intersect":
        raise table.wrong("tz", "must be intersect: every plausible zone must be open", "intersect")
    country, sundays = _calendar(table)
    effective = table.table("effective")
    if effective is not None:
        effective.only(("from", "until"))
    begins, ends = (None, None) if effective is None else (effective.day("from"), effective.day("until"))
    if effective is not None and begins is not None and ends is not None and ends < begins:
        raise effective.wrong("until", "lies before from", "a later day")
    readings = _readings(table)
    right = table.table("claim")
    return RuleSet(
        id=set_id,
        version=table.number("version", 1, least=1),
        about=about,
        jurisdiction=_fitting(table, "jurisdiction", _JURISDICTION, '"CO", "US-MA", "*" for everywhere'),
        members=frozenset(table.texts("members")),
        effective_from=begins,
        effective_until=ends,
        actors=frozenset() if table.texts("actors") == [ANY_ACTOR] else table.words("actors", Actor),
        creditors=frozenset(table.texts("creditors")),
        extends=table.text("extends", ""),
        country=country,
        sundays_are_holidays=sundays,
        readings=readings,
        readings_in_text=readings,
        rules=_rules(table, set_id, country),
        fee_caps=tuple(fee_cap(each, set_id) for each in table.tables("fee_cap")),
        retention=tuple(_retention(table, about)),
        claim=None if right is None else claim(right),
        terms=tuple(term(each, set_id) for each in table.tables("term")),
        content_hash=content_hash,
        file=table.source.file,
    )


def _rules(table: Table, set_id: str, country: str) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for section, read in SECTIONS.items():
        for each in table.tables(section):
            rule = read(each, set_id)
            if rule.id in found:
                raise each.wrong("id", "stands twice in one rule set", "each id once")
            if isinstance(rule, Window) and rule.holidays_closed and not country:
                raise each.wrong(
                    "holidays", "are closed, and the rule set has no calendar", 'calendar = { country = "CO" }'
                )
            found[rule.id] = rule
    return tuple(found.values())


def _retention(table: Table, about: About) -> Iterator[Retention]:
    for each in table.tables("retention"):
        kept = retention(each)
        if about is About.RECORDS and kept.counted_from not in SINCE:
            raise each.wrong("from", f"does not know {kept.counted_from!r}", ", ".join(filter(None, SINCE)))
        yield kept


def _calendar(table: Table) -> tuple[str, bool]:
    calendar = table.table("calendar")
    if calendar is None:
        return "", False
    calendar.only(("country", "sundays_are_holidays"))
    country = _fitting(calendar, "country", _COUNTRY, '"CO", "US-MA", "*" for wherever the person is')
    return country, calendar.truth("sundays_are_holidays", False)


def _readings(table: Table) -> dict[Reading, str]:
    found = table.table("reading")
    if found is None:
        return {}
    found.only(list(Reading))
    readings: dict[Reading, str] = {}
    for name in found.values:
        word, words = found.text(name), READINGS[Reading(name)]
        if word not in words:
            raise found.wrong(name, f"does not know {word!r}", ", ".join(words))
        readings[Reading(name)] = word
    return readings


def _fitting(table: Table, key: str, form: re.Pattern[str], accepted: str) -> str:
    found = table.text(key)
    if not form.fullmatch(found):
        raise table.wrong(key, f"cannot be {found!r}", accepted)
    return found
