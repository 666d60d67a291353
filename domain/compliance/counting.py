"""Rules that count contacts: caps, spacing between two, and the quiet days after a conversation.

Days are local dates. With several clocks a limit must hold on each. A contact that lies after the proposal counts as
well: commands may come out of order, and no period that contains the proposal may be over-filled.
A result that is not known yet counts as the worst for every kind of count.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.compliance.lifts import left_out, lifted, may_be_conversation, spoken_of
from domain.compliance.matter import NEVER, Counted, Matter, Moment, day_start
from domain.compliance.rule_words import CountKind, Lift, Per, Reading
from domain.compliance.rules import Cap, Cooldown, Period, RuleSet, Spacing
from domain.compliance.words import Circumstance, Medium, Result

WEEK = 7
_NO_LINE = frozenset((Result.BUSY, Result.NOT_IN_SERVICE))
_BOTH_WAYS = frozenset((Result.PENDING, Result.REPLIED, Result.ANSWERED, Result.CONVERSATION))
COUNTED = {
    CountKind.ATTEMPT: frozenset(Result),
    CountKind.CONNECTED: frozenset(Result) - _NO_LINE,
    CountKind.REACHABLE: frozenset(Result) - _NO_LINE - {Result.NO_VOICEMAIL_BOX},
    CountKind.DIRECT_CONTACT: frozenset(Result),
}


def cap_until(cap: Cap, rules: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None while one more contact fits, else from when it does."""
    if cap.closed_to_others and matter.proposal.purpose not in cap.only_purposes:
        return NEVER
    if len(matter.recent) < cap.max or (cap.lifts and lifted(cap.lifts, matter, moment)):
        return None
    period = cap.period
    if max(matter.recent[-1].days) + period.days <= moment.first_day:
        return None  # the last contact of any kind lies too far back
    latest: datetime | None = None
    for debt in _keys(cap.per, matter):
        found = _made(cap, rules, matter, moment, debt)
        if len(found) < cap.max:
            continue  # whatever their days, one more fits
        for place, clock in enumerate(moment.clocks):
            if cap.distinct_media:
                first = _first_day_of_media(
                    [(each.days[place], each.past.medium) for each in found], clock.day, cap.max, period, matter
                )
            else:
                first = _first_day([each.days[place] for each in found], clock.day, cap.max, period)
            if first != clock.day:
                until = day_start(first, clock.zone)
                latest = until if latest is None else max(latest, until)
    return latest


def spacing_until(spacing: Spacing, rules: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None where no contact is near, else from when the contacts that are near lie far enough back."""
    if not matter.recent or (spacing.lifts and lifted(spacing.lifts, matter, moment)):
        return None
    elapsed = rules.reading(Reading.GAP) == "elapsed"
    latest: datetime | None = None
    for debt in _keys(spacing.per, matter):
        for each in _made(spacing, rules, matter, moment, debt):
            if elapsed:
                gap = timedelta(days=spacing.days)
                ends = [each.past.at + gap] if abs(moment.at - each.past.at) < gap else []
            else:
                ends = [
                    day_start(day + spacing.days + 1, clock.zone)
                    for clock, day in zip(moment.clocks, each.days, strict=True)
                    if abs(clock.day - day) <= spacing.days
                ]
            if ends:
                latest = max(ends) if latest is None else max(latest, *ends)
    return latest


def cooldown_until(cooldown: Cooldown, _: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None where nobody has spoken lately, else from when the quiet days are over."""
    if not matter.recent or (cooldown.lifts and lifted(cooldown.lifts, matter, moment)):
        return None
    latest: datetime | None = None
    for past, days in matter.recent:
        if past.at > moment.at or not may_be_conversation(past) or past.medium not in cooldown.media:
            continue
        if Per.RECIPIENT in cooldown.per and past.recipient is not matter.proposal.recipient:
            continue
        if Per.CHANNEL in cooldown.per and past.medium is not matter.proposal.medium:
            continue
        if Per.DEBT in cooldown.per and not _shared(spoken_of(past), matter.proposal.debts):
            continue
        for clock, day in zip(moment.clocks, days, strict=True):
            if clock.day < day + cooldown.days:
                until = day_start(day + cooldown.days, clock.zone)
                latest = until if latest is None else max(latest, until)
    return latest


def _made(rule: Cap | Spacing, rules: RuleSet, matter: Matter, moment: Moment, debt: str) -> Sequence[Counted]:
    """Return the contacts that count for the rule, by instant."""
    if Lift.MISDIRECTED in rule.lifts and Circumstance.WRONG_NUMBER in matter.known:
        return _count(rule, rules, matter, moment, debt)  # what is misdirected is learnt with time
    found = matter.counted.get((rule.id, debt))
    if found is None:
        found = matter.counted[rule.id, debt] = _count(rule, rules, matter, moment, debt)
    return found


def _count(rule: Cap | Spacing, rules: RuleSet, matter: Matter, moment: Moment, debt: str) -> list[Counted]:
    counted = COUNTED[rule.count]
    if rule.count is CountKind.DIRECT_CONTACT and rules.reading(Reading.DIRECT_CONTACT) == "two_way":
        counted = _BOTH_WAYS
    proposal, media = matter.proposal, rule.media
    same_recipient, same_medium = Per.RECIPIENT in rule.per, Per.CHANNEL in rule.per
    return [
        each
        for each in matter.recent
        if (past := each.past).outbound
        and past.medium in media
        and past.result in counted
        and (not debt or not past.debts or debt in past.debts)
        and (not same_recipient or past.recipient is proposal.recipient)
        and (not same_medium or past.medium is proposal.medium)
        and (not rule.places or past.place in rule.places)
        and past.purpose not in rule.exempt_purposes
        and not (rule.lifts and left_out(rule.lifts, past, debt, matter, moment))
    ]


def _keys(per: frozenset[Per], matter: Matter) -> Sequence[str]:
    """Return the debts for which is counted; "" stands for all of them together."""
    return (matter.proposal.debts or ("",)) if Per.DEBT in per else ("",)


def _shared(these: Sequence[str], those: Sequence[str]) -> bool:
    return not these or not those or any(each in those for each in these)


def _week(day: int) -> int:
    return (day - 1) // WEEK  # ordinal 1 was a Monday


def _first_day(made: Sequence[int], day: int, most: int, period: Period) -> int:
    """Return the first day from `day` on where one more contact fits, `made` being the sorted days of the others."""
    while True:
        if period.by_week:
            if sum(_week(each) == _week(day) for each in made) < most:
                return day
            day = (_week(day) + 1) * WEEK + 1
            continue
        before = bisect_right(made, day)
        if before == len(made):  # none later: only the period that ends on this day can be full
            return max(day, made[before - most] + period.days) if before >= most else day
        if not _overfilled(made, day, before, most, period.days):
            return day
        day += 1


def _overfilled(made: Sequence[int], day: int, before: int, most: int, days: int) -> bool:
    """Return whether some `days` in a row hold more than `most` contacts, one on `day` included."""
    for earlier in range(most + 1):
        first, last = before - earlier, before + most - earlier - 1
        if first < 0 or last >= len(made):
            continue
        if (made[last] if earlier < most else day) - (made[first] if earlier else day) < days:
            return True
    return False


def _first_day_of_media(made: Sequence[tuple[int, Medium]], day: int, most: int, period: Period, matter: Matter) -> int:
    """Return the first day from `day` on where the medium makes no more than `most` different ones."""
    own = matter.proposal.medium
    if not period.by_week and made[-1][0] <= day:  # none later: only the period that ends on this day can be too full
        last = {medium: when for when, medium in made if when > day - period.days and medium is not own}
        return day if len(last) < most else sorted(last.values(), reverse=True)[most - 1] + period.days
    while True:
        if period.by_week:
            first = _week(day) * WEEK + 1
            spans = [(first, first + WEEK - 1)]
        else:
            spans = [(first, first + period.days - 1) for first in range(day - period.days + 1, day + 1)]
        if all(
            len({own, *(medium for when, medium in made if first <= when <= last)}) <= most for first, last in spans
        ):
            return day
        day += 1
