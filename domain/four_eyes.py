"""Four eyes: who asks for something does not decide on it, whatever the role in which they come.

Pure, and about nothing in particular: settlements, waivers and write-offs of a case go by it, and so may whatever else
needs a second person.
"""

from collections.abc import Collection

from domain.decider import Rejected


def role_of(by: str) -> str:
    """Return the role of "role:id"; what comes without an id is a role alone."""
    return by.partition(":")[0]


def same_person(one: str, other: str) -> bool:
    """Return whether two "role:id" are one person, whatever the roles and the capitals."""
    return _id_of(one) == _id_of(other)


def require_second(*, asked_by: str, by: str, approvers: Collection[str], thing: str) -> None:
    """Refuse a decision of whoever asked, and of a role that is not among `approvers`; `thing` is for people."""
    if same_person(asked_by, by):
        raise Rejected("FOUR_EYES", f"who asked for {thing} does not decide on it", accepted="another person")
    if role_of(by) not in approvers:
        accepted = ", ".join(sorted(approvers))
        raise Rejected("APPROVER_ROLE", f"a {role_of(by)} does not decide on {thing}", accepted=accepted)


def _id_of(by: str) -> str:
    role, colon, name = by.partition(":")
    return (name if colon else role).strip().casefold()
