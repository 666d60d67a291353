"""Who asks: "role:id", as `Asked.by` has it. One person may come in several roles."""


def role_of(by: str) -> str:
    """Return the role of "role:id"; what comes without an id is a role alone."""
    return by.partition(":")[0]


def same_person(one: str, other: str) -> bool:
    """Return whether two "role:id" are one person, whatever the roles and the capitals."""
    return _id_of(one) == _id_of(other)


def _id_of(by: str) -> str:
    role, colon, name = by.partition(":")
    return (name if colon else role).strip().casefold()
