"""Which case an entry pays: what speaks for one, and what is never guessed."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pytest

from domain.case.payment_reference import in_groups, payment_reference
from domain.money import Money
from domain.suspense.entry import BankEntry, payment_id, payment_marks
from domain.suspense.matching import LOOKUPS_MAX, Scored, choose, chosen_obligation, leads_of, reversed_payment, score
from domain.suspense.target import Paid, Target
from domain.suspense.words import Sign, Why

ENTRY = BankEntry(
    entry_id="e" * 32, account="1", amount=Money(4000, "EUR"), booked_on=date(2026, 11, 20), file_format="CAMT"
)
_CASES = UUID("00000000-0000-5000-8000-000000000000")


def entry(minor: int = 4000, currency: str = "EUR", **changes: Any) -> BankEntry:
    return replace(ENTRY, amount=Money(minor, currency), **changes)


def target(reference: str = "F-2001", creditor_id: str = "acme", **changes: Any) -> Target:
    case_id = uuid5(_CASES, f"{creditor_id}/{reference}")
    told: dict[str, Any] = {
        "case_id": case_id,
        "creditor_id": creditor_id,
        "reference": reference,
        "rf_reference": payment_reference(case_id),
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "is_open": True,
        "balance": 10000,
        "installments": frozenset({2500}),
        "obligations": {"o-1": "o-1", "INV-77001": "o-1"},
        "accounts": frozenset(),
        "payments": {},
    }
    return Target(**(told | changes))


def paid(*entries: BankEntry, **more: int) -> dict[str, Paid]:
    """Payments that a case has: out of files, and by hand."""
    imported = {payment_id(one): Paid(one.amount.minor, payment_marks(payment_id(one))) for one in entries}
    return imported | {name: Paid(minor, ()) for name, minor in more.items()}


def scored(told: BankEntry, *targets: Target, payers: frozenset[UUID] = frozenset()) -> list[Scored]:
    return score(told, leads_of(told), targets, payers)


def chosen(told: BankEntry, *targets: Target, payers: frozenset[UUID] = frozenset()) -> str:
    """Return the name of the case that is chosen, or why there is none."""
    found = choose(told, scored(told, *targets, payers=payers))
    return f"{found.target.creditor_id}/{found.target.reference}" if isinstance(found, Scored) else found.value


def test_words_of_a_text_are_taken_with_their_place_and_names_are_not() -> None:
    words = leads_of(
        entry(structured_reference="RF18 7", end_to_end_id="E-1", remittance="Ana Quispe, fact:F-2001.")
    ).words

    assert words["RF18 7"] is Sign.EXACT_REFERENCE
    assert words["E-1"] is Sign.END_TO_END_ID
    assert words["F-2001"] is Sign.REFERENCE_IN_TEXT
    assert not {"Ana", "Quispe", "fact"} & set(words)


def test_a_long_text_asks_no_more_than_so_many_questions() -> None:
    assert len(leads_of(entry(remittance=" ".join(f"F-{number}" for number in range(500)))).words) == LOOKUPS_MAX


def test_a_structured_reference_is_enough_whatever_the_amount() -> None:
    assert chosen(entry(structured_reference="F-2001"), target()) == "acme/F-2001"


def test_a_long_reference_in_the_text_is_enough_and_a_short_one_only_with_the_amount() -> None:
    assert chosen(entry(remittance="pago F-2001"), target()) == "acme/F-2001"
    assert chosen(entry(remittance="pago R-1"), target("R-1")) == Why.NOT_CLEAR
    assert chosen(entry(10000, remittance="pago R-1"), target("R-1")) == "acme/R-1"
    assert chosen(entry(2500, remittance="pago R-1"), target("R-1")) == "acme/R-1"


def test_an_amount_alone_leads_nowhere() -> None:
    assert chosen(entry(10000, remittance="pago")) == Why.NO_CASE
    assert chosen(entry(10000, remittance="pago 17"), target()) == Why.NO_CASE


def test_two_cases_in_one_text_are_ambiguous_also_when_the_amount_fits_one() -> None:
    told = entry(10000, remittance="F-2001 F-2002")
    assert chosen(told, target(), target("F-2002", balance=7)) == Why.AMBIGUOUS
    assert chosen(entry(1, structured_reference="F-2001"), target(), target(creditor_id="zen")) == Why.AMBIGUOUS


def test_a_structured_reference_with_the_amount_stands_before_a_short_word_of_the_text() -> None:
    told = entry(10000, structured_reference="F-2001", remittance="cuota 12")
    assert chosen(told, target("12", balance=7), target()) == "acme/F-2001"


def test_another_currency_or_a_closed_case_is_left_even_with_the_exact_reference() -> None:
    told = entry(structured_reference="F-2001")
    assert chosen(told, target(currency="USD")) == Why.CURRENCY_DIFFERS
    assert chosen(told, target(is_open=False)) == Why.CASE_CLOSED


def test_the_case_that_has_the_payment_is_the_one_also_when_it_is_closed_since() -> None:
    told = entry(structured_reference="F-2001")
    assert chosen(told, target(is_open=False, payments=paid(told))) == "acme/F-2001"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"end_to_end_id": "E-2"}, False),
        ({"minor": -3999}, False),
        ({"currency": "USD"}, False),
        ({"end_to_end_id": ""}, False),
    ],
)
def test_a_reversal_takes_back_the_one_payment_with_its_ids_and_amount(changes: dict[str, Any], found: bool) -> None:
    original = entry(end_to_end_id="E-1")
    told: dict[str, Any] = {"minor": -4000, "end_to_end_id": "E-1", "reversal": True, "remittance": "F-2001"}
    back = entry(**(told | changes))
    named = reversed_payment(back, scored(back, target(payments=paid(original, byhand=4000))))

    assert (named is not None and named[1] == payment_id(original)) is found


def test_a_reversal_that_fits_two_payments_takes_back_neither() -> None:
    twice = [entry(end_to_end_id="E-1", entry_id=letter * 32) for letter in "ab"]
    back = entry(-4000, end_to_end_id="E-1", reversal=True)

    assert reversed_payment(back, scored(back, target(payments=paid(*twice)))) is None


def test_a_payment_named_by_its_ids_leads_to_its_case() -> None:
    back = entry(-4000, transaction_reference="T-1", reversal=True)
    (found,) = scored(back, target(payments=paid(entry(transaction_reference="T-1"))))

    assert found.signs == (Sign.PAYMENT_NAMED,)


def test_a_reference_with_check_digits_is_found_with_its_blanks_and_a_wrong_digit_is_not() -> None:
    case = target("R-1")
    written = in_groups(case.rf_reference)
    wrong = written[:-1] + ("0" if written[-1] != "0" else "1")

    assert chosen(entry(remittance=f"pago {written.lower()} gracias"), case) == "acme/R-1"
    assert chosen(entry(structured_reference=case.rf_reference), case) == "acme/R-1"
    assert chosen(entry(remittance=f"pago {wrong}"), case) == Why.NO_CASE


def test_an_account_that_is_the_cases_alone_is_enough() -> None:
    case = target(accounts=frozenset({"646180157000000004"}))
    assert chosen(entry(account="646180157000000004"), case, target("F-2002")) == "acme/F-2001"


def test_an_obligations_reference_leads_to_its_case_unless_it_is_short() -> None:
    assert chosen(entry(structured_reference="INV-77001"), target()) == "acme/F-2001"
    assert chosen(entry(remittance="pago INV-77001."), target()) == "acme/F-2001"
    assert chosen(entry(remittance="pago o-1"), target()) == Why.NO_CASE
    assert scored(entry(remittance="F-2001 INV-77001"), target())[0].signs == (
        Sign.REFERENCE_IN_TEXT,
        Sign.OBLIGATION_NAMED,
    )


@pytest.mark.parametrize(("text", "named"), [("INV-77001", "o-1"), ("F-2001", ""), ("INV-77001 INV-77002", "")])
def test_the_one_obligation_that_is_named_is_the_one_to_pay(text: str, named: str) -> None:
    case = target(obligations={"o-1": "o-1", "INV-77001": "o-1", "INV-77002": "o-2"})
    assert chosen_obligation(leads_of(entry(remittance=text)), case) == named


def test_the_payers_name_speaks_for_a_case_that_a_reference_led_to_and_for_no_other() -> None:
    case = target("R-1")
    told = entry(remittance="pago R-1")
    payers = frozenset({case.case_id})

    assert chosen(told, case, payers=payers) == "acme/R-1"
    assert chosen(entry(remittance="gracias"), case, payers=payers) == Why.NO_CASE
