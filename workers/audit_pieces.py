"""The pieces that an audit of everything is made of, so that several processes can share them.

One piece is the seal: every event's bytes in the order of the log. One is the signed list of state digests. The others
are stretches of streams: read once, decoded once and folded once, for the digests, the books, the read tables and the
contacts alike.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Final, assert_never
from uuid import UUID

import psycopg

from application.contact_audit import ContactAudit
from application.contact_pairs import PairSums
from application.contact_streams import StreamContacts
from application.ports import Recorded, UnreadableEvent
from application.seal_audit import SealAudit
from application.state_audit import StatesReplayed
from domain.compliance.book import RuleBook
from domain.state_digest import State
from domain.transparency.note import VerifierKey
from infra.closed_log import Found, closed_streams, last_position
from infra.database import Datastore
from infra.holidays_calendar import calendar_for
from infra.keyring import PersonKeyring, PostgresKeyring
from infra.opened_log import opened_streams
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from infra.transparency.replaying import Extent, Replaying, sealed_between, verify_list
from infra.transparency.verify import verify_seal
from projections.whole_streams import Again, Histories, Whole, WholeStreams
from workers.crew import Hand, More
from workers.garbage import collected_when_told
from workers.log import ledger_of, master_source
from workers.public_copy import public_place
from workers.rule_book import rules_of
from workers.tally import DIGESTS, REPLAY, SEAL

EVENTS_AT_ONCE: Final = 4_000  # of streams whose keys are looked up, and whose rows are read, together
KEYS_KEPT: Final = 500  # of persons: each is asked for once, but for those whom cases' notes name

Stream = tuple[UUID, list[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPiece:
    """All events' bytes, held against tree, signed heads and public copy."""

    key: VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPiece:
    """The list of state digests, held against its signed heads."""

    key: VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamsPiece:
    """The streams whose ids lie from `first` to `last`, folded and held against all that follows from them."""

    first: UUID
    last: UUID


Piece = SealPiece | ListPiece | StreamsPiece


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamsAudited:
    """What was found of some streams. Stretches of a log add up."""

    states: StatesReplayed
    histories: Histories
    contacts: ContactAudit
    pairs: PairSums

    def __add__(self, other: "StreamsAudited") -> "StreamsAudited":
        return StreamsAudited(
            states=self.states + other.states,
            histories=self.histories + other.histories,
            contacts=self.contacts + other.contacts,
            pairs=self.pairs + other.pairs,
        )


Outcome = SealAudit | StatesReplayed | StreamsAudited


@contextmanager
def auditor(settings: Settings, extent: Extent) -> Iterator[Hand[Piece, Outcome]]:
    """Make ready for pieces of an audit of the log as far as `extent`."""
    dsn = settings.required("database_url")
    keys = cache(lambda: Datastore(dsn, size=1))  # not every process looks at streams

    def audited(piece: Piece, told: More) -> Outcome:
        match piece:
            case SealPiece(key=key):
                return verify_seal(dsn, key, public=public_place(settings), told=_grown(told, SEAL))
            case ListPiece(key=key):
                return verify_list(dsn, key, public_place(settings), told=partial(told, DIGESTS))
            case StreamsPiece():
                return asyncio.run(_streams(dsn, piece, extent, book(), keyring(), partial(told, REPLAY)))
            case _:
                assert_never(piece)

    @cache
    def book() -> RuleBook:
        return rules_of(settings)

    @cache
    def keyring() -> PersonKeyring:
        return PostgresKeyring(keys(), master_source(settings), ledger=ledger_of(settings), cached_max=KEYS_KEPT)

    try:
        yield audited
    finally:
        if keys.cache_info().currsize:
            keys().close()


async def _streams(
    dsn: str, piece: StreamsPiece, extent: Extent, book: RuleBook, keyring: PersonKeyring, told: Callable[[int], None]
) -> StreamsAudited:
    contacts = StreamContacts(book, calendar_for)
    async with open_pool(dsn, size=1) as pool:
        histories = WholeStreams(PostgresTables(pool), _again(dsn, keyring))
        with psycopg.connect(dsn) as events, psycopg.connect(dsn) as digests, collected_when_told() as collect:
            replaying = Replaying(sealed_between(digests, piece.first, piece.last, extent))
            streams = closed_streams(events, upto=extent.upto, first=piece.first, last=piece.last)
            for batch in _batches((stream_id, list(found)) for stream_id, found in streams):
                before = replaying.events
                whole = _opened(batch, [replaying.take(stream_id, found) for stream_id, found in batch], keyring)
                batch.clear()
                await histories.take(whole)
                for stream in whole:
                    contacts.take(stream.events)
                    for each in stream.unreadable:
                        contacts.unreadable(each)
                del whole, stream
                collect()
                told(replaying.events - before)
    return StreamsAudited(
        states=replaying.finished(),
        histories=histories.found(),
        contacts=contacts.audit(extent.upto),
        pairs=contacts.pairs,
    )


def _batches(streams: Iterable[Stream]) -> Iterator[list[Stream]]:
    batch: list[Stream] = []
    events = 0
    for stream in streams:
        batch.append(stream)
        events += len(stream[1])
        if events >= EVENTS_AT_ONCE:
            yield batch
            batch, events = [], 0
    if batch:
        yield batch


def _opened(batch: Sequence[Stream], states: Sequence[State | None], keyring: PersonKeyring) -> list[Whole]:
    """Return the streams with what is sealed in them opened; their states stay those of what is stored."""
    opened = opened_streams([found for _, found in batch], keyring)
    whole: list[Whole] = []
    for (stream_id, _), found, state in zip(batch, opened, states, strict=True):
        events = [each for each in found if isinstance(each, Recorded)]
        unreadable = [each for each in found if isinstance(each, UnreadableEvent)] if len(events) < len(found) else []
        whole.append(Whole(stream_id=stream_id, events=events, unreadable=unreadable, state=state))
    return whole


def _again(dsn: str, keyring: PersonKeyring) -> Again:
    async def again(stream_id: UUID) -> Sequence[Recorded]:
        with psycopg.connect(dsn) as connection:
            upto = last_position(connection)
            streams = closed_streams(connection, upto=upto, first=stream_id, last=stream_id)
            found = [list(events) for _, events in streams]
        opened = chain.from_iterable(opened_streams(found, keyring))
        return [each for each in opened if not isinstance(each, UnreadableEvent)]

    return again


def _grown(told: More, part: str) -> Callable[[int, int], None]:
    """Return what is told how many there are by now, and tells how many more."""
    before = 0

    def more(now: int, _of: int) -> None:
        nonlocal before
        told(part, now - before)
        before = now

    return more
