"""Which case an entry pays: what speaks for one, and what is never guessed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.money import Money
from importers.payment_files.entry import FileFormat, IdentifiedBy, PaymentEntry, Standing
from importers.payment_matching import (
    LOOKUPS_MAX,
    Candidate,
    Sign,
    Target,
    Why,
    candidates,
    choose,
    payment_id,
    reversed_payment,
    words_of,
)

ENTRY = PaymentEntry(
    entry_id="e" * 32,
    identified_by=IdentifiedBy.REFERENCE,
    file_format=FileFormat.CAMT,
    file="bank.xml",
    position="line 2",
    account="1",
    statement_id="S1",
    standing=Standing.BOOKED,
    amount=Money(4000, "EUR"),
    booked_on=date(2026, 11, 20),
    value_on=None,
)


def entry(minor: int = 4000, currency: str = "EUR", **changes: Any) -> PaymentEntry:
    return replace(ENTRY, amount=Money(minor, currency), **changes)


def target(reference: str = "F-2001", **changes: Any) -> Target:
    told: dict[str, Any] = {
        "case_id": f"id of {reference}",
        "name": f"acme/{reference}",
        "reference": reference,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "is_open": True,
        "balance": 10000,
        "installments": frozenset({2500}),
        "obligations": frozenset({"o-1"}),
        "payments": {},
    }
    return Target(**(told | changes))


def chosen(paid: PaymentEntry, *targets: Target) -> str:
    """Return the name of the case that is chosen, or why there is none."""
    found = choose(paid, candidates(paid, words_of(paid), targets))
    return found.target.name if isinstance(found, Candidate) else found.value


def test_words_of_a_text_are_taken_with_their_place_and_names_are_not() -> None:
    words = words_of(entry(structured_reference="RF18 7", end_to_end_id="E-1", remittance="Ana Quispe, fact:F-2001."))

    assert words["RF18 7"] is Sign.EXACT_REFERENCE
    assert words["E-1"] is Sign.END_TO_END_ID
    assert words["F-2001"] is Sign.REFERENCE_IN_TEXT
    assert not {"Ana", "Quispe", "fact"} & set(words)


def test_a_long_text_asks_no_more_than_so_many_questions() -> None:
    assert len(words_of(entry(remittance=" ".join(f"F-{number}" for number in range(500))))) == LOOKUPS_MAX


def test_a_structured_reference_is_enough_whatever_the_amount() -> None:
    assert chosen(entry(structured_reference="F-2001"), target()) == "acme/F-2001"


def test_a_long_reference_in_the_text_is_enough_and_a_short_one_only_with_the_amount() -> None:
    assert chosen(entry(remittance="pago F-2001"), target()) == "acme/F-2001"
    assert chosen(entry(remittance="pago R-1"), target("R-1")) == Why.NOT_CLEAR
    assert chosen(entry(10000, remittance="pago R-1"), target("R-1")) == "acme/R-1"
    assert chosen(entry(2500, remittance="pago R-1"), target("R-1")) == "acme/R-1"


def test_an_amount_alone_leads_nowhere() -> None:
    assert chosen(entry(10000, remittance="pago")) == Why.NO_CASE
    assert chosen(entry(10000, remittance="pago 17"), target()) == Why.NOT_CLEAR


def test_two_cases_in_one_text_are_ambiguous_also_when_the_amount_fits_one() -> None:
    paid = entry(10000, remittance="F-2001 F-2002")
    assert chosen(paid, target(), target("F-2002", balance=7)) == Why.AMBIGUOUS
    assert chosen(entry(1, structured_reference="F-2001"), target(), target(name="zen/F-2001")) == Why.AMBIGUOUS


def test_a_structured_reference_with_the_amount_stands_before_a_short_word_of_the_text() -> None:
    paid = entry(10000, structured_reference="F-2001", remittance="cuota 12")
    assert chosen(paid, target("12", balance=7), target()) == "acme/F-2001"


def test_another_currency_or_a_closed_case_is_left_even_with_the_exact_reference() -> None:
    paid = entry(structured_reference="F-2001")
    assert chosen(paid, target(currency="USD")) == Why.CURRENCY_DIFFERS
    assert chosen(paid, target(is_open=False)) == Why.CASE_CLOSED


def test_the_case_that_has_the_payment_is_the_one_also_when_it_is_closed_since() -> None:
    paid = entry(structured_reference="F-2001")
    assert chosen(paid, target(is_open=False, payments={payment_id(paid): 4000})) == "acme/F-2001"


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
    paid = entry(end_to_end_id="E-1")
    told: dict[str, Any] = {"minor": -4000, "end_to_end_id": "E-1", "reversal": True}
    back = entry(**(told | changes))
    scored = candidates(back, words_of(back), [target(payments={payment_id(paid): 4000, "by-hand-E-1": 4000})])

    named = reversed_payment(back, scored)

    assert (named is not None and named[1] == payment_id(paid)) is found


def test_a_reversal_that_fits_two_payments_takes_back_neither() -> None:
    paid = [entry(end_to_end_id="E-1", entry_id=letter * 32) for letter in "ab"]
    back = entry(-4000, end_to_end_id="E-1", reversal=True)
    scored = candidates(back, words_of(back), [target(payments={payment_id(each): 4000 for each in paid})])

    assert reversed_payment(back, scored) is None
