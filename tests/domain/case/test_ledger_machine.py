"""The ledger through any life: money on any day, reversals at any point, terms and extensions that are told late.

In euros, Chilean pesos, which have no cents, and Kuwaiti dinars, which have a thousand fils; from one minor unit to
10^15; around 29 February and the nights in which clocks are set.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.case.commands import (
    AddCharge,
    AddObligation,
    AdvanceCost,
    CloseCase,
    ExtendDueDate,
    GrantReward,
    PlaceHold,
    PostInterest,
    RecordPayment,
    RecordTerms,
    ReleaseHold,
    ReopenCase,
    ReversePayment,
    Waive,
)
from domain.case.words import AgreedRate, Closure, Component, HoldReason, Scope
from domain.decider import Rejected
from domain.ledger.journal import Kind, balances, journal
from domain.ledger.words import DayCount, Nature
from domain.money import Money
from tests.domain.case.ledger_life import DECIDER, HOUR, LedgerLife, owed_of, sums
from tests.domain.case.material import BY, opening

CURRENCIES = ("EUR", "CLP", "KWD")  # two decimals, none, three
PLACES = (
    ("ES", "Europe/Madrid", datetime(2026, 3, 27, 22, 30, tzinfo=UTC)),  # forward on the 29th
    ("ES", "Europe/Madrid", datetime(2026, 10, 23, 12, tzinfo=UTC)),
    ("CL", "America/Santiago", datetime(2026, 4, 3, 3, 30, tzinfo=UTC)),  # back at midnight of the 5th
    ("CL", "America/Santiago", datetime(2026, 9, 4, 4, tzinfo=UTC)),  # the 6th begins at one o'clock
    ("BR", "America/Sao_Paulo", datetime(2018, 11, 2, 3, tzinfo=UTC)),  # so does 4 November 2018
    ("PE", "America/Lima", datetime(2028, 2, 27, 5, tzinfo=UTC)),
    ("CO", "America/Bogota", datetime(2024, 2, 27, 17, tzinfo=UTC)),
)
shares = st.sampled_from((1, 3, 50, 150, 333, 1_000))
names = st.sampled_from(("a", "b", "c"))
hours = st.sampled_from((0, 0, 0, 0, 0, 1, 24, 30, 24 * 9, 24 * 40))
components = st.sampled_from(tuple(Component))
following = st.sampled_from(("pays", "posts", "charges", "owes"))
obligation_ids = st.sampled_from(("1", "2"))


class LedgerMachine(LedgerLife):
    """One case of two debts."""

    @initialize(
        place=st.sampled_from(PLACES),
        currency=st.sampled_from(CURRENCIES),
        scale=st.sampled_from((1, 100, 10**12)),
        late=st.integers(-3, 3),
        percent=st.sampled_from(("", "24", "36.5")),
    )
    def opens(self, place: tuple[str, str, datetime], currency: str, scale: int, late: int, percent: str) -> None:
        country, zone, now = place
        self.begin(zone, now, currency, scale)
        owed = (self.obligation("1", 1_000, late), self.obligation("2", 333, late + 5))
        begun = opening(owed, at=self.now, currency=currency, country=country, time_zone=self.zone)
        assert self.ask(begun)
        if percent:
            self.terms_become_known("a", None, percent, Component.LATE_INTEREST, None, 0)

    # ── what happens

    @rule(after=st.sampled_from((1, 24, 30, 24 * 9, 24 * 40)))
    def time_passes(self, after: int) -> None:
        self.now += after * HOUR

    @rule(share=shares, before=hours, named=st.sampled_from(("", "", "1", "2")))
    def pays(self, share: int, before: int, named: str) -> None:
        self.ask(self.payment(share, before, named))

    @rule(back=st.integers(0, 5), before=hours)
    def a_payment_does_not_stand(self, back: int, before: int) -> None:
        payment_id = f"p{max(self.number - back, 1)}"
        self.ask(ReversePayment(at=self.before(before), by=BY, payment_id=payment_id, reason="CHEQUE_BOUNCED"))

    @rule(name=names, on=obligation_ids, component=components, share=shares, before=hours)
    def is_charged(self, name: str, on: str, component: Component, share: int, before: int) -> None:
        fields: dict[str, Any] = {"charge_id": name, "obligation_id": on, "component": component, "reason": "FEE"}
        self.ask(AddCharge(at=self.before(before), by=BY, amount=self.money(share), **fields))

    @rule(name=names, on=obligation_ids, share=shares)
    def cost_is_advanced(self, name: str, on: str, share: int) -> None:
        self.ask(AdvanceCost(at=self.now, by=BY, cost_id=name, obligation_id=on, amount=self.money(share), kind="X"))

    @rule(name=names, share=shares, component=st.none() | components)
    def is_waived(self, name: str, share: int, component: Component | None) -> None:
        fields: dict[str, Any] = {"waiver_id": name, "reason": "GOODWILL", "authority": BY, "component": component}
        self.ask(Waive(at=self.now, by=BY, amount=self.money(share), **fields))

    @rule(name=names, share=shares)
    def is_rewarded(self, name: str, share: int) -> None:
        amount = self.money(share)
        self.ask(GrantReward(at=self.now, by=BY, reward_id=name, amount=amount, reason="PUNCTUAL", authority=BY))

    @rule()
    def interest_is_posted(self) -> None:
        self.ask(PostInterest(at=self.now, by=BY))

    @rule(name=names, share=shares, due_in=st.integers(-9, 9))
    def owes_more(self, name: str, share: int, due_in: int) -> None:
        self.ask(AddObligation(at=self.now, by=BY, obligation=self.obligation(name, share, due_in)))

    @rule(
        name=names,
        nature=st.none() | st.sampled_from(Nature),
        percent=st.sampled_from(("", "12", "36.5", "400")),
        component=st.sampled_from((Component.INTEREST, Component.LATE_INTEREST)),
        day_count=st.none() | st.sampled_from(DayCount),
        grace=st.sampled_from((0, 0, 2)),
    )
    def terms_become_known(
        self,
        name: str,
        nature: Nature | None,
        percent: str,
        component: Component,
        day_count: DayCount | None,
        grace: int,
    ) -> None:
        rates = (AgreedRate(component=component, percent=percent),) if percent else ()
        fields: dict[str, Any] = {"terms_id": name, "day_count": day_count, "grace_days": grace}
        self.ask(RecordTerms(at=self.now, by=BY, nature=nature, rates=rates, **fields))

    @rule(name=names, on=obligation_ids, days=st.integers(0, 20), before=hours)
    def more_time_is_given(self, name: str, on: str, days: int, before: int) -> None:
        due_on = (self.now + timedelta(days=days)).date()
        fields: dict[str, Any] = {"extension_id": name, "obligation_id": on, "due_on": due_on}
        self.ask(ExtendDueDate(at=self.before(before), by=BY, reason="ASKED", authority=BY, **fields))

    @rule(name=names, before=hours, days=st.none() | st.integers(1, 20))
    def a_moratorium_becomes_known(self, name: str, before: int, days: int | None) -> None:
        begun = self.before(before)
        until = None if days is None else begun + timedelta(days=days)
        fields: dict[str, Any] = {"hold_id": name, "reason": HoldReason.MORATORIUM, "scope": Scope.CONTACT}
        self.ask(PlaceHold(at=self.now, by=BY, authority="court", from_at=begun, until=until, **fields))

    @rule(name=names)
    def a_moratorium_ends(self, name: str) -> None:
        self.ask(ReleaseHold(at=self.now, by=BY, hold_id=name, reason="OVER"))

    @rule(closure=st.sampled_from((Closure.WITHDRAWN, Closure.PAID)))
    def is_closed(self, closure: Closure) -> None:
        self.ask(CloseCase(at=self.now, by=BY, closure=closure, reason="X"))

    @rule()
    def is_opened_again(self) -> None:
        self.ask(ReopenCase(at=self.now, by=BY, reason="ERROR"))

    # ── what must be refused

    @rule(share=st.sampled_from((1, 0, -1, -1_000)), on=st.sampled_from(("same", "other")))
    def sums_that_cannot_be_are_refused(self, share: int, on: str) -> None:
        other = next(each for each in CURRENCIES if each != self.currency)
        amount = Money(share * self.scale, self.currency if on == "same" else other)
        if share > 0 and on == "same":
            return
        wanted = "CURRENCY_MISMATCH" if on == "other" else "AMOUNT_NOT_POSITIVE"
        for command in self.in_all(amount):
            told = () if self.case.open or isinstance(command, RecordPayment) else ("CASE_CLOSED",)
            with pytest.raises(Rejected) as refused:
                DECIDER.decide(command, self.case)
            assert refused.value.reason in (wanted, *told)

    # ── what was told late, had it been told in time

    @rule(share=shares, then=st.lists(st.tuples(following, shares), max_size=3))
    def a_payment_is_told_late(self, share: int, then: list[tuple[str, int]]) -> None:
        """Told after what follows in the next days, it leaves what it would have left if it had been told today."""
        late, known = self.payment(share, 0, ""), len(self.asked)
        for what, more in then:
            self.now += 30 * HOUR
            self.ask(self.following(what, more))
        before, since = self.asked[:known], self.asked[known:]
        in_time = self.lived((*before, late, *since))
        judged = self.case.terms and self.case.open
        self.ask(late)
        if judged and in_time.refused == self.lived(self.asked).refused:
            assert self.left(self.asked) == self.left((*before, late, *since))

    # ── what holds at any time

    @invariant()
    def every_entry_and_all_of_them_balance(self) -> None:
        entries = journal(self.history)
        assert all(sum(posting.minor for posting in entry.postings) == 0 for entry in entries)
        accounts = balances(entries)
        assert sum(accounts.values()) == 0
        ledger = self.case.ledger
        books = {
            (one.obligation_id, one.component): minor for one, minor in accounts.items() if one.component and minor
        }
        owed = {key: minor for key, minor in books.items() if key[0]}
        assert owed == owed_of(ledger)
        assert -sum(minor for one, minor in accounts.items() if one.kind is Kind.CREDIT) == ledger.credit
        standing = sum(each.amount.minor for each in ledger.payments.values() if not each.reversed)
        assert sum(minor for one, minor in accounts.items() if one.kind is Kind.BANK) == standing

    @invariant()
    def nothing_is_owed_or_kept_that_is_less_than_nothing(self) -> None:
        ledger = self.case.ledger
        assert ledger.credit >= 0
        assert all(minor >= 0 for debt in ledger.debts.values() for minor in debt.owed.values())

    @invariant()
    def the_statement_of_the_day_is_what_is_decided_on(self) -> None:
        case = self.case
        shown, decided = self.stated(self.history), self.stated(case.money_told)
        assert sums(shown) == sums(decided)
        for owed in shown.obligations:
            for part in owed.components:
                assert part.posted == case.ledger.debts[owed.obligation_id].owed.get(part.component, 0)
        if case.open and shown.complete:
            posted = self.lived((*self.asked, PostInterest(at=self.now, by=BY))).case
            paid = case.ledger.credit - posted.ledger.credit
            assert shown.balance == sum(debt.balance for debt in posted.ledger.debts.values()) + paid

    @invariant()
    def there_is_one_currency(self) -> None:
        for event in self.history:
            amount = getattr(event, "amount", None)
            assert amount is None or amount.currency == self.currency


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=100, stateful_step_count=20)
