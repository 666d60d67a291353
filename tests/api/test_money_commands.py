"""The commands about terms, offers and limitation through the door: asked, repeated, tried, refused, and shown."""

from collections.abc import Sequence
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import MONDAY, SUPERVISOR, Door, refused

CLERK = (("x-escalera-actor", "collector:c-1"),)
DAY, LATER = Date(year=2026, month=12, day=10), Date(year=2027, month=1, day=31)
PAST = Date(year=2026, month=11, day=2)
EXPIRES = Timestamp(seconds=int(MONDAY.timestamp()) + 5 * 86_400)


async def ask(door: Door, body: Any, *, request_id: str = "", by: Any = CLERK, **more: Any) -> pb.CommandResult:
    """Send a body to the RPC that has its name, as a collector unless somebody else is named."""
    name = type(body).__name__
    request = getattr(pb, f"{name}Request")(
        request_id=request_id or f"r-{name}", case_name=named(), command=body, **more
    )
    result: pb.CommandResult = await getattr(door.cases, name)(request, metadata=by)
    return result


def offer(offer_id: str = "o", amount: float = 60) -> pb.OfferSettlement:
    return pb.OfferSettlement(offer_id=offer_id, amount=euros(amount), pay_by_date=DAY, expire_time=EXPIRES)


def plan(**schedule: Any) -> pb.AgreePlan:
    told = {"shape": pb.PLAN_SHAPE_EQUAL, "first_date": DAY, "count": 4}
    return pb.AgreePlan(plan_id="pl", cure_days=5, schedule=pb.Schedule(**(told | schedule)))


TERMS = pb.RecordTerms(
    terms_id="t",
    nature=pb.NATURE_CONSUMER,
    rates=[pb.AgreedRate(component=pb.COMPONENT_LATE_INTEREST, percent="8.5")],
    day_count=pb.DAY_COUNT_ACT_365,
    source="contract 7",
)
ORDER = [
    pb.COMPONENT_PRINCIPAL,
    pb.COMPONENT_INTEREST,
    pb.COMPONENT_LATE_INTEREST,
    pb.COMPONENT_FEES,
    pb.COMPONENT_COSTS,
]
EXTENSION = pb.ExtendDueDate(extension_id="x", obligation_id="o-1", due_date=LATER, reason="floods")
COST = pb.AdvanceCost(cost_id="k", obligation_id="o-1", amount=euros(12), kind="COURT_FEE", proof="receipt 3")
DISCOUNT = pb.OfferDiscount(discount_id="d", amount=euros(10), pay_by_date=DAY, reason="early")
DEMAND = pb.InterruptLimitation(
    interruption_id="i", kind=pb.INTERRUPTION_ACKNOWLEDGMENT, effective_date=PAST, proof="letter"
)
SUSPENSION = pb.SuspendLimitation(
    suspension_id="s", first_date=PAST, last_date=PAST, reason="talks by law", proof="minutes"
)
MORE = pb.AddObligation(obligation=pb.Obligation(obligation_id="o-2", principal=euros(50), due_date=DAY))
# What comes first, what is asked, and the event that it leads to.
ASKED: list[tuple[Sequence[Any], Any, str]] = [
    ((), TERMS, "TermsRecorded"),
    ((), pb.ConsentToOrder(consent_id="c", order=ORDER, reason="grace"), "OrderConsented"),
    ((), EXTENSION, "DueDateExtended"),
    ((), COST, "CostAdvanced"),
    ((), pb.GrantReward(reward_id="rw", amount=euros(3), reason="punctual"), "RewardGranted"),
    ((), offer(), "SettlementOffered"),
    ((offer(),), pb.RefuseOffer(offer_id="o", reason="too low"), "OfferRefused"),
    ((offer(),), pb.WithdrawOffer(offer_id="o", reason="a mistake"), "OfferWithdrawn"),
    ((offer(), pb.ApproveOffer(offer_id="o")), pb.AcceptOffer(offer_id="o"), "OfferAccepted"),
    ((), DISCOUNT, "DiscountOffered"),
    ((DISCOUNT, MORE), pb.WithdrawDiscount(discount_id="d", reason="a mistake"), "DiscountWithdrawn"),
    ((), DEMAND, "LimitationInterrupted"),
    ((), SUSPENSION, "LimitationSuspended"),
    ((), pb.PleadTimeBar(plea_id="p", proof="answer"), "TimeBarPleaded"),
    ((), plan(), "PlanAgreed"),
]


@pytest.mark.parametrize(("before", "body", "event"), ASKED, ids=lambda value: type(value).__name__)
async def test_it_is_tried_done_and_done_once(door: Door, before: Sequence[Any], body: Any, event: str) -> None:
    await door.open()
    for number, each in enumerate(before):
        await ask(door, each, request_id=f"before-{number}", by=SUPERVISOR if number else CLERK)
    by = SUPERVISOR if isinstance(body, (pb.RefuseOffer, pb.GrantReward, pb.OfferDiscount)) else CLERK
    position = await door.position()
    would = await ask(door, body, request_id="try", by=by, validate_only=True)
    assert (event in would.events, would.validated_only, await door.position()) == (True, True, position)
    done = await ask(door, body, by=by)
    assert list(done.events) == list(would.events)
    door.clock.pass_by(hours=1)
    again = await ask(door, body, by=by)
    assert (again.repeated, again.version) == (True, done.version)
    other = await ask(door, body, request_id="another", by=by)
    assert (list(other.events), other.version) == ([], done.version), "the same id with the same content is done once"


async def test_interest_is_posted_once_for_the_same_days(door: Door) -> None:
    await door.open(country="ES")
    await ask(door, TERMS)
    door.clock.pass_by(days=60)
    posted = await ask(door, pb.PostInterest())
    assert list(posted.events) == ["ChargeAdded"]
    owed = {each.component: each.amount for each in (await door.case()).owed}
    assert owed[pb.COMPONENT_LATE_INTEREST].units or owed[pb.COMPONENT_LATE_INTEREST].nanos
    assert list((await ask(door, pb.PostInterest(), request_id="again")).events) == []


NAMELESS = [
    (pb.RecordTerms(), "command.terms_id"),
    (pb.ConsentToOrder(), "command.consent_id"),
    (pb.ExtendDueDate(obligation_id="o-1", due_date=DAY), "command.extension_id"),
    (pb.AdvanceCost(obligation_id="o-1", amount=euros(1), kind="NOTARY"), "command.cost_id"),
    (pb.GrantReward(amount=euros(1)), "command.reward_id"),
    (pb.OfferSettlement(amount=euros(1), pay_by_date=DAY, expire_time=EXPIRES), "command.offer_id"),
    (pb.ApproveOffer(), "command.offer_id"),
    (pb.RefuseOffer(), "command.offer_id"),
    (pb.AcceptOffer(), "command.offer_id"),
    (pb.WithdrawOffer(), "command.offer_id"),
    (pb.OfferDiscount(amount=euros(1), pay_by_date=DAY), "command.discount_id"),
    (pb.WithdrawDiscount(), "command.discount_id"),
    (pb.InterruptLimitation(kind=pb.INTERRUPTION_SUIT, effective_date=DAY), "command.interruption_id"),
    (pb.SuspendLimitation(first_date=DAY, last_date=DAY), "command.suspension_id"),
    (pb.PleadTimeBar(), "command.plea_id"),
]
MALFORMED = [
    (
        pb.RecordTerms(terms_id="t", rates=[pb.AgreedRate(component=pb.COMPONENT_LATE_INTEREST, percent="8,5")]),
        "command.rates[0].percent",
    ),
    (
        pb.RecordTerms(terms_id="t", rates=[pb.AgreedRate(component=pb.COMPONENT_FEES, percent="8")]),
        "command.rates[0].component",
    ),
    (pb.RecordTerms(terms_id="t", grace_days=-1), "command.grace_days"),
    (
        pb.ConsentToOrder(consent_id="c", order=[pb.COMPONENT_FEES, pb.COMPONENT_FEES]),
        "command.order",
    ),
    (
        pb.AdvanceCost(cost_id="k", obligation_id="o-1", amount=euros(1), kind="a lawyer"),
        "command.kind",
    ),
    (pb.ExtendDueDate(extension_id="x", obligation_id="o-1"), "command.due_date"),
    (pb.OfferSettlement(offer_id="o", amount=euros(1), pay_by_date=DAY), "command.expire_time"),
    (pb.OfferDiscount(discount_id="d", pay_by_date=DAY), "command.amount"),
    (pb.InterruptLimitation(interruption_id="i", effective_date=DAY), "command.kind"),
    (pb.SuspendLimitation(suspension_id="s", first_date=DAY), "command.last_date"),
    (plan(shape=pb.PLAN_SHAPE_UNSPECIFIED), "command.schedule.shape"),
    (pb.AgreePlan(plan_id="pl", cure_days=1000), "command.cure_days"),
    (pb.MakePromise(promise_id="a", amount=euros(1), due_date=DAY, group_id="g" * 129), "command.group_id"),
]


@pytest.mark.parametrize(("body", "field"), NAMELESS + MALFORMED, ids=lambda value: type(value).__name__)
async def test_what_breaks_the_rules_of_its_message_is_refused_with_its_field(
    door: Door, body: Any, field: str
) -> None:
    no = await refused(ask(door, body))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")
    assert no.fields == (field,)


UNSOUND = [
    (
        pb.ExtendDueDate(extension_id="x", obligation_id="o-9", due_date=DAY, reason="floods"),
        "OBLIGATION_NOT_FOUND",
        "command.obligation_id",
    ),
    (
        pb.AdvanceCost(cost_id="k", obligation_id="o-9", amount=euros(1), kind="NOTARY", proof="r"),
        "OBLIGATION_NOT_FOUND",
        "command.obligation_id",
    ),
    (
        pb.RecordTerms(terms_id="t", nature=pb.NATURE_CIVIL, obligation_ids=["o-9"]),
        "OBLIGATION_NOT_FOUND",
        "command.obligation_ids",
    ),
    (pb.AcceptOffer(offer_id="none"), "OFFER_NOT_FOUND", "command.offer_id"),
    (pb.WithdrawDiscount(discount_id="none", reason="x"), "DISCOUNT_NOT_FOUND", "command.discount_id"),
    (
        pb.InterruptLimitation(interruption_id="i", kind=pb.INTERRUPTION_SUIT, effective_date=LATER, proof="writ"),
        "INTERRUPTION_DATE_INVALID",
        "command.effective_date",
    ),
    (
        pb.SuspendLimitation(suspension_id="s", first_date=LATER, last_date=LATER, reason="talks", proof="minutes"),
        "SUSPENSION_DATE_INVALID",
        "command.first_date",
    ),
    (plan(first_date=PAST), "PLAN_DATE_PAST", "command.schedule.first_date"),
    (plan(shape=pb.PLAN_SHAPE_CAPACITY, count=0, amount=euros(0.1)), "CAPACITY_TOO_SMALL", "command.schedule.amount"),
]


@pytest.mark.parametrize(("body", "reason", "field"), UNSOUND, ids=lambda value: type(value).__name__)
async def test_what_makes_no_sense_is_refused_with_the_field_as_the_caller_wrote_it(
    door: Door, body: Any, reason: str, field: str
) -> None:
    await door.open()
    no = await refused(ask(door, body))
    assert (no.reason, no.fields) == (reason, (field,))


async def test_a_plan_in_another_currency_than_the_case_is_refused(door: Door) -> None:
    await door.open()
    pesos = euros(5)
    pesos.currency_code = "MXN"
    no = await refused(ask(door, plan(shape=pb.PLAN_SHAPE_CAPACITY, count=0, amount=pesos)))
    assert (no.reason, no.fields) == ("CURRENCY_MISMATCH", ("command.schedule",))


async def test_who_made_an_offer_does_not_approve_it(door: Door) -> None:
    await door.open()
    await ask(door, offer(), by=SUPERVISOR)
    no = await refused(ask(door, pb.ApproveOffer(offer_id="o"), by=SUPERVISOR))
    assert (no.code, no.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FOUR_EYES")


async def test_the_case_shows_its_terms_and_what_it_costs(door: Door) -> None:
    await door.open()
    await ask(door, TERMS)
    await ask(door, pb.ConsentToOrder(consent_id="c", order=ORDER, reason="grace"))
    await ask(door, EXTENSION, by=SUPERVISOR)
    await ask(door, COST)
    await ask(door, pb.GrantReward(reward_id="rw", amount=euros(3), reason="punctual"), by=SUPERVISOR)
    case = await door.case()
    assert [(each.terms_id, each.nature, each.source) for each in case.terms] == [
        ("t", pb.NATURE_CONSUMER, TERMS.source)
    ]
    assert list(case.terms[0].rates) == list(TERMS.rates)
    assert [(list(each.order), each.given_by) for each in case.consents] == [(ORDER, "collector:c-1")]
    (extension,) = case.extensions
    assert (extension.due_date, extension.previous_due_date.day) == (LATER, 1)
    assert extension.authority == "supervisor:s-17"
    assert [(each.kind, each.amount, each.recoverable) for each in case.costs] == [("COURT_FEE", euros(12), True)]
    assert [(each.amount, each.authority) for each in case.rewards] == [(euros(3), "supervisor:s-17")]
    assert case.balance == euros(109)


async def test_the_case_shows_its_offers_and_where_they_stand(door: Door) -> None:
    await door.open()
    await ask(door, DISCOUNT, by=SUPERVISOR)
    await ask(door, offer())
    waiting = (await door.case()).offers[0]
    assert (waiting.state, waiting.offered_by, waiting.balance) == (
        pb.OFFER_STATE_WAITING,
        "collector:c-1",
        euros(100),
    )
    assert "supervisor" in waiting.approvers
    await ask(door, pb.ApproveOffer(offer_id="o"), by=SUPERVISOR)
    case = await door.case()
    assert (case.offers[0].state, case.offers[0].approved_by) == (pb.OFFER_STATE_OPEN, "supervisor:s-17")
    assert case.offers[0].expire_time == EXPIRES
    assert [(each.discount_id, each.amount, each.state) for each in case.discounts] == [
        ("d", euros(10), pb.AGREEMENT_STATE_OPEN)
    ]


async def test_an_accepted_offer_is_a_settlement(door: Door) -> None:
    await door.open()
    await ask(door, offer())
    await ask(door, pb.ApproveOffer(offer_id="o"), by=SUPERVISOR)
    accepted = await ask(door, pb.AcceptOffer(offer_id="o"))
    assert list(accepted.events) == ["OfferAccepted", "SettlementAgreed"]
    case = await door.case()
    assert case.offers[0].state == pb.OFFER_STATE_ACCEPTED
    assert [(each.amount, each.pay_by_date) for each in case.settlements] == [(euros(60), DAY)]


async def test_the_case_shows_a_plan_that_was_computed_and_when_it_is_in_arrears(door: Door) -> None:
    await door.open()
    await ask(door, plan(rate_percent="12", down_payment=euros(20), down_date=DAY, first_date=LATER))
    (shown,) = (await door.case()).plans
    assert (shown.schedule.shape, shown.schedule.rate_percent, shown.cure_days) == (pb.PLAN_SHAPE_EQUAL, "12", 5)
    assert shown.schedule.down_payment == euros(20)
    assert len(shown.installments) == 5
    assert shown.installments[1].interest.nanos
    assert not shown.HasField("missed_date")


async def test_the_case_shows_a_promise_in_parts(door: Door) -> None:
    await door.open()
    parts = [pb.Installment(due_date=DAY, amount=euros(10)), pb.Installment(due_date=LATER, amount=euros(20))]
    body = pb.MakePromise(
        promise_id="a", amount=euros(30), due_date=LATER, installments=parts, tolerance=euros(1), group_id="g"
    )
    await ask(door, body)
    (shown,) = (await door.case()).promises
    assert [(each.due_date, each.amount) for each in shown.installments] == [(DAY, euros(10)), (LATER, euros(20))]
    assert (shown.tolerance, shown.group_id) == (euros(1), "g")
