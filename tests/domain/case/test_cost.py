"""What the creditor paid for collecting, and what of it comes back; what the law lets a house charge."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.case.bounds import Bounds
from domain.case.commands import AddCharge, AdvanceCost, LogContact, OpenDispute, TakeStep
from domain.case.cost import recovered
from domain.case.decider import case_decider
from domain.case.events import ChargeAdded, CostAdvanced, CreditApplied, StepTaken
from domain.case.policy import Policy
from domain.case.words import Channel, Component, ContactOutcome, Direction, HoldReason, Scope, StepAction
from domain.ledger.words import Nature, Quoted
from domain.money import Money
from infra.rules import load_rules
from tests.domain.case.material import BY, DEBTOR, Story, eur, hold, opening
from tests.domain.case.money import HUNDRED, LAWFUL, LAWS, bounced, day, debt, money, owed, terms, the_case
from tests.scenario import Scenario

COSTS, FEES, LATE, PRINCIPAL = Component.COSTS, Component.FEES, Component.LATE_INTEREST, Component.PRINCIPAL
UF = "39000"
DAY_5 = day(5)
CHILE: Story = Scenario(case_decider(Policy(laws=LAWS, bounds=Bounds(), fee_caps=load_rules().fee_caps)))
PLAIN = LAWFUL.after(opening((debt("1", 100_00),), at=day(0)))
IN_CHILE = CHILE.after(opening((debt("1", 10 * 39_000, currency="CLP"),), at=day(0), currency="CLP", country="CL"))


def advance(minor: int = 20_00, *, cost_id: str = "k", recoverable: bool = True, at: datetime = DAY_5) -> AdvanceCost:
    return AdvanceCost(
        at=at,
        by=BY,
        cost_id=cost_id,
        obligation_id="1",
        amount=Money(minor, "EUR"),
        kind="COURT_FEE",
        recoverable=recoverable,
        proof="receipt 7",
    )


def fee(minor: int, *, at: datetime, unit_value: str = UF, charge_id: str = "f") -> AddCharge:
    return AddCharge(
        at=at,
        by=BY,
        charge_id=charge_id,
        obligation_id="1",
        component=FEES,
        amount=Money(minor, "CLP"),
        reason="COLLECTION",
        unit_value=unit_value,
    )


def test_a_cost_that_may_be_recovered_is_charged_as_it_is_paid() -> None:
    story = PLAIN.when(advance()).then(CostAdvanced, ChargeAdded)
    charge = story.history[-1]
    assert isinstance(charge, ChargeAdded)
    assert (charge.charge_id, charge.component, charge.reason, charge.amount) == ("cost:k", COSTS, "ADVANCED", eur(20))


def test_one_that_may_not_is_only_on_record() -> None:
    story = PLAIN.when(advance(recoverable=False)).then(CostAdvanced)
    found = recovered(the_case(story))
    assert (found.advanced, found.recoverable, found.recovered) == (eur(20), eur(0), eur(0))


def test_what_came_back_is_what_payments_that_stand_have_paid_of_such_charges() -> None:
    by_hand = AddCharge(
        at=day(5), by=BY, charge_id="x", obligation_id="1", component=COSTS, amount=eur(10), reason="NOTARY"
    )
    owing = PLAIN.after(by_hand, advance(), advance(30_00, cost_id="l", at=day(6)))
    paid = owing.after(money("p", 25_00, day(7)))
    assert recovered(the_case(paid)).recovered == eur(15)
    found = recovered(the_case(paid.after(money("q", 100_00, day(8)))))
    assert (found.advanced, found.recoverable, found.recovered) == (eur(50), eur(50), eur(50))
    assert recovered(the_case(paid.after(bounced("p", day(9))))).recovered == eur(0)


def test_a_cost_is_advanced_once() -> None:
    story = PLAIN.after(advance())
    story.when(replace(advance(), at=day(9))).then_nothing()
    story.when(advance(21_00)).then_rejected("COST_EXISTS_WITH_OTHER_TERMS")


def test_credit_pays_a_cost_at_once() -> None:
    disputed = OpenDispute(at=day(0), by=BY, dispute_id="d", obligation_ids=("1",), reason="x")
    paid = PLAIN.after(disputed, money("p", 130_00, day(1)))
    story = paid.when(advance()).then(CostAdvanced, ChargeAdded, CreditApplied)
    assert (owed(story), the_case(story).ledger.credit) == ({}, 10_00)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(advance(), cost_id=""), "COST_ID_MISSING"),
        (replace(advance(), kind=""), "KIND_MISSING"),
        (replace(advance(), obligation_id="9"), "OBLIGATION_NOT_FOUND"),
        (advance(0), "AMOUNT_NOT_POSITIVE"),
    ],
)
def test_a_cost_that_makes_no_sense_is_refused(command: AdvanceCost, reason: str) -> None:
    PLAIN.when(command).then_rejected(reason)


def test_a_hold_of_charges_stops_the_charge_of_a_cost() -> None:
    held = PLAIN.after(hold("h", at=day(0), scope=Scope.CHARGES, reason=HoldReason.HARDSHIP))
    held.when(advance()).then_rejected("CASE_ON_HOLD")
    held.when(advance(recoverable=False)).then(CostAdvanced)


def test_in_chile_a_fee_is_refused_while_nobody_says_what_a_uf_is_worth() -> None:
    refused = IN_CHILE.when(fee(100, at=day(30), unit_value="")).then_rejected("FEE_CAP_UNKNOWN")
    assert refused.field == "unit_value"
    for unit_value in ("0", "-1", "many", "NaN", "Infinity"):
        IN_CHILE.when(fee(100, at=day(30), unit_value=unit_value)).then_rejected("FEE_CAP_UNKNOWN")


def test_in_chile_a_fee_is_at_most_what_the_law_allows_all_fees_together() -> None:
    """9 % of ten UF, less 0.2 UF without a notice in the first fifteen days; nothing in the first twenty."""
    most = 35_100 - 7_800
    IN_CHILE.when(fee(1, at=day(20))).then_rejected("FEE_ABOVE_CAP")
    refused = IN_CHILE.when(fee(most + 1, at=day(21))).then_rejected("FEE_ABOVE_CAP")
    assert refused.accepted == f"up to {Money(most, 'CLP')}"
    charged = IN_CHILE.after(fee(most - 100, at=day(21)))
    charged.when(fee(101, at=day(22), charge_id="g")).then_rejected("FEE_ABOVE_CAP")
    charged.when(fee(100, at=day(22), charge_id="g")).then(ChargeAdded)


def test_in_chile_a_notice_in_time_lets_the_whole_fee_be_asked() -> None:
    call = LogContact(
        at=day(10),
        by=BY,
        contact_id="call",
        person_id=DEBTOR,
        channel=Channel.EMAIL,
        direction=Direction.OUTBOUND,
        outcome=ContactOutcome.DELIVERED,
    )
    noticed = IN_CHILE.after(call)
    noticed.when(fee(35_100, at=day(21))).then(ChargeAdded)
    noticed.when(fee(35_101, at=day(21))).then_rejected("FEE_ABOVE_CAP")


def test_a_ladder_passes_over_a_charge_that_the_law_does_not_allow() -> None:
    step = TakeStep(
        at=day(30),
        by="ladder",
        step_key="1.fee",
        action=StepAction.CHARGE,
        due_at=day(30),
        charge=Money(100, "CLP"),
        charge_component=FEES,
    )
    taken = IN_CHILE.when(step).then(StepTaken).history[-1]
    assert isinstance(taken, StepTaken)
    assert (taken.skipped, taken.reason) == (True, "FEE_CAP_UNKNOWN")


def test_late_interest_by_hand_is_at_most_what_the_law_caps_with_what_was_posted() -> None:
    """Peru, 83.70 % effective a year from May to October 2022: some 51 soles on 1,000 in thirty days."""
    due, begins, at = date(2022, 6, 1), datetime(2022, 6, 1, 15, tzinfo=UTC), datetime(2022, 7, 1, 15, tzinfo=UTC)
    begun = LAWFUL.after(
        opening((debt("1", 1_000_00, due, "PEN"),), at=begins, currency="PEN", country="PE"),
        terms("1", nature=Nature.FINANCIAL, at=begins, quoted=Quoted.EFFECTIVE),
    )

    def by_hand(minor: int) -> AddCharge:
        return replace(fee(minor, at=at), component=LATE, amount=Money(minor, "PEN"))

    refused = begun.when(by_hand(1_000_00)).then_rejected("INTEREST_ABOVE_CAP")
    assert refused.accepted is not None
    most = round(float(refused.accepted.split()[2]) * 100)
    assert 50_00 < most < 53_00
    begun.when(by_hand(most)).then(ChargeAdded)
    begun.when(by_hand(most + 1)).then_rejected("INTEREST_ABOVE_CAP")
    unknown = datetime(2022, 11, 20, 15, tzinfo=UTC)  # nobody gave the rates of November
    begun.when(replace(by_hand(1_000_00), at=unknown)).then(ChargeAdded)


def test_where_the_law_caps_nothing_charges_stand_on_their_reason() -> None:
    HUNDRED.when(
        AddCharge(at=day(5), by=BY, charge_id="i", obligation_id="1", component=LATE, amount=eur(99), reason="AGREED")
    ).then(ChargeAdded)
