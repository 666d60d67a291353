"""The closed vocabulary of limitation clocks. Add, never rename."""

from enum import StrEnum


class Standing(StrEnum):
    """Where a clock stands on a day."""

    NOT_BEGUN = "NOT_BEGUN"  # the action cannot be brought yet
    RUNNING = "RUNNING"
    ENDED = "ENDED"  # it can be pleaded; what the law forbids by itself stands in the pack


class Uncounted(StrEnum):
    """Why something did not make the period begin again."""

    NOT_BY_THIS_LAW = "NOT_BY_THIS_LAW"  # the rule does not name its kind
    REVERSED = "REVERSED"  # the payment did not stand
    BEFORE_IT_BEGAN = "BEFORE_IT_BEGAN"
    AFTER_ITS_END = "AFTER_ITS_END"  # what is over does not begin again
    NO_LATER_END = "NO_LATER_END"  # the end would not come later
    AFTER_THE_DAY = "AFTER_THE_DAY"  # it lies after the day that is asked about
