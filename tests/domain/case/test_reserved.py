"""Ids, periods and reasons by which the books know the engine's own work are nobody's to use."""

from dataclasses import replace
from datetime import date

import pytest

from domain.case.commands import GrantReward, PostInterest, Waive
from domain.case.events import AmountWaived, ChargeAdded, RewardGranted
from domain.case.refusal import RESERVED
from domain.ledger.told import BY_LAW
from tests.domain.case.material import BY, MAY_1, charge, eur, may, one_invoice, pay, settlement
from tests.domain.case.money import HUNDRED, day, post

WAIVE = Waive(at=MAY_1, by=BY, waiver_id="w", amount=eur(5), reason="x", authority=BY)
REWARD = GrantReward(at=MAY_1, by=BY, reward_id="r", amount=eur(5), reason="x", authority=BY)


@pytest.mark.parametrize("prefix", RESERVED)
def test_what_begins_as_the_engines_own_is_refused(prefix: str) -> None:
    asked = charge("c", 5, MAY_1)
    for command, field in (
        (replace(asked, charge_id=f"{prefix}1"), "charge_id"),
        (replace(asked, period=f"{prefix}1"), "period"),
        (replace(WAIVE, waiver_id=f"{prefix}1"), "waiver_id"),
        (replace(REWARD, reward_id=f"{prefix}1"), "reward_id"),
        (replace(REWARD, authority=f"{prefix}1"), "authority"),
    ):
        assert one_invoice.when(command).then_rejected("ID_RESERVED").field == field


def test_a_charge_that_calls_itself_the_laws_is_refused() -> None:
    one_invoice.when(replace(charge("c", 5, MAY_1), reason=BY_LAW)).then_rejected("REASON_RESERVED")


def test_ids_that_only_look_alike_are_free() -> None:
    one_invoice.when(charge("lawyer", 5, MAY_1, period="planned")).then(ChargeAdded)
    one_invoice.when(replace(WAIVE, waiver_id="settlement-1")).then(AmountWaived)
    one_invoice.when(replace(REWARD, reward_id="my plan:1")).then(RewardGranted)


def test_what_the_engine_gives_up_and_charges_has_such_ids() -> None:
    settled = one_invoice.after(settlement("s", 60, date(2026, 5, 20)), pay("p", 60, may(3)))
    waived = [event.waiver_id for event in settled.history if isinstance(event, AmountWaived)]
    posted = HUNDRED.when(PostInterest(at=day(9), by=BY)).then(ChargeAdded).after(post(day(12)))
    charged = [event.charge_id for event in posted.history if isinstance(event, ChargeAdded)]
    assert (len(waived), len(charged)) == (1, 2)
    assert all(each.startswith(RESERVED) for each in (*waived, *charged))
