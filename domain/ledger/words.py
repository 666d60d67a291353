"""The closed vocabulary of law packs. Add, never rename."""

from enum import StrEnum


class Nature(StrEnum):
    """What kind of claim it is, as far as the law on late payment asks."""

    COMMERCIAL = "commercial"  # between businesses, or with public bodies
    CIVIL = "civil"
    CONSUMER = "consumer"
    FINANCIAL = "financial"  # a loan by a supervised financial firm


class DayCount(StrEnum):
    """How days become a part of a year."""

    ACT_365 = "ACT/365"
    ACT_360 = "ACT/360"
    THIRTY_360 = "30/360"  # bond basis (ISDA 2006, 4.16(f))
    THIRTY_E_360 = "30E/360"  # Eurobond basis (ISDA 2006, 4.16(g))


class Rounding(StrEnum):
    """What becomes of less than a minor unit when a sum is posted."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


class Quoted(StrEnum):
    """What a yearly rate means."""

    NOMINAL = "nominal"  # simple: half a year is half of it
    EFFECTIVE = "effective"  # what a year comes to with daily compounding; a day is its equivalent daily rate


class Excess(StrEnum):
    """What becomes of an agreed rate above the cap."""

    LOSES_ALL = "loses_all"  # no interest at all is owed
    REDUCED = "reduced"  # the cap is owed instead


class Compounding(StrEnum):
    """Whether interest bears interest."""

    NEVER = "never"
    POSTED = "posted"  # interest that was posted and not paid joins the base from the day after


class Spread(StrEnum):
    """How a payment walks over several debts."""

    DEBT_BY_DEBT = "debt_by_debt"  # all components of one, then the next
    COMPONENT_BY_COMPONENT = "component_by_component"  # one component of all, then the next


class Choice(StrEnum):
    """Which debts the debtor may name to be paid first."""

    NONE = "none"
    DUE = "due"  # one that is not due only where none is
    ANY = "any"


class Interruption(StrEnum):
    """What makes a limitation period begin again."""

    SUIT = "suit"
    DEMAND = "demand"  # out of court, with proof that it was received
    ACKNOWLEDGMENT = "acknowledgment"
    PAYMENT = "payment"  # of a part
