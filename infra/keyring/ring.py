"""One key per person. Destroy a key, and what it sealed stays sealed for good."""

import os
import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Set
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import PersonErased
from infra.codec.sealed_text import open_with, seal_with
from infra.keyring.ledger import ErasureLedger, MemoryLedger
from infra.keyring.master import KEY_BYTES

CACHED_KEYS_MAX: Final = 20_000
# Where processes share no ledger, another one may erase a person: so long, at the most, do we read on with a key that
# is gone.
CACHED_FOR_S: Final = 60.0

Keys = Mapping[UUID, AESGCM | None]  # None: destroyed
KeptKey = tuple[AESGCM, float]  # and until when it may be used, by the ring's clock


class PersonKeyring(ABC):
    """The `Keyring` port over any place that keeps keys. Safe to share by threads.

    Subclasses read, make and destroy keys in bulk; that may block, so a caller on an event loop goes through a thread.
    Whoever is in the ledger has no key, whatever that place says.
    """

    def __init__(
        self,
        *,
        ledger: ErasureLedger | None = None,
        cached_max: int = CACHED_KEYS_MAX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ledger = ledger or MemoryLedger()
        self._cached_max = cached_max
        self._clock = clock
        # By the id as a number, which is hashed and compared in a tenth of the time.
        self._cache: OrderedDict[int, KeptKey] = OrderedDict()
        self._guard = threading.Lock()
        self._erased: Set[UUID] = frozenset()  # as of the last look at the ledger
        self._erased_count = 0
        self.losses = 0  # how often somebody may have lost a key, as far as was seen
        self._root = os.urandom(KEY_BYTES)

    def seal(self, person_id: UUID, text: str, bound_to: str) -> str:
        """Return `text` sealed under the person's key, made at first use; `PersonErased` if it was destroyed."""
        key = self.keys_of((person_id,), make=True)[person_id]
        if key is None:
            raise PersonErased(person_id)
        return seal_with(key, text, bound_to)

    def open(self, person_id: UUID, sealed: str, bound_to: str) -> str | None:
        """Return the text, or None when the key has been destroyed."""
        key = self.keys_of((person_id,), make=False)[person_id]
        return None if key is None else open_with(key, sealed, bound_to)

    def keys_of(self, people: Collection[UUID], *, make: bool) -> Keys:
        """Return everybody's key, from the cache or in one look; with `make`, missing ones come into being."""
        found: dict[UUID, AESGCM | None] = {}
        missing = []
        now = self._clock()
        erased = self.ledger.erased()
        with self._guard:
            for person_id in people:
                cached = self._cache.get(person_id.int)
                if erased and person_id in erased:
                    self._cache.pop(person_id.int, None)
                    found[person_id] = None
                elif cached is not None and cached[1] > now:
                    found[person_id] = cached[0]
                else:
                    missing.append(person_id)
        if missing:
            looked_up = self._make(missing) if make else self._find(missing)
            fresh = {person: AESGCM(key) for person, key in looked_up.items() if key is not None}
            self._remember(fresh, now + CACHED_FOR_S)
            found.update((person, fresh.get(person)) for person in missing)
        return found

    def at_hand(self, person_id: UUID) -> KeptKey | None:
        """Return a key that is in memory; None where that takes a look elsewhere. Never blocks.

        It looks neither at the ledger nor at the clock: what is sealed with it may only be written if, right before
        that, `losses_and_time` says the count that `losses` had before this was asked, and a time before the key's end.
        """
        if self._erased and person_id in self._erased:
            return None
        return self._cache.get(person_id.int)

    def losses_and_time(self) -> tuple[int, float]:
        """Look at the ledger; return what `losses` is now, and the ring's time."""
        erased = self.ledger.erased()
        with self._guard:
            if len(erased) != self._erased_count:  # nobody ever leaves it
                # In this order: whoever reads the new count sees the new people.
                self._erased, self._erased_count = erased, len(erased)
                self.losses += 1
            return self.losses, self._clock()

    @property
    def root(self) -> bytes:
        """What the keys of hashes are worked out from; it outlives every master key."""
        return self._root

    def erase(self, *people: UUID) -> None:
        """Destroy their keys, for good; again is no harm.

        The ledger first: from then on nobody who shares it reads them, and no backup brings them back.
        """
        if not people:
            return
        self.ledger.add(people)
        self._destroy(people)
        self.drop(people)

    def drop(self, people: Collection[UUID]) -> None:
        """Keep no keys of these people in memory any more."""
        with self._guard:
            for person_id in people:
                self._cache.pop(person_id.int, None)
            self.losses += 1

    def _remember(self, keys: Mapping[UUID, AESGCM], until: float) -> None:
        with self._guard:
            for person_id, key in keys.items():
                self._cache[person_id.int] = (key, until)
                self._cache.move_to_end(person_id.int)
            while len(self._cache) > self._cached_max:
                self._cache.popitem(last=False)

    @abstractmethod
    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        """Return the keys there are."""

    @abstractmethod
    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        """Return everybody's key, making those that are missing."""

    @abstractmethod
    def _destroy(self, people: Collection[UUID]) -> None:
        """Destroy keys where they are kept."""


class MemoryKeyring(PersonKeyring):
    """Keys in a dictionary, for the memory store."""

    def __init__(self, *, cached_max: int = CACHED_KEYS_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(cached_max=cached_max, clock=clock)
        self._kept: dict[UUID, bytes | None] = {}

    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        return {person: self._kept.get(person) for person in people}

    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        return {person: self._kept.setdefault(person, os.urandom(KEY_BYTES)) for person in people}

    def _destroy(self, people: Collection[UUID]) -> None:
        self._kept.update(dict.fromkeys(people))
