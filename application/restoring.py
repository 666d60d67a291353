"""Declaring that a log was restored from a backup: it goes on under a name of its own, and says what it goes on from.

The sealer never signs a head that does not continue those before it. So a restore is said aloud, once, by a person with
a reason: the declaration fixes the old head and how far both logs agree, and contacts wait until it is reconciled.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports import Clock
from application.recovery import DeclaredRestore, Recovery
from application.sealing import PublicCopy, SealedLog, Sealer, Signer, ask
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.leaf import Named, named_in
from domain.transparency.note import Note
from domain.transparency.restored import Restored, epoch_name, opened_restore, require_reason
from domain.transparency.tiles import WIDTH
from domain.transparency.tree import EMPTY_ROOT, HASH_BYTES, frontier_of


class PublishedLogs(Protocol):
    """What was published of the log, before and after each of its declared restores (0: before any)."""

    async def last_epoch(self) -> int:
        """Return the number of the last declared restore that is published; 0 if none is."""
        ...

    async def head(self, epoch: int) -> str:
        """Return the signed head of an epoch; empty if none is published."""
        ...

    async def restore(self, epoch: int) -> str:
        """Return the signed declaration that an epoch begins with; empty if there is none."""
        ...

    async def tile(self, epoch: int, size: int, number: int) -> bytes:
        """Return the hashes of a bundle's leaves, in a log of `size`; empty if none are published."""
        ...

    async def leaves(self, epoch: int, size: int, number: int) -> list[bytes]:
        """Return a bundle's leaves, in a log of `size`."""
        ...

    async def declare(self, epoch: int, note: str) -> None:
        """Publish a declaration."""
        ...

    def copy(self, epoch: int) -> PublicCopy:
        """Return where an epoch's log is published."""
        ...


SignerAs = Callable[[str], Signer]
"""Returns the holder of the log's key under a name."""
LogOf = Callable[[int], SealedLog]
"""Returns the tree over the log, with the heads of an epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """The last head that the world was told, and in which epoch."""

    epoch: int
    head: Checkpoint


class Restoring:
    """Declares restores of one log and tells what each of them lost. `published` None: the log has no public copy."""

    def __init__(
        self,
        *,
        name: str,
        signer_as: SignerAs,
        log_of: LogOf,
        published: PublishedLogs | None,
        recovery: Recovery,
        clock: Clock,
    ) -> None:
        self._name = name
        self._signer_as = signer_as
        self._log_of = log_of
        self._published = published
        self._recovery = recovery
        self._clock = clock

    async def declare(self, *, reason: str, by: str, lost_until: datetime | None = None) -> DeclaredRestore:
        """Declare that the log was restored, publish that, and sign the first head under the new name.

        lost_until: business instant after which nothing was done any more before the restore; now by default.
        Broken off, or said again before it was reconciled, it is the declaration that there is already: a second one
        would begin where the first ended, and nobody would settle what was sent before.
        Raises `Rejected` REASON_MISSING, REASON_TOO_LONG, LOST_UNTIL_TOO_EARLY, or what is wrong with the head that is
        published.
        """
        line = require_reason(reason)
        declared = await self._unpublished() or await self._unsettled()
        if declared is None:
            declared = await self._declared(line, by, lost_until)
            await self._recovery.declare(declared)
        copies = []
        if self._published is not None:
            for kept in await self._recovery.restores():
                await self._published.declare(kept.number, kept.note)
            copies = [self._published.copy(declared.number)]
        signer = self._signer_as(epoch_name(self._name, declared.number))
        await Sealer(log=self._log_of(declared.number), signer=signer, copies=copies).sign()
        return declared

    async def lost(self, restore: DeclaredRestore) -> AsyncIterator[Named]:
        """Yield what is known of the events that a restore lost: those that were published, without their content."""
        if self._published is None:
            return
        restored, _ = opened_restore(restore.note, self._signer_as(self._name).key, restore.number)
        epoch = self._epoch_of(restored.old.origin)
        for number in range(restored.common_size // WIDTH, -(-restored.old.size // WIDTH)):
            leaves = await self._published.leaves(epoch, restored.old.size, number)
            for leaf in leaves[max(restored.common_size - number * WIDTH, 0) :]:
                yield named_in(leaf)

    async def ahead(self) -> int:
        """Return how many leaves the published log has that this one has not: more than none after a restore."""
        old = await self._old()
        size = await self._log_of(old.epoch).size()
        return old.head.size - await self._agreed(old, min(size, old.head.size))

    async def _unpublished(self) -> DeclaredRestore | None:
        """Return a declaration that was kept, and broken off before the world was told."""
        kept = await self._recovery.restores()
        if self._published is None or not kept or await self._published.last_epoch() >= kept[-1].number:
            return None
        return kept[-1]

    async def _unsettled(self) -> DeclaredRestore | None:
        """Return the last declaration where it waits to be reconciled, and nothing more was lost since."""
        kept = await self._recovery.restores()
        if not kept or await self._recovery.settled(kept[-1].number) or await self.ahead():
            return None
        return kept[-1]

    async def _declared(self, reason: str, by: str, lost_until: datetime | None) -> DeclaredRestore:
        old = await self._old()
        number = 1 + max(old.epoch, await self._recovery.last_number())
        log = self._log_of(number)
        while await log.seal():
            continue
        size = await log.size()
        common = await self._agreed(old, min(size, old.head.size))
        root = await ask(log, lambda complete: frontier_of(common, complete).root)
        now = self._clock.now()
        restored = Restored(
            number=number,
            old=old.head,
            origin=epoch_name(self._name, number),
            common_size=common,
            common_root=root,
            declared_at=now,
            reason=reason,
        )
        # Where nothing that was published is lost, all that is here was here before.
        restored_to = await self._recorded_at(log, common if restored.lost else size) or now
        if lost_until is not None and not restored_to <= lost_until <= now:
            raise Rejected(
                "LOST_UNTIL_TOO_EARLY",
                "what was lost ended after the last event that is left, and before now",
                field="until",
                accepted=f"{restored_to.isoformat()} to {now.isoformat()}",
            )
        signers = (self._signer_as(old.head.origin), self._signer_as(restored.origin))
        note = Note(text=str(restored), signatures=tuple(signer.sign(str(restored)) for signer in signers))
        return DeclaredRestore(
            number=number,
            declared_at=now,
            restored_to=min(restored_to, now),
            lost_until=lost_until or now,
            declared_by=by,
            reason=reason,
            common_size=common,
            lost_leaves=restored.lost,
            note=str(note),
        )

    async def _old(self) -> _Old:
        """Return the last head that was published, else the last that was signed; of no leaves where there is none."""
        epoch = await self._published.last_epoch() if self._published else await self._recovery.last_number()
        note = await self._published.head(epoch) if self._published else await self._log_of(epoch).last_note()
        name = epoch_name(self._name, epoch)
        if not note:
            return _Old(epoch=epoch, head=Checkpoint(origin=name, size=0, root=EMPTY_ROOT))
        return _Old(epoch=epoch, head=opened(note, self._signer_as(name).key)[0])

    async def _agreed(self, old: _Old, size: int) -> int:
        """Return how many leaves, of the first `size`, the old log and this one begin with."""
        if self._published is None:
            return size
        log = self._log_of(old.epoch)
        for number in range(-(-size // WIDTH)):
            ours = (await log.tiles([(0, number)]))[0, number]
            theirs = await self._published.tile(old.epoch, old.head.size, number)
            for place in range(min(WIDTH, size - number * WIDTH)):
                hashed = slice(place * HASH_BYTES, (place + 1) * HASH_BYTES)
                if ours[hashed] != theirs[hashed]:
                    return number * WIDTH + place
        return size

    async def _recorded_at(self, log: SealedLog, size: int) -> datetime | None:
        """Return when the last of the first `size` leaves was recorded; None where there are none."""
        if not size:
            return None
        number, place = divmod(size - 1, WIDTH)
        return named_in((await log.leaves(number))[place]).recorded_at

    def _epoch_of(self, origin: str) -> int:
        tail = origin.removeprefix(self._name).removeprefix("/r")
        return int(tail) if tail else 0
