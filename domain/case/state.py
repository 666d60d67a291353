"""What a case is, as far as deciding needs it. Never stored: always folded from events.

State records are frozen but not slotted, so that `changed` can copy them fast; mappings are replaced, never mutated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.case.approval_state import Approval
from domain.case.footing import Footing
from domain.case.happened import Happened
from domain.case.limitation_events import LimitationEvent
from domain.case.link_state import Link
from domain.case.record_events import CaseOpened
from domain.case.terms_events import CostAdvanced, OrderConsented, TermsRecorded
from domain.case.words import (
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    HoldReason,
    Installment,
    Obligation,
    Obligor,
    Part,
    PlacedWith,
    Schedule,
    Scope,
    Stage,
    StrategyPin,
)
from domain.money import Money


@dataclass(frozen=True)
class Absent:
    """No case was opened under this id."""


@dataclass(frozen=True, kw_only=True)
class Debt:
    """One obligation and what is owed on it now, by component, in minor units."""

    terms: Obligation
    owed: Mapping[Component, int]
    charged: int = 0  # all charges ever added
    paid: int = 0  # payments applied, net of reversals
    waived: int = 0

    @property
    def balance(self) -> int:
        """Minor units owed over all components."""
        return sum(self.owed.values())


@dataclass(frozen=True, kw_only=True)
class Received:
    """One payment, with what it paid and whether it still stands."""

    amount: Money
    at: datetime
    parts: tuple[Part, ...]  # what it has paid so far, credit that was applied later included
    reversed: bool = False
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Money of a case. For every history: debits - credits = balance, per obligation and component."""

    debts: Mapping[str, Debt] = field(default_factory=dict)  # by obligation id, in order of opening
    payments: Mapping[str, Received] = field(default_factory=dict)
    charges: Mapping[str, str] = field(default_factory=dict)  # charge id -> what it was (for "same id, same content")
    periods: frozenset[tuple[str, Component, str]] = frozenset()  # (obligation, component, period) already charged
    waivers: Mapping[str, str] = field(default_factory=dict)
    forgiven: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)  # waivers that stand, and what they gave up
    credit: int = 0  # received and not applied, minor units


class Agreed(StrEnum):
    """Where an agreement stands."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    PARTLY_KEPT = "PARTLY_KEPT"
    BROKEN = "BROKEN"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Promise:
    amount: Money
    due_on: date
    grace_days: int
    made_at: datetime
    stands: Agreed = Agreed.OPEN
    ended_at: datetime | None = None
    installments: tuple[Installment, ...] = ()
    tolerance_minor: int = 0
    group_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    installments: tuple[Installment, ...]
    grace_days: int
    agreed_at: datetime
    stands: Agreed = Agreed.OPEN
    ended_at: datetime | None = None
    cure_days: int = 0
    tolerance_minor: int = 0
    schedule: Schedule | None = None
    reward_minor: int = 0
    missed_on: date | None = None  # in arrears: the installment's day
    cure_by: date | None = None  # and until when it may be made good
    ever_missed: bool = False


@dataclass(frozen=True, kw_only=True)
class Settlement:
    amount: Money
    pay_by: date
    agreed_at: datetime
    stands: Agreed = Agreed.OPEN
    ended_at: datetime | None = None
    footing: Footing | None = None  # the facts that it was agreed on


class Offered(StrEnum):
    """Where an offer stands."""

    WAITING = "WAITING"  # for somebody to approve it
    OPEN = "OPEN"
    REFUSED = "REFUSED"  # by whoever had to approve it
    ACCEPTED = "ACCEPTED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A settlement offered and not agreed yet."""

    amount: Money
    pay_by: date
    expires_at: datetime
    offered_by: str
    offered_at: datetime
    balance: Money
    approvers: tuple[str, ...]
    stands: Offered
    approved_by: str = ""
    opened_at: datetime | None = None  # since when it can be accepted: when it was made, or approved
    footing: Footing | None = None  # the facts that it is made on


@dataclass(frozen=True, kw_only=True)
class Discount:
    """Less to pay for who pays early; KEPT is earned, BROKEN lapsed."""

    amount: Money
    pay_by: date
    offered_at: datetime
    authority: str
    stands: Agreed = Agreed.OPEN
    footing: Footing | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    reason: HoldReason
    scope: Scope
    authority: str
    from_at: datetime
    until: datetime | None  # as placed, or when it was released if that came first
    placed_at: datetime | None = None  # when it was asked for; `from_at` may lie before or after
    released_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Dispute:
    obligation_ids: tuple[str, ...]
    opened_at: datetime
    outcome: DisputeOutcome | None = None  # None while open
    resolved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A permitted contact and the last that is known of it."""

    person_id: UUID
    channel: Channel
    step_key: str
    at: datetime
    outcome: ContactOutcome | None = None  # None: permitted, not yet done
    inquiries: int = 0  # how often the provider was asked about it


@dataclass(frozen=True, kw_only=True)
class LoggedContact:
    """A contact that happened without a permit of ours."""

    contact_id: str
    person_id: UUID
    channel: Channel
    direction: Direction
    at: datetime
    outcome: ContactOutcome


@dataclass(frozen=True, kw_only=True)
class Climb:
    """Where the case stands on its ladder."""

    stage: Stage
    entry: int
    entered_at: datetime
    steps: Mapping[str, datetime] = field(default_factory=dict)  # step keys taken or passed over in this entry -> when
    refusals: Mapping[str, tuple[int, datetime | None]] = field(
        default_factory=dict
    )  # step key -> (refused how often, try again at)
    history: tuple[tuple[Stage, datetime], ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)  # open task id -> kind
    tasks_done: frozenset[str] = frozenset()
    by_hand: bool = False  # the present stage was entered by somebody, not through its gate
    anchored_on: date | None = None  # due date of the oldest unpaid undisputed obligation when the stage was entered
    refused_as: Mapping[str, str] = field(default_factory=dict)  # "step key:channel" -> what the last refusal said
    closed_channels: Mapping[str, frozenset[Channel]] = field(
        default_factory=dict
    )  # step key -> refused with no next instant


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case that exists, open or closed."""

    creditor_id: str
    reference: str
    portfolio: str
    currency: str
    country: str
    time_zone: str
    language: str
    grace_days: int
    opened_at: datetime
    strategy: StrategyPin
    obligors: tuple[Obligor, ...]
    ledger: Ledger
    climb: Climb
    promises: Mapping[str, Promise] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    settlements: Mapping[str, Settlement] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    discounts: Mapping[str, Discount] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)  # by permit id
    contacts_logged: frozenset[str] = frozenset()
    logged: tuple[LoggedContact, ...] = ()  # in the order in which they became known
    read_at: datetime | None = None  # the last time that a message of ours was read
    replied_at: datetime | None = None  # the last time that a debtor wrote or called
    notes: frozenset[str] = frozenset()
    obligors_released: frozenset[UUID] = frozenset()
    collector: str = ""
    placed_with: PlacedWith = PlacedWith.IN_HOUSE
    partner: str = ""
    accounts: frozenset[str] = frozenset()  # paid into for this case alone
    closure: Closure | None = None
    closed_at: datetime | None = None
    terms: tuple[TermsRecorded, ...] = ()  # in the order in which they became known
    consents: Mapping[str, OrderConsented] = field(default_factory=dict)  # the last word on each, by id
    extensions: Mapping[str, str] = field(default_factory=dict)  # extension id -> what it was
    costs: Mapping[str, CostAdvanced] = field(default_factory=dict)
    rewards: Mapping[str, str] = field(default_factory=dict)  # reward id -> what it was
    links: Mapping[str, Link] = field(default_factory=dict)  # by link id
    limitation: tuple[LimitationEvent, ...] = ()  # in the order in which they became known
    money_told: tuple[Happened, ...] = ()  # the events that a statement is made of, in the order of the log
    opened_as: CaseOpened | None = None  # the first terms, to tell a repeated opening from another one

    @property
    def open(self) -> bool:
        """Whether the case is being worked."""
        return self.closure is None


CaseState = Absent | Case
