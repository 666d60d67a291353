"""What the new bodies of commands mean, word for word, and what the door refuses before anybody decides."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from api.translate_case_command import command_of, history_of
from api.translate_commands import Said
from domain.case import commands
from domain.case.words import AgreedRate, Component
from domain.ledger.words import DayCount, Interruption, Nature, Quoted
from domain.money import Money
from infra.strategies import load_strategies
from protos.escalera import v1 as pb
from tests.api.asking import euros
from tests.api.door import MONDAY

BY = "supervisor:s-17"
STAMP: dict[str, Any] = {"at": MONDAY, "by": BY}
DAY, LATER = Date(year=2026, month=12, day=1), Date(year=2027, month=1, day=31)
EXPIRES = datetime(2026, 12, 5, 12, tzinfo=UTC)


def said() -> Said:
    return Said(shelf=load_strategies(), **STAMP)


MEANINGS: list[tuple[Any, commands.CaseCommand]] = [
    (
        pb.RecordTerms(
            terms_id="t",
            obligation_ids=["o-1"],
            nature=pb.NATURE_CONSUMER,
            rates=[
                pb.AgreedRate(component=pb.COMPONENT_INTEREST, percent="24.5"),
                pb.AgreedRate(component=pb.COMPONENT_LATE_INTEREST, percent="30"),
            ],
            quoted=pb.QUOTED_EFFECTIVE,
            day_count=pb.DAY_COUNT_THIRTY_E_360,
            grace_days=8,
            source="contract 7",
        ),
        commands.RecordTerms(
            terms_id="t",
            obligation_ids=("o-1",),
            nature=Nature.CONSUMER,
            rates=(
                AgreedRate(component=Component.INTEREST, percent="24.5"),
                AgreedRate(component=Component.LATE_INTEREST, percent="30"),
            ),
            quoted=Quoted.EFFECTIVE,
            day_count=DayCount.THIRTY_E_360,
            grace_days=8,
            source="contract 7",
            **STAMP,
        ),
    ),
    (pb.RecordTerms(terms_id="t"), commands.RecordTerms(terms_id="t", **STAMP)),
    (
        pb.ConsentToOrder(
            consent_id="c",
            order=[pb.COMPONENT_PRINCIPAL, pb.COMPONENT_FEES],
            reason="grace",
            payment_id="p",
            ended=True,
        ),
        commands.ConsentToOrder(
            consent_id="c",
            order=(Component.PRINCIPAL, Component.FEES),
            reason="grace",
            payment_id="p",
            ended=True,
            **STAMP,
        ),
    ),
    (pb.PostInterest(), commands.PostInterest(**STAMP)),
    (
        pb.ExtendDueDate(extension_id="x", obligation_id="o-1", due_date=LATER, reason="floods", authority="board"),
        commands.ExtendDueDate(
            extension_id="x",
            obligation_id="o-1",
            due_on=date(2027, 1, 31),
            reason="floods",
            authority="board",
            **STAMP,
        ),
    ),
    (
        pb.AdvanceCost(cost_id="k", obligation_id="o-1", amount=euros(12.5), kind="COURT_FEE", proof="receipt 3"),
        commands.AdvanceCost(
            cost_id="k", obligation_id="o-1", amount=Money(1250, "EUR"), kind="COURT_FEE", proof="receipt 3", **STAMP
        ),
    ),
    (
        pb.AdvanceCost(cost_id="k", obligation_id="o-1", amount=euros(1), kind="NOTARY", recoverable=False),
        commands.AdvanceCost(
            cost_id="k", obligation_id="o-1", amount=Money(100, "EUR"), kind="NOTARY", recoverable=False, **STAMP
        ),
    ),
    (
        pb.AddCharge(
            charge_id="c",
            obligation_id="o-1",
            component=pb.COMPONENT_FEES,
            amount=euros(5),
            reason="late",
            period="2026-11",
            unit_value="39643.59",
        ),
        commands.AddCharge(
            charge_id="c",
            obligation_id="o-1",
            component=Component.FEES,
            amount=Money(500, "EUR"),
            reason="late",
            period="2026-11",
            unit_value="39643.59",
            **STAMP,
        ),
    ),
    (
        pb.GrantReward(reward_id="r", amount=euros(3), reason="punctual"),
        commands.GrantReward(reward_id="r", amount=Money(300, "EUR"), reason="punctual", authority=BY, **STAMP),
    ),
    (
        pb.OfferSettlement(
            offer_id="o", amount=euros(60), pay_by_date=DAY, expire_time=Timestamp(seconds=int(EXPIRES.timestamp()))
        ),
        commands.OfferSettlement(
            offer_id="o", amount=Money(6000, "EUR"), pay_by=date(2026, 12, 1), expires_at=EXPIRES, **STAMP
        ),
    ),
    (pb.ApproveOffer(offer_id="o"), commands.ApproveOffer(offer_id="o", **STAMP)),
    (pb.RefuseOffer(offer_id="o", reason="low"), commands.RefuseOffer(offer_id="o", reason="low", **STAMP)),
    (pb.AcceptOffer(offer_id="o"), commands.AcceptOffer(offer_id="o", **STAMP)),
    (pb.WithdrawOffer(offer_id="o", reason="late"), commands.WithdrawOffer(offer_id="o", reason="late", **STAMP)),
    (
        pb.OfferDiscount(discount_id="d", amount=euros(5), pay_by_date=DAY, reason="early", authority="board"),
        commands.OfferDiscount(
            discount_id="d",
            amount=Money(500, "EUR"),
            pay_by=date(2026, 12, 1),
            reason="early",
            authority="board",
            **STAMP,
        ),
    ),
    (
        pb.WithdrawDiscount(discount_id="d", reason="paid"),
        commands.WithdrawDiscount(discount_id="d", reason="paid", **STAMP),
    ),
    (
        pb.InterruptLimitation(
            interruption_id="i",
            kind=pb.INTERRUPTION_DEMAND,
            effective_date=DAY,
            proof="burofax 1",
            obligation_ids=["o-1"],
        ),
        commands.InterruptLimitation(
            interruption_id="i",
            kind=Interruption.DEMAND,
            on=date(2026, 12, 1),
            proof="burofax 1",
            obligation_ids=("o-1",),
            **STAMP,
        ),
    ),
    (
        pb.SuspendLimitation(
            suspension_id="s", first_date=DAY, last_date=LATER, reason="talks", proof="minutes", obligation_ids=["o-1"]
        ),
        commands.SuspendLimitation(
            suspension_id="s",
            first=date(2026, 12, 1),
            last=date(2027, 1, 31),
            reason="talks",
            proof="minutes",
            obligation_ids=("o-1",),
            **STAMP,
        ),
    ),
    (
        pb.PleadTimeBar(plea_id="p", proof="answer", obligation_ids=["o-1"]),
        commands.PleadTimeBar(plea_id="p", proof="answer", obligation_ids=("o-1",), **STAMP),
    ),
]


@pytest.mark.parametrize(("body", "meant"), MEANINGS, ids=lambda value: type(value).__name__)
def test_a_body_means_its_command(body: Any, meant: commands.CaseCommand) -> None:
    assert command_of(body, said()) == meant


def test_an_authority_that_was_left_out_is_the_callers_and_no_part_of_what_was_asked() -> None:
    known = said()
    command_of(pb.OfferDiscount(discount_id="d", amount=euros(5), pay_by_date=DAY), known)
    assert known.stamped == {"authority"}


def test_a_history_tells_each_in_its_own_time() -> None:
    told = pb.CaseCommand(
        effective_time=Timestamp(seconds=int(EXPIRES.timestamp())), approve_offer=pb.ApproveOffer(offer_id="o")
    )
    assert history_of(told, said(), "history[0]") == (commands.ApproveOffer(offer_id="o", at=EXPIRES, by=BY),)
