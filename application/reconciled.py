"""What is known of messages that were sent in a time that was lost, and what came of settling it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.case.words import Channel


class How(StrEnum):
    """How a channel is settled."""

    LISTED = "LISTED"
    ASKED = "ASKED"
    ASSUMED = "ASSUMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentList:
    """What is known to have been sent on a channel: permit ids, or what the provider calls the messages."""

    names: frozenset[str]
    sent_at: Mapping[str, datetime] = field(default_factory=dict)  # business time, where the list tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What came of it."""

    how: Mapping[Channel, How]
    made: int  # contacts that are known to have been made
    assumed: int  # contacts that count as made
    persons: int  # that count as contacted
