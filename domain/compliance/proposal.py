"""What is asked of the contact rules, and what is known when they are asked. Plain data; nothing here is personal:
addresses are known by their contact point's id, debts by their case's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from domain.calendar import BusinessCalendar
from domain.compliance.words import Actor, Circumstance, Medium, Place, Purpose, Recipient, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One contact that somebody wants to make."""

    at: datetime  # UTC
    medium: Medium
    debts: tuple[str, ...]
    purpose: Purpose = Purpose.COLLECT
    recipient: Recipient = Recipient.DEBTOR
    place: Place | None = None
    address: str = ""  # which address or number, by any name that is always the same for it; "": any
    content: frozenset[str] | None = None  # flags of what it says (opt_out_notice, looks_judicial); None: not checked
    same_session: bool = False  # goes on with a contact that the person began
    first: bool = False  # the first communication about the debt: disclosures with stage "initial" apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One circumstance. Fields that its kind does not use stay as they are."""

    kind: Circumstance
    at: datetime | None = None  # since when; None: always
    until: datetime | None = None
    to: date | None = None  # last local day
    debts: tuple[str, ...] = ()  # only about these; (): about all
    medium: Medium | None = None
    address: str = ""
    place: Place | None = None
    days: frozenset[int] = frozenset()  # Monday is 0; empty: every day
    hours: tuple[time, time] | None = None  # local, half open; None: the whole day
    given_to: str = ""  # "": to us
    later_instrument: bool = False  # in an instrument apart from the contract, and after it


@dataclass(frozen=True, kw_only=True)
class Past:
    """One contact that was made, or permitted and perhaps made. It is part of a state: see `domain.decider.changed`."""

    at: datetime
    medium: Medium
    outbound: bool
    result: Result
    debts: tuple[str, ...]
    discussed: tuple[str, ...] = ()  # debts spoken of; (): those in `debts`
    recipient: Recipient = Recipient.DEBTOR
    place: Place | None = None
    address: str = ""
    purpose: Purpose = Purpose.COLLECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known when a proposal is judged. `contacts` are in the order of their instants."""

    zones: tuple[str, ...]  # every plausible IANA zone of the person, sorted; at least one
    known: tuple[Known, ...] = ()
    contacts: tuple[Past, ...] = ()
    calendars: Mapping[str, BusinessCalendar] = field(default_factory=dict)  # by country of the rule set's calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which rule sets may apply: where the person may be, who collects, for whom."""

    jurisdictions: frozenset[str]  # "CO", "US-MA"; a subdivision's country is meant too
    actors: frozenset[Actor] = frozenset()  # empty: not known, hence all
    creditor_id: str = ""
