"""When somebody must be told that an action is soon barred: in the morning, 90, 30 and 7 days before, and at the end.

An alarm is for people and not for the debtor, so neither a hold nor an agreement nor a dispute puts it off. It follows
the clock: one that begins again, or is pushed, has other days, and alarms of its own.
"""

from datetime import datetime, time

from domain.calendar import add_days, at_local, local_day
from domain.case.limitation import ALARM_DAYS, AlarmKey, alarm_key, alarmed
from domain.case.limitation_view import limitation_of
from domain.case.state import Case
from domain.ladder import explain
from domain.ladder.owed import Due, RaiseAlarm
from domain.ledger.book import NO_LAWS, LawBook
from domain.limitation.clock import Clock

MORNING = time(9, 0)  # local time of the case


def next_alarm(case: Case, laws: LawBook, now: datetime) -> Due | None:
    """Return the alarm that is due first, now or later; None where nothing that is owed has a clock.

    Of the alarms of one clock that are due and were not raised, only the last counts: nobody needs to hear of the
    ninetieth day in the last week.
    """
    if laws is NO_LAWS:
        return None
    raised = alarmed(case)
    coming = [
        due
        for debt in limitation_of(case, laws, local_day(now, case.time_zone), owed_only=True)
        for each in debt.clocks
        for due in [_of_clock(case, debt.obligation_id, each, raised, now)]
        if due is not None
    ]
    return min(coming, key=lambda due: due.due_at, default=None)


def _of_clock(case: Case, obligation_id: str, clock: Clock, raised: frozenset[AlarmKey], now: datetime) -> Due | None:
    def morning(days_left: int) -> datetime:
        return at_local(add_days(clock.ends_on, -days_left), MORNING, case.time_zone)

    left = (clock.ends_on - local_day(now, case.time_zone)).days
    # Of those on this very day the hour decides; it is asked of no other, for this is looked at all the time.
    passed = [days for days in ALARM_DAYS if days > left or (days == left and morning(days) <= now)]
    for days_left in (*passed[-1:], *ALARM_DAYS[len(passed) :]):
        if alarm_key(obligation_id, clock.action, clock.ends_on, days_left) not in raised:
            action = RaiseAlarm(
                obligation_id=obligation_id, action=clock.action, ends_on=clock.ends_on, days_left=days_left
            )
            return Due(action=action, due_at=morning(days_left), why=explain.alarm(action))
    return None
