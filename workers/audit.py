"""Audits of a whole log, without a server: its seal, its states, histories and read tables, its contacts."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, assert_never

import psycopg

from application.contact_audit import KEPT_MAX, ContactAudit
from application.contact_pairs import PairSums, disagreeing
from application.ports import UnreadableEvent
from application.read_ports import TablesBehind
from application.seal_audit import SealAudit
from application.state_audit import StatesReplayed
from application.verify_contacts import Told, verify_contacts
from domain.case.events import ContactPermitted
from domain.person.events import ContactReserved
from domain.transparency.note import VerifierKey
from infra.closed_log import closed_events_named
from infra.holidays_calendar import calendar_for
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from infra.transparency.replaying import Extent, count_events, extent_of
from infra.transparency.verify import verify_seal
from projections.audit import Difference
from projections.verification import CATCH_UP_SECONDS
from projections.whole_streams import Histories
from workers.audit_pieces import (
    ListPiece,
    Outcome,
    Piece,
    SealPiece,
    StreamsAudited,
    StreamsPiece,
    auditor,
)
from workers.crew import share
from workers.log import open_log
from workers.public_copy import public_place
from workers.rule_book import rules_of
from workers.stretches import stretches
from workers.tally import DIGESTS, REPLAY, SEAL, Step, Tally

PROCESSES_MAX: Final = 8  # that are used where nobody says how many
SMALL: Final = 50_000  # events; of fewer, one process is done before another has begun
EVENTS_A_PIECE: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAudit:
    """What an audit of everything found."""

    seal: SealAudit | None  # None: nobody gave the log's public key
    states: StatesReplayed
    histories: Histories
    contacts: ContactAudit

    @property
    def whole(self) -> bool:
        """Whether all that was looked at is as it must be."""
        sealed = self.seal is None or self.seal.whole
        return sealed and self.states.holds and not self.histories.differences_total and self.contacts.holds


async def audit_contacts(settings: Settings, told: Told) -> ContactAudit:
    """Read the log of a database and judge its contacts by the rule files that are here."""
    async with open_log(settings) as log:
        return await verify_contacts(log, rules_of(settings), calendar_for, told)


def audit_seal(settings: Settings, key: VerifierKey, told: Step = lambda _, __, ___: None) -> SealAudit:
    """Hold the log of a database against its seal, and against its public copy where one is named. Blocking."""
    dsn = settings.required("database_url")
    return verify_seal(dsn, key, public=public_place(settings), told=partial(told, SEAL))


def audit_log(
    settings: Settings, key: VerifierKey | None, told: Step = lambda _, __, ___: None, *, jobs: int = 0
) -> LogAudit:
    """Audit all there is: bytes, signatures and tree; every state, history and read table; every contact. Blocking.

    jobs: how many processes share the work; 0: as many as there are processors, for a log that is worth it.

    Raises:
        TablesBehind: the read tables did not follow the log in time.
        ProcessDied: a process that shared the work was killed.
    """
    extent, strangers = asyncio.run(_begin(settings))
    sizes = _sizes(settings.required("database_url"), extent)
    found = _Found()
    pieces = list(_pieces(key, sizes[REPLAY]))
    share(
        pieces,
        partial(auditor, settings, extent),
        processes=min(_processes(jobs, sizes[REPLAY]), len(pieces)),
        take=found.take,
        told=Tally(told, sizes),
    )
    streams = found.streams
    assert streams is not None, "there is always a stretch of streams"
    assert streams.states.events == sizes[REPLAY], "every event is in one of the stretches"
    return LogAudit(
        seal=found.seal,
        states=found.states + streams.states,
        histories=streams.histories + strangers,
        contacts=_paired(settings, streams.contacts, streams.pairs, extent),
    )


class _Found:
    """What the pieces have come to so far, in whichever order they come."""

    def __init__(self) -> None:
        self.seal: SealAudit | None = None
        self.states = StatesReplayed()
        self.streams: StreamsAudited | None = None

    def take(self, outcome: Outcome) -> None:
        match outcome:
            case SealAudit():
                self.seal = outcome
            case StatesReplayed():
                self.states += outcome
            case StreamsAudited():
                self.streams = outcome if self.streams is None else self.streams + outcome
            case _:
                assert_never(outcome)


async def _begin(settings: Settings) -> tuple[Extent, Histories]:
    """Return how far the log goes now, once the read tables have come as far; and what they show that it never said.

    Opening the log sees to it that nobody who was forgotten has a key.
    """
    async with open_log(settings), open_pool(settings.database_url, size=1) as pool:
        extent = await asyncio.to_thread(extent_of, settings.database_url)
        tables = PostgresTables(pool)
        reached = await tables.wait_for(extent.upto, timeout_seconds=CATCH_UP_SECONDS)
        if reached < extent.upto:
            raise TablesBehind(extent.upto, reached)
        strangers = tuple(
            Difference(case_id=each, field="case", replayed="no such stream", shown="a row")
            for each in await tables.strangers()
        )
    return extent, Histories(differences=strangers, differences_total=len(strangers))


def _sizes(dsn: str, extent: Extent) -> dict[str, int]:
    """Return how much there is of every part."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT size FROM sealed_head").fetchone()
    assert row is not None, "the migration made the row"
    return {SEAL: int(row[0]), DIGESTS: extent.digests, REPLAY: count_events(dsn, extent)}


def _pieces(key: VerifierKey | None, events: int) -> Iterator[Piece]:
    """Yield the longest first."""
    if key is not None:
        yield SealPiece(key=key)
        yield ListPiece(key=key)
    for first, last in stretches(max(1, events // EVENTS_A_PIECE)):
        yield StreamsPiece(first=first, last=last)


def _processes(jobs: int, events: int) -> int:
    return jobs or (1 if events < SMALL else min(os.cpu_count() or 1, PROCESSES_MAX))


def _paired(settings: Settings, contacts: ContactAudit, pairs: PairSums, extent: Extent) -> ContactAudit:
    """Add what persons and cases do not agree on; their sums say where to look."""
    if not pairs.differing:
        return contacts
    with psycopg.connect(settings.required("database_url")) as connection:
        named = closed_events_named(connection, (ContactReserved.__name__, ContactPermitted.__name__), upto=extent.upto)
        readable = (each for each in named if not isinstance(each, UnreadableEvent))  # the others are told already
        found = tuple(disagreeing(readable, pairs.differing))
    total = contacts.violations_total + len(found)
    return replace(contacts, violations=(*contacts.violations, *found)[:KEPT_MAX], violations_total=total)
