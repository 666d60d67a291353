"""Forgetting people through the desk: what cases still need, crashes on the way, a log that came out of a backup."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.contact_desk import Permitted, Refused, Wanted
from application.erasure_desk import ErasureDesk
from application.ports import Append, EventStore, Metadata, StreamWrite
from application.request import Asked
from domain.case import case_id
from domain.case.commands import AddNote, CloseCase, PlaceHold
from domain.case.events import NoteAdded
from domain.case.words import Channel, Closure, HoldReason, Scope
from domain.decider import Rejected
from domain.person.commands import ChangePlace, OptOut
from domain.person.erasure_commands import ForgetPerson
from domain.person.erasure_words import BlockKind, ErasureReason
from domain.person.identity import person_id
from domain.person.state import Person
from domain.person.words import ERASED
from domain.suspense.events import EntryMatched, EntryReceived
from tests.application.erasing import EntriesByLog
from tests.application.reporting import BoundByLog
from tests.house import BY, HandClock, House, asked
from tests.infra.codec.samples_suspense import SUSPENSE_SAMPLES


def desk_on(house: House) -> ErasureDesk:
    store: Any = house.store
    return ErasureDesk(
        persons=house.persons,
        store=house.store,
        person_cases=BoundByLog(house.store),
        entries=EntriesByLog(house.store),
        forgetting=store.forgetting,
        book=house.rules,
        clock=house.clock,
    )


def forget(house: House, **terms: Any) -> ForgetPerson:
    told: dict[str, Any] = {"erasure_id": "e-1", "reason": ErasureReason.ASKED} | terms
    return ForgetPerson(at=house.clock.now(), by=BY, **told)


def mail(case: UUID, person: UUID) -> Wanted:
    return Wanted(
        permit_id=f"{case}:1.mail:EMAIL",
        person_id=person,
        channel=Channel.EMAIL,
        template="reminder",
        step_key="1.mail",
    )


async def person_of(house: House, person: UUID) -> Person:
    state, _ = await house.persons.load(person)
    assert isinstance(state, Person)
    return state


async def test_whoever_owes_nothing_is_forgotten_in_the_log_and_in_memory(house: House, clock: HandClock) -> None:
    person = await house.registered("p-1")

    done = await desk_on(house).forget(person, forget(house), asked("forget"))

    assert (done.forgotten, done.blocks) == (True, ())
    assert await house.happened(person) == [
        "PersonRegistered",
        "ContactPointAdded",
        "ErasureRequested",
        "PersonForgotten",
    ]
    assert (await person_of(house, person)).name == ERASED
    anew = await person_of(House(house.store, clock), person)
    assert (anew.name, anew.points["mail"].address) == (ERASED, ERASED)
    assert (await person_of(house, person)) == anew


async def test_an_open_case_keeps_its_debtor_and_says_why(house: House) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")

    refused = await desk_on(house).forget(person, forget(house), asked("forget"))

    assert [(each.kind, each.case_id) for each in refused.blocks] == [(BlockKind.CASE_OPEN, case)]
    assert (refused.forgotten, refused.until) == (False, None)
    assert (await person_of(house, person)).name == "Ana Ruiz"
    again = await desk_on(house).forget(person, forget(house), asked("forget again"))
    assert again.blocks == refused.blocks
    assert (await house.happened(person))[2:] == ["ErasureRequested", "ErasureRefused"]


async def test_a_case_goes_on_without_a_contact_of_whoever_was_forgotten(house: House, clock: HandClock) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    await house.cases.handle(
        case, AddNote(note_id="n-1", person_id=person, text="works at night", at=clock.at, by=BY), asked("note")
    )
    clock.at += timedelta(hours=2)

    done = await desk_on(house).forget(person, forget(house, despite_open_cases=True), asked("forget"))

    assert done.forgotten
    wanted = Wanted(
        permit_id=f"{case}:1.mail:EMAIL",
        person_id=person,
        channel=Channel.EMAIL,
        template="reminder",
        step_key="1.mail",
    )
    answer = await house.contacts.permit(case, wanted, asked(""))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.next_allowed_at) == ("PERSON_FORGOTTEN", None)
    notes = [each.event for each in await house.store.read_stream(case) if isinstance(each.event, NoteAdded)]
    assert [note.text for note in notes] == [ERASED]
    for _ in range(3):
        clock.at += timedelta(days=20)
        await house.ladder.advance(case)
    assert house.post.messages == []
    assert "StageEntered" in await house.happened(case)


async def test_a_permit_that_was_given_before_sends_nothing_after(house: House, clock: HandClock) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    clock.at += timedelta(hours=2)
    wanted = Wanted(
        permit_id=f"{case}:1.mail:EMAIL",
        person_id=person,
        channel=Channel.EMAIL,
        template="reminder",
        step_key="1.mail",
    )
    assert isinstance(await house.contacts.permit(case, wanted, asked("")), Permitted)

    await desk_on(house).forget(person, forget(house, despite_open_cases=True), asked("forget"))
    await house.delivery.deliver(case, wanted.permit_id)

    assert house.post.messages == []
    assert (await house.happened(case))[-1] == "ContactOutcomeRecorded"


async def test_a_closed_case_held_for_a_court_keeps_its_debtor(house: House, clock: HandClock) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    hold = PlaceHold(
        hold_id="h-1",
        reason=HoldReason.LEGAL,
        scope=Scope.ALL,
        authority="Juzgado 7, 2026-11",
        from_at=clock.at,
        until=None,
        at=clock.at,
        by=BY,
    )
    await house.cases.handle(case, hold, asked("hold"))
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=clock.at, by=BY), asked("close"))

    refused = await desk_on(house).forget(person, forget(house), asked("forget"))

    assert [(each.kind, each.cite) for each in refused.blocks] == [(BlockKind.LEGAL_HOLD, "Juzgado 7, 2026-11")]


async def test_what_would_follow_is_told_without_doing_it(house: House) -> None:
    person = await house.registered("p-1")

    foreseen = await desk_on(house).forget(person, forget(house), asked("ask", validate_only=True))

    assert foreseen.forgotten
    assert (await person_of(house, person)).name == "Ana Ruiz"
    assert "PersonForgotten" not in await house.happened(person)


async def test_bank_entries_of_their_cases_are_forgotten_with_whoever_paid(house: House, clock: HandClock) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    received = next(each for each in SUSPENSE_SAMPLES if isinstance(each, EntryReceived))
    matched = EntryMatched(at=clock.at, case_id=case, payment_id=received.payment_id, by=BY)
    entry, other = UUID(int=5), UUID(int=6)
    writes = (
        StreamWrite(stream_id=entry, expected_version=0, events=(received, matched)),
        StreamWrite(stream_id=other, expected_version=0, events=(received,)),
    )
    await house.store.append(Append(writes=writes, metadata=Metadata(actor=BY), recorded_at=clock.at))

    await desk_on(house).forget(person, forget(house, despite_open_cases=True), asked("forget"))

    assert "ANA RUIZ" not in str(await house.store.read_stream(entry))
    assert "ANA RUIZ" in str(await house.store.read_stream(other))


class Interrupted:
    """A keyring whose key is not destroyed the first time."""

    def __init__(self, store: EventStore) -> None:
        self._real: Any = store.forgetting  # type: ignore[attr-defined]  # both stores have it
        self.left = 1

    def tell(self, listener: Any) -> None:
        self._real.tell(listener)

    async def lost(self) -> frozenset[UUID]:
        lost: frozenset[UUID] = await self._real.lost()
        return lost

    async def destroy(self, people: Any) -> None:
        if self.left:
            self.left -= 1
            raise OSError("no space left on device")
        await self._real.destroy(people)


async def test_a_key_that_a_crash_left_is_destroyed_by_asking_again(house: House, clock: HandClock) -> None:
    person = await house.registered("p-1")
    desk = desk_on(house)
    desk._forgetting = Interrupted(house.store)
    with pytest.raises(OSError, match="no space"):
        await desk.forget(person, forget(house), asked("forget"))
    assert (await person_of(House(house.store, clock), person)).name == ERASED  # what is folded knows it already
    assert "Ana Ruiz" in str(await house.store.read_stream(person))  # but the key is there

    done = await desk.forget(person, forget(house), asked("forget"))

    assert (done.forgotten, done.answer.repeated) == (True, True)
    assert "Ana Ruiz" not in str(await house.store.read_stream(person))
    assert (await house.happened(person)).count("PersonForgotten") == 1


async def test_nothing_more_is_asked_about_whoever_was_forgotten(house: House) -> None:
    person = await house.registered("p-1")
    await desk_on(house).forget(person, forget(house), asked("forget"))

    moved = ChangePlace(country="PE", time_zone="America/Lima", language="es", at=house.clock.now(), by=BY)
    with pytest.raises(Rejected, match="PERSON_FORGOTTEN"):
        await house.persons.handle(person, moved, asked("move"))
    stop = await house.persons.handle(
        person, OptOut(channel=None, source="link", at=house.clock.now(), by=BY), asked("stop")
    )
    assert stop.events == ()


async def test_who_is_not_in_the_log_that_a_backup_brought_back_is_told_there_again(
    house: House, clock: HandClock
) -> None:
    person, other = await house.registered("p-1"), await house.registered("p-2")
    desk = desk_on(house)
    lost = Interrupted(house.store)
    lost.left = 0
    desk._forgetting = lost
    await lost.destroy((person,))  # the ledger's doing, at the start

    async def of_ledger() -> frozenset[UUID]:
        return frozenset((person, case_id("acme", "nobody")))

    lost.lost = of_ledger  # type: ignore[method-assign]  # what a restored log has lost

    assert await desk.tell_again() == 1
    assert await desk.tell_again() == 0
    assert (await house.happened(person))[-1] == "PersonForgotten"
    assert (await person_of(house, other)).forgotten_at is None


async def test_the_same_request_id_is_the_same_request_though_cases_changed_meanwhile(
    house: House, clock: HandClock
) -> None:
    await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    command = forget(house)
    first = await desk_on(house).forget(person, command, asked("forget"))
    clock.at += timedelta(days=1)
    case = case_id("acme", "c-1")
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=clock.at, by=BY), asked("close"))

    again = await desk_on(house).forget(person, command, asked("forget"))
    anew = await desk_on(house).forget(person, replace(command, at=clock.at), Asked(request_id="new", actor=BY))

    assert (again.answer.repeated, again.answer.version) == (True, first.answer.version)
    assert anew.forgotten
