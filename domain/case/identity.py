"""Which case it is: an id that two systems work out alike, so that opening a case twice is opening it once."""

from uuid import UUID, uuid5

_CASES = UUID(
    "7c1f8a52-5a1b-5d0e-9c55-3e0b6a4f9d21"
)  # fixed for ever: every case id that was ever given out depends on it


def case_id(creditor_id: str, reference: str) -> UUID:
    """Return the case's stream id: a UUID version 5 of the creditor and of the creditor's own reference.

    Lengths are part of what is hashed, so that ("ab", "c") and ("a", "bc") are two cases.
    """
    return uuid5(_CASES, f"{len(creditor_id)}:{creditor_id}:{reference}")
