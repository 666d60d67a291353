"""Permits under the laws that are shipped: by channel and week, across cases, countries, agents, agencies and clocks.

The house's own rules are left out, so that it is the law of the place that is seen to decide.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.book import RuleBook
from domain.compliance.words import Actor, Medium, Purpose, Recipient
from domain.decider import Decider, Rejected
from domain.person import PersonState, Unlawful, person_decider
from domain.person.commands import ChangePlace, LearnFact, NoteContact, PersonCommand, RegisterPerson, ReserveContact
from domain.person.events import ContactReserved, PersonEvent
from domain.person.words import Fact, FactTerms
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import BY, CASE_A, CASE_B, RULES, end, note, point

LAW = person_decider(RuleBook(rules for rules in RULES.rule_sets if not rules.id.startswith("house")), calendar_for)
COLLECTOR = frozenset((Actor.THIRD_PARTY_COLLECTOR,))
ZONES = {"CO": "America/Bogota", "CL": "America/Santiago", "PE": "America/Lima", "US-NY": "America/New_York"}


class Story:
    """One person, everything that happened to them, and what the law says to the next contact."""

    def __init__(
        self, country: str, zone: str = "", law: Decider[PersonState, PersonCommand, PersonEvent] = LAW
    ) -> None:
        self.law = law
        self.country = country
        self.zone = zone or ZONES[country]
        self.state: PersonState = law.initial
        self.number = 0
        born = datetime(2020, 1, 1, tzinfo=UTC)
        self.do(
            RegisterPerson(name="Ana", language="es", country=country, time_zone=self.zone, at=born, by=BY),
            point("e", Channel.EMAIL),
            point("s", Channel.SMS, "+573001234567"),
            point("w", Channel.WHATSAPP, "+573001234567"),
            point("p", Channel.PHONE, "+573001234567"),
            point("v", Channel.VISIT, "Calle 1"),
        )

    def do(self, *commands: PersonCommand) -> None:
        for command in commands:
            self.state = self.law.fold(self.law.decide(command, self.state), self.state)

    def at(self, text: str) -> datetime:
        """Return an instant on the person's clock."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def asks(self, channel: Channel, text: str, case: UUID = CASE_A, **terms: Any) -> ReserveContact:
        self.number += 1
        fields: dict[str, Any] = {"country": self.country, "actors": COLLECTOR, **terms}
        return ReserveContact(
            permit_id=f"P{self.number}", case_id=case, channel=channel, at=self.at(text), by=BY, **fields
        )

    def contact(
        self, channel: Channel, text: str, case: UUID = CASE_A, outcome: ContactOutcome | None = None, **terms: Any
    ) -> ContactReserved:
        """Reserve a contact that must be lawful, and say what became of it."""
        command = self.asks(channel, text, case, **terms)
        (reserved,) = self.law.decide(command, self.state)
        assert isinstance(reserved, ContactReserved)
        self.do(command)
        if outcome is not None:
            self.do(end(command.permit_id, outcome, command.at))
        return reserved

    def refused(self, channel: Channel, text: str, case: UUID = CASE_A, **terms: Any) -> tuple[str, str]:
        """Return the reason, and the rule that is told, of a contact that must not be lawful."""
        with pytest.raises(Rejected) as refusal:
            self.law.decide(self.asks(channel, text, case, **terms), self.state)
        return refusal.value.reason, refusal.value.detail.partition(":")[0]

    def again_at(self, channel: Channel, text: str, case: UUID = CASE_A, **terms: Any) -> str:
        """Return from when it is lawful, on the person's clock."""
        with pytest.raises(Rejected) as refusal:
            self.law.decide(self.asks(channel, text, case, **terms), self.state)
        assert refusal.value.accepted is not None
        return datetime.fromisoformat(refusal.value.accepted).astimezone(ZoneInfo(self.zone)).isoformat()[:16]


def test_colombia_one_channel_a_week_and_one_contact_a_day() -> None:
    ana = Story("CO")
    ana.contact(Channel.EMAIL, "2026-03-02T09:00")
    assert ana.refused(Channel.EMAIL, "2026-03-02T15:00") == ("CAP_REACHED", "co.ley2300.day1")
    assert ana.refused(Channel.SMS, "2026-03-04T09:00") == ("CAP_REACHED", "co.ley2300.onechannel")
    assert ana.again_at(Channel.SMS, "2026-03-04T09:00") == "2026-03-09T07:00"
    ana.contact(Channel.EMAIL, "2026-03-04T09:00")


def test_colombia_a_channel_over_which_nothing_was_sent_does_not_close_the_others() -> None:
    ana = Story("CO")
    ana.contact(Channel.EMAIL, "2026-03-02T09:00", outcome=ContactOutcome.REFUSED)
    ana.contact(Channel.SMS, "2026-03-02T09:05")


def test_colombia_hours_sundays_and_holidays() -> None:
    ana = Story("CO")
    assert ana.again_at(Channel.EMAIL, "2026-03-02T06:59") == "2026-03-02T07:00"
    assert ana.again_at(Channel.EMAIL, "2026-03-07T15:00") == "2026-03-09T07:00"
    assert ana.again_at(Channel.EMAIL, "2026-03-23T10:00") == "2026-03-24T07:00"  # Saint Joseph's Monday
    assert ana.refused(Channel.VISIT, "2026-03-02T10:00")[0] == "FORBIDDEN"


def test_chile_two_messages_a_week_with_two_days_between() -> None:
    ana = Story("CL")
    ana.contact(Channel.EMAIL, "2026-03-02T09:00")  # Monday
    assert ana.refused(Channel.SMS, "2026-03-03T09:00") == ("TOO_SOON", "cl.ley19496.remotegap")
    ana.contact(Channel.SMS, "2026-03-05T09:00")  # Thursday
    assert ana.refused(Channel.EMAIL, "2026-03-08T12:00") == ("CAP_REACHED", "cl.ley19496.remote2")
    assert ana.again_at(Channel.EMAIL, "2026-03-08T12:00") == "2026-03-09T00:00"
    ana.contact(Channel.PHONE, "2026-03-06T09:00", outcome=ContactOutcome.CONVERSATION)


def test_peru_nobody_is_called_on_a_saturday() -> None:
    ana = Story("PE")
    assert ana.refused(Channel.PHONE, "2026-03-07T10:00") == ("OUTSIDE_HOURS", "pe.cpdc.hours")
    assert ana.again_at(Channel.PHONE, "2026-03-07T10:00") == "2026-03-09T07:00"
    ana.contact(Channel.EMAIL, "2026-03-07T10:00")


def test_regulation_f_the_eighth_call_waits_for_the_eighth_day() -> None:
    ana = Story("US-NY")
    ana.contact(Channel.PHONE, "2026-04-01T09:00", outcome=ContactOutcome.NO_ANSWER)
    for hour in range(9, 15):
        ana.contact(Channel.PHONE, f"2026-04-07T{hour:02}:00", outcome=ContactOutcome.VOICEMAIL)
    assert ana.refused(Channel.PHONE, "2026-04-07T16:00") == ("CAP_REACHED", "us.regf.calls7")
    assert ana.again_at(Channel.PHONE, "2026-04-07T16:00") == "2026-04-08T08:00"
    ana.contact(Channel.PHONE, "2026-04-08T09:00")


def test_regulation_f_calls_that_got_no_line_do_not_count_and_those_not_known_do() -> None:
    ana = Story("US-NY")
    for minute in range(9):
        ana.contact(Channel.PHONE, f"2026-04-07T09:{minute:02}", outcome=ContactOutcome.BUSY)
    assert ana.contact(Channel.PHONE, "2026-04-07T10:00").grounds
    assert ana.refused(Channel.PHONE, "2026-04-07T11:00") == ("TOO_SOON", "us.regf.talked")  # it may be a conversation


def test_regulation_f_after_a_talk_the_debt_rests_for_seven_days_whoever_began_it() -> None:
    ana = Story("US-NY")
    spoke = note(
        "C1",
        ana.at("2026-08-14T09:00"),
        Direction.INBOUND,
        case_id=CASE_A,
        outcome=ContactOutcome.CONVERSATION,
        discussed=(CASE_A, CASE_B),
    )
    ana.do(spoke)
    for case in (CASE_A, CASE_B):
        assert ana.refused(Channel.PHONE, "2026-08-20T20:00", case) == ("TOO_SOON", "us.regf.talked")
        assert ana.again_at(Channel.PHONE, "2026-08-14T10:00", case) == "2026-08-21T08:00"
    ana.contact(Channel.PHONE, "2026-08-14T10:00", UUID(int=3))


def test_regulation_f_a_reply_may_be_answered_once() -> None:
    ana = Story("US-NY")
    ana.do(learn(Fact.INCONVENIENT_TIME, ana.at("2026-03-01T09:00"), hours="08:00-12:00"))
    assert ana.refused(Channel.EMAIL, "2026-03-02T09:00") == ("OUTSIDE_HOURS", "us.regf.told_time")
    wrote = {"channel": Channel.EMAIL, "outcome": ContactOutcome.REPLIED, "case_id": CASE_A}
    ana.do(note("C1", ana.at("2026-03-02T09:30"), Direction.INBOUND, **wrote))
    ana.contact(Channel.EMAIL, "2026-03-02T10:00", purpose=Purpose.REPLY)
    assert ana.refused(Channel.EMAIL, "2026-03-02T10:30", purpose=Purpose.REPLY)[0] == "OUTSIDE_HOURS"


def test_caps_hold_for_the_person_whichever_case_country_agent_or_agency() -> None:
    """Colombia counts by consumer: a Spanish creditor's case, another creditor's, and what an agent logs all count."""
    firsts: tuple[Callable[[Story], object], ...] = (
        lambda ana: ana.contact(Channel.EMAIL, "2026-03-02T09:00", CASE_B, country="ES"),
        lambda ana: ana.contact(
            Channel.EMAIL, "2026-03-02T09:00", CASE_B, actors=frozenset(Actor), creditor_id="other"
        ),
        lambda ana: ana.do(by_hand(ana, "2026-03-02T09:00")),
    )
    for first in firsts:
        ana = Story("CO")
        first(ana)
        assert ana.refused(Channel.EMAIL, "2026-03-02T15:00") == ("CAP_REACHED", "co.ley2300.day1")


def by_hand(ana: Story, text: str) -> NoteContact:
    return note("C1", ana.at(text), channel=Channel.EMAIL, outcome=ContactOutcome.DELIVERED)


def test_the_law_of_both_countries_holds() -> None:
    """Who moved to New York with a debt in Chile is protected by both."""
    ana = Story("US-NY")
    ana.contact(Channel.EMAIL, "2026-03-02T09:00", country="CL")
    assert ana.refused(Channel.EMAIL, "2026-03-03T09:00", country="CL") == ("TOO_SOON", "cl.ley19496.remotegap")
    ana.contact(Channel.EMAIL, "2026-03-03T09:00")
    assert ana.refused(Channel.PHONE, "2026-03-08T12:00", country="CL")[0] == "OUTSIDE_HOURS"  # Sunday there


def test_a_creditor_that_collects_for_itself_is_not_bound_by_regulation_f() -> None:
    ana = Story("US-NY")
    own = frozenset((Actor.ORIGINAL_CREDITOR,))
    with pytest.raises(Rejected, match="NO_RULES_APPLY"):
        LAW.decide(ana.asks(Channel.PHONE, "2026-04-07T09:00", actors=own), ana.state)
    unknown: frozenset[Actor] = frozenset()
    assert ana.refused(Channel.PHONE, "2026-04-07T06:00", actors=unknown)[1] == "us.regf.hours"


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("2026-03-08T07:30", "2026-03-08T08:00"),  # the night the clocks went forward
        ("2026-11-01T07:30", "2026-11-01T08:00"),  # and back
        ("2028-02-29T21:00", "2028-03-01T08:00"),
        ("2026-12-31T21:00", "2027-01-01T08:00"),
    ],
)
def test_hours_are_those_on_the_wall(asked: str, again: str) -> None:
    ana = Story("US-NY")
    assert ana.again_at(Channel.PHONE, asked) == again
    ana.contact(Channel.PHONE, again)


def test_seven_days_are_seven_dates_also_over_a_change_of_clocks_a_leap_day_and_new_year() -> None:
    for day in ("2026-03-06", "2026-10-30", "2028-02-27", "2026-12-29"):
        ana = Story("US-NY")
        ana.contact(Channel.PHONE, f"{day}T20:59", outcome=ContactOutcome.CONVERSATION)
        eighth = datetime.fromisoformat(day) + timedelta(days=7)
        last = eighth - timedelta(days=1)
        assert ana.refused(Channel.PHONE, f"{last.date()}T20:59") == ("TOO_SOON", "us.regf.talked")
        ana.contact(Channel.PHONE, f"{eighth.date()}T08:00")


def test_who_moves_takes_the_clock_and_the_law_of_the_new_place() -> None:
    ana = Story("US-NY")
    ana.contact(Channel.PHONE, "2026-03-02T09:00", outcome=ContactOutcome.BUSY)
    moved = ChangePlace(
        country="US-CA", time_zone="America/Los_Angeles", language="es", at=ana.at("2026-03-03T00:00"), by=BY
    )
    ana.do(moved)
    assert ana.refused(Channel.PHONE, "2026-03-03T09:00", country="") == ("OUTSIDE_HOURS", "us.regf.hours")
    assert ana.contact(Channel.PHONE, "2026-03-03T11:00", country="").grounds.zones == ("America/Los_Angeles",)  # type: ignore[union-attr]  # under rules
    ana.do(replace(moved, country="CO", time_zone="America/Bogota", at=ana.at("2026-03-04T00:00")))
    assert ana.refused(Channel.VISIT, "2026-03-05T09:00", country="")[1] == "co.ley2300.visit"


def test_numbers_of_other_places_close_the_hours_that_are_not_open_there() -> None:
    ana = Story("US-NY")
    ana.do(point("w2", Channel.WHATSAPP, "+12135550100", zones=("America/Los_Angeles",)))
    assert ana.again_at(Channel.EMAIL, "2026-03-02T09:00") == "2026-03-02T11:00"
    assert ana.contact(Channel.EMAIL, "2026-03-02T20:59").grounds.zones == ("America/Los_Angeles", "America/New_York")  # type: ignore[union-attr]  # under rules


def test_where_it_is_two_dates_at_once_the_rules_of_both_are_asked() -> None:
    """New York City's rule begins on 1 September: it is that day in Auckland when New York still has August."""
    for zones, asked in (((), {"us.regf"}), (("Pacific/Auckland",), {"us.regf", "us.nyc"})):
        ana = Story("US-NY-NYC", "America/New_York")
        ana.do(point("w2", Channel.WHATSAPP, "+12135550100", zones=zones))
        with pytest.raises(Unlawful) as refusal:
            LAW.decide(ana.asks(Channel.PHONE, "2026-08-31T23:00"), ana.state)
        assert {RULES.by_stamp(stamp).id for stamp in refusal.value.verdict.rule_sets} == asked


def test_consent_and_authorized_channels() -> None:
    ana = Story("CO")
    ana.do(learn(Fact.CHANNEL_AUTHORIZED, ana.at("2026-01-01T09:00"), channel=Channel.EMAIL))
    assert ana.refused(Channel.SMS, "2026-03-02T09:00")[0] == "NO_CONSENT"
    ana.contact(Channel.EMAIL, "2026-03-02T09:00")


def test_what_was_reserved_says_what_it_was() -> None:
    ana = Story("CO")
    reserved = ana.contact(
        Channel.WHATSAPP,
        "2026-03-02T09:00",
        recipient=Recipient.GUARANTOR,
        creditor_id="acme",
        content=frozenset(("amount",)),
    )
    grounds = reserved.grounds
    assert grounds is not None
    assert (grounds.medium, grounds.recipient, grounds.purpose) == (Medium.INSTANT_MESSAGE, "guarantor", "collect")
    assert (grounds.jurisdictions, grounds.actors, grounds.creditor_id) == (("CO",), tuple(COLLECTOR), "acme")
    assert (grounds.content, grounds.first) == (("amount",), True)
    again = ana.contact(Channel.WHATSAPP, "2026-03-03T09:00").grounds
    assert again is not None
    assert not again.first
    assert ana.contact(Channel.WHATSAPP, "2026-03-04T09:00", CASE_B).grounds.first  # type: ignore[union-attr]  # under rules
    assert ana.refused(Channel.WHATSAPP, "2026-03-05T09:00", recipient=Recipient.RELATIVE)[0] == "RECIPIENT_NOT_ALLOWED"


def learn(fact: Fact, at: datetime, **terms: Any) -> LearnFact:
    return LearnFact(fact=fact, source="call", terms=FactTerms(**terms), at=at, by=BY)
