"""What is being judged: a proposal with its facts (`Matter`), and an instant on every clock of the person (`Moment`).

A matter is laid out once for all rules. Where the person's zone is not certain, all of them count: what forbids is
looked for in any of them, what permits must hold in every one.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar import FIRST_DAY, LAST_DAY, add_days, start_of_day
from domain.compliance.proposal import Facts, Known, Past, Proposal
from domain.compliance.rules import RuleSet
from domain.compliance.words import Circumstance

NEVER = datetime.max.replace(tzinfo=UTC)  # not before a fact has changed
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # what lies outside is nobody's contact, and near the calendar's ends
LATEST = datetime(9900, 1, 1, tzinfo=UTC)
instant_of = attrgetter("at")  # of a contact: what contacts are sorted by
_NO_CIRCUMSTANCE: tuple[Known, ...] = ()


class Clock(NamedTuple):
    """What one zone's clock shows."""

    zone: str
    day: int  # ordinal of the local date
    weekday: int  # Monday is 0
    minute: int  # since local midnight


class Moment(NamedTuple):
    """An instant, on every clock."""

    at: datetime
    clocks: tuple[Clock, ...]
    first_day: int  # of the dates that the clocks show
    last_day: int

    def within(self, rules: RuleSet) -> bool:
        """Return whether rules are in force, by some clock's date."""
        return rules.first_day <= self.last_day and rules.last_day >= self.first_day


class Counted(NamedTuple):
    """A contact of the past, with the ordinal of its local date on every clock, in the order of the clocks."""

    past: Past
    days: tuple[int, ...]


@dataclass(slots=True)
class Matter:
    """A proposal and what is known about it, laid out for the rules."""

    proposal: Proposal
    facts: Facts
    zones: tuple[ZoneInfo, ...]
    known: dict[Circumstance, list[Known]]
    recent: tuple[Counted, ...]  # contacts that a rule may count, and all later ones, by instant
    counted: dict[tuple[str, str], list[Counted]]  # those that a rule does count for a debt, once they were looked for
    holidays: dict[tuple[str, int], bool]  # by rule set and day, once they were looked for

    def moment(self, at: datetime) -> Moment:
        """Return the instant on the person's clocks."""
        clocks: list[Clock] = []
        for name, zone in zip(self.facts.zones, self.zones, strict=True):
            local = at.astimezone(zone)
            day = local.toordinal()
            clocks.append(Clock(name, day, (day - 1) % 7, local.hour * 60 + local.minute))
        days = [clock.day for clock in clocks]
        return Moment(at, tuple(clocks), min(days), max(days))

    def of(self, kind: Circumstance) -> Sequence[Known]:
        """Return all circumstances of a kind, in force or not."""
        return self.known.get(kind, _NO_CIRCUMSTANCE)

    def day_starts(self, day: int) -> datetime:
        """Return from when the date with this ordinal has begun on every clock."""
        return max([day_start(day, name) for name in self.facts.zones])


def lay_out(proposal: Proposal, facts: Facts, zones: tuple[ZoneInfo, ...], horizon_days: int) -> Matter:
    """Return the matter; contacts further back than the horizon are left out of `recent`."""
    known: dict[Circumstance, list[Known]] = {}
    for each in facts.known:
        known.setdefault(each.kind, []).append(each)
    contacts = facts.contacts
    recent: tuple[Counted, ...] = ()
    if contacts:
        first = bisect_left(contacts, proposal.at - timedelta(days=horizon_days + 2), key=instant_of)
        recent = tuple(
            [
                Counted(past, tuple([min(past.at, LATEST).astimezone(zone).toordinal() for zone in zones]))
                for past in contacts[first:]
            ]
        )
    return Matter(proposal, facts, zones, known, recent, {}, {})


@lru_cache(maxsize=8192)
def day_start(day: int, zone_name: str) -> datetime:
    """Return the first instant of the date with this ordinal, clamped to what every zone can express."""
    return start_of_day(date.fromordinal(min(max(day, FIRST_DAY.toordinal()), LAST_DAY.toordinal())), zone_name)


def forbids(known: Known, matter: Matter, moment: Moment) -> bool:
    """Return whether a circumstance that forbids is in force: for some of the debts, on some of the clocks."""
    if known.at is not None and known.at > moment.at:
        return False
    if known.until is not None and known.until <= moment.at:
        return False
    if known.to is not None and all(clock.day > known.to.toordinal() for clock in moment.clocks):
        return False
    wanted = matter.proposal.debts
    return not known.debts or not wanted or any(debt in known.debts for debt in wanted)


def permits(known: Known, matter: Matter, moment: Moment) -> bool:
    """Return whether a circumstance that permits is in force: for each of the debts, on every clock, by this medium."""
    proposal = matter.proposal
    if known.at is not None and known.at > moment.at:
        return False
    if known.until is not None and known.until <= moment.at:
        return False
    if known.to is not None and any(clock.day > known.to.toordinal() for clock in moment.clocks):
        return False
    if known.medium is not None and known.medium is not proposal.medium:
        return False
    if known.address and known.address != proposal.address:
        return False
    return not known.debts or (bool(proposal.debts) and all(debt in known.debts for debt in proposal.debts))


def end_of(known: Known, matter: Matter) -> datetime:
    """Return when a circumstance ends by itself; `NEVER` if it does not."""
    end = NEVER if known.until is None else known.until
    if known.to is not None:
        end = min(end, matter.day_starts(add_days(known.to, 1).toordinal()))
    return end
