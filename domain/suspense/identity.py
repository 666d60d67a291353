"""Which bank entry it is: an id that all importers work out alike: telling of it twice is telling of it once."""

from uuid import UUID, uuid5

# Fixed for ever: the id of every entry that ever waited depends on it.
_ENTRIES = UUID("9d4c0b7e-3f52-5c16-8a0b-2e9f6a7d1c38")


def entry_stream(account: str, entry_id: str, place: str = "") -> UUID:
    """Return the entry's stream id: a UUID version 5 of the account that it moved and of the entry's own id.

    `place` (file and position) tells apart what only its place does: an entry that a second file tells of again.
    Lengths are part of what is hashed, as in case ids.
    """
    parts = (account, entry_id, place) if place else (account, entry_id)
    return uuid5(_ENTRIES, "".join(f"{len(part)}:{part}" for part in parts))
