"""What an audit of all contacts in the log found."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

KEPT_MAX = 1_000  # findings of one kind that are kept; all are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A contact whose permit does not stand up.

    reason: UNLAWFUL (the rules deny it), FACTS_DIFFER (the digest is of other facts), DUTIES_DIFFER, SCOPE_DIFFERS (the
            rules of the person's own country were not asked), RULES_NOT_FOUND, CASE_DISAGREES, CASE_NOT_TOLD,
            NOT_RESERVED, CASE_ON_HOLD, CASE_CLOSED, UNREADABLE, or the refusal that there should have been (OPTED_OUT).
    """

    reason: str
    position: int  # in the log
    permit_id: str = ""
    person_id: UUID | None = None
    case_id: UUID | None = None
    at: datetime | None = None
    rules: tuple[str, ...] = ()  # that deny it
    citations: tuple[str, ...] = ()  # of these rules, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A contact that should not have happened, had somebody told us in time what we learned later."""

    contact_id: str  # the permit's, or that of a logged contact
    person_id: UUID
    case_id: UUID
    at: datetime
    fact: str  # the event that came late: HoldPlaced, PaymentRecorded, CaseClosed, FactLearned, OptedOut ...
    position: int  # of that event
    since: datetime  # from when the fact holds
    known_at: datetime  # when we learned it
    reason: str
    rules: tuple[str, ...] = ()  # that would have denied it


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayChanged:
    """A permit on a day of which the calendar says something else today than it did."""

    permit_id: str
    country: str  # as the rule set names it; "*": wherever the person lived
    at: datetime
    was_holiday: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAudit:
    """Every contact in the log, judged again. The contacts were lawful if there is no violation. Parts add up."""

    upto: int  # the log was read up to this position
    events: int
    permits: int
    judged: int  # of them, by their grounds
    before_rules: int  # of them, given before there were grounds: nothing to judge by
    never_made: int  # of them, refused by the provider or run out
    refusals: int
    logged: int  # contacts without a permit of ours
    violations: tuple[Violation, ...]  # the first `KEPT_MAX`
    violations_total: int
    late: tuple[Late, ...]
    late_total: int
    holidays_changed: tuple[HolidayChanged, ...]
    holidays_changed_total: int
    not_asked: tuple[tuple[str, int], ...]  # rule sets of today that would have applied, and for how many permits

    @property
    def holds(self) -> bool:
        """Whether every contact that has grounds was lawful when it was made."""
        return self.violations_total == 0

    def __add__(self, other: "ContactAudit") -> "ContactAudit":
        found = sorted((*self.violations, *other.violations), key=attrgetter("position"))
        late = sorted((*self.late, *other.late), key=attrgetter("position"))
        return ContactAudit(
            upto=max(self.upto, other.upto),
            events=self.events + other.events,
            permits=self.permits + other.permits,
            judged=self.judged + other.judged,
            before_rules=self.before_rules + other.before_rules,
            never_made=self.never_made + other.never_made,
            refusals=self.refusals + other.refusals,
            logged=self.logged + other.logged,
            violations=tuple(found[:KEPT_MAX]),
            violations_total=self.violations_total + other.violations_total,
            late=tuple(late[:KEPT_MAX]),
            late_total=self.late_total + other.late_total,
            holidays_changed=(*self.holidays_changed, *other.holidays_changed)[:KEPT_MAX],
            holidays_changed_total=self.holidays_changed_total + other.holidays_changed_total,
            not_asked=tuple(sorted((Counter(dict(self.not_asked)) + Counter(dict(other.not_asked))).items())),
        )
