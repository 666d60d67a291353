"""The closed vocabularies of a case. Values are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.money import Money


class Stage(StrEnum):
    """The five levels of the ladder, in order, and the end."""

    PRE_DUE = "PRE_DUE"
    SOFT = "SOFT"
    NEGOTIATION = "NEGOTIATION"
    PRE_LEGAL = "PRE_LEGAL"
    LEGAL = "LEGAL"
    CLOSED = "CLOSED"


LEVELS = (Stage.PRE_DUE, Stage.SOFT, Stage.NEGOTIATION, Stage.PRE_LEGAL, Stage.LEGAL)


class Closure(StrEnum):
    """Why a case ended."""

    PAID = "PAID"
    SETTLED = "SETTLED"
    WITHDRAWN = "WITHDRAWN"
    PLACED = "PLACED"
    SOLD = "SOLD"
    WRITTEN_OFF = "WRITTEN_OFF"
    DISCHARGED = "DISCHARGED"
    TIME_BARRED = "TIME_BARRED"
    INVALID = "INVALID"


class Component(StrEnum):
    """What an owed sum is made of."""

    PRINCIPAL = "PRINCIPAL"
    INTEREST = "INTEREST"
    FEES = "FEES"
    COSTS = "COSTS"
    LATE_INTEREST = "LATE_INTEREST"  # for being late; INTEREST is for the use of the money


class Role(StrEnum):
    """How a person is bound to the debt."""

    PRINCIPAL = "PRINCIPAL"
    CO_DEBTOR = "CO_DEBTOR"
    GUARANTOR = "GUARANTOR"
    HEIR = "HEIR"


class Scope(StrEnum):
    """What a hold stops."""

    CONTACT = "CONTACT"
    CHARGES = "CHARGES"
    ESCALATION = "ESCALATION"
    ALL = "ALL"


class HoldReason(StrEnum):
    """Why a case is held."""

    SUPERVISOR = "SUPERVISOR"
    DISPUTE = "DISPUTE"
    HARDSHIP = "HARDSHIP"
    BANKRUPTCY = "BANKRUPTCY"
    DECEASED = "DECEASED"
    CEASE = "CEASE"
    LEGAL = "LEGAL"
    FRAUD = "FRAUD"
    MORATORIUM = "MORATORIUM"
    PAYMENT_TO_VERIFY = "PAYMENT_TO_VERIFY"
    IMPORT = "IMPORT"


class Channel(StrEnum):
    """How a person is reached."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    WHATSAPP = "WHATSAPP"
    LETTER = "LETTER"
    PHONE = "PHONE"
    VISIT = "VISIT"


class Direction(StrEnum):
    """Who spoke to whom."""

    OUTBOUND = "OUTBOUND"
    INBOUND = "INBOUND"


class ContactOutcome(StrEnum):
    """What became of a permitted contact."""

    ACCEPTED = "ACCEPTED"  # the provider took it
    REFUSED = "REFUSED"  # the provider said no; nothing was sent
    UNKNOWN = "UNKNOWN"  # no answer: reconcile, never send again
    DELIVERED = "DELIVERED"
    READ = "READ"
    REPLIED = "REPLIED"
    BOUNCED = "BOUNCED"
    NO_ANSWER = "NO_ANSWER"
    SENT = "SENT"  # on its way, says the provider
    FAILED = "FAILED"  # the provider took it and could not bring it there
    OPTED_OUT = "OPTED_OUT"  # it came, and the person wants no more of them
    EXPIRED = "EXPIRED"  # the permit ran out before anything was sent; the step may ask again
    CONVERSATION = "CONVERSATION"  # spoke with the person
    VOICEMAIL = "VOICEMAIL"
    BUSY = "BUSY"
    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    WRONG_NUMBER = "WRONG_NUMBER"
    THIRD_PARTY = "THIRD_PARTY"  # somebody else answered; nothing was told
    HUNG_UP = "HUNG_UP"  # answered, and no conversation came of it


class AgreementKind(StrEnum):
    """What was agreed with the debtor."""

    PROMISE = "PROMISE"
    PLAN = "PLAN"
    SETTLEMENT = "SETTLEMENT"
    DISCOUNT = "DISCOUNT"


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    UPHELD = "UPHELD"  # the debtor was right
    PARTLY_UPHELD = "PARTLY_UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class PlacedWith(StrEnum):
    """Who works the case."""

    IN_HOUSE = "IN_HOUSE"
    AGENCY = "AGENCY"
    LAWYER = "LAWYER"


class StepAction(StrEnum):
    """What a step of the ladder does."""

    CONTACT = "CONTACT"
    CHARGE = "CHARGE"
    TASK = "TASK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What is owed: one invoice, loan installment or fine."""

    obligation_id: str  # unique in its case
    reference: str  # the creditor's own
    principal: Money
    due_on: date
    instrument: str = "INVOICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligor:
    """A person bound to the debt."""

    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPin:
    """The version of the ladder that a case climbs."""

    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A share of a payment, reversal, waiver or charge: which obligation, which component, how much."""

    obligation_id: str
    component: Component
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment:
    """One payment of a plan."""

    due_on: date
    amount: Money
    interest: int = 0  # minor units of `amount` that are the plan's own interest


class PlanShape(StrEnum):
    """How the installments of a computed plan are sized."""

    EQUAL = "EQUAL"
    STEP = "STEP"  # each is so many percent more than the one before
    BALLOON = "BALLOON"  # equal ones, and a large one at the end
    CAPACITY = "CAPACITY"  # what the debtor can pay each time, as often as it takes


class Every(StrEnum):
    """How far installments lie apart."""

    WEEK = "WEEK"
    FORTNIGHT = "FORTNIGHT"
    MONTH = "MONTH"  # the same day of the month, or its last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a plan's installments are computed from; sums in minor units of the case's currency."""

    shape: PlanShape
    first_on: date
    every: Every = Every.MONTH
    count: int = 0  # how many, the down payment not counted; CAPACITY: computed
    amount_minor: int = 0  # CAPACITY: what the debtor can pay each time
    down_minor: int = 0  # a first payment, on `down_on`
    down_on: date | None = None
    step_percent: str = ""  # STEP: decimal, "5.5"
    balloon_minor: int = 0  # BALLOON: the last payment
    rate_percent: str = ""  # a year, on what is unpaid, actual/365; empty: the plan bears no interest


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedRate:
    """A yearly rate that was agreed for one kind of interest."""

    component: Component  # INTEREST or LATE_INTEREST
    percent: str  # decimal, "24.5"
