"""A bucket of an object store as a place to publish in.

A file is written on condition that there is none (If-None-Match), so that a published log is not written over even by
mistake; a store that does not heed the condition is refused. With a retention lock not even the bucket's owner can take
away what was there. Files that never change may be cached for ever, and heads for some seconds, as C2SP's tlog-tiles
asks.
"""

from typing import Final

from application.sealing import CopyUnavailable
from infra.transparency.object_store import ObjectStore
from infra.transparency.place import BINARY, TEXT, altered

FOR_EVER: Final = "public, max-age=31536000, immutable"
SOME_SECONDS: Final = "max-age=5"


class Bucket:
    """The `Place` port over a bucket."""

    def __init__(self, store: ObjectStore, *, folder: str = "") -> None:
        self._store = store
        self._folder = folder
        self._is_heeded = False  # whether the store is known to heed conditions

    def __str__(self) -> str:
        return f"{self._store}/{self._folder}".rstrip("/")

    def within(self, name: str) -> "Bucket":
        """Return the place inside this one under a name."""
        return Bucket(self._store, folder=f"{self._folder}{name}/")

    def read(self, name: str, /) -> bytes | None:
        """Return an object; None if there is none."""
        return self._store.read(self._folder + name)

    def keep(self, name: str, content: bytes, kind: str = BINARY) -> None:
        """Put an object that never changes; raise `Rejected` PUBLIC_COPY_ALTERED."""
        if not self._put_new(name, content, kind):
            self._is_heeded = True
            known = self.read(name)
            if known is None:  # it was taken away between the two
                raise CopyUnavailable(f"{self} has {name} and has it not")
            if known != content:
                raise altered(self, name)
        elif not self._is_heeded:
            if self._put_new(name, content, kind):
                raise self._store.refused(
                    "an object in the place of another", "use a store that heeds If-None-Match on writes"
                )
            self._is_heeded = True

    def replace(self, name: str, content: bytes, kind: str = TEXT) -> None:
        """Put an object, in place of one that may be there."""
        self._store.write(self._folder + name, content, {"Content-Type": kind, "Cache-Control": SOME_SECONDS})

    def _put_new(self, name: str, content: bytes, kind: str) -> bool:
        headers = {"Content-Type": kind, "Cache-Control": FOR_EVER, "If-None-Match": "*"}
        return self._store.write(self._folder + name, content, headers)
