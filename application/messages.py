"""What is said to a person, and how it gets there: the ports that channels and words implement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.case.words import Channel, ContactOutcome
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message may speak of. Holds personal data: it never leaves the process but in the message itself."""

    name: str
    creditor_id: str
    reference: str  # the creditor's own, for the case
    owed: Money
    due_on: date  # of the oldest unpaid obligation
    on: date  # the day of the message, where the debtor lives
    language: str  # BCP 47


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message in a person's language."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One contact, ready to go. `key` is the permit's id: the provider's idempotency key where it takes one."""

    key: str
    channel: Channel
    address: str
    words: Words
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the provider said: ACCEPTED, REFUSED (nothing was sent, and asking again would not help) or UNKNOWN."""

    outcome: ContactOutcome
    detail: str = ""  # the provider's code; never personal data


class NotSent(Exception):
    """Nothing went out, for certain, and it may be tried again. The text is the provider's code; no personal data."""


class Post(Protocol):
    """A channel to people."""

    async def send(self, message: Message) -> Sent:
        """Send once and say what became of it; raise `NotSent` only when nothing can have gone out."""
        ...


class Catalogue(Protocol):
    """Every template, in every language."""

    def words(self, template: str, facts: Facts) -> Words:
        """Return the message; an unknown template is a `KeyError`, an unknown language falls back."""
        ...


Posts = Mapping[Channel, Post]
"""The channels that we can use by ourselves; what is missing is a task for a person."""
