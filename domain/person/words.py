"""The closed vocabulary of a person. Values are a wire format: add, never rename."""

from enum import StrEnum


class Fact(StrEnum):
    """What bears on whether and how a person may be contacted."""

    REPRESENTED_BY_ATTORNEY = "REPRESENTED_BY_ATTORNEY"
    DECEASED = "DECEASED"
    BANKRUPT = "BANKRUPT"
    VULNERABLE = "VULNERABLE"
    MINOR = "MINOR"
    CEASE_REQUESTED = "CEASE_REQUESTED"
    INCONVENIENT_AT_WORK = "INCONVENIENT_AT_WORK"


ERASED = "[erased]"  # what is read in place of a personal field once its person's key is destroyed
