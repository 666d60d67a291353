"""After a restore: what was declared, and whether contacts may be made before what was lost has been reconciled.

A database that came out of a backup does not know what was sent after the backup's instant. So contacts are cleared
for one life of the database only: a restored one, a standby that took over, a dump that was loaded have another, and
make no contact until somebody has said what became of the time between.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from domain.case.words import Channel, ContactOutcome

NOT_CLEARED: Final = "RESTORE_NOT_RECONCILED"
MADE_BEFORE: Final = "MADE_BEFORE_RESTORE"  # it is known that the contact was made
ASSUMED_MADE: Final = "ASSUMED_MADE_BEFORE_RESTORE"  # nobody can be asked, so it counts as made
ASSUMED: Final = "ASSUMED"  # the source of what nobody knows
TRIES_MAX: Final = 5  # permits of one step and channel, of which all but the last ran out unused
LOOK_AGAIN_SECONDS: Final = 30.0  # real time


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One life of the database: it ends where a backup is restored or a standby takes over."""

    system_id: str
    timeline: int
    restore: int  # the last restore that was declared; 0: none


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRestore:
    """A restore as it was declared. Instants are business time."""

    number: int
    declared_at: datetime
    restored_to: datetime  # of the last event that is left
    lost_until: datetime  # what may have been done and is not in the log was done before
    declared_by: str
    reason: str
    common_size: int  # leaves of the old log that are left
    lost_leaves: int  # leaves of its last published head that are not
    note: str  # the signed declaration; "" where the log is not sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBefore:
    """A contact that was made, or counts as made, in what was lost.

    name: the permit's id without its number, or what the provider calls the message that was sent under it.
    """

    name: str
    outcome: ContactOutcome  # ACCEPTED where that is known, UNKNOWN where nobody can be asked
    source: str  # MAIL_SINK, LETTER_FOLDER, LIST, PROVIDER, ASSUMED

    @property
    def is_assumed(self) -> bool:
        """Whether nobody knows it, and it counts as made for that reason."""
        return self.source == ASSUMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether contacts may be made now, and what is known of one of them from before a restore."""

    cleared: bool
    made_before: MadeBefore | None = None


class Clearance(Protocol):
    """Who says whether contacts may be made."""

    async def standing(self, *names: str) -> Standing:
        """Return whether contacts may be made now, and what is known from before a restore of one, by any name."""
        ...


class Recovery(Clearance, Protocol):
    """What is kept of restores."""

    async def life(self) -> Life:
        """Return which life of the database this is."""
        ...

    async def restores(self) -> Sequence[DeclaredRestore]:
        """Return the restores that were declared, the first of them first."""
        ...

    async def last_number(self) -> int:
        """Return the number of the last restore that was declared; 0 if none was."""
        ...

    async def settled(self, number: int) -> bool:
        """Return whether contacts were let be made after that restore: whether what it lost was reconciled."""
        ...

    async def declare(self, restore: DeclaredRestore) -> None:
        """Keep a declaration."""
        ...

    async def made_before(self, restore: int, made: Sequence[MadeBefore]) -> int:
        """Keep contacts that were, or may have been, made before the restore; return how many were new."""
        ...

    async def clear(self, *, by: str, reason: str, channels: Mapping[str, str], at: datetime) -> None:
        """Let contacts be made again, on this life of the database and on no other."""
        ...


class AlwaysCleared:
    """For a store that cannot be restored: one in memory."""

    async def standing(self, *names: str) -> Standing:
        return Standing(cleared=True)


NamedAs = Mapping[Channel, Callable[[str], str]]
"""What a channel's provider calls the message of a permit, where that is known before it is sent."""


def names_of(permit_id: str, channel: Channel, named_as: NamedAs) -> tuple[str, ...]:
    """Return every name under which the contact of a permit, or of another try of its step, may have been made."""
    first = without_number(permit_id)
    tries = (first, *(f"{first}:{number}" for number in range(2, TRIES_MAX + 1)))
    named = named_as.get(channel)
    return (first, *(map(named, tries) if named else ()))


def without_number(permit_id: str) -> str:
    """Return a step's permit without the number that those after an expired one have: case, step and channel."""
    return ":".join(permit_id.split(":")[:3])
