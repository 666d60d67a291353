"""The restores that a log has been through, as they were declared: from its public copy, else from its database."""

from collections.abc import Iterator, Sequence

from application.seal_audit import DATABASE, PUBLIC, Flaw, Found, ShownRestore
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.restored import Restored, epoch_key, opened_restore
from domain.transparency.tiles import complete_by
from domain.transparency.tree import frontier_of
from infra.transparency.place import Place
from infra.transparency.published import epoch_place, head_in, last_epoch, restore_in, tile_in


class Declared:
    """What was declared of one log, and what of it does not hold. `kept`: numbers and notes of the database."""

    def __init__(self, key: VerifierKey, kept: Sequence[tuple[int, str]], public: Place | None) -> None:
        self._key = key
        self._public = public if public is not None and head_in(public) else None
        self._where = PUBLIC if self._public else DATABASE
        if self._public is None:
            notes, self.epoch = list(kept), max((number for number, _ in kept), default=0)
        else:  # the database may know of more restores or fewer: it is measured by what the world was told
            self.epoch = last_epoch(self._public)
            notes = [(number, restore_in(self._public, number)) for number in range(1, self.epoch + 1)]
        self._flaws: list[Found] = []
        self._restores = list(self._opened([(number, note) for number, note in notes if note]))

    @property
    def place(self) -> Place | None:
        """Return where the log goes on being published; None where there is no public copy."""
        if self._public is None:
            return None
        place = epoch_place(self._public, self.epoch)
        return place if head_in(place) else None

    def agreed_until(self, epoch: int, size: int) -> int:
        """Return up to how many leaves the log of an epoch must be the beginning of the present one of `size`."""
        later = [each.common_size for each in self._restores if each.number > epoch]
        return min([size, *later])

    def heads(self) -> Iterator[tuple[Checkpoint, str]]:
        """Yield the beginnings that old logs and the present one must share, as heads."""
        for each in self._restores:
            if all(each.common_size <= later for later in self._later(each)):
                yield Checkpoint(origin=each.origin, size=each.common_size, root=each.common_root), self._where

    def flaws(self) -> Iterator[Found]:
        """Yield what is wrong with the declarations, and where they do not fit the log as it was published before."""
        yield from self._flaws
        if self._public is None:
            return
        for each in self._restores:
            place = epoch_place(self._public, _number(self._key, each.old.origin))
            if not _is_head(head_in(place), each, self._key):
                yield Found(flaw=Flaw.HEAD_DIFFERS, size=each.old.size, where=PUBLIC)
            elif not _begins_as(place, each):
                yield Found(flaw=Flaw.HEAD_DIFFERS, size=each.common_size, where=PUBLIC)

    def shown(self) -> tuple[ShownRestore, ...]:
        """Return what to tell a reader."""
        return tuple(
            ShownRestore(
                number=each.number,
                declared_at=each.declared_at.isoformat(timespec="seconds"),
                common_size=each.common_size,
                lost=each.lost,
                reason=each.reason,
            )
            for each in self._restores
        )

    def _later(self, restored: Restored) -> list[int]:
        return [each.common_size for each in self._restores if each.number > restored.number]

    def _opened(self, notes: Sequence[tuple[int, str]]) -> Iterator[Restored]:
        for number, note in notes:
            try:
                yield opened_restore(note, self._key, number)[0]
            except Rejected:
                self._flaws.append(Found(flaw=Flaw.HEAD_NOT_SIGNED, where=self._where))


def _number(key: VerifierKey, origin: str) -> int:
    """Return the epoch that a name of the log stands for; what was opened is one of them."""
    tail = origin.removeprefix(key.name).removeprefix("/r")
    return int(tail) if tail else 0


def _is_head(note: str, restored: Restored, key: VerifierKey) -> bool:
    """Say whether the old head is still published as it was when the restore was declared."""
    if not note:
        return restored.old.size == 0
    try:
        head, _ = opened(note, epoch_key(key, _number(key, restored.old.origin)))
    except Rejected:
        return False
    return head == restored.old


def _begins_as(place: Place, restored: Restored) -> bool:
    """Say whether the old log, as it is published, begins as the declaration says that both do."""
    complete = complete_by(lambda level, number: tile_in(place, restored.old.size, level, number))
    try:
        root = frontier_of(restored.common_size, complete).root
    except AssertionError:  # a tile that is gone, or cut short
        return False
    return root == restored.common_root
