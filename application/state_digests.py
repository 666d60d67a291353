"""Digests of what streams have come to: which behavior folded them, and what it made of them.

Whoever keeps digests signs for them: their list only ever grows, and every digest is in the chain of those before it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast, get_args
from uuid import UUID

from application.ports import Event
from application.sealing import Signer
from domain.case.behavior import BEHAVIOR as OF_CASES
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.decider import Rejected
from domain.person import PERSON
from domain.person.behavior import BEHAVIOR as OF_PERSONS
from domain.person.events import PersonEvent
from domain.state_digest import State, state_digest
from domain.suspense import SUSPENSE
from domain.suspense.behavior import BEHAVIOR as OF_ENTRIES
from domain.suspense.events import SuspenseEvent
from domain.transparency.note import Note
from domain.transparency.state_head import StateHead, opened_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """How one kind of stream is folded by the code that is running."""

    kind: str
    behavior: int
    initial: State
    fold: Callable[[Iterable[Event], State], State]


CASES: Final = Folding(kind="case", behavior=OF_CASES, initial=CASE.initial, fold=cast(Any, CASE.fold))
PERSONS: Final = Folding(kind="person", behavior=OF_PERSONS, initial=PERSON.initial, fold=cast(Any, PERSON.fold))
ENTRIES: Final = Folding(kind="entry", behavior=OF_ENTRIES, initial=SUSPENSE.initial, fold=cast(Any, SUSPENSE.fold))
_FOLDING: Final[Mapping[type, Folding]] = {
    event: folding
    for union, folding in ((CaseEvent, CASES), (PersonEvent, PERSONS), (SuspenseEvent, ENTRIES))
    for event in get_args(union)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDigest:
    """What a stream's first `version` events come to, as the code of a behavior reads them."""

    stream_id: UUID
    version: int
    kind: str  # case, person, entry
    behavior: int
    digest: bytes  # 32 bytes

    @property
    def line(self) -> bytes:
        """Return what goes into the chain."""
        return f"{self.stream_id} {self.version} {self.kind} {self.behavior} {self.digest.hex()}\n".encode("ascii")


def folding_of(event: Event) -> Folding:
    """Return how the stream that begins with `event` is folded."""
    return _FOLDING[type(event)]


def digest_at(stream_id: UUID, version: int, folding: Folding, state: State) -> StateDigest:
    """Return the digest of a stream's state after its first `version` events."""
    return StateDigest(
        stream_id=stream_id,
        version=version,
        kind=folding.kind,
        behavior=folding.behavior,
        digest=state_digest(state),
    )


class SealedStates(Protocol):
    """The digests there are, in the order in which they were made."""

    async def digest(self) -> int:
        """Digest the streams that the next sealed events have changed, a batch at most; return how many events."""
        ...

    async def head(self, origin: str) -> StateHead:
        """Return the list's present head."""
        ...

    async def continued(self, earlier: StateHead) -> StateHead:
        """Return the present head as it follows from an earlier one and the digests since."""
        ...

    async def last_note(self) -> str:
        """Return the last head that was signed; empty if there is none."""
        ...

    async def keep(self, head: StateHead, note: str) -> None:
        """Remember a head that was signed."""
        ...


class PublicStates(Protocol):
    """Where the head of the digests is published."""

    async def last_states_note(self) -> str:
        """Return the head that is published; empty if there is none."""
        ...

    async def publish_states(self, note: str) -> None:
        """Publish a head."""
        ...


class StateSealer:
    """Digests states and signs for the list of digests."""

    def __init__(self, *, states: SealedStates, signer: Signer, copies: Sequence[PublicStates]) -> None:
        self._states = states
        self._signer = signer
        self._copies = tuple(copies)

    async def digest_next(self) -> int:
        """Digest what a batch of sealed events has changed; return how many events there were."""
        return await self._states.digest()

    async def sign(self) -> StateHead:
        """Sign the present head and publish it; `Rejected` STATES_ALTERED if it does not continue a signed one."""
        head = await self._states.head(self._signer.key.name)
        kept = await self._states.last_note()
        published = [await copy.last_states_note() for copy in self._copies]
        for earlier in {*filter(None, (kept, *published))}:
            signed = opened_states(earlier, self._signer.key)
            if signed.size > head.size or await self._states.continued(signed) != head:
                raise Rejected(
                    "STATES_ALTERED",
                    f"the list of {head.size} digests does not continue the signed list of {signed.size}",
                    accepted="the digests as they were signed",
                )
        note = kept
        if not kept or opened_states(kept, self._signer.key) != head:
            note = str(Note(text=str(head), signatures=(self._signer.sign(str(head)),)))
            await self._states.keep(head, note)
        for copy, before in zip(self._copies, published, strict=True):
            if before != note:
                await copy.publish_states(note)
        return head
