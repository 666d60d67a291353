"""What the bodies of plans and promises mean, and sums of two currencies in one of them."""

from datetime import date
from typing import Any

import pytest
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money as WireMoney

from api.translate_case_command import command_of
from domain.case import commands
from domain.case.words import Every, Installment, PlanShape, Schedule
from domain.decider import Rejected
from domain.money import Money
from protos.escalera import v1 as pb
from tests.api.asking import euros
from tests.api.test_money_translation import STAMP, said

DAY, LATER = Date(year=2026, month=12, day=1), Date(year=2027, month=1, day=31)
MEANINGS: list[tuple[Any, commands.CaseCommand]] = [
    (
        pb.MakePromise(
            promise_id="a",
            amount=euros(30),
            due_date=LATER,
            installments=[
                pb.Installment(due_date=DAY, amount=euros(10)),
                pb.Installment(due_date=LATER, amount=euros(20)),
            ],
            tolerance=euros(0.5),
            group_id="g",
        ),
        commands.MakePromise(
            promise_id="a",
            amount=Money(3000, "EUR"),
            due_on=date(2027, 1, 31),
            installments=(
                Installment(due_on=date(2026, 12, 1), amount=Money(1000, "EUR")),
                Installment(due_on=date(2027, 1, 31), amount=Money(2000, "EUR")),
            ),
            tolerance_minor=50,
            group_id="g",
            **STAMP,
        ),
    ),
    (
        pb.AgreePlan(
            plan_id="p",
            schedule=pb.Schedule(
                shape=pb.PLAN_SHAPE_BALLOON,
                first_date=DAY,
                every=pb.EVERY_FORTNIGHT,
                count=12,
                down_payment=euros(10),
                down_date=DAY,
                balloon=euros(40),
                rate_percent="12",
            ),
            cure_days=5,
            tolerance=euros(1),
            reward=euros(2),
        ),
        commands.AgreePlan(
            plan_id="p",
            schedule=Schedule(
                shape=PlanShape.BALLOON,
                first_on=date(2026, 12, 1),
                every=Every.FORTNIGHT,
                count=12,
                down_minor=1000,
                down_on=date(2026, 12, 1),
                balloon_minor=4000,
                rate_percent="12",
            ),
            cure_days=5,
            tolerance_minor=100,
            reward_minor=200,
            currency="EUR",
            **STAMP,
        ),
    ),
    (
        pb.AgreePlan(
            plan_id="p", installments=[pb.Installment(due_date=DAY, amount=euros(11), interest=euros(1))], grace_days=2
        ),
        commands.AgreePlan(
            plan_id="p",
            installments=(Installment(due_on=date(2026, 12, 1), amount=Money(1100, "EUR"), interest=100),),
            grace_days=2,
            currency="EUR",
            **STAMP,
        ),
    ),
    (
        pb.AgreePlan(plan_id="p", schedule=pb.Schedule(shape=pb.PLAN_SHAPE_EQUAL, first_date=DAY, count=3)),
        commands.AgreePlan(
            plan_id="p", schedule=Schedule(shape=PlanShape.EQUAL, first_on=date(2026, 12, 1), count=3), **STAMP
        ),
    ),
]


@pytest.mark.parametrize(("body", "meant"), MEANINGS, ids=lambda value: type(value).__name__)
def test_a_body_means_its_command(body: Any, meant: commands.CaseCommand) -> None:
    assert command_of(body, said()) == meant


PESOS = WireMoney(currency_code="MXN", units=1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (pb.MakePromise(promise_id="a", amount=euros(1), due_date=DAY, tolerance=PESOS), "tolerance.currency_code"),
        (
            pb.AgreePlan(plan_id="p", installments=[pb.Installment(due_date=DAY, amount=euros(1))], reward=PESOS),
            "reward.currency_code",
        ),
        (
            pb.AgreePlan(
                plan_id="p",
                tolerance=euros(1),
                schedule=pb.Schedule(shape=pb.PLAN_SHAPE_CAPACITY, first_date=DAY, amount=PESOS),
            ),
            "schedule.amount.currency_code",
        ),
    ],
)
def test_sums_of_two_currencies_are_refused(body: Any, field: str) -> None:
    with pytest.raises(Rejected) as refusal:
        command_of(body, said())
    assert (refusal.value.reason, refusal.value.field) == ("CURRENCY_MISMATCH", field)


def test_a_day_that_is_none_is_refused_where_it_stands() -> None:
    body = pb.AgreePlan(
        plan_id="p", schedule=pb.Schedule(shape=pb.PLAN_SHAPE_EQUAL, first_date=Date(year=2026, month=2, day=30))
    )
    with pytest.raises(Rejected) as refusal:
        command_of(body, said())
    assert (refusal.value.reason, refusal.value.field) == ("DATE_INVALID", "schedule.first_date")
