"""Plans computed before they are agreed, and promises over several cases, through the door."""

from typing import Any

from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import Door, refused

JAN_10 = Date(year=2027, month=1, day=10)
CLERK = (("x-escalera-actor", "collector:c-1"),)


def schedule(**changes: Any) -> pb.Schedule:
    told = {"shape": pb.PLAN_SHAPE_EQUAL, "first_date": JAN_10, "count": 3, "rate_percent": "12"}
    return pb.Schedule(**(told | changes))


async def compute(door: Door, terms: pb.Schedule) -> pb.ComputedPlan:
    plan: pb.ComputedPlan = await door.agreements.ComputePlan(
        pb.ComputePlanRequest(case_name=named(), schedule=terms), metadata=CLERK
    )
    return plan


async def test_what_is_computed_is_what_is_then_agreed_and_computing_records_nothing(door: Door) -> None:
    await door.open()
    before = await door.position()
    plan = await compute(door, schedule())
    assert await door.position() == before
    assert plan.owed == euros(100)
    assert sum(each.principal.units * 100 + each.principal.nanos // 10**7 for each in plan.installments) == 100_00
    assert plan.installments[-1].left == euros(0)
    await door.cases.AgreePlan(
        pb.AgreePlanRequest(request_id="a", case_name=named(), command=pb.AgreePlan(plan_id="a", schedule=schedule()))
    )
    agreed = (await door.case()).plans[0]
    told = [(each.due_date, each.amount, each.interest) for each in plan.installments]
    assert [(each.due_date, each.amount, each.interest) for each in agreed.installments] == told


async def test_a_schedule_that_cannot_be_is_refused_with_its_field_and_what_would_do(door: Door) -> None:
    await door.open()
    terms = schedule(shape=pb.PLAN_SHAPE_CAPACITY, count=0, amount=euros(0.5), rate_percent="60")
    refusal = await refused(compute(door, terms))
    assert (refusal.reason, refusal.fields) == ("CAPACITY_TOO_SMALL", ("schedule.amount",))
    assert refusal.metadata["accepted"].endswith("EUR or more")
    other = schedule(down_payment={"currency_code": "USD", "units": 5})
    assert (await refused(compute(door, other))).reason == "CURRENCY_MISMATCH"


async def two_cases(door: Door) -> list[pb.CommandResult]:
    """Open two cases of one person."""
    ana = [pb.Obligor(person=pb.PersonName(reference="P-1"))]
    return [await door.open(reference, obligors=ana) for reference in ("R-1", "R-2")]


def joint(*shares: pb.JointShare, **changes: Any) -> pb.MakeJointPromiseRequest:
    told = {
        "request_id": "j",
        "group_id": "g",
        "person": pb.PersonName(creditor_id="acme", reference="P-1"),
        "shares": shares or [pb.JointShare(case_name=named(each)) for each in ("R-1", "R-2")],
        "due_date": JAN_10,
    }
    return pb.MakeJointPromiseRequest(**(told | changes))


async def test_a_promise_over_two_cases_is_made_once_and_followed(door: Door) -> None:
    await two_cases(door)
    made = await door.agreements.MakeJointPromise(joint(amount=euros(30)), metadata=CLERK)
    assert [part.amount for part in made.parts] == [euros(15), euros(15)]
    again = await door.agreements.MakeJointPromise(joint(amount=euros(30)), metadata=CLERK)
    assert again.repeated
    assert [case.promises[0].group_id for case in (await door.case("R-1"), await door.case("R-2"))] == ["g", "g"]
    stands = await door.agreements.GetJointPromise(
        pb.GetJointPromiseRequest(group_id="g", case_names=[named("R-1"), named("R-2")], min_position=made.position)
    )
    assert (stands.standing, len(stands.parts)) == (pb.JOINT_STANDING_OPEN, 2)


async def test_a_trial_of_a_joint_promise_records_nothing(door: Door) -> None:
    await two_cases(door)
    before = await door.position()
    tried = await door.agreements.MakeJointPromise(joint(amount=euros(30), validate_only=True))
    assert (tried.validated_only, len(tried.parts), await door.position()) == (True, 2, before)


async def test_a_refusal_names_the_case_and_no_case_has_a_part(door: Door) -> None:
    _, second = await two_cases(door)
    shares = [
        pb.JointShare(case_name=named("R-1"), amount=euros(10)),
        pb.JointShare(case_name=named("R-2"), amount=euros(101)),
    ]
    refusal = await refused(door.agreements.MakeJointPromise(joint(*shares)))
    assert refusal.reason == "PROMISE_EXCEEDS_BALANCE"
    assert second.case_id in refusal.text
    assert not (await door.case("R-1")).promises


async def test_what_says_nowhere_how_much_is_refused(door: Door) -> None:
    await two_cases(door)
    refusal = await refused(door.agreements.MakeJointPromise(joint()))
    assert (refusal.reason, refusal.fields) == ("AMOUNT_MISSING", ("amount",))
