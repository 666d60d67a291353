"""Everything about a person, handed out: complete, about nobody else, kept in the log, and empty once forgotten."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.contact_desk import Permitted, Wanted
from application.export_desk import ExportDesk, ExportFormat
from application.person_export import PersonExport
from application.request import Asked
from application.statement_desk import StatementDesk
from application.writer import nobody_told
from domain.case.commands import AddNote, AddObligor, CloseCase, RecordPayment
from domain.case.words import Channel, Closure, ContactOutcome, Direction, Obligor, Role
from domain.decider import Rejected
from domain.money import Money
from domain.person.commands import GiveConsent, LearnFact, NoteContact, OptOut, RemoveContactPoint, WithdrawFact
from domain.person.identity import person_id
from domain.person.words import Fact
from infra.person_exports import PersonExports
from infra.statements import StatementPages
from infra.templates.shelf import load_languages
from tests.application.reporting import BoundByLog
from tests.application.test_erasure_desk import desk_on, forget
from tests.house import BY, LAWS, HandClock, House, asked

SUPERVISOR = "supervisor:s-1"


def exports_on(house: House) -> ExportDesk:
    languages = load_languages()
    return ExportDesk(
        persons=house.persons,
        store=house.store,
        person_cases=BoundByLog(house.store),
        statements=StatementDesk(
            store=house.store,
            persons=house.persons,
            clock=house.clock,
            laws=LAWS,
            particulars_of=nobody_told,
            printer=StatementPages(languages, {}),
        ),
        erasures=desk_on(house),
        book=house.rules,
        printer=PersonExports(languages),
        clock=house.clock,
    )


async def a_life(house: House, clock: HandClock) -> tuple[UUID, UUID]:
    """Let things happen to a debtor, and to a guarantor of whom the debtor is not to read; return case and debtor."""
    case = await house.opened("c-1")
    person, other = person_id("acme", "p-c-1"), await house.registered("guarantor", address="g@example.com")
    clock.at += timedelta(hours=2)
    told: dict[str, Any] = {"at": clock.at, "by": BY}
    await house.persons.handle_all(
        person,
        (
            GiveConsent(channel=Channel.EMAIL, source="form", **told),
            OptOut(channel=Channel.SMS, source="call", **told),
            LearnFact(fact=Fact.VULNERABLE, source="call", **told),
            LearnFact(fact=Fact.E_CONSENT, fact_id="t", source="call", **told),
            WithdrawFact(fact=Fact.VULNERABLE, reason="", **told),
            NoteContact(
                contact_id="call-1",
                case_id=case,
                channel=Channel.PHONE,
                direction=Direction.INBOUND,
                outcome=ContactOutcome.CONVERSATION,
                **told,
            ),
        ),
        asked("life", actor="collector:c-1"),
    )
    await house.cases.handle_all(
        case,
        (
            AddObligor(obligor=Obligor(person_id=other, role=Role.GUARANTOR), **told),
            AddNote(note_id="n-1", person_id=person, text="prefers mornings", **told),
            AddNote(note_id="n-2", person_id=other, text="a secret of the guarantor", **told),
            RecordPayment(payment_id="pay-1", amount=Money(10_000, "EUR"), method="TRANSFER", **told),
        ),
        asked("notes", actor="collector:c-2"),
    )
    for whose in (person, other):
        wanted = Wanted(
            permit_id=f"{case}:{whose}", person_id=whose, channel=Channel.EMAIL, template="reminder", step_key=""
        )
        assert isinstance(await house.contacts.permit(case, wanted, asked("")), Permitted)
    return case, person


async def test_everything_about_a_person_is_in_it_and_nothing_about_others(house: House, clock: HandClock) -> None:
    case, person = await a_life(house, clock)

    found = await exports_on(house).collect(person)

    assert found.identity is not None
    assert (found.identity.name, found.language) == ("Ana Ruiz", "es-ES")
    assert [(each.point_id, each.address) for each in found.contact_points] == [("mail", "c-1@example.com")]
    assert [(each.given, each.channel) for each in found.wishes] == [(True, "EMAIL"), (False, "SMS")]
    assert [(each.fact, each.withdrawn_at is None) for each in found.facts] == [
        ("VULNERABLE", False),
        ("E_CONSENT", True),
    ]
    by_id = {each.contact_id: each for each in found.contacts}
    assert by_id["call-1"].direction == "INBOUND"
    mine = by_id[f"{case}:{person}"]
    assert {stamp.partition("@")[0] for stamp in mine.rule_sets} >= {"house", "es.lgdcu"}
    assert found.rules is not None
    assert all(found.rules[stamp] for stamp in mine.rule_sets)
    (told,) = found.cases
    assert (told.role, told.balance, told.paid, told.owed_today) == ("PRINCIPAL", 40_000, 10_000, 40_000)
    events = [each.event for each in told.events]
    assert events.count("NoteAdded") == events.count("ContactPermitted") == 1
    assert "ObligorAdded" not in events
    assert next(each.fields["text"] for each in told.events if each.event == "NoteAdded") == "prefers mornings"
    assert {each.actor for each in found.actors} >= {"collector:c-1", "collector:c-2", BY}
    assert [each.kind for each in found.kept_because] == ["CASE_OPEN"]
    everything = msgspec.json.encode(found)
    other = person_id("acme", "guarantor")
    for theirs in (b"a secret of the guarantor", b"g@example.com", str(other).encode()):
        assert theirs not in everything


async def test_an_address_on_a_channel_that_they_refused_is_not_in_use_until_they_agree_again(
    house: House, clock: HandClock
) -> None:
    person = await house.registered("p-1")
    desk = exports_on(house)
    seen: list[str] = []
    for command in (
        OptOut(channel=Channel.SMS, source="call", at=clock.at, by=BY),
        OptOut(channel=Channel.EMAIL, source="call", at=clock.at, by=BY),
        GiveConsent(channel=Channel.EMAIL, source="form", at=clock.at + timedelta(hours=1), by=BY),
    ):
        await house.persons.handle(person, command, asked(""))
        seen += [each.closed_by for each in (await desk.collect(person)).contact_points]
    assert seen == ["", "OPTED_OUT", ""]


@pytest.mark.parametrize("outcomes", [["SENT"], ["ACCEPTED"], ["ACCEPTED", "DELIVERED"], ["ACCEPTED", "BOUNCED"], []])
async def test_what_became_of_a_contact_is_what_its_case_knows(
    house: House, clock: HandClock, outcomes: list[str]
) -> None:
    case, person = await a_life(house, clock)
    for each in outcomes:
        outcome = ContactOutcome(each)
        await house.contacts.record_outcome(case, f"{case}:{person}", outcome=outcome, detail="", asked=asked(""))

    found = await exports_on(house).collect(person)

    (mine,) = (each for each in found.contacts if each.contact_id == f"{case}:{person}")
    assert mine.outcome == (outcomes[-1] if outcomes else "")


async def test_the_file_for_machines_reads_back_as_the_record(house: House, clock: HandClock) -> None:
    case, person = await a_life(house, clock)

    file = await exports_on(house).export(person, ExportFormat.JSON, asked("x-1", actor=SUPERVISOR), language="pt")

    assert (file.media_type, file.language) == ("application/json", "pt-BR")
    read = msgspec.json.decode(file.content, type=PersonExport)
    assert json.loads(file.content)["format"] == "person-export/1"
    words = {each.contact_id: each.in_words for each in read.contacts}
    assert words["call-1"] == "Você entrou em contato conosco."
    assert "a você, sobre a dívida" in words[f"{case}:{person}"]


async def test_that_it_was_handed_out_is_in_the_log_once_and_in_the_next_one(house: House, clock: HandClock) -> None:
    person = await house.registered("p-1")
    desk = exports_on(house)

    for _ in range(2):
        await desk.export(person, ExportFormat.PDF, asked("x-1", actor=SUPERVISOR), reason="ACCESS_REQUEST")

    assert (await house.happened(person)).count("PersonExported") == 1
    for other in (asked("x-1", actor="legal:l-1"), asked("x-1", actor=SUPERVISOR)):
        with pytest.raises(Rejected, match="EXPORT_EXISTS_WITH_OTHER_TERMS"):
            await desk.export(person, ExportFormat.JSON, other, reason="ACCESS_REQUEST")
    found = await desk.collect(person)
    assert [(each.by, each.format, each.reason) for each in found.handouts] == [(SUPERVISOR, "PDF", "ACCESS_REQUEST")]


async def test_a_point_that_was_removed_and_a_case_that_is_closed_are_in_it_too(house: House, clock: HandClock) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    removed = RemoveContactPoint(point_id="mail", reason="moved", at=clock.at, by=BY)
    await house.persons.handle(person, removed, asked("remove"))
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=clock.at, by=BY), asked("close"))

    found = await exports_on(house).collect(person)

    assert [(each.address, each.removed_at) for each in found.contact_points] == [("c-1@example.com", clock.at)]
    assert [(each.closure, each.stage) for each in found.cases] == [("WITHDRAWN", "CLOSED")]
    assert found.kept_because == ()


async def test_of_somebody_who_was_forgotten_there_is_nothing_to_hand_out(house: House, clock: HandClock) -> None:
    _, person = await a_life(house, clock)
    await desk_on(house).forget(person, forget(house, despite_open_cases=True), asked("forget"))
    desk = exports_on(house)

    for format_ in ExportFormat:
        file = await desk.export(person, format_, Asked(request_id=f"x-{format_}", actor=SUPERVISOR), language="es")
        for gone in (b"Ana", b"Ruiz", b"c-1@example", b"mornings"):
            assert gone not in file.content

    found = await desk.collect(person)
    assert (found.identity, found.cases, found.contacts, found.forgotten_at) == (None, (), (), clock.at)
