"""Events of some streams as they are stored, and proofs that they are in the log under one signed head."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from application.evidence import ProvenEvent
from domain.evidence.stored import fields_in
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.leaf import leaf_under
from domain.transparency.proof import Proof
from domain.transparency.tiles import asked_of, complete_by
from domain.transparency.tree import Complete, Hash, inclusion_path
from infra.transparency.sealed_log import NAMED, PostgresSealedLog

AT_ONCE = 64  # proofs whose tiles are read together

_OF_STREAMS = f"{NAMED} originator_id = ANY(%s) ORDER BY originator_id, originator_version"


@dataclass(frozen=True, kw_only=True)
class SealedEvent:
    """An event as it is stored, and which leaf of the log it is."""

    index: int
    position: int
    heading: str
    metadata: bytes
    state: bytes

    @cached_property
    def _named(self) -> list[str]:
        return self.heading.split("\n")

    @property
    def stream_id(self) -> UUID:
        """The stream that it belongs to."""
        return UUID(self._named[1])

    @property
    def version(self) -> int:
        """Its number in its stream."""
        return int(self._named[2])

    @property
    def name(self) -> str:
        """What happened."""
        return self._named[3]

    @property
    def leaf(self) -> bytes:
        """What is sealed of it."""
        return leaf_under(self.heading, self.metadata, self.state)

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """What it says, as JSON has it; personal fields are sealed. Nothing where it was altered into no JSON."""
        try:
            return fields_in(json.loads(self.state))
        except (ValueError, RecursionError):
            return {}


async def sealed_events(
    pool: AsyncConnectionPool[Any], log: PostgresSealedLog, stream_ids: Sequence[UUID], size: int
) -> list[SealedEvent]:
    """Return the events of streams that are among the log's first `size` leaves, by stream and version."""
    async with pool.connection() as connection, connection.cursor(binary=True) as cursor:
        await cursor.execute(_OF_STREAMS, (list(stream_ids),))
        rows = await cursor.fetchall()
    indices = await log.index_of(position for position, *_ in rows)
    return [
        SealedEvent(
            index=indices[position], position=position, heading=heading, metadata=bytes(metadata), state=bytes(state)
        )
        for position, heading, metadata, state in rows
        if indices.get(position, size) < size
    ]


async def proven(
    log: PostgresSealedLog, events: Sequence[SealedEvent], head: Checkpoint, note: str
) -> tuple[ProvenEvent, ...]:
    """Return the events with their proofs; `note` is the head as it is signed, which stands in every one."""
    proofs = await proofs_of(log, events, head, note)
    return tuple(
        ProvenEvent(
            stream_id=each.stream_id,
            version=each.version,
            name=each.name,
            position=each.position,
            heading=each.heading,
            metadata=each.metadata,
            state=each.state,
            proof=str(proof),
        )
        for each, proof in zip(events, proofs, strict=True)
    )


async def proofs_of(log: PostgresSealedLog, events: Sequence[SealedEvent], head: Checkpoint, note: str) -> list[Proof]:
    """Return a proof for each event."""
    found: list[Proof] = []
    for first in range(0, len(events), AT_ONCE):
        indices = [each.index for each in events[first : first + AT_ONCE]]
        paths = await _paths(log, indices, head.size)
        found += [Proof(index=index, path=path, checkpoint=note) for index, path in zip(indices, paths, strict=True)]
    return found


async def _paths(log: PostgresSealedLog, indices: Sequence[int], size: int) -> list[tuple[Hash, ...]]:
    """Return the paths of leaves, with the tiles that they need together."""

    def ask(complete: Complete) -> list[tuple[Hash, ...]]:
        return [inclusion_path(index, size, complete) for index in indices]

    tiles = await log.tiles(asked_of(ask))
    return ask(complete_by(lambda level, number: tiles[level, number]))
