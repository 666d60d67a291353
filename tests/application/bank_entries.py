"""Bank entries over a house: who may be meant as the log says it, and entries as a bank would tell them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from application.case_desk import CaseDesk, Desk, PersonDesk
from application.payment_intake import PaymentIntake
from application.payment_queue import PaymentQueue, SuspenseDesk
from application.payment_taken import Taken
from application.ports import Clock, EventStore, Recorded
from application.queue_ports import NAMED_MAX, Payees, Wanted
from domain.case.hold import is_held
from domain.case.payment_reference import payment_reference
from domain.case.state import Case
from domain.case.words import Scope
from domain.money import Money
from domain.suspense import SUSPENSE
from domain.suspense.entry import BankEntry
from infra.holidays_calendar import calendar_for
from infra.memory_store import MemoryEventStore
from projections.case_references import references
from projections.followed import CASE_EVENTS, Followed
from tests.house import HandClock, House, asked

DAY = date(2026, 3, 2)


class PayeesByLog:
    """Who may be meant, as the log says: each question folds every case."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        return position

    async def named(self, wanted: Wanted) -> Mapping[str, tuple[UUID, ...]]:
        histories: defaultdict[UUID, list[Recorded]] = defaultdict(list)
        for recorded in await self._store.read_log(0, 1_000_000):
            if type(recorded.event) in CASE_EVENTS:
                histories[recorded.stream_id].append(recorded)
        found: defaultdict[str, set[UUID]] = defaultdict(set)
        for case_id, history in histories.items():
            followed = Followed(case_id)
            followed.see(history)
            case = followed.state
            if not isinstance(case, Case) or wanted.creditor_id not in ("", case.creditor_id):
                continue
            named = {each.reference for each in references(followed)} & set(wanted.others)
            named |= {case.reference} & set(wanted.references)
            named |= {payment_reference(case_id)} & set(wanted.rf_references)
            for word in named:
                found[word].add(case_id)
        return {word: tuple(sorted(cases)) for word, cases in found.items() if len(cases) <= NAMED_MAX}

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"this test has no read tables, and something asked for {name}")


def entries_desk(store: EventStore, clock: Clock) -> SuspenseDesk:
    return Desk(SUSPENSE, store, clock)


def intake_on(
    store: EventStore, clock: Clock, cases: CaseDesk, persons: PersonDesk, payees: Payees | None = None
) -> PaymentIntake:
    return PaymentIntake(
        cases=cases,
        persons=persons,
        entries=entries_desk(store, clock),
        payees=payees or PayeesByLog(store),
        store=store,
        clock=clock,
        calendar_of=calendar_for,
    )


def queue_on(store: EventStore, clock: Clock, cases: CaseDesk) -> PaymentQueue:
    return PaymentQueue(entries=entries_desk(store, clock), cases=cases, store=store, clock=clock)


ENTRY = BankEntry(
    entry_id="", account="ES9121000418450200051332", amount=Money(4000, "EUR"), booked_on=DAY, file_format="CAMT"
)


def entry(name: str = "1", minor: int = 4000, currency: str = "EUR", **changes: Any) -> BankEntry:
    """Return an entry that is told apart by `name`."""
    entry_id = sha256(name.encode()).hexdigest()[:32]
    return replace(ENTRY, entry_id=entry_id, amount=Money(minor, currency), **changes)


class Office:
    """A house, its intake and its queue."""

    def __init__(self, store: MemoryEventStore | None = None) -> None:
        self.clock = HandClock()
        self.house = House(store or MemoryEventStore(), self.clock)
        self.store = self.house.store
        self.intake: PaymentIntake = intake_on(self.store, self.clock, self.house.cases, self.house.persons)
        self.queue: PaymentQueue = queue_on(self.store, self.clock, self.house.cases)

    async def take(self, *told: BankEntry, creditor_id: str = "", validate_only: bool = False) -> list[Taken]:
        request = asked(actor="system:import-payments", validate_only=validate_only)
        return await self.intake.take(told, request, creditor_id=creditor_id)

    async def one(self, told: BankEntry) -> Taken:
        (taken,) = await self.take(told)
        return taken

    async def case(self, case_id: UUID) -> Case:
        state, _ = await self.house.cases.load(case_id)
        assert isinstance(state, Case)
        return state

    async def paid(self, case_id: UUID) -> list[tuple[int, bool]]:
        return [(one.amount.minor, one.reversed) for one in (await self.case(case_id)).ledger.payments.values()]

    async def held(self, case_id: UUID) -> bool:
        return is_held(await self.case(case_id), Scope.CONTACT, self.clock.now())
