"""What becomes of a bank entry that is told, and the receipt that makes telling it twice telling it once."""

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from application.case_desk import Loaded
from application.ports import Appended, Receipt
from domain.suspense.entry import BankEntry, payment_id
from domain.suspense.identity import entry_stream
from domain.suspense.matching import Leads, leads_of
from domain.suspense.state import Entry, EntryState
from domain.suspense.words import Candidate, Why

_FOR_A_PERSON = frozenset({Why.TOLD_BEFORE, Why.DOUBTFUL})  # a person has to see it, whatever is known since


class Became(StrEnum):
    """What became of an entry."""

    RECORDED = "RECORDED"  # as a payment on its case
    REVERSED = "REVERSED"  # the payment that it takes back
    REPEATED = "REPEATED"  # it was told before, and its work is done
    PASSED_OVER = "PASSED_OVER"  # it moves no debt
    WAITING = "WAITING"  # for a person
    REFUSED = "REFUSED"  # the same id was told with another amount; nothing was recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one entry. `stream_id` is where it waits, if it does; `position` of what was recorded."""

    became: Became
    stream_id: UUID
    why: Why | None = None
    detail: str = ""
    case_id: UUID | None = None
    payment_id: str = ""
    candidates: tuple[Candidate, ...] = ()
    position: int = 0
    repeated: bool = False
    retry: bool = False  # it waits since an earlier telling, and may be clear by now

    def answer(self) -> bytes:
        """Return what is kept with the receipt."""
        where = self.case_id if self.became is not Became.WAITING else self.stream_id
        return f"{self.became} {where}".encode()

    def at(self, position: int) -> "Taken":
        """Return it as recorded at a position."""
        return replace(self, position=position)

    def as_repeated(self) -> "Taken":
        """Return it as what somebody was told who came later."""
        return replace(self, became=Became.REPEATED, repeated=True)


@dataclass(slots=True, kw_only=True)
class Item:
    """An entry on its way."""

    entry: BankEntry
    payment_id: str
    stream_id: UUID
    base_id: UUID  # where the same entry of another file would wait, if only its content identifies it
    leads: Leads
    case_ids: tuple[UUID, ...] = ()  # that it leads to
    waits: Loaded[EntryState] | None = field(default=None)  # told before, and not yet matched


def item_of(entry: BankEntry) -> Item:
    """Return an entry with what may lead to its case."""
    return Item(
        entry=entry,
        payment_id=payment_id(entry),
        stream_id=entry.stream_id,
        base_id=entry.stream_id,
        leads=leads_of(entry),
    )


def item_that_waits(stream_id: UUID, waits: Loaded[EntryState]) -> Item:
    """Return an entry of the queue, as its stream tells of it."""
    assert isinstance(waits.state, Entry), "an entry that was received"
    told = waits.state.received
    entry = BankEntry(**{each.name: getattr(told, each.name) for each in fields(BankEntry) if hasattr(told, each.name)})
    item = item_of(entry)
    item.stream_id, item.waits = stream_id, waits
    return item


def still_waits(stream_id: UUID, entry: Entry) -> Taken:
    """Return what is said of an entry that was received before: it waits, or its work is done."""
    told = entry.received
    if not entry.waits:
        return Taken(became=Became.REPEATED, stream_id=stream_id, case_id=entry.case_id, repeated=True)
    return Taken(
        became=Became.WAITING,
        stream_id=stream_id,
        why=told.why,
        detail=told.detail,
        payment_id=told.payment_id,
        candidates=told.candidates,
        repeated=True,
        retry=told.why not in _FOR_A_PERSON,
    )


def receipt_for(item: Item) -> Receipt:
    """Return the receipt of an entry; what only its content identifies has one in each place that tells it."""
    entry = item.entry
    place = entry.place if entry.by_content else ""
    key = entry_stream(entry.account, entry.entry_id, place)
    told = f"{entry.amount.minor} {entry.amount.currency} {entry.reversal}"
    return Receipt(request_id=f"bank-entry:{key}", request_hash=blake2b(told.encode(), digest_size=16).digest())


def answer_of(first: Appended) -> Taken:
    """Return what an entry was answered the first time."""
    became, _, where = first.answer.decode().partition(" ")
    stands = Became(became)
    known = UUID(where) if where != "None" else UUID(int=0)
    waiting = stands is Became.WAITING
    return Taken(
        became=stands,
        stream_id=known if waiting else UUID(int=0),
        case_id=None if waiting else known,
        position=first.position,
        repeated=True,
    )
