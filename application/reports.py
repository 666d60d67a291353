"""What comes back from providers and from people: reports on our messages, and messages of theirs."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.words import Channel, ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider says of one of our messages. May come late, twice, or out of order."""

    permit_id: str  # the key that the message was sent under; "" where only the provider's own id is known
    provider_id: str  # what the provider calls the message
    outcome: ContactOutcome
    at: datetime | None  # when it happened, where the provider says so
    detail: str = ""  # the provider's code; never personal data


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message that a person sent. Holds personal data."""

    channel: Channel
    address: str  # whom it came from: E.164 number or e-mail address
    text: str
    message_id: str  # what the provider calls it; the same twice is one message
    at: datetime | None
    in_reply_to: str = ""  # provider's id or key of our message that it answers, where that is known
    opted_out: bool = False  # the provider itself says that the person ends this channel
