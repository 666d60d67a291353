"""One promise over several cases of a person: on all of them at once, or on none."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from application.joint_promise import JointPromise, JointPromises, JointShare, JointStanding, joint_standing
from application.ports import EventStore, RequestReused
from domain.case import case_id
from domain.case.commands import CancelPromise, JudgeAgreements, MakePromise, RecordPayment
from domain.case.events import PromiseMade
from domain.case.state import Case
from domain.decider import Rejected
from domain.money import Money
from tests.house import BY, START, HandClock, House, asked, opening

BY_APRIL = date(2026, 4, 10)


@pytest.fixture
def desk(house: House) -> JointPromises:
    return desk_of(house)


def desk_of(house: House) -> JointPromises:
    return JointPromises(cases=house.cases, store=house.store, clock=house.clock)


async def debtor(house: House, *minors: int, currency: str = "EUR") -> tuple[UUID, list[UUID]]:
    """Open a case of one person for each sum."""
    person = await house.registered()
    ids: list[UUID] = []
    for number, minor in enumerate(minors):
        command = opening(f"c-{number}", person, minor=minor)
        owed = tuple(replace(each, principal=Money(minor, currency)) for each in command.obligations)
        await house.cases.handle(
            case_id("acme", f"c-{number}"), replace(command, currency=currency, obligations=owed), asked()
        )
        ids.append(case_id("acme", f"c-{number}"))
    return person, ids


def joint(person: UUID, ids: list[UUID], minor: int | None, *shares: int | None) -> JointPromise:
    given = shares or (None,) * len(ids)
    return JointPromise(
        group_id="g",
        person_id=person,
        shares=tuple(
            JointShare(case_id=case, amount=None if share is None else Money(share, "EUR"))
            for case, share in zip(ids, given, strict=True)
        ),
        amount=None if minor is None else Money(minor, "EUR"),
        due_on=BY_APRIL,
    )


async def state(house: House, case: UUID) -> Case:
    found, _ = await house.cases.load(case)
    assert isinstance(found, Case)
    return found


async def refused(desk: JointPromises, wanted: JointPromise, request_id: str = "r-1") -> Rejected:
    with pytest.raises(Rejected) as refusal:
        await desk.make(wanted, asked(request_id))
    return refusal.value


async def test_a_sum_is_divided_by_what_is_owed_and_every_case_gets_its_part(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00, 300_01)
    answer = await desk.make(joint(person, ids, 100_00), asked("r-1"))
    assert [part.amount.minor for part in answer.parts] == [16_67, 33_33, 50_00]
    for case in ids:
        (made,) = [each.event for each in await house.store.read_stream(case) if isinstance(each.event, PromiseMade)]
        assert (made.group_id, made.promise_id, made.due_on) == ("g", "g", BY_APRIL)


async def test_all_parts_are_one_append(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    before = await house.store.position()
    answer = await desk.make(joint(person, ids, None, 10_00, 20_00), asked("r-1"))
    told = await house.store.read_log(before, 10)
    assert [each.stream_id for each in told] == ids
    assert answer.position == told[-1].position
    assert {each.metadata.request_id for each in told} == {"r-1"}


async def test_a_refusal_of_one_case_names_it_and_none_has_a_part(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    before = await house.store.position()
    refusal = await refused(desk, joint(person, ids, None, 10_00, 200_01))
    assert refusal.reason == "PROMISE_EXCEEDS_BALANCE"
    assert str(ids[1]) in refusal.detail
    assert refusal.accepted == "up to 200.00 EUR"
    assert await house.store.position() == before


async def test_the_same_request_is_answered_once_and_another_under_its_id_is_refused(
    house: House, desk: JointPromises
) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    first = await desk.make(joint(person, ids, 30_00), asked("r-1"))
    again = await desk.make(joint(person, ids, 30_00), asked("r-1"))
    assert (again.parts, again.position, again.repeated) == (first.parts, first.position, True)
    with pytest.raises(RequestReused):
        await desk.make(joint(person, ids, 31_00), asked("r-1"))


async def test_the_same_promise_under_another_request_has_been_made(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    first = await desk.make(joint(person, ids, 30_00), asked("r-1"))
    paid = RecordPayment(at=START, by=BY, payment_id="p", amount=Money(50_00, "EUR"))
    await house.cases.handle(ids[0], paid, asked())
    again = await desk.make(joint(person, ids, 30_00), asked("r-2"))
    assert [part.amount for part in again.parts] == [part.amount for part in first.parts]
    other = await refused(desk, joint(person, ids, 31_00), "r-3")
    assert other.reason == "PROMISE_EXISTS_WITH_OTHER_TERMS"


async def test_a_trial_records_nothing(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    before = await house.store.position()
    answer = await desk.make(joint(person, ids, 30_00), asked("r-1", validate_only=True))
    assert [part.amount.minor for part in answer.parts] == [10_00, 20_00]
    assert (answer.position, await house.store.position()) == (0, before)


async def test_who_is_not_bound_to_a_debt_promises_nothing_on_it(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00)
    other = await house.opened("other")
    refusal = await refused(desk, joint(person, [*ids, other], 30_00))
    assert refusal.reason == "PERSON_NOT_OBLIGOR"
    assert str(other) in refusal.detail


async def test_one_promise_is_in_one_currency(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00, currency="PEN")
    refusal = await refused(desk, joint(person, ids, 30_00))
    assert (refusal.reason, refusal.accepted) == ("CURRENCY_MISMATCH", "cases in PEN")


async def test_unsound_shares_are_refused_with_what_would_do(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    one, both = ids[:1], ids
    assert (await refused(desk, joint(person, one, 30_00))).accepted == "2 to 50 cases, each once"
    assert (await refused(desk, joint(person, [*one, *one], 30_00))).reason == "SHARES_INVALID"
    assert (await refused(desk, joint(person, both, 30_00, 10_00, None))).reason == "SHARES_INVALID"
    assert (await refused(desk, joint(person, both, None))).reason == "AMOUNT_MISSING"
    assert (await refused(desk, joint(person, both, 31_00, 10_00, 20_00))).accepted == "30.00 EUR"
    absent = joint(person, [*one, UUID(int=7)], 30_00)
    assert (await refused(desk, absent)).reason == "CASE_NOT_FOUND"


async def test_it_is_kept_when_every_part_is_and_partly_when_one_is(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    await desk.make(joint(person, ids, None, 10_00, 20_00), asked("r-1"))

    async def stands() -> JointStanding:
        return joint_standing([await state(house, case) for case in ids], "g")

    async def pay(case: UUID, minor: int) -> None:
        paid = RecordPayment(at=START, by=BY, payment_id="p", amount=Money(minor, "EUR"))
        await house.cases.handle(case, paid, asked())

    assert await stands() is JointStanding.OPEN
    await pay(ids[0], 10_00)
    assert await stands() is JointStanding.OPEN
    late = START + timedelta(days=60)
    await house.cases.handle(ids[1], JudgeAgreements(at=late, by=BY), asked())
    assert await stands() is JointStanding.PARTLY_KEPT
    await pay(ids[1], 20_00)  # it had been there in time
    assert await stands() is JointStanding.KEPT


async def test_it_is_broken_or_cancelled_as_a_whole(house: House, desk: JointPromises) -> None:
    person, ids = await debtor(house, 100_00, 200_00)
    await desk.make(joint(person, ids, 30_00), asked("r-1"))
    late = START + timedelta(days=60)
    cancel = CancelPromise(at=START, by=BY, promise_id="g", reason="MISTAKE")
    await house.cases.handle(ids[0], cancel, asked())
    await house.cases.handle(ids[1], JudgeAgreements(at=late, by=BY), asked())
    assert joint_standing([await state(house, case) for case in ids], "g") is JointStanding.BROKEN
    assert joint_standing([await state(house, ids[0])], "g") is JointStanding.CANCELLED
    with pytest.raises(Rejected, match="PROMISE_NOT_FOUND"):
        joint_standing([await state(house, ids[0])], "other")


async def test_rivals_on_one_of_its_cases_lose_nothing(store: EventStore, clock: HandClock) -> None:
    house, other = House(store, clock), House(store, clock)
    person, ids = await debtor(house, 100_00, 200_00)

    def rival(number: int) -> MakePromise:
        return MakePromise(at=START, by=BY, promise_id=f"x-{number}", amount=Money(1_00, "EUR"), due_on=BY_APRIL)

    rivals = [other.cases.handle(ids[number % 2], rival(number), asked()) for number in range(10)]
    both = asyncio.ensure_future(desk_of(house).make(joint(person, ids, 30_00), asked("r-1")))
    await asyncio.gather(*rivals)
    answer = await both
    assert len(answer.parts) == 2
    for case in ids:
        assert len((await state(house, case)).promises) == 6
