"""Who it is: an id that two systems work out alike, so that registering a person twice is registering them once."""

from uuid import UUID, uuid5

# Fixed for ever: every person id that was ever given out depends on it.
_PERSONS = UUID("5b0f3c1e-8e0d-5f5b-9d0a-6d1f6f0c7a42")


def person_id(owner: str, reference: str) -> UUID:
    """Return the person's stream id: a UUID version 5 of whose record it is (creditor or tenant) and their reference.

    Lengths are part of what is hashed, so that ("ab", "c") and ("a", "bc") are two persons.
    """
    return uuid5(_PERSONS, f"{len(owner)}:{owner}:{reference}")
