"""Whether persons and cases remember the same contacts: every reservation of a person is a permit of a case.

`Pairs` holds them against each other one by one, in the order of the log. `PairSums` needs no order and next to no
memory, and says only in which of its buckets something is not right: there `Pairs` finds it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID
from zlib import crc32

import msgspec

from application.contact_audit import Violation
from application.ports import Recorded
from domain.case.events import ContactPermitted
from domain.case.words import Channel
from domain.compliance.verdict import Denial, Grounds
from domain.person.events import ContactReserved

BUCKETS: Final = 512
_HASH_BYTES: Final = 32
_MODULUS: Final = 1 << 8 * _HASH_BYTES

Remembered = tuple[UUID, UUID, Channel, datetime, Grounds | None]  # case, person and what either keeps of the contact
_encode = msgspec.json.Encoder().encode


class Pairs:
    """Reservations that no case has spoken of yet. Whoever owns both streams writes the reservation first."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Recorded, ContactReserved]] = {}

    def reserved(self, recorded: Recorded, event: ContactReserved) -> None:
        """Expect a permit of a case."""
        self._waiting[event.permit_id] = recorded, event

    def permitted(self, recorded: Recorded, event: ContactPermitted) -> Violation | None:
        """Hold a case's permit against the person's reservation."""
        waiting = self._waiting.pop(event.permit_id, None)
        if waiting is None:
            return of_case(recorded, event, "NOT_RESERVED")
        if _kept_by_case(recorded, event) != _kept_by_person(*waiting):
            return of_case(recorded, event, "CASE_DISAGREES")
        return None

    def left(self) -> Iterator[Violation]:
        """Yield the reservations that no case has spoken of."""
        for recorded, event in self._waiting.values():
            yield of_person(recorded, event, "CASE_NOT_TOLD")


@dataclass(slots=True)
class PairSums:
    """For each bucket of permits, the sum of what persons remember less the sum of what cases do; 0 where all is well.

    The sums are of hashes of 256 bits, modulo 2^256. Parts of a log add up.
    """

    sums: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    def reserved(self, recorded: Recorded, event: ContactReserved) -> None:
        """Count what a person remembers."""
        bucket = _bucket(event.permit_id)
        self.sums[bucket] = (self.sums[bucket] + _hash(event.permit_id, _kept_by_person(recorded, event))) % _MODULUS

    def permitted(self, recorded: Recorded, event: ContactPermitted) -> None:
        """Count what a case remembers."""
        bucket = _bucket(event.permit_id)
        self.sums[bucket] = (self.sums[bucket] - _hash(event.permit_id, _kept_by_case(recorded, event))) % _MODULUS

    @property
    def differing(self) -> frozenset[int]:
        """The buckets in which persons and cases do not remember the same."""
        return frozenset(bucket for bucket, rest in enumerate(self.sums) if rest)

    def __add__(self, other: "PairSums") -> "PairSums":
        return PairSums([(one + more) % _MODULUS for one, more in zip(self.sums, other.sums, strict=True)])


def disagreeing(events: Iterable[Recorded], buckets: Collection[int]) -> Iterator[Violation]:
    """Yield what persons and cases do not agree on in these buckets; `events` in the order of the log."""
    pairs = Pairs()
    for recorded in events:
        match recorded.event:
            case ContactReserved() as event if _bucket(event.permit_id) in buckets:
                pairs.reserved(recorded, event)
            case ContactPermitted() as event if _bucket(event.permit_id) in buckets:
                found = pairs.permitted(recorded, event)
                if found is not None:
                    yield found
            case _:
                continue
    yield from pairs.left()


def _bucket(permit_id: str) -> int:
    return crc32(permit_id.encode()) % BUCKETS


def of_person(recorded: Recorded, event: ContactReserved, reason: str, denials: tuple[Denial, ...] = ()) -> Violation:
    """Return what is wrong with a reservation."""
    return Violation(
        reason=reason,
        position=recorded.position,
        permit_id=event.permit_id,
        person_id=recorded.stream_id,
        case_id=event.case_id,
        at=event.at,
        rules=tuple(denial.rule for denial in denials),
        citations=tuple(denial.cite for denial in denials),
    )


def of_case(recorded: Recorded, event: ContactPermitted, reason: str) -> Violation:
    """Return what is wrong with a case's permit."""
    return Violation(
        reason=reason,
        position=recorded.position,
        permit_id=event.permit_id,
        person_id=event.person_id,
        case_id=recorded.stream_id,
        at=event.at,
    )


def _kept_by_person(recorded: Recorded, event: ContactReserved) -> Remembered:
    return event.case_id, recorded.stream_id, event.channel, event.at, event.grounds


def _kept_by_case(recorded: Recorded, event: ContactPermitted) -> Remembered:
    return recorded.stream_id, event.person_id, event.channel, event.at, event.grounds


def _hash(permit_id: str, kept: Remembered) -> int:
    return int.from_bytes(blake2b(_encode((permit_id, *kept)), digest_size=_HASH_BYTES).digest(), "big")
