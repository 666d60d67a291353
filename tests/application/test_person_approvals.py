"""A second person's word through the desks: who is forgotten by it has no key, also after a crash; what it opens."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from application.case_desk import PersonDesk
from application.erasure_desk import ErasureDesk
from application.export_desk import ExportFormat
from application.ports import EventStore
from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.case.commands import CloseCase
from domain.case.words import Closure
from domain.decider import Rejected
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_words import PersonWanted
from domain.person.commands import PersonCommand
from domain.person.erasure_words import BlockKind
from domain.person.identity import person_id
from domain.person.state import Person
from domain.person.words import ERASED
from infra.bounds import load_person_rules
from tests.application.test_erasure_desk import Interrupted, desk_on, forget, person_of
from tests.application.test_export_desk import exports_on
from tests.domain.person.approving import BEA, EXPORT, FORGET, SOL
from tests.house import BY, HandClock, House, asked

RULES = load_person_rules()


@pytest.fixture
def house(store: EventStore, clock: HandClock) -> House:
    """A house under the rules that are shipped."""
    return House(store, clock, approvals=RULES)


def ask(house: House, wanted: PersonWanted = FORGET) -> RequestPersonApproval:
    now = house.clock.now()
    return RequestPersonApproval(approval_id="a-1", wanted=wanted, expires_at=now + timedelta(days=7), at=now, by=BEA)


def give(house: House, by: str = SOL) -> GivePersonApproval:
    return GivePersonApproval(approval_id="a-1", at=house.clock.now(), by=by)


async def test_the_approval_forgets_and_destroys_the_key(house: House, clock: HandClock) -> None:
    person = await house.registered("p-1")
    desk = desk_on(house)
    waits = await desk.ask(person, ask(house), asked("ask", actor=BEA))
    assert (waits.forgotten, waits.blocks, "Ana Ruiz" in str(await house.store.read_stream(person))) == (
        False,
        (),
        True,
    )

    done = await desk.approve(person, give(house), asked("give", actor=SOL))

    assert (done.forgotten, done.blocks) == (True, ())
    assert (await house.happened(person))[2:] == [
        "PersonApprovalRequested",
        "PersonApprovalGiven",
        "ErasureRequested",
        "PersonForgotten",
    ]
    assert "Ana Ruiz" not in str(await house.store.read_stream(person))
    assert (await person_of(House(house.store, clock), person)).name == ERASED


async def test_a_key_that_a_crash_left_is_destroyed_by_approving_again(house: House) -> None:
    person = await house.registered("p-1")
    desk = desk_on(house)
    desk._forgetting = Interrupted(house.store)
    await desk.ask(person, ask(house), asked("ask", actor=BEA))
    with pytest.raises(OSError, match="no space"):
        await desk.approve(person, give(house), asked("give", actor=SOL))
    assert "Ana Ruiz" in str(await house.store.read_stream(person))

    again = await desk.approve(person, give(house), asked("give", actor=SOL))

    assert (again.forgotten, again.answer.repeated) == (True, True)
    assert "Ana Ruiz" not in str(await house.store.read_stream(person))
    assert (await house.happened(person)).count("PersonForgotten") == 1


async def test_a_case_that_was_opened_after_the_asking_stands_against_it(house: House, clock: HandClock) -> None:
    person = await house.registered("p-c-1", address="c-1@example.com")
    desk = desk_on(house)
    await desk.ask(person, ask(house), asked("ask", actor=BEA))
    case = await house.opened("c-1")
    foreseen = await desk.approve(person, give(house), asked("", actor=SOL, validate_only=True))

    refused = await desk.approve(person, give(house), asked("give", actor=SOL))

    assert [(each.kind, each.case_id) for each in refused.blocks] == [(BlockKind.CASE_OPEN, case)]
    assert foreseen.blocks == refused.blocks
    assert (await person_of(house, person)).name == "Ana Ruiz"
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=clock.at, by=BY), asked("close"))
    with pytest.raises(Rejected, match="APPROVAL_REQUIRED"):
        await desk.forget(person, replace(forget(house), by=SOL), asked("alone", actor=SOL))
    done = await desk.forget(person, replace(forget(house), by=BEA), asked("put off", actor=BEA))
    assert done.forgotten, "it was agreed, and nothing stands against it any more"


async def test_nobody_approves_before_what_stands_against_it_was_looked_at(house: House, clock: HandClock) -> None:
    await house.opened("c-1")
    person = person_id("acme", "p-c-1")
    late = Late(desk_on(house), house, person)

    refused = await late.desk.approve(person, give(house), asked("give", actor=SOL))

    assert late.asked
    assert not refused.forgotten
    assert (await house.happened(person))[-1] == "ErasureRefused"


class Late:
    """Somebody who asks in the moment in which another one approves, between the desk's look and its decision."""

    def __init__(self, desk: ErasureDesk, house: House, person: UUID) -> None:
        self.desk, self.asked = desk, False
        self._house, self._person, self._real = house, person, desk._persons
        desk._persons = self  # type: ignore[assignment]  # as far as it is used

    async def load(self, person: UUID) -> object:
        return await self._real.load(person)

    async def handle(self, person: UUID, command: PersonCommand, told: object) -> object:
        if not self.asked:
            self.asked = True
            other: PersonDesk = self._real
            await other.handle(person, ask(self._house), asked("ask", actor=BEA))
        return await self._real.handle(person, command, told)  # type: ignore[arg-type]  # what the desk was told


async def test_where_law_stands_against_it_whoever_asks_is_told_so_at_once(house: House) -> None:
    case = await house.opened("c-1")
    person = person_id("acme", "p-c-1")

    refused = await desk_on(house).ask(person, ask(house), asked("ask", actor=BEA))

    assert [(each.kind, each.case_id) for each in refused.blocks] == [(BlockKind.CASE_OPEN, case)]
    again = await desk_on(house).ask(person, ask(house), asked("ask", actor=BEA))
    assert (again.answer.repeated, again.blocks) == (True, refused.blocks)
    assert (await house.happened(person))[-2:] == ["ErasureRequested", "ErasureRefused"]


async def test_nobody_forgets_by_a_day_to_come(house: House, clock: HandClock) -> None:
    person = await house.registered("p-1")
    ahead = forget(house)
    clock.at -= timedelta(seconds=1)

    with pytest.raises(Rejected, match="FORGETTING_AHEAD"):
        await desk_on(house).forget(person, ahead, asked("forget"))


async def test_nothing_is_collected_for_whoever_may_not_have_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await house.registered("p-1")
    desk = exports_on(house)
    collected: list[UUID] = []
    monkeypatch.setattr(desk, "collect", lambda person_id, **_: collected.append(person_id))

    with pytest.raises(Rejected, match="APPROVAL_REQUIRED"):
        await desk.export(person, ExportFormat.JSON, asked("x-1", actor=BEA))

    assert not collected
    assert "PersonExported" not in await house.happened(person)


async def test_what_was_approved_is_handed_out_once_in_each_form_and_again_under_the_same_id(
    house: House, clock: HandClock
) -> None:
    person = await house.registered("p-1")
    erasures, desk = desk_on(house), exports_on(house)
    await erasures.ask(person, ask(house, EXPORT), asked("ask", actor=BEA))
    given = await erasures.approve(person, give(house), asked("give", actor=SOL))
    assert (given.forgotten, given.blocks) == (False, ())

    for request in ("x-1", "x-1"):
        file = await desk.export(person, ExportFormat.JSON, asked(request, actor=BEA))
        assert b"Ana Ruiz" in file.content
    with pytest.raises(Rejected, match="APPROVAL_REQUIRED"):
        await desk.export(person, ExportFormat.JSON, asked("x-2", actor=BEA))
    with pytest.raises(Rejected, match="APPROVAL_REQUIRED"):
        await desk.export(person, ExportFormat.JSON, asked("x-1", actor=SOL))
    assert (await house.happened(person)).count("PersonExported") == 1
    clock.at += timedelta(days=7)
    for request, form in (("x-1", ExportFormat.JSON), ("x-3", ExportFormat.PDF)):
        with pytest.raises(Rejected, match="APPROVAL_REQUIRED"):
            await desk.export(person, form, asked(request, actor=BEA))
    state, _ = await house.persons.load(person)
    assert isinstance(state, Person)
    assert state.approvals["a-1"].handed_out == {"JSON": "x-1"}


async def test_they_themselves_are_handed_out_to_without_anybody_s_word(house: House) -> None:
    person = await house.registered("p-1")

    file = await exports_on(house).export(person, ExportFormat.JSON, asked("x-1", actor="debtor:ana"))

    assert b"Ana Ruiz" in file.content


async def test_an_export_says_who_approved_what_was_handed_out_and_what_became_of_every_request(
    house: House, clock: HandClock
) -> None:
    person = await house.registered("p-1")
    erasures, desk, first = desk_on(house), exports_on(house), clock.at
    await erasures.ask(person, ask(house, EXPORT), asked("ask", actor=BEA))
    clock.at += timedelta(hours=1)
    await erasures.approve(person, give(house), asked("give", actor=SOL))
    await desk.export(person, ExportFormat.JSON, asked("x-1", actor=BEA))
    refused = RefuseApproval(approval_id="a-2", reason="NOT_THEM", at=clock.at, by=SOL)
    withdrawn = WithdrawApproval(approval_id="a-3", reason="MISTAKE", at=clock.at, by=BEA)
    for number, decision in ((2, refused), (3, withdrawn), (4, None)):
        request = replace(ask(house, FORGET), approval_id=f"a-{number}")
        await erasures.ask(person, request, asked(f"ask-{number}", actor=BEA))
        if decision is not None:
            await house.persons.handle(person, decision, asked(f"say-{number}", actor=decision.by))
    await desk.export(person, ExportFormat.JSON, asked("own", actor="debtor:ana"))

    found = await desk.collect(person)

    assert [(each.by, each.approval_id, each.approved_by) for each in found.handouts] == [
        (BEA, "a-1", SOL),
        ("debtor:ana", "", ""),
    ]
    assert [
        (each.approval_id, each.act, each.reason, each.state, each.decided_by, each.decision_reason)
        for each in found.requests
    ] == [
        ("a-1", "EXPORT", "ACCESS_REQUEST", "GIVEN", SOL, ""),
        ("a-2", "FORGET", "ASKED", "REFUSED", SOL, "NOT_THEM"),
        ("a-3", "FORGET", "ASKED", "WITHDRAWN", BEA, "MISTAKE"),
        ("a-4", "FORGET", "ASKED", "WAITING", "", ""),
    ]
    given, *_, waits = found.requests
    assert (given.asked_by, given.asked_at, given.decided_at) == (BEA, first, first + timedelta(hours=1))
    assert (given.formats, given.rule, given.approvers) == (EXPORT.formats, "export", ("admin", "legal", "supervisor"))
    assert (waits.decided_at, waits.erasure_id, waits.expires_at) == (None, "e-1", clock.at + timedelta(days=7))
    clock.at = waits.expires_at
    assert [each.state for each in (await desk.collect(person)).requests] == [
        "GIVEN", "REFUSED", "WITHDRAWN", "LAPSED",
    ]  # fmt: skip
