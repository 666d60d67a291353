"""Promises in parts: judged day by day, with what may be missing, and brought back by money that was in time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.case.agreement import in_force
from domain.case.commands import CancelPromise, MakePromise
from domain.case.events import (
    AgreementReopened,
    PaymentRecorded,
    PaymentReversed,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
)
from domain.case.promise_kept import paid_in_time, promise_deadline
from domain.case.state import Agreed
from domain.case.words import Installment
from tests.domain.case.material import (
    BY,
    bounce,
    case_of,
    eur,
    judge,
    may,
    one_invoice,
    pay,
    plan,
    promise,
)

MAY_10, MAY_20, MAY_31 = date(2026, 5, 10), date(2026, 5, 20), date(2026, 5, 31)
MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
MAY_20_IS_OVER = datetime(2026, 5, 20, 22, tzinfo=UTC)
A_MOMENT = datetime.resolution


def parts(*installments: tuple[date, float]) -> tuple[Installment, ...]:
    return tuple(Installment(due_on=due_on, amount=eur(euros)) for due_on, euros in installments)


def in_parts(*installments: tuple[date, float], tolerance: float = 0, grace_days: int = 0) -> MakePromise:
    whole = sum(euros for _, euros in installments)
    made = promise("a", whole, installments[-1][0], grace_days=grace_days)
    return replace(made, installments=parts(*installments), tolerance_minor=round(tolerance * 100))


THREE_PARTS = in_parts((MAY_10, 30), (MAY_20, 30), (MAY_31, 40))


def test_a_promise_in_parts_is_taken_and_kept_when_all_of_it_came_in_time() -> None:
    taken = one_invoice.when(THREE_PARTS).then(PromiseMade)
    first = taken.when(pay("p", 30, may(9))).then(PaymentRecorded)
    first.when(judge(may(12))).then()
    second = first.after(pay("q", 30, may(19)))
    third = second.when(pay("r", 39, may(30))).then(PaymentRecorded)
    third.when(judge(may(40))).then(PromisePartlyKept)


def test_latitude_the_first_part_missed_breaks_it_and_the_later_ones_are_on_hold() -> None:
    taken = one_invoice.after(THREE_PARTS)
    assert taken.decider.decide(judge(MAY_10_IS_OVER - A_MOMENT), taken.state) == ()
    broken = taken.when(judge(may(40))).then(PromiseBroken(at=MAY_10_IS_OVER, promise_id="a", paid=eur(0)))
    assert not in_force(case_of(broken), MAY_10_IS_OVER)
    # what comes later is not for it any more: another promise takes it
    other = broken.after(promise("b", 30, MAY_31, at=may(12)))
    other.when(pay("p", 30, may(13))).then(PaymentRecorded, PromiseKept)


def test_what_was_in_time_counts_when_a_later_part_is_missed() -> None:
    some = one_invoice.after(THREE_PARTS, pay("p", 45, may(9)))
    missed = PromisePartlyKept(at=MAY_20_IS_OVER, promise_id="a", paid=eur(45))
    some.when(judge(may(40))).then(missed)


def test_an_unjudged_missed_part_no_longer_stops_the_ladder() -> None:
    late = one_invoice.after(THREE_PARTS, pay("p", 50, may(12)))
    assert not in_force(case_of(late), may(12))


def test_grace_is_given_on_every_part() -> None:
    taken = one_invoice.after(in_parts((MAY_10, 50), (MAY_20, 50), grace_days=2))
    in_grace = taken.after(pay("p", 50, may(12)))
    assert in_force(case_of(in_grace), may(13))
    taken.when(judge(may(13))).then(PromiseBroken)


def test_back_dated_money_that_was_in_time_revives_a_promise_whose_part_was_judged_missed() -> None:
    broken = one_invoice.after(THREE_PARTS, judge(may(12)))
    revived = broken.when(pay("p", 30, may(9))).then(PaymentRecorded, AgreementReopened)
    assert in_force(case_of(revived), may(13))
    revived.when(judge(may(40))).then(PromisePartlyKept(at=MAY_20_IS_OVER, promise_id="a", paid=eur(30)))


def test_a_promise_is_not_revived_beside_what_took_its_place() -> None:
    broken = one_invoice.after(THREE_PARTS, judge(may(12)))
    planned = broken.after(plan("q", (MAY_31, 60), at=may(12)))
    planned.when(pay("p", 30, may(9))).then(PaymentRecorded)
    promised = broken.after(promise("b", 80, MAY_31, at=may(12)))
    promised.when(pay("p", 30, may(9))).then(PaymentRecorded)


def test_a_part_whose_payment_bounced_opens_a_kept_promise_again_and_breaks_it() -> None:
    kept = one_invoice.after(in_parts((MAY_10, 30), (MAY_20, 30)), pay("p", 30, may(9)), pay("q", 30, may(19)))
    assert case_of(kept).promises["a"].stands is Agreed.KEPT
    again = kept.when(bounce("p", may(25))).then(PaymentReversed, AgreementReopened)
    again.when(judge(may(25))).then(PromiseBroken(at=MAY_10_IS_OVER, promise_id="a", paid=eur(0)))


def test_a_promise_with_so_much_missing_as_it_allows_is_kept() -> None:
    promised = one_invoice.after(replace(promise("a", 50, MAY_10), tolerance_minor=2_00))
    promised.when(pay("p", 47.99, may(3))).then(PaymentRecorded)
    promised.when(pay("p", 48, may(3))).then(PaymentRecorded, PromiseKept(at=may(3), promise_id="a", paid=eur(48)))


def test_what_is_missing_of_one_part_is_made_up_with_the_next() -> None:
    promised = one_invoice.after(in_parts((MAY_10, 50), (MAY_20, 50), tolerance=1))
    first = promised.when(pay("p", 49, may(9))).then(PaymentRecorded)
    first.when(judge(may(12))).then()
    first.when(pay("q", 49, may(19))).then(PaymentRecorded)
    first.when(pay("q", 50, may(19))).then(PaymentRecorded, PromiseKept(at=may(19), promise_id="a", paid=eur(99)))


def test_the_next_deadline_is_that_of_the_first_part_not_paid_for() -> None:
    taken = one_invoice.after(THREE_PARTS)
    assert promise_deadline(case_of(taken), "a") == MAY_10_IS_OVER
    assert promise_deadline(case_of(taken.after(pay("p", 30, may(3)))), "a") == MAY_20_IS_OVER


def test_what_was_paid_of_a_promise_makes_room_for_another() -> None:
    paid = one_invoice.after(THREE_PARTS, pay("p", 30, may(3)))
    paid.when(promise("b", 0.01, MAY_31, at=may(3))).then_rejected("AGREEMENT_EXISTS")
    half = one_invoice.after(in_parts((MAY_10, 30), (MAY_20, 30)), pay("p", 30, may(3)))
    half.when(promise("b", 40, MAY_31, at=may(3))).then(PromiseMade)


def test_a_promise_id_stands_for_one_promise_with_all_its_terms() -> None:
    taken = one_invoice.after(THREE_PARTS)
    other = replace(THREE_PARTS, tolerance_minor=1)
    taken.when(other).then_rejected("PROMISE_EXISTS_WITH_OTHER_TERMS")
    taken.when(THREE_PARTS).then_nothing()


def test_a_cancelled_promise_in_parts_takes_no_money() -> None:
    two = one_invoice.after(in_parts((MAY_10, 10), (MAY_20, 10)), promise("b", 20, MAY_31))
    cancelled = two.after(CancelPromise(at=may(2), by=BY, promise_id="a", reason="MISTAKE"))
    cancelled.when(pay("p", 20, may(3))).then(PaymentRecorded, PromiseKept)


@pytest.mark.parametrize(
    ("command", "reason", "accepted"),
    [
        (replace(THREE_PARTS, amount=eur(99)), "PROMISE_SUM_DIFFERS", "99.00 EUR together"),
        (replace(THREE_PARTS, due_on=MAY_20), "PROMISE_END_DIFFERS", "the last on 2026-05-20"),
        (in_parts((MAY_20, 30), (MAY_10, 30), (MAY_31, 40)), "INSTALLMENTS_UNORDERED", "each date once"),
        (in_parts((date(2026, 4, 30), 30), (MAY_31, 40)), "PROMISE_DATE_PAST", "2026-05-01 or later"),
        (in_parts((MAY_10, 0), (MAY_31, 40)), "AMOUNT_NOT_POSITIVE", "more than zero"),
        (replace(THREE_PARTS, tolerance_minor=30_00), "TOLERANCE_INVALID", "zero or more, and less than 30.00 EUR"),
        (replace(THREE_PARTS, tolerance_minor=-1), "TOLERANCE_INVALID", "zero or more, and less than 30.00 EUR"),
        (
            replace(promise("a", 50, MAY_10), tolerance_minor=50_00),
            "TOLERANCE_INVALID",
            "zero or more, and less than 50.00 EUR",
        ),
        (
            replace(promise("a", 50, MAY_10), installments=(Installment(due_on=MAY_10, amount=eur(50), interest=1),)),
            "INTEREST_INVALID",
            "a plan",
        ),
    ],
)
def test_an_unsound_promise_in_parts_is_refused_with_what_would_do(
    command: MakePromise, reason: str, accepted: str
) -> None:
    refusal = one_invoice.when(command).then_rejected(reason)
    assert refusal.accepted == accepted


def test_money_that_kept_a_promise_stays_with_it_when_another_is_made_for_an_earlier_day() -> None:
    kept = one_invoice.after(promise("a", 50, MAY_20), pay("p", 50, may(1)))
    other = kept.after(promise("b", 50, MAY_10))
    assert case_of(other).promises["a"].stands is Agreed.KEPT
    other.when(judge(may(12))).then(PromiseBroken(at=MAY_10_IS_OVER, promise_id="b", paid=eur(0)))


def test_money_of_earlier_days_is_counted_first_so_that_a_promise_made_later_keeps_its_own() -> None:
    earlier = in_parts((MAY_10, 5), (MAY_20, 5))
    later = replace(promise("b", 50, MAY_20), at=may(11))
    kept = one_invoice.after(earlier, later, pay("p", 50, may(11)), pay("q", 10, may(9)))
    case = case_of(kept)
    assert {name: made.stands for name, made in case.promises.items()} == {"a": Agreed.KEPT, "b": Agreed.KEPT}
    assert paid_in_time(case) == {"a": (500, 1000), "b": (5000,)}
    kept.after(pay("r", 5, may(12))).when(bounce("r", may(13))).then(PaymentReversed)
