"""Double entry: every event balances, and the accounts are what the case owes, at every prefix of any history."""

from contextlib import suppress
from datetime import date

from hypothesis import given, settings

from domain.case import Case
from domain.case.commands import CaseCommand
from domain.case.decider import CASE
from domain.case.events import CaseEvent, CreditApplied, PaymentReallocated, RewardGranted
from domain.case.words import Component, Part
from domain.decider import Rejected
from domain.ledger.journal import Account, Kind, balances, journal
from domain.money import Money
from tests.domain.case.any_story import stories
from tests.domain.case.material import THREE, bounce, charge, dispute, may, one_invoice, opening, pay
from tests.domain.ledger.material import FEES, LATE, PRINCIPAL, at, bounced, owing, paid, posted, unwaived, waived

DUE = date(2026, 1, 10)
JAN = [date(2026, 1, day) for day in range(1, 32)]


def _lived(commands: list[CaseCommand]) -> tuple[CaseEvent, ...]:
    history = CASE.decide(opening(THREE), CASE.initial)
    for command in commands:
        with suppress(Rejected):
            history += CASE.decide(command, CASE.fold(history))
    return history


@given(stories)
@settings(max_examples=200)
def test_debits_less_credits_are_the_balance_after_every_event_of_any_history(commands: list[CaseCommand]) -> None:
    history = _lived(commands)
    entries = journal(history)
    assert all(sum(posting.minor for posting in entry.postings) == 0 for entry in entries)
    state = CASE.initial
    for number, event in enumerate(history, start=1):
        state = CASE.evolve(state, event)
        assert isinstance(state, Case)
        sums = balances([entry for entry in entries if entry.number <= number])
        assert sum(sums.values()) == 0
        for obligation_id, debt in state.ledger.debts.items():
            for component in Component:
                account = Account(Kind.RECEIVABLE, obligation_id, component)
                assert sums.get(account, 0) == debt.owed.get(component, 0)
        assert -sums.get(Account(Kind.CREDIT), 0) == state.ledger.credit
        standing = sum(got.amount.minor for got in state.ledger.payments.values() if not got.reversed)
        assert sums.get(Account(Kind.BANK), 0) == standing


def test_a_payment_that_does_not_stand_leaves_no_account_moved() -> None:
    before = [owing(("1", 100_00, DUE)), posted("i", 5_00, JAN[11])]
    history = [*before, paid("p", 50_00, JAN[12], ("1", LATE, 5_00), ("1", PRINCIPAL, 40_00)), bounced("p", JAN[20])]
    kept = {account: minor for account, minor in balances(journal(history)).items() if minor}
    assert kept == balances(journal(before))


def test_what_was_given_up_stands_against_what_was_owed() -> None:
    history = [owing(("1", 100_00, DUE)), waived("w", JAN[12], ("1", PRINCIPAL, 30_00))]
    assert balances(journal(history))[Account(Kind.WAIVED, component=PRINCIPAL)] == 30_00
    history.append(unwaived("w", JAN[13], ("1", PRINCIPAL, 30_00)))
    assert balances(journal(history))[Account(Kind.WAIVED, component=PRINCIPAL)] == 0


def test_entries_say_which_event_they_are_of() -> None:
    history = [owing(("1", 100_00, DUE)), posted("i", 5_00, JAN[11], period="2026-01-11..2026-01-12")]
    assert [(entry.number, entry.event, entry.reference, entry.reason, entry.period) for entry in journal(history)] == [
        (1, "CaseOpened", "", "", ""),
        (2, "ChargeAdded", "i", "LAW", "2026-01-11..2026-01-12"),
    ]


def test_events_that_move_no_money_and_those_of_no_payment_have_no_entry() -> None:
    assert len(journal([owing(("1", 100_00, DUE)), bounced("never", JAN[3])])) == 1


def test_credit_that_paid_later_comes_back_with_the_payment_it_was_of() -> None:
    too_much = pay("p", 150, may(2))
    story = one_invoice.after(dispute("d", "1"), too_much, charge("f", 20, may(3)), bounce("p", may(4)))
    assert any(isinstance(event, CreditApplied) for event in story.history)
    sums = balances(journal(story.history))
    assert sums[Account(Kind.RECEIVABLE, "1", PRINCIPAL)] == 100_00
    assert sums[Account(Kind.RECEIVABLE, "1", FEES)] == 20_00
    assert sums[Account(Kind.CREDIT)] == 0
    assert sums[Account(Kind.BANK)] == 0


def test_a_payment_whose_parts_were_worked_out_again_pays_those_and_leaves_the_rest_as_credit() -> None:
    before = [owing(("1", 100_00, DUE)), posted("i", 5_00, JAN[11])]
    history = [*before, paid("p", 50_00, JAN[12], ("1", LATE, 5_00), ("1", PRINCIPAL, 45_00))]
    parts = (
        Part(obligation_id="1", component=LATE, minor=2_00),
        Part(obligation_id="1", component=PRINCIPAL, minor=40_00),
    )
    again = PaymentReallocated(at=at(JAN[20]), payment_id="p", parts=parts, reason="BACK_DATED")
    history.append(again)
    (entry,) = (each for each in journal(history) if each.event == "PaymentReallocated")
    assert {(posting.account.kind, posting.account.component, posting.minor) for posting in entry.postings} == {
        (Kind.RECEIVABLE, LATE, 3_00),
        (Kind.RECEIVABLE, PRINCIPAL, 5_00),
        (Kind.CREDIT, None, -8_00),
    }
    undone = balances(journal([*history, bounced("p", JAN[25])]))
    assert {account: minor for account, minor in undone.items() if minor} == balances(journal(before))


def test_a_reward_stands_apart_from_what_was_waived() -> None:
    reward = RewardGranted(
        at=at(JAN[12]),
        reward_id="r",
        parts=(Part(obligation_id="1", component=PRINCIPAL, minor=10_00),),
        amount=Money(10_00, "EUR"),
        reason="PUNCTUAL",
        authority="supervisor:s-17",
    )
    found = balances(journal([owing(("1", 100_00, DUE)), reward]))
    assert found[Account(Kind.REWARDED, component=PRINCIPAL)] == 10_00
    assert found[Account(Kind.RECEIVABLE, "1", PRINCIPAL)] == 90_00
