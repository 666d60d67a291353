"""When a person may be contacted by the house's own rules: hours and caps, over all their cases and channels."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as with_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import local
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.person import PERSON as WITHOUT_RULES
from domain.person import Person, Unlawful, person_decider
from domain.person.commands import PersonCommand
from domain.person.events import ContactReserved
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import (
    CASE_B,
    PERSON,
    RULES,
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

TIME = ("OUTSIDE_HOURS", "CAP_REACHED")


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
def test_inside_the_hours_a_contact_is_allowed_and_carries_its_grounds(day: int, hour: float) -> None:
    (reserved,) = decide(reserve("P1", on(day, hour)), known())
    assert isinstance(reserved, ContactReserved)
    assert reserved.grounds is not None
    assert (reserved.point_id, reserved.rules) == ("e1", reserved.grounds.rule_sets[0])
    assert [RULES.by_stamp(stamp).id for stamp in reserved.grounds.rule_sets] == ["house"]
    assert (reserved.grounds.zones, reserved.grounds.closed_in) == (("America/Panama",), ())
    assert len(reserved.grounds.facts_digest) == 64


def test_a_refusal_by_the_rules_carries_the_whole_verdict() -> None:
    rejected = refused(reserve("P2", on(6)), known(reserve("P1", on(5))))
    assert isinstance(rejected, Unlawful)
    assert [denial.rule for denial in rejected.verdict.denials] == ["house.wk"]
    assert rejected.verdict.next_allowed == on(7, 8)
    assert [RULES.by_stamp(stamp).id for stamp in rejected.verdict.rule_sets] == ["house"]


def test_hours_are_those_of_the_persons_place() -> None:
    madrid = given(register(zone="Europe/Madrid", country="ES"), point())
    assert refused(reserve("P1", on(0, 14)), madrid).reason == "OUTSIDE_HOURS"  # 20:00 in Madrid
    assert len(decide(reserve("P1", on(0, 12.9)), madrid)) == 1


def test_nobody_is_contacted_on_a_holiday_of_their_country() -> None:
    good_friday = on(32)
    assert refused(reserve("P1", good_friday), known()).accepted == on(33, 8).isoformat()
    worked = person_decider(RULES, lambda _: calendar_for("nowhere"))
    assert worked.decide(reserve("P1", good_friday), known())


def test_where_no_rules_apply_nothing_is_allowed() -> None:
    with pytest.raises(Rejected, match="NO_RULES_APPLY"):
        WITHOUT_RULES.decide(reserve("P1", on()), known())
    elsewhere = RuleBook(rules for rules in RULES.rule_sets if rules.jurisdiction == "CO")
    with pytest.raises(Rejected, match="NO_RULES_APPLY"):
        person_decider(elsewhere, calendar_for).decide(reserve("P1", on()), known())


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


def test_a_contact_that_the_provider_refused_frees_its_place_and_an_unknown_one_keeps_it() -> None:
    unknown = known(reserve("P1", on(0)), end("P1", ContactOutcome.UNKNOWN))
    assert refused(reserve("P2", on(0, 15)), unknown).reason == "CAP_REACHED"
    for never_made in (ContactOutcome.REFUSED, ContactOutcome.EXPIRED):
        nothing_sent = known(reserve("P1", on(0)), end("P1", never_made))
        assert len(decide(reserve("P2", on(0, 15)), nothing_sent)) == 1
        sent_after_all = PERSON.fold(decide(end("P1", ContactOutcome.ACCEPTED), nothing_sent), nothing_sent)
        assert refused(reserve("P2", on(0, 15)), sent_after_all).reason == "CAP_REACHED"


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


@settings(max_examples=300)
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
            if rejected.reason in TIME:
                _is_allowed_then(state, command, rejected)
            continue
        assert PERSON.decide(command, PERSON.fold(events, state)) == ()
        freed |= {
            event.permit_id  # type: ignore[union-attr]  # ContactEnded
            for event in events
            if getattr(event, "outcome", None) in (ContactOutcome.REFUSED, ContactOutcome.EXPIRED)
        }
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
    assert refused(before, state).reason in TIME  # type: ignore[arg-type]


def _within_caps(contacts: list[datetime]) -> None:
    days = [contact.date() for contact in contacts]
    assert len(set(days)) == len(days), "twice in a day"
    for day in days:
        assert sum(0 <= (other - day).days < 7 for other in days) <= 3, "more than three in seven days"
    assert all(contact.weekday() < 6 and 8 <= contact.hour < 19 for contact in contacts)
