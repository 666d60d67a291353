"""The earliest lawful instant after a denial: the least fixpoint of jumping to the instant until which a rule denies.

A rule denies without a break until the instant that it tells, so no jump passes over a lawful instant; and where
something known begins or ends in between, the search stops there and looks at every rule again.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.compliance.matter import LATEST, NEVER, Matter, Moment, day_start
from domain.compliance.ruling import RULINGS, applies
from domain.compliance.selection import Selection
from domain.compliance.verdict import Denial
from domain.compliance.windows import holidays_unknown, opens_at

STEPS_MAX = 400


def next_allowed(
    denials: Sequence[Denial], asked: Sequence[Selection], matter: Matter, moment: Moment
) -> datetime | None:
    """Return the first instant after `moment` that nothing denies; None where a fact must change first."""
    changes = _changes(asked, matter, moment)
    if not changes and any(denial.until is None for denial in denials):
        return None
    contacts = matter.facts.contacts
    quiet = not contacts or contacts[-1].at <= moment.at  # no contact lies ahead
    later: datetime = max(denial.until or NEVER for denial in denials)
    for _ in range(STEPS_MAX):
        while changes and changes[-1] <= moment.at:
            changes.pop()
        changed = bool(changes) and changes[-1] <= later
        later = changes.pop() if changed else later
        if later >= LATEST or later <= moment.at:
            return None
        moment = matter.moment(later)
        found = _denied_until(asked, matter, moment, all_rules=changed, quiet=quiet)
        if found is None:
            return later
        later = found
    return None


def _denied_until(
    asked: Sequence[Selection], matter: Matter, moment: Moment, *, all_rules: bool, quiet: bool
) -> datetime | None:
    """Return until when the rules deny at a moment; None when they do not.

    Without `all_rules` only those are asked that may answer otherwise than before: nothing known has changed. When it
    is `quiet` besides, a count that has allowed, or will from the instant that it told, is not taken again.
    """
    latest: datetime | None = None
    for selection in asked:
        if selection.windows and moment.within(selection.rules):
            if selection.holidays_close and holidays_unknown(selection.rules, matter):
                return NEVER
            until = opens_at(selection.windows, selection.rules, matter, moment)
            latest = until if latest is None or (until is not None and until > latest) else latest
    if latest is not None and not all_rules:
        return latest  # nearer than the others perhaps, and cheaper: they are asked when all is open
    said = matter.proposal.content or ()
    for selection in asked:
        if not moment.within(selection.rules):
            continue
        moving = selection.returning if quiet else selection.moving
        for rule, kind, needs, content in selection.others if all_rules else moving:
            if (needs is not None and needs not in matter.known) or (content is not None and content not in said):
                continue
            until = RULINGS[kind][1](rule, selection.rules, matter, moment)
            if until is not None and (latest is None or until > latest) and applies(rule, matter, moment):
                latest = until
    return latest


def _changes(asked: Sequence[Selection], matter: Matter, moment: Moment) -> list[datetime]:
    """Return when, after a moment, something known begins or ends or a rule set changes its force; latest first."""
    changes: list[datetime] = []
    at = moment.at
    for known in matter.facts.known:
        if known.at is not None and known.at > at:
            changes.append(known.at)
        if known.until is not None and known.until > at:
            changes.append(known.until)
        if known.to is not None:
            changes += _starts(known.to.toordinal() + 1, matter, at)
    for past in reversed(matter.facts.contacts):
        if past.at <= at:
            break
        changes.append(past.at)
    for selection in asked:
        if selection.rules.first_day > moment.first_day:
            changes += _starts(selection.rules.first_day, matter, at)
        if selection.rules.last_day < LATEST.toordinal():
            changes += _starts(selection.rules.last_day + 1, matter, at)
    return sorted(changes, reverse=True)


def _starts(day: int, matter: Matter, at: datetime) -> list[datetime]:
    """Return when a date begins on each clock, as far as that lies ahead."""
    if not at.toordinal() - 1 <= day <= LATEST.toordinal():
        return []
    return [start for name in matter.facts.zones if (start := day_start(day, name)) > at]
