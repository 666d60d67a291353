"""A person's record: particulars, contact points, consent, facts."""

from dataclasses import replace

import pytest

from domain.case.words import Channel, ContactOutcome
from domain.person import Person
from domain.person.commands import (
    ChangePlace,
    GiveConsent,
    LearnFact,
    OptOut,
    PersonCommand,
    RemoveContactPoint,
    WithdrawFact,
)
from domain.person.identity import person_id
from domain.person.words import ERASED, Fact
from tests.domain.person.telling import (
    ADDRESS,
    BY,
    PERSON,
    decide,
    end,
    given,
    known,
    on,
    phone,
    point,
    refused,
    register,
    reserve,
)

REMOVE = RemoveContactPoint(point_id="e1", reason="moved", at=on(), by=BY)


def person(*commands: PersonCommand) -> Person:
    state = known(*commands)
    assert isinstance(state, Person)
    return state


def test_a_person_is_registered_once() -> None:
    registered = given(register())
    assert decide(register(), registered) == ()
    assert refused(register(name="Ana Roa"), registered).reason == "PERSON_EXISTS_WITH_OTHER_TERMS"


def test_a_registration_told_again_after_a_move_is_the_same_registration() -> None:
    moved = known(ChangePlace(country="PE", time_zone="America/Lima", language="es", at=on(), by=BY))
    assert decide(register(), moved) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "  "}, "NAME_INVALID"),
        ({"name": "A\nB"}, "NAME_INVALID"),
        ({"name": "A" * 201}, "NAME_INVALID"),
        ({"country": "Colombia"}, "COUNTRY_INVALID"),
        ({"language": "Spanish!"}, "LANGUAGE_INVALID"),
        ({"time_zone": "Bogota"}, "TIME_ZONE_UNKNOWN"),
    ],
)
def test_particulars_that_cannot_be_are_refused(change: dict[str, str], reason: str) -> None:
    assert refused(replace(register(), **change), PERSON.initial).reason == reason  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    "command", [point(), REMOVE, reserve("P1", on()), OptOut(channel=None, source="x", at=on(), by=BY)]
)
def test_nothing_is_recorded_about_somebody_unknown(command: PersonCommand) -> None:
    assert refused(command, PERSON.initial).reason == "PERSON_UNKNOWN"


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "ana.ruiz+debt@mail.example.com.co"),
        (Channel.EMAIL, "señora@correo.example"),
        (Channel.SMS, "+573001234567"),
        (Channel.PHONE, "+51987654321"),
        (Channel.LETTER, "Calle 1 # 2-3\nBogotá"),
    ],
)
def test_an_address_of_the_channels_shape_is_taken(channel: Channel, address: str) -> None:
    assert len(decide(point("x", channel, address), known())) == 1


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "ana"),
        (Channel.EMAIL, "ana@localhost"),
        (Channel.EMAIL, "ana@@example.org"),
        (Channel.EMAIL, ".ana@example.org"),
        (Channel.EMAIL, "ana@example.org\nBcc: all@example.org"),
        (Channel.EMAIL, "ana ruiz@example.org"),
        (Channel.EMAIL, "Ana <ana@example.org>"),
        (Channel.EMAIL, "ana@-example.org"),
        (Channel.EMAIL, f"{'a' * 65}@example.org"),
        (Channel.EMAIL, f"ana@{'a.' * 130}org"),
        (Channel.SMS, "3001234567"),
        (Channel.SMS, "+0573001234567"),
        (Channel.WHATSAPP, "+57 300 123 4567"),
        (Channel.PHONE, "+1234567890123456"),
        (Channel.PHONE, "+٥٧٣٠٠١٢٣٤٥٦"),
        (Channel.LETTER, "   "),
        (Channel.VISIT, "Calle 1\x00"),
        (Channel.LETTER, "C" * 501),
    ],
)
def test_an_address_of_another_shape_is_refused_and_never_repeated(channel: Channel, address: str) -> None:
    rejected = refused(point("x", channel, address), known())
    assert (rejected.reason, rejected.field) == ("ADDRESS_INVALID", "address")
    assert rejected.accepted
    assert address not in str(rejected)


def test_a_contact_point_keeps_its_id_and_a_removed_one_does_not_come_back() -> None:
    assert refused(point(address="other@example.org"), known()).reason == "POINT_EXISTS_WITH_OTHER_TERMS"
    assert refused(point(), known(REMOVE)).reason == "POINT_REMOVED"
    assert refused(point(name=""), known()).reason == "POINT_ID_MISSING"
    assert refused(replace(REMOVE, point_id="x"), known()).reason == "POINT_UNKNOWN"
    assert decide(REMOVE, known(REMOVE)) == ()


def test_the_newest_usable_point_of_a_channel_is_the_one_to_use() -> None:
    two = person(point("e2", address="new@example.org"), phone())
    assert two.point_for(Channel.EMAIL) == "e2"
    one = person(point("e2", address="new@example.org"), replace(REMOVE, point_id="e2"))
    assert one.point_for(Channel.EMAIL) == "e1"
    assert one.point_for(Channel.LETTER) is None


def test_an_erased_address_reaches_nobody() -> None:
    erased = [
        replace(event, **({"address": ERASED} if hasattr(event, "address") else {}))  # type: ignore[arg-type]  # as read
        for command in (register(), point())
        for event in PERSON.decide(command, PERSON.initial if command == register() else given(register()))
    ]
    state = PERSON.fold(erased)
    assert refused(reserve("P1", on()), state).reason == "NO_CONTACT_POINT"


def test_an_opt_out_closes_a_channel_until_a_later_consent() -> None:
    out = known(OptOut(channel=Channel.EMAIL, source="reply", at=on(1), by=BY))
    assert refused(reserve("P1", on(2)), out).reason == "OPTED_OUT"
    old = GiveConsent(channel=Channel.EMAIL, source="contract", at=on(1), by=BY)
    assert refused(old, out).reason == "CONSENT_OLDER_THAN_OPT_OUT"
    back = PERSON.fold(decide(replace(old, at=on(2)), out), out)
    assert len(decide(reserve("P1", on(2)), back)) == 1


def test_an_opt_out_of_everything_closes_every_channel_and_consent_opens_its_own() -> None:
    out = known(phone(), OptOut(channel=None, source="letter", at=on(), by=BY))
    for channel in Channel:
        assert refused(reserve("P1", on(1), channel), out).reason == "OPTED_OUT"
    sms = GiveConsent(channel=Channel.SMS, source="form", at=on(1), by=BY)
    back = PERSON.fold(decide(sms, out), out)
    assert len(decide(reserve("P1", on(1), Channel.SMS), back)) == 1
    assert refused(reserve("P2", on(3)), back).reason == "OPTED_OUT"
    assert decide(OptOut(channel=Channel.EMAIL, source="again", at=on(2), by=BY), out) == ()


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (Fact.DECEASED, "PERSON_DECEASED"),
        (Fact.REPRESENTED_BY_ATTORNEY, "PERSON_REPRESENTED"),
        (Fact.CEASE_REQUESTED, "CEASE_REQUESTED"),
        (Fact.BANKRUPT, "PERSON_BANKRUPT"),
        (Fact.MINOR, "PERSON_MINOR"),
        (Fact.VULNERABLE, None),
        (Fact.INCONVENIENT_AT_WORK, None),
    ],
)
def test_a_fact_stops_contact_until_it_is_withdrawn(fact: Fact, reason: str | None) -> None:
    learned = LearnFact(fact=fact, source="registry", at=on(), by=BY)
    told = known(learned)
    if reason is None:
        assert len(decide(reserve("P1", on()), told)) == 1
        return
    rejected = refused(reserve("P1", on()), told)
    assert (rejected.reason, rejected.accepted) == (reason, None)
    withdrawn = PERSON.fold(decide(WithdrawFact(fact=fact, reason="error", at=on(), by=BY), told), told)
    assert len(decide(reserve("P1", on()), withdrawn)) == 1


def test_an_instant_without_a_zone_is_refused() -> None:
    assert refused(replace(register(), at=on().replace(tzinfo=None)), PERSON.initial).reason == "INSTANT_NOT_UTC"


def test_a_refusal_says_nothing_personal() -> None:
    out = known(OptOut(channel=None, source="x", at=on(), by=BY))
    for rejected in (
        refused(reserve("P1", on()), out),
        refused(register(name="B"), out),
        refused(end("P9", ContactOutcome.READ), out),
    ):
        assert "Ana" not in str(rejected)
        assert ADDRESS not in str(rejected)


def test_a_person_has_one_id_for_one_owner_and_reference() -> None:
    assert person_id("acme", "c-1") == person_id("acme", "c-1")
    assert person_id("acme", "c-1") != person_id("acmec", "-1")
    # Fixed for ever: every id that was ever given out depends on it.
    assert str(person_id("acme", "c-1")) == "f1866cfd-4721-5dd9-879c-7cd9ecf65da1"
