"""What holds for every history of offers: the best one never gets worse, nobody approves his own, bounds hold."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import commands as asked
from domain.case.bounds import EVERYBODY, Bound, Bounds
from domain.case.commands import CaseCommand
from domain.case.decider import case_decider
from domain.case.events import (
    CaseEvent,
    DiscountOffered,
    ObligationAdded,
    OfferApproved,
    OfferWithdrawn,
    PaymentReversed,
    PlanDefaulted,
    PromiseBroken,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementLapsed,
    SettlementOffered,
    StageEntered,
)
from domain.case.policy import Policy
from domain.case.state import Case, Offer, Offered
from domain.case.view import balance_minor
from domain.case.words import LEVELS
from domain.decider import Rejected
from domain.ledger.book import LawBook
from tests.domain.case.material import MAY_1, eur, invoice
from tests.domain.case.offers import owes

ROLES = ("collector", "supervisor", "legal")
# What may make a debt worth more to the house; between two offers without any of it, nothing does.
NEW_FACTS = (
    ObligationAdded,
    PaymentReversed,
    StageEntered,
    PromiseBroken,
    PromisePartlyKept,
    PlanDefaulted,
    SettlementLapsed,
)

ids = st.sampled_from(("a", "b", "c"))
people = st.sampled_from([f"{role}:{name}" for role in ROLES for name in ("ana", "sol")])
sums = st.sampled_from((20, 40, 50, 60, 60.01, 70, 80, 90, 99, 100)).map(eur)
small = st.integers(1, 30).map(eur)
gaps = st.sampled_from((0, 1, 12, 24, 72)).map(lambda hours: timedelta(hours=hours))
percents = st.sampled_from((0, 10, 30, 50, 80))


@st.composite
def rows(draw: st.DrawFn) -> Bound:
    """A row in which some may do something alone and some may approve, up to the row's most."""
    most = draw(percents)
    limits = percents.map(lambda percent: min(percent, most))
    narrow = draw(st.booleans())
    return Bound(
        id=draw(ids),
        portfolio=draw(st.sampled_from(("retail", "other"))) if narrow else "",
        stages=frozenset(draw(st.sets(st.sampled_from(LEVELS), max_size=3))) if narrow else frozenset(),
        days_past_due_min=draw(st.none() | st.integers(0, 60)) if narrow else None,
        discount_percent_max=most,
        alone_percent_max=draw(st.dictionaries(st.sampled_from((*ROLES, EVERYBODY)), limits)),
        approvers=draw(st.dictionaries(st.sampled_from(ROLES), limits)),
    )


bounds = st.lists(rows(), min_size=1, max_size=3).map(lambda listed: Bounds(rows=tuple(listed)))
Made = Callable[[datetime, str], CaseCommand]


@st.composite
def offers(draw: st.DrawFn) -> Made:
    """An offer that could be accepted for some days, and paid some days later."""
    offer_id, amount = draw(ids), draw(sums)
    open_for, pay_in = timedelta(days=draw(st.integers(1, 9))), timedelta(days=draw(st.integers(9, 20)))
    return lambda at, by: asked.OfferSettlement(
        at=at, by=by, offer_id=offer_id, amount=amount, expires_at=at + open_for, pay_by=(at + pay_in).date()
    )


@st.composite
def others(draw: st.DrawFn) -> Made:
    """Anything else that may be asked of a case with offers."""
    kind, key, level = draw(st.sampled_from(_OTHERS)), draw(ids), draw(st.sampled_from(LEVELS))
    amount = draw(sums if kind is asked.AgreeSettlement else small)
    in_days = timedelta(days=draw(st.integers(0, 15)))
    fields: dict[str, object] = {
        **dict.fromkeys(("offer_id", "settlement_id", "discount_id", "promise_id", "payment_id"), key),
        "amount": amount,
        "reason": "BECAUSE",
        "stage": level,
        "authority": "supervisor:sol",
        "obligation": invoice("2", 40, date(2026, 5, 5)),
    }

    def make(at: datetime, by: str) -> CaseCommand:
        day = (at + in_days).date()
        given = {**fields, "at": at, "by": by, "pay_by": day, "due_on": day}
        command: CaseCommand = kind(
            **{field.name: given[field.name] for field in fields_of(kind) if field.name in given}
        )
        return command

    return make


_OTHERS: tuple[type[Any], ...] = (
    *(asked.AgreeSettlement, asked.WithdrawOffer, asked.AddObligation) * 3,
    asked.RefuseOffer,
    asked.AcceptOffer,
    asked.CancelSettlement,
    asked.OfferDiscount,
    asked.MakePromise,
    asked.RecordPayment,
    asked.ReversePayment,
    asked.Escalate,
    asked.Deescalate,
    asked.JudgeAgreements,
)
approvals = ids.map(lambda key: lambda at, by: asked.ApproveOffer(at=at, by=by, offer_id=key))


@st.composite
def told_in_order(draw: st.DrawFn) -> list[CaseCommand]:
    """Commands in the order of their instants, half of them about offers."""
    at, commands = MAY_1, list[CaseCommand]()
    for make in draw(st.lists(st.one_of(offers(), offers(), approvals, approvals, others()), max_size=25)):
        at += draw(gaps)
        commands.append(make(at, draw(people)))
    return commands


stories = told_in_order()


@dataclass(frozen=True)
class Told:
    """One event, what was asked, and the case before it."""

    event: CaseEvent
    command: CaseCommand
    before: Case


def live(house: Bounds, commands: Sequence[CaseCommand]) -> Iterator[Told]:
    """Yield what becomes of a case that owes a hundred euros under these bounds."""
    decider = case_decider(Policy(laws=LawBook(()), bounds=house))
    state = decider.fold(decider.decide(owes(100), decider.initial))
    for command in commands:
        with suppress(Rejected):
            for event in decider.decide(command, state):
                assert isinstance(state, Case)
                yield Told(event, command, state)
                state = decider.evolve(state, event)


def share(told: Told, amount: int) -> int:
    """Return what would be given up of what is owed, in hundredths of a percent of a cent: exact."""
    return (balance_minor(told.before) - amount) * 100


@given(bounds, stories)
@settings(max_examples=200)
def test_nothing_beyond_the_bounds_is_offered_approved_or_agreed(house: Bounds, commands: list[CaseCommand]) -> None:
    for told in live(house, commands):
        event, owed = told.event, balance_minor(told.before)
        row, role = house.of(told.before, told.command.at), told.command.by.partition(":")[0]
        alone = min(row.alone_percent_max.get(role, row.alone_percent_max.get(EVERYBODY, 0)), row.discount_percent_max)
        match event:
            case SettlementOffered(amount=amount, approvers=approvers):
                assert share(told, amount.minor) <= (row.discount_percent_max if approvers else alone) * owed
            case OfferApproved(offer_id=offer_id):
                offer = told.before.offers[offer_id]
                assert role in offer.approvers
                assert share(told, offer.amount.minor) <= row.approvers[role] * owed
            case SettlementAgreed(amount=amount, offer_id="") | DiscountOffered(amount=amount):
                asked_for = owed - amount.minor if isinstance(event, DiscountOffered) else amount.minor
                assert share(told, asked_for) <= alone * owed
            case SettlementAgreed(offer_id=offer_id, amount=amount):
                offer = told.before.offers[offer_id]
                assert (offer.stands, offer.amount) == (Offered.ACCEPTED, amount)
                assert not offer.approvers or offer.approved_by
            case _:
                pass


@given(bounds, stories)
@settings(max_examples=200)
def test_nobody_approves_what_he_offered(house: Bounds, commands: list[CaseCommand]) -> None:
    for told in live(house, commands):
        if isinstance(told.event, OfferApproved):
            offered_by = told.before.offers[told.event.offer_id].offered_by
            assert offered_by.partition(":")[2] != told.event.approved_by.partition(":")[2]


@given(bounds, stories)
@settings(max_examples=300)
def test_the_best_offer_never_gets_worse_while_the_facts_are_the_same(
    house: Bounds, commands: list[CaseCommand]
) -> None:
    best: int | None = None
    for told in live(house, commands):
        match told.event:
            case SettlementOffered(amount=amount, approvers=()) | SettlementAgreed(amount=amount, offer_id=""):
                asked_for = amount.minor
            case OfferApproved(offer_id=offer_id):
                asked_for = told.before.offers[offer_id].amount.minor
            case event:
                best = None if isinstance(event, NEW_FACTS) else best
                continue
        assert best is None or asked_for <= best
        best = asked_for


@given(bounds, stories)
@settings(max_examples=200)
def test_an_open_offer_is_withdrawn_only_where_it_no_longer_speaks_of_the_whole_debt(
    house: Bounds, commands: list[CaseCommand]
) -> None:
    happened: list[CaseEvent] = []
    opened: dict[str, int] = {}
    for told in live(house, commands):
        happened.append(told.event)
        match told.event:
            case SettlementOffered(offer_id=offer_id, approvers=()) | OfferApproved(offer_id=offer_id):
                opened[offer_id] = len(happened)
            case OfferWithdrawn(offer_id=offer_id, reason="BECAUSE") if offer_id in opened:
                assert isinstance(told.before.offers[offer_id], Offer)
                since = happened[opened[offer_id] :]
                assert any(isinstance(event, ObligationAdded | PaymentReversed) for event in since)
            case _:
                pass


@given(bounds, stories)
@settings(max_examples=100)
def test_an_offer_asked_twice_is_one(house: Bounds, commands: list[CaseCommand]) -> None:
    twice = [each for command in commands for each in (command, command)]
    assert [told.event for told in live(house, twice)] == [told.event for told in live(house, commands)]
