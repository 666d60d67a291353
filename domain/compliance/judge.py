"""The judge of a contact: pure, the same answer for the same arguments, and an answer for all of them.

Any rule that denies is enough, and all that deny are told. What nobody understands (an unknown zone, holidays that
nobody supplied) is denied, not guessed. The next lawful instant is the least fixpoint of jumping to the latest instant
until which a rule denies, or to the next instant at which something known begins or ends.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.calendar import zone
from domain.compliance.counting import cap_until, cooldown_until, spacing_until
from domain.compliance.gates import consent_until, disclosure_until, gate_until, is_due, recipient_until
from domain.compliance.lifts import lifted
from domain.compliance.matter import EARLIEST, LATEST, NEVER, Matter, Moment, forbids, lay_out, permits
from domain.compliance.proposal import Facts, Proposal
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
from domain.compliance.verdict import Denial, Verdict
from domain.compliance.windows import calendar_missing, opens_at, told_until
from domain.compliance.words import RuleKind
from domain.decider import Rejected

STEPS_MAX = 400
KINDS: Mapping[type[Rule], RuleKind] = {
    Window: RuleKind.WINDOW,
    ToldTime: RuleKind.WINDOW,
    Cap: RuleKind.CAP,
    Spacing: RuleKind.SPACING,
    Cooldown: RuleKind.COOLDOWN,
    Gate: RuleKind.GATE,
    Consent: RuleKind.CONSENT,
    RecipientRule: RuleKind.RECIPIENT,
    Disclosure: RuleKind.DISCLOSURE,
}


def judge(proposal: Proposal, facts: Facts, rules: Sequence[RuleSet]) -> Verdict:
    """Return whether a contact may be made, by every rule of the sets that is in force on the person's local date.

    `facts.contacts` are in the order of their instants; circumstances and contacts with an instant after the
    proposal's are not known yet, except that later contacts fill the periods of caps and spacings.
    """
    stamps = tuple(each.stamp for each in rules)
    zones = _zones(facts)
    if not zones or not EARLIEST <= proposal.at <= LATEST:
        what = "the instant" if zones else "the person's time zone"
        return Verdict(denials=(_unknown(what),), next_allowed=None, rule_sets=stamps)
    matter = lay_out(proposal, facts, zones, max((each.horizon_days for each in rules), default=0))
    asked = [(each, _windows(each, proposal), _rules(each, proposal)) for each in rules]
    moment = matter.moment(proposal.at)
    denials = _denials(asked, matter, moment)
    duties = {
        word
        for each, _, found in asked
        for rule in found
        if isinstance(rule, Disclosure) and _in_force(each, moment)
        for word in rule.content
    }
    return Verdict(
        denials=denials,
        next_allowed=_next_allowed(denials, asked, matter, moment) if denials else proposal.at,
        duties=tuple(sorted(duties)),
        rule_sets=stamps,
    )


Asked = Sequence[tuple[RuleSet, tuple[Window, ...], tuple[Rule, ...]]]


def _windows(rules: RuleSet, proposal: Proposal) -> tuple[Window, ...]:
    """Return the windows that the proposal must keep; none when all of them make way for its purpose."""
    found = tuple(window for window in rules.windows[proposal.medium] if _looks_at(window, proposal))
    return () if all(proposal.purpose in window.exempt_purposes for window in found) else found


def _rules(rules: RuleSet, proposal: Proposal) -> tuple[Rule, ...]:
    """Return the other rules that look at such a proposal, at whatever instant."""
    return tuple(
        rule
        for rule in rules.by_medium[proposal.medium]
        if _looks_at(rule, proposal)
        and proposal.purpose not in rule.exempt_purposes
        and not (isinstance(rule, Gate) and rule.content is not None and rule.content not in (proposal.content or ()))
        and not (isinstance(rule, Disclosure) and not is_due(rule, proposal))
    )


def _looks_at(rule: Rule, proposal: Proposal) -> bool:
    return (
        (not rule.places or proposal.place in rule.places)
        and (not rule.recipients or proposal.recipient in rule.recipients)
        and (
            not rule.only_purposes
            or proposal.purpose in rule.only_purposes
            or (isinstance(rule, Cap) and rule.closed_to_others)
        )
    )


def _denials(asked: Asked, matter: Matter, moment: Moment) -> tuple[Denial, ...]:
    found: list[Denial] = []
    for rules, windows, others in asked:
        if not _in_force(rules, moment):
            continue
        if windows:
            if calendar_missing(windows, rules, matter):
                found.append(_unknown(f"the holidays of {rules.country or rules.id}"))
            _add(found, windows[0], opens_at(windows, rules, matter, moment))
        for rule in others:
            _add(found, rule, _until(rule, rules, matter, moment))
    return tuple(found)


def _add(found: list[Denial], rule: Rule, until: datetime | None) -> None:
    if until is not None:
        kind = KINDS[type(rule)]
        found.append(Denial(rule=rule.id, kind=kind, cite=rule.cite, until=None if until is NEVER else until))


def _until(rule: Rule, rules: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None if a rule has nothing against the contact at this moment, else from when it has not."""
    if rule.if_fact is not None and not any(forbids(each, matter, moment) for each in matter.of(rule.if_fact)):
        return None
    if rule.unless_fact is not None and any(permits(each, matter, moment) for each in matter.of(rule.unless_fact)):
        return None
    match rule:
        case ToldTime():
            return told_until(rule, matter, moment)
        case Gate():
            return gate_until(rule, matter, moment)
        case Consent():
            return consent_until(rule, matter, moment)
        case RecipientRule():
            return recipient_until(rule, matter)
        case Disclosure():
            return disclosure_until(rule, matter)
        case _ if rule.lifts and lifted(rule.lifts, matter, moment):
            return None
        case Cap():
            return cap_until(rule, rules, matter, moment)
        case Spacing():
            return spacing_until(rule, rules, matter, moment)
        case Cooldown():
            return cooldown_until(rule, matter, moment)
        case _:
            raise AssertionError(f"no judge for {type(rule).__name__}")


def _next_allowed(denials: tuple[Denial, ...], asked: Asked, matter: Matter, moment: Moment) -> datetime | None:
    for _ in range(STEPS_MAX):
        change = _next_change(asked, matter, moment.at)
        later = max(denial.until or NEVER for denial in denials)
        later = change if change is not None and change < later else later
        if later >= LATEST or later <= moment.at:
            return None
        moment = matter.moment(later)
        denials = _denials(asked, matter, moment)
        if not denials:
            return later
    return None


def _next_change(asked: Asked, matter: Matter, at: datetime) -> datetime | None:
    """Return when, after an instant, something known begins or ends, or a rule set comes into force or leaves it."""
    changes = [
        each
        for known in matter.facts.known
        for each in (known.at, known.until, None if known.to is None else _day_after(known.to, matter))
        if each is not None and each > at
    ]
    for past in reversed(matter.facts.contacts):
        if past.at <= at:
            break
        changes.append(past.at)
    for rules, _, _ in asked:
        if rules.effective_until is not None and (end := _day_after(rules.effective_until, matter)) > at:
            changes.append(end)
    return min(changes, default=None)


def _day_after(day: date, matter: Matter) -> datetime:
    return matter.day_starts(day.toordinal() + 1)


def _in_force(rules: RuleSet, moment: Moment) -> bool:
    return any(rules.in_force(clock.local.date()) for clock in moment.clocks)


def _zones(facts: Facts) -> tuple[ZoneInfo, ...]:
    """Return the person's zones; none where one of them is no zone."""
    try:
        return tuple(zone(name) for name in facts.zones)
    except Rejected:
        return ()


def _unknown(what: str) -> Denial:
    return Denial(rule="unknown", kind=RuleKind.UNKNOWN, cite=f"not known: {what}", until=None)
