"""Which rules of a set look at proposals of a kind. Found once for each kind and kept with the rule set.

Standing rules change their answer only when something known begins or ends; moving ones with the hour or the day.
"""

from dataclasses import replace
from typing import NamedTuple, cast

from domain.compliance.gates import is_due, may_be_reached
from domain.compliance.proposal import Proposal
from domain.compliance.rule_words import Lift, Reading
from domain.compliance.rules import (
    Cap,
    Consent,
    Cooldown,
    Disclosure,
    Gate,
    Period,
    RecipientRule,
    Rule,
    RuleSet,
    Spacing,
    ToldTime,
    Window,
    reach,
)
from domain.compliance.words import Circumstance


class Asked(NamedTuple):
    """A rule, and without what it need not be asked."""

    rule: Rule
    kind: type[Rule]
    needs: Circumstance | None  # has nothing to say while this is not known
    content: str | None  # has nothing to say to what does not say this


class Selection(NamedTuple):
    """The rules of one set that look at a proposal, in the order of the file."""

    rules: RuleSet
    windows: tuple[Window, ...]  # one rule, named by the first
    holidays_close: bool  # some of them
    others: tuple[Asked, ...]
    moving: tuple[Asked, ...]  # those of the others that do not stand
    returning: tuple[Asked, ...]  # those of them that may deny again after they have allowed, though nothing happens
    duties: frozenset[str]
    horizon_days: int  # no rule here looks further back for what to count


def select(rules: RuleSet, proposal: Proposal) -> Selection:
    """Return the rules that look at a proposal, whatever the instant and whatever it says."""
    kind = (proposal.medium, proposal.purpose, proposal.recipient, proposal.place, proposal.first)
    found = rules.memo.get(kind)
    if found is None:
        found = rules.memo[kind] = _select(rules, proposal)
    return cast(Selection, found)


def _select(rules: RuleSet, proposal: Proposal) -> Selection:
    looking = [rule for rule in rules.rules if _looks_at(rule, proposal)]
    windows = tuple(rule for rule in looking if isinstance(rule, Window))
    if all(proposal.purpose in window.exempt_purposes for window in windows):
        windows = ()  # they make way together: what is exempt from one only keeps the others
    others = [
        _as_read(rule, rules)
        for rule in looking
        if not isinstance(rule, Window)
        and proposal.purpose not in rule.exempt_purposes
        and not (isinstance(rule, Disclosure) and not is_due(rule, proposal))
        and not (isinstance(rule, RecipientRule) and may_be_reached(rule, proposal))
    ]
    asked = tuple(_asked(rule) for rule in others)
    return Selection(
        rules=rules,
        windows=windows,
        holidays_close=any(window.holidays_closed for window in windows),
        others=asked,
        moving=tuple(each for each in asked if not _stands(each.rule)),
        returning=tuple(each for each in asked if not _stands(each.rule) and not _settles(each.rule)),
        duties=frozenset(word for rule in others if isinstance(rule, Disclosure) for word in rule.content),
        horizon_days=max(map(reach, others), default=0),
    )


def _asked(rule: Rule) -> Asked:
    match rule:
        case Gate():
            return Asked(rule, Gate, rule.when, rule.content)
        case ToldTime():
            return Asked(rule, ToldTime, rule.fact, None)
        case Consent():
            return Asked(rule, Consent, None if rule.required else rule.fact, None)
        case _:
            return Asked(rule, type(rule), None, None)


def _as_read(rule: Rule, rules: RuleSet) -> Rule:
    """Return the rule with what its text leaves open as it is read."""
    if isinstance(rule, Cap) and rule.period.as_read:
        calendar = rules.reading(Reading.WEEK) == "calendar"
        return replace(rule, period=Period(rule.period.days, by_week=calendar))
    return rule


def _looks_at(rule: Rule, proposal: Proposal) -> bool:
    return (
        proposal.medium in rule.media
        and (not rule.places or proposal.place in rule.places)
        and (not rule.recipients or proposal.recipient in rule.recipients)
        and (
            not rule.only_purposes
            or proposal.purpose in rule.only_purposes
            or (isinstance(rule, Cap) and rule.closed_to_others)
        )
    )


def _stands(rule: Rule) -> bool:
    return isinstance(rule, (Gate, Consent, RecipientRule, Disclosure)) and Lift.PRIOR_CONSENT_7D not in rule.lifts


def _settles(rule: Rule) -> bool:
    """Return whether a rule that allows goes on to do so as time passes: what is counted only gets older."""
    return (
        isinstance(rule, (Cap, Spacing, Cooldown)) and not rule.lifts and rule.if_fact is None and not rule.unless_fact
    )
