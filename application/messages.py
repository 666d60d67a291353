"""What is said to a person, and how it gets there: the ports that channels and words implement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

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
    duties: tuple[str, ...] = ()  # what the contact rules want said: `Grounds.duties` of the permit
    jurisdiction: str = ""  # ISO 3166 of the law that wants it
    pay_at: str = ""  # how to pay: an address of the creditor's
    unsubscribe_at: str = ""  # where one click ends this channel
    creditor: str = ""  # the creditor's name; its id where that is not known
    sender: str = ""  # who writes on the creditor's behalf; "": the creditor itself
    contact_at: str = ""  # where questions and complaints go: a number, an address
    principal: Money | None = None  # what `owed` is made of, where it is known; all four or none
    interest: Money | None = None
    fees: Money | None = None
    costs: Money | None = None
    paid: Money | None = None  # the payment that is confirmed
    paid_on: date | None = None
    installments: tuple[tuple[date, Money], ...] = ()  # of the promise (one) or plan that is confirmed, in order
    itemized: Money | None = None  # what was owed on the itemization date (12 CFR 1006.34(b)(3))
    itemized_on: date | None = None
    time_barred: bool = False  # something of what is owed is; the permit's grounds say so
    dispute_until: date | None = None  # last day of the validation period (12 CFR 1006.34(b)(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a creditor tells debtors about itself; empty where it told us nothing."""

    creditor: str = ""  # its name
    sender: str = ""  # who writes on its behalf
    contact_at: str = ""  # where questions and complaints go
    pay_at: str = ""  # how to pay; "{reference}" in it stands for the case's reference


ParticularsOf = Callable[[str], Particulars]
"""A creditor's particulars, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message in a person's language, as its channel carries it."""

    subject: str
    body: str  # plain text; paragraphs are apart by an empty line
    html: str = ""
    template_hash: str = ""  # SHA-256 of the template's text, 64 hexadecimal digits
    content: frozenset[str] = frozenset()  # what it says, in the words of the contact rules: opt_out_notice ...
    provider_template: str = ""  # name of the provider's own approved template (WhatsApp)
    parameters: tuple[str, ...] = ()  # of that template, in its order
    language: str = ""  # BCP 47, of the text as it is written: the fallback's where the person's is not spoken
    notices: tuple[str, ...] = ()  # those paragraphs of the body that the contact rules want said, at its end
    provider_language: str = ""  # the same in the provider's words (WhatsApp: "es", "pt_BR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One contact, ready to go. `key` is the permit's id: the provider's idempotency key where it takes one."""

    key: str
    channel: Channel
    address: str
    words: Words
    language: str
    name: str = ""  # of the person, for an envelope
    on: date | None = None  # the day it bears
    unsubscribe_at: str = ""
    facts: Facts | None = None  # what it speaks of, for a channel that lays it out itself
    in_conversation: bool = False  # the person wrote on this channel within the provider's window (WhatsApp: 24 hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the provider said: ACCEPTED, REFUSED (nothing was sent, and asking again would not help) or UNKNOWN."""

    outcome: ContactOutcome
    detail: str = ""  # the provider's code; never personal data
    provider_id: str = ""  # what the provider calls the message
    document_hash: str = ""  # SHA-256 of the document that was sent, where one was


class NotSent(Exception):
    """Nothing went out, for certain, and it may be tried again. The text is the provider's code; no personal data.

    retry_after_seconds: real seconds before which asking again is of no use; 0 where nobody said.
    """

    def __init__(self, code: str, *, retry_after_seconds: float = 0.0) -> None:
        super().__init__(code)
        self.retry_after_seconds = retry_after_seconds


class Post(Protocol):
    """A channel to people."""

    async def send(self, message: Message) -> Sent:
        """Send once and say what became of it; raise `NotSent` only when nothing can have gone out."""
        ...


@runtime_checkable
class Gate(Protocol):
    """A channel that knows beforehand when it will not send. A channel may offer it beside `Post`."""

    async def admit(self, key: str) -> None:
        """Wait for the message's turn, some seconds at most; raise `NotSent` when it would not be sent now."""
        ...


@runtime_checkable
class Connected(Protocol):
    """A channel that keeps connections open. A channel may offer it beside `Post`."""

    async def close(self) -> None:
        """Close them, when the process ends."""
        ...


@runtime_checkable
class Inquiry(Protocol):
    """A provider that can be asked what became of a message. A channel may offer it beside `Post`."""

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        """Return what became of the message with this key, sent at `since` or later; None when it knows of none.

        None is certain: the provider was reached and has no such message. Raise `NotSent` when it cannot be asked.
        """
        ...


class Catalogue(Protocol):
    """Every template, on every channel, in every language."""

    def words(self, template: str, channel: Channel, facts: Facts) -> Words:
        """Return the message; an unknown language falls back.

        Raises `LookupError` for an unknown template, and where the text needs a fact that is not known.
        """
        ...


Posts = Mapping[Channel, Post]
"""The channels that we can use by ourselves; what is missing is a task for a person."""
