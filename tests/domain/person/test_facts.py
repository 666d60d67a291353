"""Facts with terms, opt-outs of one address, and what outcomes do to contact points."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.words import Recipient
from domain.person import Person
from domain.person.commands import GiveConsent, LearnFact, OptOut, PersonCommand, WithdrawFact
from domain.person.events import ContactEnded, ContactNoted, OptedOut, PersonEvent
from domain.person.words import Fact, FactTerms
from tests.domain.person.telling import (
    BY,
    CASE_A,
    CASE_B,
    PERSON,
    decide,
    end,
    known,
    note,
    on,
    phone,
    point,
    refused,
    reserve,
)


def learn(fact: Fact, fact_id: str = "", at: Any = None, **terms: Any) -> LearnFact:
    return LearnFact(
        fact=fact, source="call", fact_id=fact_id, terms=FactTerms(**terms), at=at if at is not None else on(-1), by=BY
    )


def person(*commands: PersonCommand) -> Person:
    state = known(*commands)
    assert isinstance(state, Person)
    return state


def test_facts_of_one_kind_are_told_apart_by_their_ids() -> None:
    mornings = learn(Fact.INCONVENIENT_TIME, "f1", hours="08:00-12:00")
    told = known(mornings)
    assert decide(replace(mornings, source="letter"), told) == ()
    assert refused(learn(Fact.INCONVENIENT_TIME, "f1", hours="08:00-13:00"), told).reason == (
        "FACT_EXISTS_WITH_OTHER_TERMS"
    )
    both = PERSON.fold(decide(learn(Fact.INCONVENIENT_TIME, "f2", days="mon"), told), told)
    withdrawn = WithdrawFact(fact=Fact.INCONVENIENT_TIME, reason="asked", fact_id="f1", at=on(), by=BY)
    assert refused(reserve("P1", on(1, 9)), both).reason == "OUTSIDE_HOURS"
    one = PERSON.fold(decide(withdrawn, both), both)
    assert len(decide(reserve("P1", on(1, 9)), one)) == 1
    assert refused(reserve("P2", on(7, 9)), one).reason == "OUTSIDE_HOURS"  # Monday
    assert decide(replace(withdrawn, fact_id="f9"), one) == ()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"days": "monday"}, "days"),
        ({"days": "mon-"}, "days"),
        ({"hours": "9-17"}, "hours"),
        ({"hours": "09:00"}, "hours"),
        ({"hours": "09:00-09:00"}, "hours"),
        ({"hours": "25:00-26:00"}, "hours"),
        ({"place": "car"}, "place"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(terms: dict[str, str], field: str) -> None:
    rejected = refused(learn(Fact.INCONVENIENT_TIME, **terms), known())
    assert (rejected.reason, rejected.field) == ("TERMS_INVALID", field)
    assert rejected.accepted


def test_terms_end_in_utc_and_name_points_that_are_known() -> None:
    assert refused(learn(Fact.MORATORIUM, until=on().replace(tzinfo=None)), known()).reason == "INSTANT_NOT_UTC"
    assert refused(learn(Fact.INCONVENIENT_TIME, point_id="e9"), known()).reason == "POINT_UNKNOWN"


def test_a_cease_notice_about_one_debt_stops_that_one_until_it_ends() -> None:
    ceased = known(learn(Fact.CEASE_REQUESTED, case_ids=(CASE_A,), until=on(10)))
    assert refused(reserve("P1", on(1)), ceased).reason == "CEASE_REQUESTED"
    assert len(decide(reserve("P1", on(1), case=CASE_B), ceased)) == 1
    assert len(decide(reserve("P1", on(10)), ceased)) == 1


def test_who_is_represented_is_spoken_to_through_their_attorney() -> None:
    represented = known(learn(Fact.REPRESENTED_BY_ATTORNEY))
    assert refused(reserve("P1", on()), represented).reason == "PERSON_REPRESENTED"
    assert len(decide(reserve("P1", on(), Channel.PHONE, recipient=Recipient.ATTORNEY), represented)) == 1


def test_an_opt_out_of_one_address_closes_it_under_every_id() -> None:
    two = known(point("e2", address="other@example.org"))
    out = PERSON.fold(decide(OptOut(channel=None, source="link", point_id="e2", at=on(), by=BY), two), two)
    (reserved,) = decide(reserve("P1", on(1)), out)
    assert getattr(reserved, "point_id", "") == "e1"
    again = PERSON.fold(PERSON.decide(point("e3", address="other@example.org"), out), out)
    assert refused(reserve("P1", on(1), point_id="e3"), again).reason == "OPTED_OUT"
    everywhere = known(OptOut(channel=Channel.EMAIL, source="link", point_id="e1", at=on(), by=BY))
    assert refused(reserve("P1", on(1)), everywhere).reason == "OPTED_OUT"
    assert (
        refused(OptOut(channel=Channel.SMS, source="x", point_id="e1", at=on(), by=BY), two).reason == "POINT_UNKNOWN"
    )
    consent = GiveConsent(channel=Channel.EMAIL, source="form", at=on(), by=BY)
    assert refused(consent, everywhere).reason == "CONSENT_OLDER_THAN_OPT_OUT"
    back = PERSON.fold(decide(replace(consent, at=on(1)), everywhere), everywhere)
    assert len(decide(reserve("P1", on(1)), back)) == 1


def test_a_contact_point_that_is_asked_for_must_be_the_persons_and_usable() -> None:
    state = known(phone(), phone(Channel.PHONE))
    assert refused(reserve("P1", on(), point_id="p-SMS"), state).reason == "POINT_UNKNOWN"
    assert refused(reserve("P1", on(), point_id="x"), state).reason == "POINT_UNKNOWN"
    wrong = known(phone(Channel.PHONE), reserve("P1", on(), Channel.PHONE), end("P1", ContactOutcome.WRONG_NUMBER))
    assert refused(reserve("P2", on(7), Channel.PHONE, point_id="p-PHONE"), wrong).reason == "NO_CONTACT_POINT"


@pytest.mark.parametrize(
    "outcome", [ContactOutcome.BOUNCED, ContactOutcome.WRONG_NUMBER, ContactOutcome.NOT_IN_SERVICE]
)
def test_a_contact_point_that_leads_nowhere_is_not_used_again(outcome: ContactOutcome) -> None:
    gone = known(reserve("P1", on(0)), end("P1", outcome))
    assert refused(reserve("P2", on(7)), gone).reason == "NO_CONTACT_POINT"
    mended = PERSON.fold(PERSON.decide(point("e2", address="new@example.org"), gone), gone)
    assert len(decide(reserve("P2", on(7)), mended)) == 1
    called = known(phone(Channel.PHONE), note("C1", on(), outcome=outcome, point_id="p-PHONE"))
    assert refused(reserve("P2", on(7), Channel.PHONE), called).reason == "NO_CONTACT_POINT"


def test_outcomes_that_change_nothing_here_are_not_recorded() -> None:
    reserved = known(reserve("P1", on(0)))
    for outcome in (
        ContactOutcome.ACCEPTED,
        ContactOutcome.SENT,
        ContactOutcome.DELIVERED,
        ContactOutcome.UNKNOWN,
        ContactOutcome.READ,
    ):
        assert decide(end("P1", outcome), reserved) == ()
    assert refused(end("P9", ContactOutcome.ACCEPTED), reserved).reason == "PERMIT_UNKNOWN"


def test_what_became_of_a_call_is_recorded_because_rules_ask_for_it() -> None:
    called = known(phone(Channel.PHONE), reserve("P1", on(0), Channel.PHONE))
    for outcome in (ContactOutcome.NO_ANSWER, ContactOutcome.BUSY, ContactOutcome.VOICEMAIL, ContactOutcome.HUNG_UP):
        assert decide(end("P1", outcome), called) == (ContactEnded(permit_id="P1", outcome=outcome, at=on()),)


def test_an_outcome_that_says_stop_closes_the_channel() -> None:
    reserved = known(phone(), reserve("P1", on(0), Channel.SMS))
    ended, opted_out = decide(end("P1", ContactOutcome.OPTED_OUT), reserved)
    assert isinstance(ended, ContactEnded)
    assert opted_out == OptedOut(channel=Channel.SMS, source="contact", at=on())
    out = PERSON.fold((ended, opted_out), reserved)
    assert refused(reserve("P2", on(7), Channel.SMS), out).reason == "OPTED_OUT"
    assert len(decide(reserve("P2", on(7)), out)) == 1
    noted, closed = decide(
        note("C1", on(0), Direction.INBOUND, channel=Channel.SMS, outcome=ContactOutcome.OPTED_OUT), known(phone())
    )
    assert isinstance(noted, ContactNoted)
    assert closed == opted_out


def test_a_channel_that_is_closed_is_not_closed_again() -> None:
    out = known(phone(), reserve("P1", on(0), Channel.SMS), OptOut(channel=None, source="letter", at=on(1), by=BY))
    assert [type(event) for event in decide(end("P1", ContactOutcome.OPTED_OUT), out)] == [ContactEnded]


def test_a_contact_of_others_is_told_in_the_words_of_the_rules() -> None:
    assert refused(note("C1", on(), recipient="neighbour"), known()).reason == "RECIPIENT_UNKNOWN"
    assert refused(note("C1", on(), purpose="fun"), known()).reason == "PURPOSE_UNKNOWN"
    assert refused(note("C1", on(), place="car"), known()).reason == "PLACE_UNKNOWN"


def test_a_contact_point_tells_where_the_person_may_be() -> None:
    number = point("p1", Channel.SMS, "+34600000000", zones=("Europe/Madrid", "Atlantic/Canary"), place="work")
    somewhere = person(number)
    assert somewhere.zones == ("America/Panama", "Atlantic/Canary", "Europe/Madrid")
    assert person(number, reserve("P1", on(0, 8.5), Channel.SMS), end("P1", ContactOutcome.BOUNCED)).zones == (
        "America/Panama",
    )
    assert refused(reserve("P1", on(0, 14), Channel.SMS), somewhere).reason == "OUTSIDE_HOURS"  # 20:00 in Madrid
    assert len(decide(reserve("P1", on(0, 8.5), Channel.SMS), somewhere)) == 1
    assert refused(replace(number, point_id="p2", zones=("Nowhere",)), somewhere).reason == "TIME_ZONE_UNKNOWN"
    assert refused(replace(number, point_id="p2", place="car"), somewhere).reason == "PLACE_UNKNOWN"


def test_folding_at_once_and_one_by_one_are_the_same() -> None:
    commands = (
        phone(Channel.PHONE),
        learn(Fact.PRIOR_CONSENT, "f", at=on(), channel=Channel.PHONE),
        OptOut(channel=Channel.SMS, source="x", at=on(), by=BY),
        OptOut(channel=None, point_id="e1", source="x", at=on(), by=BY),
        reserve("P1", on(0), Channel.PHONE),
        note("C1", on(2), discussed=(CASE_A,)),
        end("P1", ContactOutcome.WRONG_NUMBER),
        GiveConsent(channel=Channel.EMAIL, source="x", at=on(1), by=BY),
        WithdrawFact(fact=Fact.PRIOR_CONSENT, fact_id="f", reason="x", at=on(2), by=BY),
    )
    state = known()
    history: list[PersonEvent] = []
    for command in commands:
        events = decide(command, state)
        assert events
        before = repr(state)
        after = PERSON.fold(events, state)
        assert repr(state) == before
        state = after
        history += events
    assert PERSON.fold(history, known()) == state
    stepwise = known()
    for event in history:
        stepwise = PERSON.evolve(stepwise, event)
    assert stepwise == state
