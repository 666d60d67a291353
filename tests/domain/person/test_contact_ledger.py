"""When a person may be contacted: hours, caps and distance, over all their cases and channels."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as with_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import local
from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import Rejected
from domain.person import PERSON, POLICY_ID, STRICT, Person, person_decider
from domain.person.commands import PersonCommand
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import (
    CASE_B,
    decide,
    end,
    given,
    known,
    note,
    on,
    phone,
    point,
    refused,
    register,
    reserve,
)


@pytest.mark.parametrize(
    ("day", "hour", "next_day", "next_hour"),
    [
        (0, 7.99, 0, 8),  # Monday before 8
        (0, 19, 1, 8),
        (4, 19, 5, 8),  # Friday evening: Saturday
        (5, 15, 7, 8),  # Saturday afternoon: Monday
        (6, 12, 7, 8),  # Sunday
    ],
)
def test_outside_the_hours_the_refusal_says_when_they_begin(
    day: int, hour: float, next_day: int, next_hour: int
) -> None:
    rejected = refused(reserve("P1", on(day, hour)), known())
    assert (rejected.reason, rejected.accepted) == ("OUTSIDE_HOURS", on(next_day, next_hour).isoformat())
    assert len(decide(reserve("P1", on(next_day, next_hour)), known())) == 1


@pytest.mark.parametrize(("day", "hour"), [(0, 8), (0, 18.99), (5, 8), (5, 14.99)])
def test_inside_the_hours_a_contact_is_allowed_and_carries_the_rules_that_allowed_it(day: int, hour: float) -> None:
    (reserved,) = decide(reserve("P1", on(day, hour)), known())
    assert getattr(reserved, "rules", "") == POLICY_ID == STRICT.policy_id
    assert getattr(reserved, "point_id", "") == "e1"


def test_hours_are_those_of_the_persons_place() -> None:
    madrid = given(register(zone="Europe/Madrid", country="ES"), point())
    assert refused(reserve("P1", on(0, 14)), madrid).reason == "OUTSIDE_HOURS"  # 20:00 in Madrid
    assert len(decide(reserve("P1", on(0, 12.9)), madrid)) == 1


def test_nobody_is_contacted_on_a_holiday_of_their_country() -> None:
    bound = person_decider(calendar_of=calendar_for)
    holy_thursday = on(31)
    with pytest.raises(Rejected) as refusal:
        bound.decide(reserve("P1", holy_thursday), known())
    assert refusal.value.accepted == on(33, 8).isoformat()  # Thursday and Friday are holidays, Saturday is not


def test_one_contact_a_day_over_all_cases_and_channels() -> None:
    once = known(phone(), reserve("P1", on(0, 9)))
    rejected = refused(reserve("P2", on(0, 15), Channel.SMS, CASE_B), once)
    assert (rejected.reason, rejected.accepted) == ("CAP_REACHED", on(1, 8).isoformat())


def test_three_contacts_in_seven_days() -> None:
    thrice = known(reserve("P1", on(0)), reserve("P2", on(1)), reserve("P3", on(2)))
    rejected = refused(reserve("P4", on(3)), thrice)
    assert (rejected.reason, rejected.accepted) == ("CAP_REACHED", on(7, 8).isoformat())
    assert len(decide(reserve("P4", on(7, 9)), thrice)) == 1


def test_commands_that_come_out_of_order_count_with_what_comes_after_them() -> None:
    """Days 3, 4 and 7 are reserved: day 1 would be the fourth of the days 1 to 7, day 0 is the third of 0 to 6."""
    later = known(*(reserve(f"P{day}", on(day, 14)) for day in (3, 4, 7)))
    assert refused(reserve("P1", on(1, 14)), later).reason == "CAP_REACHED"
    assert len(decide(reserve("P0", on(0, 14)), later)) == 1
    morning = known(reserve("P1", on(1, 8)))
    assert refused(reserve("P0", on(0, 18)), morning).reason == "TOO_SOON"


def test_contacts_keep_their_distance_over_midnight() -> None:
    evening = known(reserve("P1", on(0, 18)))
    rejected = refused(reserve("P2", on(1, 8)), evening)
    assert (rejected.reason, rejected.accepted) == ("TOO_SOON", on(1, 10).isoformat())


def test_a_contact_that_the_provider_refused_frees_its_place_and_an_unknown_one_keeps_it() -> None:
    unknown = known(reserve("P1", on(0)), end("P1", ContactOutcome.UNKNOWN))
    assert refused(reserve("P2", on(0, 15)), unknown).reason == "CAP_REACHED"
    nothing_sent = known(reserve("P1", on(0)), end("P1", ContactOutcome.REFUSED))
    assert len(decide(reserve("P2", on(0, 15)), nothing_sent)) == 1
    sent_after_all = PERSON.fold(decide(end("P1", ContactOutcome.ACCEPTED), nothing_sent), nothing_sent)
    assert refused(reserve("P2", on(0, 15)), sent_after_all).reason == "CAP_REACHED"


def test_outcomes_that_change_nothing_here_are_not_recorded() -> None:
    reserved = known(reserve("P1", on(0)))
    for outcome in (ContactOutcome.ACCEPTED, ContactOutcome.DELIVERED, ContactOutcome.UNKNOWN, ContactOutcome.READ):
        assert decide(end("P1", outcome), reserved) == ()
    assert refused(end("P9", ContactOutcome.ACCEPTED), reserved).reason == "PERMIT_UNKNOWN"


def test_an_address_that_bounced_is_not_used_again() -> None:
    bounced = known(reserve("P1", on(0)), end("P1", ContactOutcome.BOUNCED))
    assert refused(reserve("P2", on(7)), bounced).reason == "NO_CONTACT_POINT"
    mended = PERSON.fold(PERSON.decide(point("e2", address="new@example.org"), bounced), bounced)
    assert len(decide(reserve("P2", on(7)), mended)) == 1


def test_what_happened_without_us_counts_and_what_the_person_began_does_not() -> None:
    called = known(note("C1", on(0, 8)))
    assert refused(reserve("P1", on(0, 18)), called).reason == "CAP_REACHED"
    wrote_to_us = known(note("C1", on(0, 8), Direction.INBOUND))
    assert len(decide(reserve("P1", on(0, 18)), wrote_to_us)) == 1
    assert refused(note("C1", on(1)), called).reason == "CONTACT_EXISTS_WITH_OTHER_TERMS"


def test_a_permit_is_for_one_contact() -> None:
    reserved = known(phone(), reserve("P1", on(0)))
    assert decide(reserve("P1", on(3)), reserved) == ()
    assert refused(reserve("P1", on(3), Channel.SMS), reserved).reason == "PERMIT_EXISTS_WITH_OTHER_TERMS"
    assert refused(reserve("P1", on(3), case=CASE_B), reserved).reason == "PERMIT_EXISTS_WITH_OTHER_TERMS"


def test_rules_that_are_not_in_force_permit_nothing() -> None:
    rejected = refused(reserve("P1", on(0), rules="strict-0@0000"), known())
    assert (rejected.reason, rejected.accepted) == ("RULES_NOT_IN_FORCE", POLICY_ID)
    assert len(decide(reserve("P1", on(0), rules=POLICY_ID), known())) == 1


def test_the_id_of_the_rules_changes_with_their_terms() -> None:
    others = [
        replace(STRICT, a_day_max=2),
        replace(STRICT, a_span_max=4),
        replace(STRICT, span_days=8),
        replace(STRICT, apart=timedelta(hours=1)),
        replace(STRICT, on_holidays=True),
        replace(STRICT, hours=(*STRICT.hours[:6], (time(9), time(10)))),
    ]
    assert len({STRICT.policy_id, *(other.policy_id for other in others)}) == len(others) + 1


# ── whatever is asked, in whatever order

MINUTES = st.integers(0, 21 * 24 * 60)


@st.composite
def asked(draw: st.DrawFn) -> PersonCommand:
    at = on(0, 0) + timedelta(minutes=draw(MINUTES))
    permit = f"P{draw(st.integers(0, 30))}"
    if draw(st.integers(0, 4)) == 0:
        return end(permit, draw(st.sampled_from(list(ContactOutcome))), at)
    channel = draw(st.sampled_from((Channel.EMAIL, Channel.SMS)))
    return reserve(permit, at, channel, CASE_B if draw(st.booleans()) else reserve(permit, at).case_id)


@settings(max_examples=300, deadline=None)
@with_any(st.lists(asked(), max_size=60), st.booleans())
def test_caps_are_never_exceeded_and_nobody_is_starved(commands: list[PersonCommand], in_order: bool) -> None:
    if in_order:
        commands = sorted(commands, key=lambda command: command.at)
    state = known(phone(), point("e2", address="b@example.org"), point("e3", address="c@example.org"))
    freed: set[str] = set()
    for command in commands:
        # What was told to have been sent after all was sent, whatever the caps say: no decision can undo it.
        if command.__class__.__name__ == "EndContact" and getattr(command, "permit_id", "") in freed:
            continue
        try:
            events = PERSON.decide(command, state)
        except Rejected as rejected:
            if rejected.reason in ("OUTSIDE_HOURS", "CAP_REACHED", "TOO_SOON"):
                _is_allowed_then(state, command, rejected)
            continue
        assert PERSON.decide(command, PERSON.fold(events, state)) == ()
        freed |= {event.permit_id for event in events if getattr(event, "outcome", None) is ContactOutcome.REFUSED}  # type: ignore[union-attr]  # ContactEnded
        state = PERSON.fold(events, state)
        assert isinstance(state, Person)
        _within_caps([local(at, state.time_zone) for at in state.contacted_at()])


def _is_allowed_then(state: object, command: PersonCommand, rejected: Rejected) -> None:
    """Waiting helps, and not for long: the instant that the refusal names is granted, and is the first."""
    assert rejected.accepted is not None
    at = datetime.fromisoformat(rejected.accepted)
    assert command.at < at <= command.at + timedelta(days=30)
    again = reserve("again", at, getattr(command, "channel", Channel.EMAIL))
    assert PERSON.decide(again, state)  # type: ignore[arg-type]  # a person
    before = reserve("again", max(command.at, at - timedelta(minutes=1)), getattr(command, "channel", Channel.EMAIL))
    assert refused(before, state).reason in ("OUTSIDE_HOURS", "CAP_REACHED", "TOO_SOON")  # type: ignore[arg-type]


def _within_caps(contacts: list[datetime]) -> None:
    days = [contact.date() for contact in contacts]
    assert len(set(days)) == len(days), "twice in a day"
    for day in days:
        assert sum(0 <= (other - day).days < 7 for other in days) <= 3, "more than three in seven days"
    assert all(later - earlier >= STRICT.apart for earlier, later in pairwise(contacts))
    assert all(contact.weekday() < 6 and 8 <= contact.hour < 19 for contact in contacts)
