"""Caps, spacing and cooldowns: what is counted, in which days, for whom, and from when one more contact fits."""

import pytest

from domain.compliance.proposal import Known
from domain.compliance.rules import RuleSet
from domain.compliance.words import Circumstance, Medium, Place, Purpose, Recipient, Result
from tests.domain.compliance.judging import ask, at, call, contact, denied_by, rules


def cap(
    more: str = "", *, period: str = "rolling:7d", most: int = 2, per: str = '"debtor"', reading: str = ""
) -> RuleSet:
    """Return one cap over all media."""
    channels = "" if "channels" in more else 'channels = ["*"], '
    return rules(
        f'cap = {{ id = "c", {channels}per = [{per}], max = {most}, period = "{period}", {more} cite = "c" }}',
        header=reading,
    )


WEEK = [call("2026-04-01 10:00"), call("2026-04-03 10:00")]


def test_rolling_days_are_local_dates_and_the_first_of_them_falls_out_at_midnight() -> None:
    verdict = ask(cap(), "2026-04-07 23:00", contacts=WEEK)
    assert denied_by(verdict) == ["t.c"]
    assert verdict.next_allowed == at("2026-04-08 00:00")
    assert ask(cap(), "2026-04-08 00:00", contacts=WEEK).allowed


def test_the_days_are_those_of_the_person() -> None:
    """23:30 in Bogotá is the next day in UTC."""
    late = [call("2026-04-01 23:30"), call("2026-04-03 23:30")]
    assert ask(cap(), "2026-04-08 00:00", contacts=late).allowed


def test_with_several_zones_a_cap_holds_on_every_clock() -> None:
    zones = ("America/Bogota", "Pacific/Auckland")  # where it is 17 hours later after 5 April
    verdict = ask(cap(), "2026-04-07 09:00", contacts=WEEK, zones=zones)
    assert verdict.next_allowed == at("2026-04-09 00:00", "Pacific/Auckland") == at("2026-04-08 07:00")


def test_a_day_ends_at_midnight() -> None:
    day = cap(period="calendar:1d", most=1)
    assert ask(day, "2026-04-01 23:59", contacts=WEEK).next_allowed == at("2026-04-02 00:00")


def test_a_calendar_week_begins_on_monday() -> None:
    verdict = ask(cap(period="calendar:1w"), "2026-04-05 10:00", contacts=WEEK)
    assert verdict.next_allowed == at("2026-04-06 00:00")


@pytest.mark.parametrize(("week", "opens"), [("rolling", "2026-04-08 00:00"), ("calendar", "2026-04-06 10:00")])
def test_how_a_week_is_read_decides(week: str, opens: str) -> None:
    read = cap(period="week", reading=f'reading = {{ week = "{week}" }}')
    assert ask(read, "2026-04-06 10:00", contacts=WEEK).next_allowed == at(opens)


def test_later_contacts_fill_the_periods_around_a_proposal_too() -> None:
    """What is told late may not over-fill a week that began before it and goes on after it."""
    later = [call("2026-04-05 10:00"), call("2026-04-07 10:00")]
    verdict = ask(cap(), "2026-04-03 10:00", contacts=later)
    assert denied_by(verdict) == ["t.c"]
    assert verdict.next_allowed == at("2026-04-12 00:00")
    assert ask(cap(), "2026-03-31 10:00", contacts=later).allowed
    assert not ask(cap(), "2026-04-01 10:00", contacts=later).allowed


@pytest.mark.parametrize(
    ("count", "left_out"),
    [
        ("attempt", set()),
        ("connected", {Result.BUSY, Result.NOT_IN_SERVICE}),
        ("reachable", {Result.BUSY, Result.NOT_IN_SERVICE, Result.NO_VOICEMAIL_BOX}),
        ("direct_contact", set()),
    ],
)
def test_what_counts_is_what_the_rule_says_and_the_unknown_always_counts(count: str, left_out: set[Result]) -> None:
    counted = cap(f'count = "{count}",', most=1)
    allowed = {
        each for each in Result if ask(counted, "2026-04-02 10:00", contacts=[call("2026-04-01 10:00", each)]).allowed
    }
    assert allowed == left_out


def test_read_as_two_way_only_an_exchange_is_direct_contact() -> None:
    two_way = cap('count = "direct_contact",', most=1, reading='reading = { direct_contact = "two_way" }')
    counted = {
        each
        for each in Result
        if not ask(two_way, "2026-04-02 10:00", contacts=[call("2026-04-01 10:00", each)]).allowed
    }
    assert counted == {Result.PENDING, Result.REPLIED, Result.ANSWERED, Result.CONVERSATION}


def test_what_the_person_began_does_not_count() -> None:
    inbound = [call("2026-04-01 10:00", Result.CONVERSATION, outbound=False)]
    assert ask(cap(most=1), "2026-04-02 10:00", contacts=inbound).allowed


def test_counting_by_debt_recipient_channel_and_place() -> None:
    one = {"contacts": [call("2026-04-01 10:00", place=Place.HOME)]}
    assert ask(cap(per='"debt"', most=1), "2026-04-02 10:00", debts=("d2",), **one).allowed  # type: ignore[arg-type]
    assert not ask(cap(per='"debt"', most=1), "2026-04-02 10:00", debts=("d2", "d1"), **one).allowed  # type: ignore[arg-type]
    assert not ask(cap(most=1), "2026-04-02 10:00", debts=("d2",), **one).allowed  # type: ignore[arg-type]
    spouse = {"recipient": Recipient.SPOUSE}
    assert ask(cap(per='"recipient"', most=1), "2026-04-02 10:00", **one, **spouse).allowed  # type: ignore[arg-type]
    assert not ask(cap(most=1), "2026-04-02 10:00", **one, **spouse).allowed  # type: ignore[arg-type]
    assert ask(cap(per='"channel"', most=1), "2026-04-02 10:00", Medium.SMS, **one).allowed  # type: ignore[arg-type]
    at_work = cap('places = ["work"],', most=1)
    assert ask(at_work, "2026-04-02 10:00", place=Place.WORK, **one).allowed  # type: ignore[arg-type]
    worked = [call("2026-04-01 10:00", place=Place.WORK)]
    assert not ask(at_work, "2026-04-02 10:00", place=Place.WORK, contacts=worked).allowed
    assert ask(at_work, "2026-04-02 10:00", place=Place.HOME, contacts=worked).allowed


def test_a_contact_about_nobody_knows_which_debt_counts_for_each() -> None:
    assert not ask(cap(per='"debt"', most=1), "2026-04-02 10:00", contacts=[call("2026-04-01 10:00", debts=())]).allowed
    assert not ask(cap(per='"debt"', most=1), "2026-04-02 10:00", debts=(), contacts=WEEK).allowed


def test_other_media_in_a_week_are_too_many_channels() -> None:
    one_channel = cap('distinct = "channel",', most=1)
    used = [contact("2026-03-25 09:00", Medium.INSTANT_MESSAGE), contact("2026-03-26 09:00", Medium.INSTANT_MESSAGE)]
    assert ask(one_channel, "2026-03-27 09:00", Medium.INSTANT_MESSAGE, contacts=used).allowed
    assert ask(one_channel, "2026-03-27 09:00", contacts=used).next_allowed == at("2026-04-02 00:00")
    later = [contact("2026-03-30 09:00", Medium.EMAIL)]
    assert ask(one_channel, "2026-03-27 09:00", contacts=later).next_allowed == at("2026-04-06 00:00")
    two_channels = cap('distinct = "channel",', most=2)
    assert ask(two_channels, "2026-03-27 09:00", contacts=used).allowed
    three = [*used, contact("2026-03-26 12:00", Medium.SMS)]
    assert ask(two_channels, "2026-03-27 09:00", contacts=three).next_allowed == at("2026-04-02 00:00")


def test_of_three_other_media_the_second_but_last_must_fall_out() -> None:
    two_channels = cap('distinct = "channel",', most=2)
    used = [
        contact("2026-03-24 09:00", Medium.EMAIL),
        contact("2026-03-25 09:00", Medium.INSTANT_MESSAGE),
        contact("2026-03-27 09:00", Medium.SMS),
    ]
    assert ask(two_channels, "2026-03-28 09:00", contacts=used).next_allowed == at("2026-04-01 00:00")


def test_a_purpose_that_is_exempt_neither_counts_nor_is_counted() -> None:
    exempt = cap('exempt_purposes = ["fraud_alert"],', most=1)
    assert ask(exempt, "2026-04-02 10:00", contacts=WEEK, purpose=Purpose.FRAUD_ALERT).allowed
    warned = [call("2026-04-01 10:00", purpose=Purpose.FRAUD_ALERT)]
    assert ask(exempt, "2026-04-02 10:00", contacts=warned).allowed


def test_a_cap_may_hang_on_a_circumstance() -> None:
    consent = Known(kind=Circumstance.E_CONSENT, at=at("2026-04-02 00:00"))
    with_consent, without = cap('if_fact = "e_consent",'), cap('unless_fact = "e_consent",')
    assert ask(with_consent, "2026-04-04 10:00", contacts=WEEK).allowed
    assert not ask(with_consent, "2026-04-04 10:00", contacts=WEEK, known=(consent,)).allowed
    assert ask(without, "2026-04-04 10:00", contacts=WEEK, known=(consent,)).allowed
    assert not ask(without, "2026-04-04 10:00", contacts=WEEK).allowed


SPACED = 'spacing = { id = "gap", channels = ["sms", "email"], per = ["debtor"], days = 2, cite = "c" }'


@pytest.mark.parametrize(
    ("gap", "local", "opens"),
    [
        ("full_days", "2026-05-20 10:00", "2026-05-21 00:00"),
        ("full_days", "2026-05-21 00:00", None),
        ("elapsed", "2026-05-20 09:59", "2026-05-20 10:00"),
        ("elapsed", "2026-05-20 10:00", None),
    ],
)
def test_days_between_two_contacts(gap: str, local: str, opens: str | None) -> None:
    spaced = rules(SPACED, header=f'reading = {{ gap = "{gap}" }}')
    verdict = ask(spaced, local, Medium.EMAIL, contacts=[contact("2026-05-18 10:00", Medium.SMS)])
    assert denied_by(verdict) == ([] if opens is None else ["t.gap"])
    assert verdict.next_allowed == at(opens or local)


def test_a_contact_that_lies_just_after_is_as_near_as_one_before() -> None:
    verdict = ask(rules(SPACED), "2026-05-17 10:00", Medium.EMAIL, contacts=[contact("2026-05-18 10:00", Medium.SMS)])
    assert verdict.next_allowed == at("2026-05-21 00:00")
    assert ask(
        rules(SPACED), "2026-05-17 10:00", Medium.CALL, contacts=[contact("2026-05-18 10:00", Medium.SMS)]
    ).allowed


QUIET = rules(
    'cooldown = { id = "talked", channels = ["call", "rvm"], per = ["recipient", "debt"], after = "conversation",'
    ' days = 7, cite = "c" }'
)


def test_the_day_of_a_conversation_is_the_first_of_the_quiet_days() -> None:
    talked = [call("2026-08-14 10:00", Result.CONVERSATION)]
    verdict = ask(QUIET, "2026-08-20 10:00", contacts=talked)
    assert verdict.next_allowed == at("2026-08-21 00:00")
    assert ask(QUIET, "2026-08-14 09:00", contacts=talked).allowed
    assert ask(QUIET, "2026-08-15 09:00", Medium.SMS, contacts=talked).allowed
    assert not ask(QUIET, "2026-08-15 09:00", Medium.RINGLESS_VOICEMAIL, contacts=talked).allowed
    assert ask(QUIET, "2026-08-15 09:00", contacts=talked, recipient=Recipient.SPOUSE).allowed


def test_a_conversation_that_the_person_began_counts_too_and_for_each_debt_spoken_of() -> None:
    inbound = [call("2026-08-14 10:00", Result.CONVERSATION, outbound=False, debts=("d2",), discussed=("d2", "d1"))]
    assert not ask(QUIET, "2026-08-15 10:00", contacts=inbound).allowed
    assert ask(QUIET, "2026-08-15 10:00", contacts=inbound, debts=("d3",)).allowed
    other = [call("2026-08-14 10:00", Result.CONVERSATION, discussed=("d2",))]
    assert ask(QUIET, "2026-08-15 10:00", contacts=other).allowed


def test_a_call_whose_result_is_not_known_may_have_been_a_conversation_a_message_not() -> None:
    assert not ask(QUIET, "2026-08-15 10:00", contacts=[call("2026-08-14 10:00", Result.PENDING)]).allowed
    voicemail = [contact("2026-08-14 10:00", Medium.RINGLESS_VOICEMAIL, Result.PENDING)]
    assert ask(QUIET, "2026-08-15 10:00", contacts=voicemail).allowed
