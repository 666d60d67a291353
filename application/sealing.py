"""Sealing: every event becomes a leaf of one Merkle tree, and now and then somebody signs the tree's head.

A head is signed only if it continues every head that was signed before it, as far as this installation and its public
copy remember: what was altered below a signed head is never signed over.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import Note, Signature, VerifierKey
from domain.transparency.tiles import asked_of, complete_by
from domain.transparency.tree import Complete, Hash, consistency_path, frontier_of, inclusion_path, is_consistent

T = TypeVar("T")


class CopyUnavailable(OSError):
    """Where the log is published gives no answer; the text says where that is, and a code."""


class SealedLog(Protocol):
    """The tree over the log, and the heads that were signed of it."""

    async def seal(self) -> int:
        """Make leaves of events that are none yet, a batch at most; return how many."""
        ...

    async def leaves(self, bundle: int) -> Sequence[bytes]:
        """Return the leaves of a bundle of 256, as the log's events say them now."""
        ...

    async def size(self) -> int:
        """Return how many leaves there are."""
        ...

    async def tiles(self, wanted: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """Return tiles by level and number, as they are now."""
        ...

    async def last_note(self) -> str:
        """Return the last head that was signed; empty if there is none."""
        ...

    async def keep(self, head: Checkpoint, note: str) -> None:
        """Remember a head that was signed."""
        ...


class Signer(Protocol):
    """Holds the log's private key."""

    @property
    def key(self) -> VerifierKey:
        """The public half, and the log's name."""
        ...

    def sign(self, text: str) -> Signature:
        """Sign a text."""
        ...


class PublicCopy(Protocol):
    """Where the log is published, out of reach of whoever could alter the database."""

    async def last_note(self) -> str:
        """Return the head that is published; empty if there is none."""
        ...

    async def publish(self, log: SealedLog, before: int, head: Checkpoint, note: str) -> None:
        """Publish what the log has grown by since `before` leaves, and then its head.

        Raise `Rejected` PUBLIC_COPY_ALTERED, PUBLIC_COPY_REFUSED, LOG_ALTERED, or `CopyUnavailable`.
        """
        ...


class Sealer:
    """Seals, signs and publishes."""

    def __init__(self, *, log: SealedLog, signer: Signer, copies: Sequence[PublicCopy]) -> None:
        self._log = log
        self._signer = signer
        self._copies = tuple(copies)

    async def seal_all(self) -> int:
        """Seal until nothing is left to be sealed; return how many events were."""
        count = 0
        while sealed := await self._log.seal():
            count += sealed
        return count

    async def last_note(self) -> str:
        """Return the last head that was signed, as a signed note; empty if there is none."""
        return await self._log.last_note()

    async def sign(self) -> Checkpoint:
        """Sign the present head and publish it; the same head is not signed twice.

        Raise `Rejected` LOG_ALTERED when a head that was signed before is not the beginning of this one.
        """
        size = await self._log.size()
        root = await ask(self._log, lambda complete: frontier_of(size, complete).root)
        head = Checkpoint(origin=self._signer.key.name, size=size, root=root)
        kept = await self._log.last_note()
        published = [await copy.last_note() for copy in self._copies]
        for earlier in {*filter(None, (kept, *published))}:
            await self._require_continued(opened(earlier, self._signer.key)[0], head)
        note = kept
        if not kept or opened(kept, self._signer.key)[0] != head:
            note = str(Note(text=str(head), signatures=(self._signer.sign(str(head)),)))
            await self._log.keep(head, note)
        for copy, before in zip(self._copies, published, strict=True):
            if before != note:
                await copy.publish(self._log, opened(before, self._signer.key)[0].size if before else 0, head, note)
        return head

    async def _require_continued(self, before: Checkpoint, head: Checkpoint) -> None:
        path = await consistency(self._log, before.size, head.size) if before.size <= head.size else ()
        if not is_consistent(before.size, before.root, head.size, head.root, path):
            raise Rejected(
                "LOG_ALTERED",
                f"the head of {head.size} leaves does not continue the signed head of {before.size}",
                accepted="the log as it was signed",
            )


async def consistency(log: SealedLog, first: int, second: int) -> tuple[Hash, ...]:
    """Return what shows that the log's first `first` leaves are the beginning of its first `second`."""
    return await ask(log, lambda complete: consistency_path(first, second, complete))


async def inclusion(log: SealedLog, index: int, size: int) -> tuple[Hash, ...]:
    """Return the path of a leaf in the log's first `size` leaves."""
    return await ask(log, lambda complete: inclusion_path(index, size, complete))


async def ask(log: SealedLog, question: Callable[[Complete], T]) -> T:
    """Return the answer to a question to the tree, with the tiles that it needs and no others."""
    tiles = await log.tiles(asked_of(question))
    return question(complete_by(lambda level, number: tiles[level, number]))
