"""Contacts of which nothing is known: when the provider is asked, and how long a person's word is waited for."""

from datetime import datetime, timedelta

from domain.case.state import Case, Contact
from domain.case.words import Channel, ContactOutcome

# From the permit on. A provider may be slow to know; after the last time, what it does not know did not arrive.
INQUIRIES_AFTER = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=24))

REPORTED_WITHIN = timedelta(hours=24)  # by whoever made a contact by hand


def inquiry_due_at(contact: Contact, *, asked: int | None = None) -> datetime | None:
    """Return when the provider is to be asked next; None when nothing is unknown, or it was asked often enough.

    asked: how often it was asked; as far as the contact knows where not given.
    """
    if contact.outcome is not ContactOutcome.UNKNOWN:
        return None
    times = contact.inquiries if asked is None else asked
    return contact.at + INQUIRIES_AFTER[times] if times < len(INQUIRIES_AFTER) else None


def next_inquiry(case: Case, channels: frozenset[Channel]) -> tuple[datetime, str] | None:
    """Return when to ask about which permit first, of those on channels whose providers can be asked."""
    due = (
        (due_at, permit_id)
        for permit_id, contact in case.contacts.items()
        if contact.channel in channels and (due_at := inquiry_due_at(contact)) is not None
    )
    return min(due, default=None)


def next_unreported(case: Case, served: frozenset[Channel]) -> tuple[datetime, str] | None:
    """Return from when on which contact that a person was to make first counts as made, with nothing known of it.

    served: the channels of our own; what is permitted on another is made by hand, and so is what no step asked for.
    """
    due = (
        (contact.at + REPORTED_WITHIN, permit_id)
        for permit_id, contact in case.contacts.items()
        if contact.outcome is None and not (contact.step_key and contact.channel in served)
    )
    return min(due, default=None)
