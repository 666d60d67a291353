"""Bank entries taken in by the batch: recorded on the case that they surely pay, or left waiting for a person.

Each entry has one receipt, whatever becomes of it: told again, by any importer and in any file, it answers what it
answered first. All that follows from an entry is appended at once: the payment on its case; or the entry's own stream
and the holds on the cases that it may pay.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from application.case_desk import CaseDesk, Loaded, PersonDesk
from application.payment_hold import CalendarOf
from application.payment_queue import SuspenseDesk
from application.payment_taken import Became, Item, Taken, answer_of, item_of, item_that_waits, receipt_for, still_waits
from application.payment_view import Decided, Decision, View
from application.ports import Append, Appended, Clock, EventStore, RequestReused, StaleStream
from application.queue_ports import Payees, Wanted
from application.request import Asked
from domain.case.state import Case
from domain.decider import Rejected
from domain.person.state import Person
from domain.suspense.entry import BankEntry, payment_marks
from domain.suspense.payer import same_name
from domain.suspense.state import Entry
from domain.suspense.verdict import moves_a_debt

ROUNDS_MAX: Final = 20
MARKS_KEPT: Final = 50_000
TABLES_WAIT_SECONDS: Final = 10.0


class PaymentIntake:
    """Takes in what banks tell."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        entries: SuspenseDesk,
        payees: Payees,
        store: EventStore,
        clock: Clock,
        calendar_of: CalendarOf,
    ) -> None:
        self._cases = cases
        self._persons = persons
        self._entries = entries
        self._payees = payees
        self._store = store
        self._clock = clock
        self._calendar_of = calendar_of
        self._marks: OrderedDict[str, UUID] = OrderedDict()  # of payments that the read tables may not know yet

    async def ready(self) -> None:
        """Wait until every case that was opened before this call can be found; raise `TablesBehind`."""
        await self._payees.wait_for(await self._store.position(), TABLES_WAIT_SECONDS)

    async def take(self, told: Sequence[BankEntry], asked: Asked, *, creditor_id: str = "") -> list[Taken]:
        """Return what became of each entry, in order. What is refused or stale does not stop the others.

        `creditor_id`: whose cases are meant; "": anybody's. With `asked.validate_only` nothing is recorded.
        """
        outcomes: dict[int, Taken] = {}
        items: dict[int, Item] = {}
        for place, entry in enumerate(told):
            if moves_a_debt(entry):
                items[place] = item_of(entry)
            else:
                outcomes[place] = Taken(became=Became.PASSED_OVER, stream_id=entry.stream_id)
        await self._told_before(items, outcomes)
        waiting = [place for place in items if place not in outcomes or outcomes[place].retry]
        await self._settle(items, waiting, outcomes, asked, creditor_id)
        return [outcomes[place] for place in range(len(told))]

    async def again(self, stream_ids: Sequence[UUID], asked: Asked, *, creditor_id: str = "") -> list[Taken]:
        """Judge entries that wait once more, as if their file were told again; return what became of each, in order.

        What nothing but a person can settle goes on waiting. Raises `Rejected` ENTRY_NOT_FOUND.
        """
        known = await self._entries.load_many(tuple(dict.fromkeys(stream_ids))) if stream_ids else {}
        outcomes: dict[int, Taken] = {}
        items: dict[int, Item] = {}
        for place, stream_id in enumerate(stream_ids):
            loaded = known[stream_id]
            if not isinstance(loaded.state, Entry):
                raise Rejected("ENTRY_NOT_FOUND", "no such entry waits, or waited", field="queue_ids")
            outcomes[place] = still_waits(stream_id, loaded.state)
            items[place] = item_that_waits(stream_id, loaded)
        waiting = [place for place in items if outcomes[place].retry]
        await self._settle(items, waiting, outcomes, asked, creditor_id)
        return [outcomes[place] for place in range(len(stream_ids))]

    async def _settle(
        self, items: Mapping[int, Item], places: list[int], outcomes: dict[int, Taken], asked: Asked, creditor_id: str
    ) -> None:
        """Decide and append, round after round, until nobody comes in between; fill in the outcomes."""
        waiting = places
        await self._find_cases([items[place] for place in waiting], creditor_id)
        view = await self._first_view([items[place] for place in waiting])
        for _ in range(ROUNDS_MAX):
            waiting = await self._round(items, waiting, view, outcomes, asked)
            if not waiting:
                break
            view = await self._look([items[place] for place in waiting])

    async def _told_before(self, items: Mapping[int, Item], outcomes: dict[int, Taken]) -> None:
        """Answer what has a receipt; what waits since then is tried again, because more may be known by now."""
        found = await asyncio.gather(*(self._receipt(item) for item in items.values()))
        known = {place: answer for place, answer in zip(items, found, strict=True) if answer is not None}
        streams = [one.stream_id for one in known.values() if one.became is Became.WAITING]
        entries = await self._entries.load_many(streams) if streams else {}
        for place, answer in known.items():
            entry = entries[answer.stream_id].state if answer.became is Became.WAITING else None
            if isinstance(entry, Entry) and entry.waits:
                outcomes[place] = still_waits(answer.stream_id, entry).at(answer.position)
                items[place].waits = entries[answer.stream_id]
                items[place].stream_id = answer.stream_id
            else:
                became = answer.became if answer.became is Became.REFUSED else Became.REPEATED
                outcomes[place] = Taken(
                    became=became,
                    stream_id=answer.stream_id,
                    detail=answer.detail,
                    case_id=entry.case_id if isinstance(entry, Entry) else answer.case_id,
                    position=answer.position,
                    repeated=True,
                )

    async def _receipt(self, item: Item) -> Taken | None:
        receipt = receipt_for(item)
        try:
            first = await self._store.receipt(receipt.request_id, receipt.request_hash)
        except RequestReused:
            return Taken(became=Became.REFUSED, stream_id=item.stream_id, detail="ENTRY_EXISTS_WITH_OTHER_TERMS")
        return None if first is None else answer_of(first)

    async def _find_cases(self, items: Sequence[Item], creditor_id: str) -> None:
        """Look up, for all of them at once, what their words, accounts and ids lead to."""
        references = {word for item in items for word in item.leads.words}
        others = {word for item in items for word in item.leads.others}
        rf = {word for item in items for word in item.leads.references}
        named = await self._payees.named(
            Wanted(references=references, others=others, rf_references=rf, creditor_id=creditor_id)
        )
        beside: dict[str, Item] = {}  # payments of this batch, by the ids that a reversal of them repeats
        for item in items:
            leads = item.leads
            found = [case_id for word in leads.everything for case_id in named.get(word, ())]
            for mark in leads.payments:
                found += beside[mark].case_ids if mark in beside else ()
                found += (self._marks[mark],) if mark in self._marks else ()
            item.case_ids = tuple(dict.fromkeys(found))
            beside.update(dict.fromkeys(payment_marks(item.payment_id), item))

    async def _first_view(self, items: Sequence[Item]) -> View:
        """See cases as they are kept, and read the others; and of what only its content identifies, its stream."""
        wanted = {case_id for item in items for case_id in item.case_ids if self._cases.kept(case_id) is None}
        alike = [item.base_id for item in items if item.entry.by_content]
        read: dict[UUID, Loaded[Any]] = {}
        if wanted:
            read |= await self._cases.load_many(tuple(wanted))
        if alike:
            read |= await self._entries.load_many(alike)
        return View(read=read)

    async def _look(self, items: Sequence[Item]) -> View:
        """See all that the items touch as the log holds it now, and whose names their payers have."""
        case_ids = tuple({case_id for item in items for case_id in item.case_ids})
        cases = await self._cases.load_many(case_ids) if case_ids else {}
        streams = {stream_id for item in items for stream_id in (item.stream_id, item.base_id)}
        entries = await self._entries.load_many(tuple(streams))
        there = {key: one.state for key, one in cases.items() if isinstance(one.state, Case)}
        payers = await self._payers(items, there)
        return View(read={**cases, **entries}, payers=payers, sure=True)

    async def _payers(self, items: Sequence[Item], cases: Mapping[UUID, Case]) -> dict[int, frozenset[UUID]]:
        """Return, by item, the cases with an obligor of the payer's name. Names are compared here and kept nowhere."""
        named = [item for item in items if item.entry.counterparty_name and item.case_ids]
        meant = {key for item in named for key in item.case_ids if key in cases}
        people = {each.person_id for key in meant for each in cases[key].obligors}
        known = await self._persons.load_many(tuple(people)) if people else {}
        names = {key: one.state.name for key, one in known.items() if isinstance(one.state, Person)}
        found: dict[int, frozenset[UUID]] = {}
        for item in named:
            payers = (item.entry.counterparty_name, item.entry.ultimate_counterparty_name)
            found[id(item)] = frozenset(
                key
                for key in item.case_ids
                if key in cases
                for each in cases[key].obligors
                if each.person_id in names and any(same_name(payer, names[each.person_id]) for payer in payers)
            )
        return found

    async def _round(
        self, items: Mapping[int, Item], waiting: list[int], view: View, outcomes: dict[int, Taken], asked: Asked
    ) -> list[int]:
        """Decide and append what waits; fill in outcomes and return the places that need another look."""
        decision = Decision(
            view=view,
            cases=self._cases,
            entries=self._entries,
            calendar_of=self._calendar_of,
            at=self._clock.now(),
            by=asked.actor,
        )
        decided: list[tuple[int, Decided]] = []
        again: list[int] = []
        for place in waiting:
            one = decision.of(items[place])
            if one is None:
                again.append(place)
            elif one.append is None or asked.validate_only:
                outcomes[place] = one.taken
            else:
                decided.append((place, one))
        appends = [self._append(items[place], one, asked) for place, one in decided]
        results = await self._store.append_many(appends) if appends else []
        for (place, one), result in zip(decided, results, strict=True):
            if isinstance(result, StaleStream):
                outcomes.setdefault(place, one.taken)
                again.append(place)
            else:
                outcomes[place] = self._outcome(one, result)
        return sorted(again)

    def _append(self, item: Item, one: Decided, asked: Asked) -> Append:
        assert one.append is not None
        return Append(
            writes=one.append.writes(),
            metadata=asked.metadata(),
            recorded_at=self._clock.now(),
            receipt=receipt_for(item) if item.waits is None else None,
            answer=one.taken.answer(),
        )

    def _outcome(self, one: Decided, result: Appended | Exception) -> Taken:
        if isinstance(result, Exception):
            if not isinstance(result, Rejected | RequestReused):
                raise result
            return Taken(became=Became.REFUSED, stream_id=one.taken.stream_id, detail="ENTRY_EXISTS_WITH_OTHER_TERMS")
        if result.repeated:  # another importer was first, since we looked
            first = answer_of(result)
            return first if first.became is Became.WAITING else first.as_repeated()
        assert one.append is not None
        one.append.keep()
        if one.taken.case_id is not None:
            self._remember(payment_marks(one.taken.payment_id), one.taken.case_id)
        return one.taken.at(result.position)

    def _remember(self, marks: Iterable[str], case_id: UUID) -> None:
        for mark in marks:
            self._marks[mark] = case_id
        while len(self._marks) > MARKS_KEPT:
            self._marks.popitem(last=False)
