"""What each rule says to a matter at a moment."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.compliance.counting import cap_until, cooldown_until, spacing_until
from domain.compliance.gates import consent_until, disclosure_until, gate_until, recipient_until
from domain.compliance.matter import NEVER, Matter, Moment, forbids, permits
from domain.compliance.rules import (
    Cap,
    Consent,
    Cooldown,
    Disclosure,
    Gate,
    RecipientRule,
    Rule,
    RuleSet,
    Spacing,
    ToldTime,
    Window,
)
from domain.compliance.selection import Selection
from domain.compliance.verdict import Denial
from domain.compliance.windows import holidays_unknown, opens_at, told_until
from domain.compliance.words import RuleKind

# None: nothing against it; else from when the rule alone would have nothing against it (`NEVER`: a fact must change).
# Any: each function takes its own kind of rule, under which it is found here.
Says = Callable[[Any, RuleSet, Matter, Moment], datetime | None]
RULINGS: Mapping[type[Rule], tuple[RuleKind, Says]] = {
    ToldTime: (RuleKind.WINDOW, told_until),
    Cap: (RuleKind.CAP, cap_until),
    Spacing: (RuleKind.SPACING, spacing_until),
    Cooldown: (RuleKind.COOLDOWN, cooldown_until),
    Gate: (RuleKind.GATE, gate_until),
    Consent: (RuleKind.CONSENT, consent_until),
    RecipientRule: (RuleKind.RECIPIENT, recipient_until),
    Disclosure: (RuleKind.DISCLOSURE, disclosure_until),
}


def denials_at(asked: Sequence[Selection], matter: Matter, moment: Moment) -> tuple[Denial, ...]:
    """Return every rule that denies, in the order of the sets and of their rules; windows first."""
    found: list[Denial] = []
    said = matter.proposal.content or ()
    for selection in asked:
        rules = selection.rules
        if not moment.within(rules):
            continue
        if selection.windows:
            if selection.holidays_close and holidays_unknown(rules, matter):
                found.append(unknown(f"the holidays of {rules.country}"))
            if (until := opens_at(selection.windows, rules, matter, moment)) is not None:
                found.append(_denial(selection.windows[0], RuleKind.WINDOW, until))
        for rule, kind, needs, content in selection.others:
            if (needs is not None and needs not in matter.known) or (content is not None and content not in said):
                continue
            called, says = RULINGS[kind]
            if (until := says(rule, rules, matter, moment)) is not None and applies(rule, matter, moment):
                found.append(_denial(rule, called, until))
    return tuple(found)


def applies(rule: Rule, matter: Matter, moment: Moment) -> bool:
    """Return whether a rule that hangs on a circumstance is to be asked."""
    if rule.if_fact is not None and not any(forbids(each, matter, moment) for each in matter.of(rule.if_fact)):
        return False
    return rule.unless_fact is None or not any(permits(each, matter, moment) for each in matter.of(rule.unless_fact))


def unknown(what: str) -> Denial:
    """Return the denial of what nobody understands."""
    return Denial(rule="unknown", kind=RuleKind.UNKNOWN, cite=f"not known: {what}", until=None)


def _denial(rule: Rule | Window, kind: RuleKind, until: datetime) -> Denial:
    return Denial(rule=rule.id, kind=kind, cite=rule.cite, until=None if until is NEVER else until)
