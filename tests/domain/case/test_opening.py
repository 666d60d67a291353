"""Opening a case, adding to it, closing it and opening it again."""

from datetime import date
from uuid import UUID

import pytest

from domain.case import case_id
from domain.case.commands import (
    AddNote,
    AddObligation,
    AddObligor,
    Assign,
    CloseCase,
    PinStrategy,
    ReleaseObligor,
    ReopenCase,
)
from domain.case.events import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CreditApplied,
    NoteAdded,
    ObligationAdded,
    ObligorAdded,
    ObligorReleased,
    StageEntered,
)
from domain.case.view import balance_minor
from domain.case.words import Closure, Obligor, Role, Stage, StrategyPin
from domain.money import Money
from tests.domain.case.material import (
    BY,
    CO_DEBTOR,
    DEBTOR,
    MAY_1,
    THREE,
    bounce,
    case_of,
    charge,
    climb_to,
    invoice,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    promise,
)


def test_a_case_opens_before_the_ladders_first_rung() -> None:
    opened = nothing.when(opening()).then(CaseOpened, StageEntered)
    climb = case_of(opened).climb
    assert (climb.stage, climb.entry) == (Stage.PRE_DUE, 1)
    assert climb.anchored_on == date(2026, 4, 1)


def test_opening_with_other_terms_is_refused() -> None:
    one_invoice.when(opening(language="ca")).then_rejected("CASE_EXISTS_WITH_OTHER_TERMS")


def test_opening_again_is_done_already_whatever_was_changed_since() -> None:
    changed = one_invoice.after(
        PinStrategy(at=may(2), by=BY, strategy=StrategyPin(name="consumer", version=2), reason="BETTER"),
        AddObligation(at=may(2), by=BY, obligation=invoice("2", 5, date(2026, 6, 1))),
    )
    changed.when(opening(at=may(3))).then_nothing()


def test_an_obligation_may_begin_at_nothing_and_waits_open_for_its_charges() -> None:
    opened = nothing.when(opening(obligations=(invoice("1", 0, date(2026, 4, 1)),))).then(CaseOpened, StageEntered)
    assert case_of(opened).open


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"obligations": ()}, "OBLIGATION_MISSING"),
        ({"obligations": (*THREE, THREE[0])}, "OBLIGATION_TWICE"),
        ({"obligations": (invoice("1", -5, date(2026, 4, 1)),)}, "AMOUNT_NEGATIVE"),
        ({"currency": "USD"}, "CURRENCY_MISMATCH"),
        ({"currency": "euro"}, "CURRENCY_INVALID"),
        ({"obligors": ()}, "PRINCIPAL_OBLIGOR_MISSING"),
        ({"obligors": (Obligor(person_id=DEBTOR, role=Role.GUARANTOR),)}, "PRINCIPAL_OBLIGOR_MISSING"),
        ({"obligors": (Obligor(person_id=DEBTOR, role=Role.PRINCIPAL),) * 2}, "OBLIGOR_TWICE"),
        ({"time_zone": "Madrid"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "../etc/passwd"}, "TIME_ZONE_UNKNOWN"),
        ({"country": "Spain"}, "COUNTRY_INVALID"),
        ({"language": ""}, "LANGUAGE_INVALID"),
        ({"reference": " "}, "REFERENCE_MISSING"),
        ({"grace_days": -1}, "GRACE_INVALID"),
        ({"at": MAY_1.replace(tzinfo=None)}, "INSTANT_NOT_UTC"),
    ],
)
def test_an_unsound_opening_is_refused(terms: dict[str, object], reason: str) -> None:
    nothing.when(opening(**terms)).then_rejected(reason)  # type: ignore[arg-type]  # nonsense on purpose


def test_nothing_can_be_asked_of_a_case_that_was_not_opened() -> None:
    nothing.when(pay("p", 1, MAY_1)).then_rejected("CASE_NOT_FOUND")


def test_a_second_obligation_is_owed_too() -> None:
    added = one_invoice.when(AddObligation(at=may(2), by=BY, obligation=THREE[1])).then(ObligationAdded)
    assert balance_minor(case_of(added)) == 300_00


def test_an_obligation_with_a_known_id_and_other_terms_is_refused() -> None:
    again = AddObligation(at=may(2), by=BY, obligation=invoice("1", 99, date(2026, 4, 1)))
    one_invoice.when(again).then_rejected("OBLIGATION_EXISTS_WITH_OTHER_TERMS")


def test_somebody_stays_bound_as_principal() -> None:
    release = ReleaseObligor(at=may(2), by=BY, person_id=DEBTOR, reason="ERROR")
    one_invoice.when(release).then_rejected("LAST_PRINCIPAL_OBLIGOR")
    guarantor = AddObligor(at=MAY_1, by=BY, obligor=Obligor(person_id=UUID(int=3), role=Role.GUARANTOR))
    one_invoice.after(guarantor).when(release).then_rejected("LAST_PRINCIPAL_OBLIGOR")
    heir = AddObligor(at=MAY_1, by=BY, obligor=Obligor(person_id=CO_DEBTOR, role=Role.PRINCIPAL))
    one_invoice.when(heir).then(ObligorAdded).when(release).then(ObligorReleased)


def test_somebody_who_was_never_bound_cannot_be_released() -> None:
    stranger = ReleaseObligor(at=may(2), by=BY, person_id=UUID(int=9), reason="ERROR")
    one_invoice.when(stranger).then_rejected("PERSON_NOT_OBLIGOR")


def test_receive_link_a_payment_of_one_co_debtor_reduces_the_debt_of_both() -> None:
    both = one_invoice.after(AddObligor(at=MAY_1, by=BY, obligor=Obligor(person_id=CO_DEBTOR, role=Role.CO_DEBTOR)))
    assert balance_minor(case_of(both.after(pay("p", 60, may(2))))) == 40_00


def test_receive_resolve_paid_means_paid() -> None:
    paid = CloseCase(at=may(2), by=BY, closure=Closure.PAID)
    one_invoice.when(paid).then_rejected("BALANCE_NOT_ZERO")


def test_erp_resolve_one_paid_invoice_of_two_leaves_the_case_open() -> None:
    two = nothing.after(opening(THREE[:2]))
    assert case_of(two.after(pay("p", 200, may(2), obligation_id="2"))).open


def test_a_case_is_closed_for_other_reasons_with_something_owed() -> None:
    withdrawn = CloseCase(at=may(2), by=BY, closure=Closure.WITHDRAWN, reason="creditor took it back")
    closed = one_invoice.when(withdrawn).then(CaseClosed)
    assert case_of(closed).climb.stage is Stage.CLOSED
    other = CloseCase(at=may(3), by=BY, closure=Closure.SOLD)
    closed.when(other).then_rejected("CASE_CLOSED")


def test_a_closed_case_takes_notes_and_money_and_nothing_else() -> None:
    closed = one_invoice.after(CloseCase(at=may(2), by=BY, closure=Closure.WRITTEN_OFF))
    closed.when(charge("c", 5, may(3))).then_rejected("CASE_CLOSED")
    closed.when(promise("p", 5, date(2026, 6, 1))).then_rejected("CASE_CLOSED")
    closed.when(climb_to(Stage.SOFT)).then_rejected("CASE_CLOSED")
    closed.when(Assign(at=may(3), by=BY, collector="c-1")).then_rejected("CASE_CLOSED")
    closed.when(AddNote(at=may(3), by=BY, note_id="n", person_id=DEBTOR, text="called")).then(NoteAdded)
    late = closed.after(pay("p", 30, may(3)))
    assert case_of(late).ledger.credit == 30_00


def test_a_reopened_case_goes_on_where_it_was_and_takes_the_money_that_came_meanwhile() -> None:
    closed = one_invoice.after(
        climb_to(Stage.SOFT), CloseCase(at=may(2), by=BY, closure=Closure.WRITTEN_OFF), pay("p", 30, may(3))
    )
    reopened = closed.when(ReopenCase(at=may(4), by=BY, reason="ERROR")).then(CaseReopened, CreditApplied)
    the_case = case_of(reopened)
    assert (the_case.climb.stage, the_case.climb.entry) == (Stage.SOFT, 2)
    assert (balance_minor(the_case), the_case.ledger.credit) == (70_00, 0)


def test_a_case_reopened_with_nothing_owed_stays_open() -> None:
    paid = one_invoice.after(pay("p", 100, may(2)))
    reopened = paid.when(ReopenCase(at=may(4), by=BY, reason="MORE_TO_COME")).then(CaseReopened)
    assert case_of(reopened).open
    reopened.when(AddObligation(at=may(5), by=BY, obligation=THREE[1])).then(ObligationAdded)


def test_a_case_id_is_the_same_for_everybody_and_no_other_cases() -> None:
    assert case_id("acme", "K-1") == UUID("c522da8e-9c21-59cb-a87e-5a5b3d5d66e6")
    assert case_id("ab", "c") != case_id("a", "bc")


def test_a_bounced_cheque_does_not_reopen_a_case_that_was_withdrawn() -> None:
    withdrawn = one_invoice.after(pay("p", 30, may(2)), CloseCase(at=may(3), by=BY, closure=Closure.WITHDRAWN))
    bounced = withdrawn.after(bounce("p", may(4)))
    assert case_of(bounced).closure is Closure.WITHDRAWN
    assert balance_minor(case_of(bounced)) == 100_00


def test_a_payment_in_another_currency_is_refused() -> None:
    dollars = pay("p", 1, MAY_1)
    wrong = type(dollars)(at=MAY_1, by=BY, payment_id="p", amount=Money(1, "USD"))
    refusal = one_invoice.when(wrong).then_rejected("CURRENCY_MISMATCH")
    assert (refusal.field, refusal.accepted) == ("amount", "EUR")
