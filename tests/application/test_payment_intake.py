"""Bank entries taken in: recorded once where they surely belong, waiting for a person everywhere else."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from application.payment_taken import Became
from domain.case.commands import AddObligation, AssignAccount, CloseCase, ReversePayment
from domain.case.payment_reference import in_groups, payment_reference
from domain.case.words import Closure, HoldReason, Obligation, Scope
from domain.money import Money
from domain.suspense.words import Sign, Why
from tests.application.bank_entries import Office, entry
from tests.house import BY, DUE_ON, asked


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_clear_entry_is_a_payment_and_needs_no_stream_of_its_own(office: Office) -> None:
    case = await office.house.opened("F-20010")
    taken = await office.one(entry(remittance="pago F-20010", counterparty_name="Ana Ruiz"))

    assert (taken.became, taken.case_id) == (Became.RECORDED, case)
    assert await office.paid(case) == [(4000, False)]
    assert await office.house.happened(taken.stream_id) == []


@pytest.mark.parametrize("by_content", [False, True])
async def test_the_same_entry_of_the_same_file_changes_nothing(office: Office, by_content: bool) -> None:
    case = await office.house.opened("F-20010")
    told = entry(remittance="pago F-20010", by_content=by_content, place="aa")
    first = await office.one(told)
    position = await office.store.position()
    again = await office.one(told)
    both = await office.take(told, told)

    assert (first.became, again.became) == (Became.RECORDED, Became.REPEATED)
    assert [each.became for each in both] == [Became.REPEATED, Became.REPEATED]
    assert await office.store.position() == position
    assert await office.paid(case) == [(4000, False)]


async def test_what_only_its_content_identifies_waits_when_another_file_tells_it(office: Office) -> None:
    case = await office.house.opened("F-20010")
    told = [entry(remittance="F-20010", by_content=True, place=place) for place in ("aa", "bb", "cc")]
    became = [await office.one(each) for each in (*told, *told)]

    assert [each.became for each in became[:3]] == [Became.RECORDED, Became.WAITING, Became.WAITING]
    assert [each.became for each in became[3:]] == [Became.REPEATED, Became.WAITING, Became.WAITING]
    assert became[1].why is Why.TOLD_BEFORE
    assert len({each.stream_id for each in became[1:3]}) == 2
    assert await office.paid(case) == [(4000, False)]
    await office.queue.match(became[1].stream_id, case, asked())
    await office.queue.dismiss(became[2].stream_id, "SAME", asked())
    assert await office.paid(case) == [(4000, False), (4000, False)]


async def test_an_entry_that_waits_is_not_recorded_by_another_file_that_only_its_content_tells(office: Office) -> None:
    told = [entry(remittance="F-20010", by_content=True, place=place) for place in ("aa", "bb")]
    waits = await office.one(told[0])
    case = await office.house.opened("F-20010")
    again = await office.one(told[1])

    assert (waits.why, again.why) == (Why.NO_CASE, Why.TOLD_BEFORE)
    assert await office.paid(case) == []


async def test_an_unclear_entry_waits_and_its_candidates_are_left_alone(office: Office) -> None:
    first, second = await office.house.opened("F-20010"), await office.house.opened("F-20020")
    taken = await office.one(entry(remittance="F-20010 F-20020"))

    assert (taken.became, taken.why) == (Became.WAITING, Why.AMBIGUOUS)
    assert {each.case_id for each in taken.candidates} == {first, second}
    assert taken.candidates[0].signs == (Sign.REFERENCE_IN_TEXT,)
    assert await office.house.happened(taken.stream_id) == ["EntryReceived"]
    for case_id in (first, second):
        (hold,) = (await office.case(case_id)).holds.values()
        assert (hold.reason, hold.scope) == (HoldReason.PAYMENT_TO_VERIFY, Scope.CONTACT)
        assert await office.held(case_id)
    office.clock.at += timedelta(days=8)  # Monday and five business days: the Monday after has begun and passed
    assert not await office.held(first)


async def test_a_payment_that_comes_before_its_case_is_recorded_when_its_file_is_imported_again(office: Office) -> None:
    told = entry(remittance="F-20010")
    early = await office.one(told)
    case = await office.house.opened("F-20010")
    later = await office.one(told)
    again = await office.one(told)

    assert (early.why, later.became, again.became) == (Why.NO_CASE, Became.RECORDED, Became.REPEATED)
    assert await office.house.happened(early.stream_id) == ["EntryReceived", "EntryMatched"]
    assert await office.paid(case) == [(4000, False)]


async def test_a_reference_with_check_digits_leads_to_its_case(office: Office) -> None:
    case = await office.house.opened("1")
    written = in_groups(payment_reference(case)).lower()
    taken = await office.one(entry(remittance=f"transferencia {written} Ana"))

    assert (taken.became, taken.candidates[0].signs[0]) == (Became.RECORDED, Sign.RF_REFERENCE)


async def test_an_account_of_its_own_leads_to_its_case(office: Office) -> None:
    case = await office.house.opened("F-1")
    other = await office.house.opened("F-2")
    account = "646180157000000004"
    await office.house.cases.handle(case, AssignAccount(account=account, at=office.clock.now(), by=BY), asked())
    taken = await office.one(entry(account=account, remittance="pago"))

    assert (taken.became, taken.case_id) == (Became.RECORDED, case)
    assert await office.paid(other) == []


async def test_the_obligation_that_the_payer_names_is_paid(office: Office) -> None:
    case = await office.house.opened("F-1")
    more = Obligation(obligation_id="o-2", reference="FAC-778812", principal=Money(4000, "EUR"), due_on=DUE_ON)
    command = AddObligation(obligation=more, at=office.clock.now(), by=BY)
    await office.house.cases.handle(case, command, asked())
    taken = await office.one(entry(structured_reference="FAC-778812"))

    assert taken.candidates[0].signs == (Sign.EXACT_OBLIGATION, Sign.AMOUNT_IS_INSTALLMENT)
    debts = (await office.case(case)).ledger.debts
    assert (debts["o-1"].balance, debts["o-2"].balance) == (50_000, 0)


async def test_the_payers_name_speaks_for_a_case_and_is_not_kept(office: Office) -> None:
    case = await office.house.opened("R-1", minor=70_000)
    named = await office.one(entry("a", remittance="pago R-1", counterparty_name="RUIZ ANA MARIA"))
    strange = await office.one(entry("b", remittance="pago R-1", counterparty_name="Luis Soto"))

    assert (named.became, named.case_id) == (Became.RECORDED, case)
    assert named.candidates[0].signs == (Sign.SHORT_REFERENCE_IN_TEXT, Sign.PAYER_IS_OBLIGOR)
    assert strange.why is Why.NOT_CLEAR


async def test_a_reversal_takes_back_the_payment_it_names_even_without_a_reference(office: Office) -> None:
    case = await office.house.opened("F-20010")
    ids: dict[str, Any] = {"end_to_end_id": "E-1", "transaction_reference": "T-1"}
    back = entry("b", -4000, reversal=True, **ids)
    first = await office.take(entry("a", remittance="F-20010", **ids), back)
    again = await office.one(back)
    strange = await office.one(entry("c", -4000, reversal=True, end_to_end_id="E-9"))

    assert [each.became for each in first] == [Became.RECORDED, Became.REVERSED]
    assert again.became is Became.REPEATED
    assert await office.paid(case) == [(4000, True)]
    assert strange.why is Why.NO_SUCH_PAYMENT


async def test_two_importers_of_one_file_record_it_once(office: Office) -> None:
    cases = [await office.house.opened(f"F-2001{number}") for number in range(8)]
    file = [entry(str(number), remittance=f"F-2001{number % 9}") for number in range(40)]
    rivals = [office, Office(office.store), Office(office.store)]  # type: ignore[arg-type]
    taken = await asyncio.gather(*(rival.take(*file) for rival in rivals))

    total = sum([len(await office.paid(case)) for case in cases])
    clear = sum(number % 9 < 8 for number in range(40))
    assert total == clear
    recorded = [each for one in taken for each in one if each.became is Became.RECORDED]
    assert len(recorded) == clear
    received = [one for one in await office.house.log() if type(one.event).__name__ == "EntryReceived"]
    assert len(received) == 40 - clear


async def test_a_closed_case_a_strange_currency_and_another_creditor_are_never_paid_silently(office: Office) -> None:
    case = await office.house.opened("F-20010")
    (strange,) = await office.take(entry("a", remittance="F-20010"), creditor_id="zen")
    (dollars,) = await office.take(entry("b", currency="USD", remittance="F-20010"))
    await office.house.cases.handle(
        case, CloseCase(closure=Closure.WITHDRAWN, reason="x", at=office.clock.now(), by=BY), asked()
    )
    (closed,) = await office.take(entry("c", remittance="F-20010"))

    assert (strange.why, dollars.why, closed.why) == (Why.NO_CASE, Why.CURRENCY_DIFFERS, Why.CASE_CLOSED)
    assert await office.paid(case) == []


async def test_a_dry_run_says_what_would_follow_and_records_nothing(office: Office) -> None:
    await office.house.opened("F-20010")
    position = await office.store.position()
    told = [entry("a", remittance="F-20010"), entry("b", remittance="gracias"), entry("c", -5)]
    taken = await office.take(*told, validate_only=True)

    assert [each.became for each in taken] == [Became.RECORDED, Became.WAITING, Became.PASSED_OVER]
    assert await office.store.position() == position


async def test_an_entry_told_with_another_amount_is_refused(office: Office) -> None:
    await office.house.opened("F-20010")
    await office.one(entry("a", remittance="F-20010"))
    taken = await office.one(entry("a", 4001, remittance="F-20010"))

    assert (taken.became, taken.detail) == (Became.REFUSED, "ENTRY_EXISTS_WITH_OTHER_TERMS")


async def test_a_case_that_keeps_changing_is_not_paid_twice(office: Office) -> None:
    """Kept states are behind the log: the append says so, and the entry is decided again."""
    case = await office.house.opened("F-20010")
    rival = Office(office.store)  # type: ignore[arg-type]
    await rival.one(entry("a", remittance="F-20010"))  # rival keeps the case
    payment = (await office.case(case)).ledger.payments
    command = ReversePayment(payment_id=next(iter(payment)), reason="x", at=office.clock.now(), by=BY)
    await office.house.cases.handle(case, command, asked())
    taken = await rival.one(entry("b", remittance="F-20010"))

    assert taken.became is Became.RECORDED
    assert await office.paid(case) == [(4000, True), (4000, False)]
