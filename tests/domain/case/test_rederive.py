"""What becomes known late leaves what it would have left in time; what did not stand, what would be without it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.commands import (
    AddCharge,
    AddObligation,
    CaseCommand,
    ConsentToOrder,
    OpenDispute,
    PlaceHold,
    RecordPayment,
    Waive,
)
from domain.case.events import (
    CaseClosed,
    CaseReopened,
    ChargeAdded,
    CreditApplied,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    TermsRecorded,
)
from domain.case.view import balance_minor
from domain.case.words import Closure, Component, HoldReason, Scope
from domain.decider import Rejected
from domain.money import Money
from tests.domain.case.material import BY, Story
from tests.domain.case.money import (
    DUE,
    HUNDRED,
    bounced,
    by_component,
    day,
    debt,
    money,
    owed,
    owing,
    post,
    stated,
    terms,
    the_case,
)

PRINCIPAL, LATE, FEES = Component.PRINCIPAL, Component.LATE_INTEREST, Component.FEES
TWO = (debt("1", 100_00), debt("2", 60_00, DUE + timedelta(days=7)))
LAST = 60


def fee(charge_id: str, minor: int, at: int) -> AddCharge:
    return AddCharge(
        at=day(at),
        by=BY,
        charge_id=charge_id,
        obligation_id="1",
        component=FEES,
        amount=Money(minor, "EUR"),
        reason="LATE_FEE",
    )


def moratorium(first: int, last: int, *, at: int) -> PlaceHold:
    return PlaceHold(
        at=day(at),
        by=BY,
        hold_id="m",
        reason=HoldReason.MORATORIUM,
        scope=Scope.ALL,
        authority="court",
        from_at=day(first),
        until=day(last),
    )


def parts(event: object) -> list[tuple[str, Component, int]]:
    assert isinstance(event, PaymentRecorded | PaymentReallocated | CreditApplied)
    return [(part.obligation_id, part.component, part.minor) for part in event.parts]


def test_a_payment_that_becomes_known_late_changes_what_later_ones_have_paid() -> None:
    paid = HUNDRED.after(money("p", 50_00, day(30)))
    assert owed(paid) == {("1", PRINCIPAL): 53_00}
    late = paid.when(money("q", 50_00, day(10))).then(ChargeAdded, PaymentRecorded, PaymentReallocated, ChargeAdded)
    posted, recorded, again, back = late.history[-4:]
    assert isinstance(posted, ChargeAdded)
    assert (posted.amount.minor, posted.at, posted.period) == (1_00, day(10), "2026-01-11..2026-01-20")
    assert parts(recorded) == [("1", LATE, 1_00), ("1", PRINCIPAL, 49_00)]
    assert parts(again) == [("1", LATE, 1_02), ("1", PRINCIPAL, 48_98)]
    assert isinstance(again, PaymentReallocated)
    assert (again.payment_id, again.at, again.reason) == ("p", day(30), "BACK_DATED")
    assert isinstance(back, ChargeAdded)
    assert (back.amount.minor, back.at) == (-1_98, day(30))
    assert owed(late) == owed(HUNDRED.after(money("q", 50_00, day(10)), money("p", 50_00, day(30))))
    assert by_component(stated(late, day(20))) == {("1", PRINCIPAL): 51_00, ("1", LATE): 51}


def test_a_late_payment_closes_the_case_when_it_was_paid_and_leaves_the_rest_as_credit() -> None:
    paid = HUNDRED.after(money("p", 80_00, day(30)))
    late = paid.after(money("q", 50_00, day(10)))
    assert isinstance(late.history[-1], CaseClosed)
    assert late.history[-1].at == day(30)
    assert (owed(late), the_case(late).ledger.credit) == ({}, 130_00 - 100_00 - 1_00 - 1_02)


def test_a_payment_that_becomes_known_after_others_closed_the_case_gives_money_back() -> None:
    closed = HUNDRED.after(money("p", 103_00, day(30)))
    assert the_case(closed).closure is Closure.PAID
    late = closed.after(money("q", 50_00, day(10)))
    assert the_case(late).closure is Closure.PAID
    assert (owed(late), the_case(late).ledger.credit) == ({}, 153_00 - 100_00 - 1_00 - 1_02)


def test_a_cheque_that_bounces_after_cure_leaves_what_would_be_owed_without_it() -> None:
    cured = HUNDRED.after(money("p", 101_00, day(10)))
    assert the_case(cured).closure is Closure.PAID
    bounce = cured.when(bounced("p", day(20))).then(PaymentReversed, CaseReopened, ChargeAdded)
    assert owed(bounce) == {("1", PRINCIPAL): 100_00, ("1", LATE): 2_00}


def test_without_the_payment_that_bounced_a_later_one_pays_the_interest_of_its_own_day() -> None:
    paid = HUNDRED.after(money("p", 50_00, day(10)), money("q", 20_00, day(20)))
    bounce = paid.after(bounced("p", day(30)))
    again = next(event for event in bounce.history if isinstance(event, PaymentReallocated))
    assert (parts(again), again.at) == ([("1", LATE, 2_00), ("1", PRINCIPAL, 18_00)], day(30))
    assert owed(bounce) == owed(HUNDRED.after(money("q", 20_00, day(20)), post(day(30))))
    assert by_component(stated(bounce, day(29))) == by_component(stated(paid, day(29)))  # nobody knew


def test_money_that_was_credit_on_a_case_closed_by_what_bounced_pays_on_its_own_day() -> None:
    closed = HUNDRED.after(money("p", 101_00, day(10)), money("q", 60_00, day(15)))
    assert the_case(closed).ledger.credit == 60_00
    bounce = closed.after(bounced("p", day(30)))
    assert owed(bounce) == owed(HUNDRED.after(money("q", 60_00, day(15)), post(day(30))))
    assert the_case(bounce).open


def test_terms_that_become_known_after_payments_hold_since_the_due_date() -> None:
    plain = Story(HUNDRED.decider, tuple(event for event in HUNDRED.history if not isinstance(event, TermsRecorded)))
    paid = plain.after(money("p", 50_00, day(30)))
    assert owed(paid) == {("1", PRINCIPAL): 50_00}
    known = paid.when(terms("36.5", at=day(40))).then(TermsRecorded, ChargeAdded, PaymentReallocated)
    assert owed(known) == owed(HUNDRED.after(money("p", 50_00, day(30)), post(day(40))))


def test_other_terms_that_ask_for_less_give_interest_that_was_paid_to_the_principal() -> None:
    paid = HUNDRED.after(money("p", 50_00, day(30)))
    known = paid.after(terms("18.25", terms_id="u", at=day(40)), post(day(40)))
    assert owed(known) == owed(
        owing(debt("1", 100_00), percent="18.25").after(money("p", 50_00, day(30)), post(day(40)))
    )


def test_a_moratorium_that_becomes_known_late_takes_back_the_interest_of_its_days() -> None:
    paid = HUNDRED.after(money("p", 50_00, day(30)))
    known = paid.after(moratorium(10, 20, at=40), post(day(40)))
    assert owed(known) == owed(HUNDRED.after(moratorium(10, 20, at=5), money("p", 50_00, day(30)), post(day(40))))


def test_interest_that_was_waived_stays_waived_and_is_not_taken_back_twice() -> None:
    waived = HUNDRED.after(
        Waive(at=day(30), by=BY, waiver_id="w", amount=Money(3_00, "EUR"), reason="x", authority=BY, component=LATE)
    )
    late = waived.after(money("q", 50_00, day(10)))
    assert owed(late) == {("1", PRINCIPAL): 51_00}
    assert stated(late, day(30)).balance == 51_00
    assert stated(late, day(40)).balance == 51_00  # 1.00 + 1.02 + .51 borne, 3.00 given up beside the 1.00 paid


def test_a_payment_of_a_day_before_a_debt_was_added_pays_it_once_however_late_others_are_told() -> None:
    """It pays the debt of its own day first; what was added later it pays as credit, from the day of the adding."""
    more = AddObligation(at=day(20), by=BY, obligation=debt("2", 60_00, DUE - timedelta(days=5)))
    early, middle, last = money("p", 30_00, day(10)), money("q", 20_00, day(12)), money("r", 20_00, day(14))
    told_late = HUNDRED.after(more, early, last, middle)
    assert balances(told_late) == balances(HUNDRED.after(early, middle, last, more))
    assert all(minor >= 0 for minor in owed(told_late).values())


def test_interest_that_other_terms_took_back_is_not_kept_free_of_payments_that_become_known_late() -> None:
    known = owing(debt("1", 100_00), percent="365").after(post(day(20)), terms("36.5", terms_id="u", at=day(20)))
    late, later = money("p", 1_00, day(22)), money("q", 1_00, day(30))
    assert balances(known.after(later, late)) == balances(known.after(late, later))


@dataclass(frozen=True)
class Life:
    """A case before its payments, and payments by day."""

    begun: Story
    payments: tuple[RecordPayment, ...]


@st.composite
def lives(draw: st.DrawFn) -> Life:
    begun = owing(*TWO)
    if draw(st.booleans()):
        begun = begun.after(fee("f", 7_00, 0))
    if draw(st.booleans()):
        begun = begun.after(OpenDispute(at=day(0), by=BY, dispute_id="d", obligation_ids=("1",), reason="x"))
    if draw(st.booleans()):
        begun = begun.after(moratorium(5, 15, at=0))
    if draw(st.booleans()):
        at = day(draw(st.integers(0, 40)))
        consent = ConsentToOrder(at=at, by=BY, consent_id="c", custom="house.money.principal_first", reason="x")
        begun = begun.after(consent)
    found = [
        money(
            f"p{number}",
            draw(st.sampled_from((1, 33_33, 50_00, 101_00, 180_00))),
            day(draw(st.integers(0, 40)), number),
            draw(st.sampled_from(("", "", "1"))),
        )
        for number in range(draw(st.integers(2, 5)))
    ]
    return Life(begun, tuple(sorted(found, key=lambda each: each.at)))


def lived(begun: Story, commands: Sequence[CaseCommand]) -> Story:
    for command in commands:
        with suppress(Rejected):
            begun = begun.after(command)
            assert all(minor >= 0 for debt in the_case(begun).ledger.debts.values() for minor in debt.owed.values())
    return begun


@given(lives(), st.data())
@settings(max_examples=200)
def test_a_payment_that_becomes_known_late_leaves_what_one_in_time_would_have_left(
    life: Life, data: st.DataObject
) -> None:
    late = data.draw(st.sampled_from(life.payments))
    others = [each for each in life.payments if each is not late]
    in_time = [*[each for each in others if each.at.date() <= late.at.date()], late]
    in_time += [each for each in others if each.at.date() > late.at.date()]
    one, other = lived(life.begun, in_time), lived(life.begun, [*others, late])
    assert balances(one) == balances(other)
    for number in range(late.at.toordinal() - day(0).toordinal(), LAST, 7):
        assert by_component(stated(one, day(number))) == by_component(stated(other, day(number)))


@given(lives(), st.data())
@settings(max_examples=200)
def test_a_payment_that_did_not_stand_leaves_what_would_be_without_it(life: Life, data: st.DataObject) -> None:
    bad = data.draw(st.sampled_from(life.payments))
    known = day(data.draw(st.integers(bad.at.toordinal() - day(0).toordinal(), LAST)), 6)
    before = [each for each in life.payments if each.at <= known]
    rest = [each for each in life.payments if each.at > known]
    one = lived(life.begun, [each for each in life.payments if each is not bad])
    other = lived(life.begun, [*before, bounced(bad.payment_id, known), *rest])
    assert balances(one) == balances(other)


def balances(story: Story) -> tuple[object, int]:
    posted = lived(story, [post(day(LAST))])
    return owed(posted), the_case(posted).ledger.credit


def test_a_correction_that_is_asked_for_twice_is_made_once() -> None:
    late = HUNDRED.after(money("p", 50_00, day(30)), money("q", 50_00, day(10)))
    late.when(money("q", 50_00, day(10))).then_nothing()
    assert balance_minor(the_case(late)) == 100_00 + 1_00 + 1_02 - 100_00
