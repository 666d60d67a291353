"""What providers' words mean, as data: statuses, codes of refusal, and where they report to.

Both doors need it: the channels that send (`infra`) and the webhooks that hear what became of it (`web`).
Sources: Twilio's description of the Messages resource and its error dictionary; Meta's WhatsApp Cloud API error codes
and webhook reference for message statuses.
"""

from collections.abc import Mapping
from typing import Final

from domain.case.words import ContactOutcome

PERMIT_PARAMETER: Final = "permit"
"""Query parameter of the status callback that names the permit; Twilio signs the whole address with it."""

TWILIO_STATUS_PATH: Final = "/webhooks/twilio/status"
"""Where Twilio reports what became of our messages, below our public address."""

_TWILIO_STATUSES: Final[Mapping[str, ContactOutcome]] = {
    "accepted": ContactOutcome.ACCEPTED,
    "scheduled": ContactOutcome.ACCEPTED,
    "queued": ContactOutcome.ACCEPTED,
    "sending": ContactOutcome.SENT,
    "sent": ContactOutcome.SENT,
    "delivered": ContactOutcome.DELIVERED,
    "partially_delivered": ContactOutcome.DELIVERED,  # a part that came is a contact
    "read": ContactOutcome.READ,
    "undelivered": ContactOutcome.FAILED,
    "failed": ContactOutcome.FAILED,
    "canceled": ContactOutcome.REFUSED,
}
_META_STATUSES: Final[Mapping[str, ContactOutcome]] = {
    "sent": ContactOutcome.SENT,
    "delivered": ContactOutcome.DELIVERED,
    "read": ContactOutcome.READ,
    "played": ContactOutcome.READ,
    "failed": ContactOutcome.FAILED,
}
# Codes that say more than that it failed: the number is nobody's, or cannot take messages ...
_NO_SUCH_NUMBER: Final = frozenset({"21211", "21614", "30005", "30006", "63003", "63024", "131026", "131021", "133010"})
# ... or its owner has ended our messages at the provider itself.
_OPTED_OUT: Final = frozenset({"21610", "63050", "131050"})

# What is wrong with us, not with the message: it waits until somebody has put it right.
TWILIO_OURS: Final = frozenset(
    {
        "20003",  # credentials
        "20005",  # account not active
        "20006",  # access denied
        "20008",  # test credentials
        "20404",  # no such account
        "21212",  # From is no number
        "21603",  # no From
        "21606",  # From is not ours, or cannot send
        "21659",  # From is not ours
        "21660",  # From is another account's
        "21661",  # From cannot send SMS
        "21701",  # no such messaging service
        "21703",  # messaging service without numbers
    }
)
TWILIO_LATER: Final = frozenset({"14107", "20429", "21611", "30001", "30022"})
"""Too many: requests, messages of a number, messages in its queue, messages of a campaign."""

META_OURS: Final = frozenset(
    {
        "0",  # cannot authenticate
        "3",  # capability or permission
        "10",  # permission
        "190",  # token expired or revoked
        "368",  # account blocked for a time
        "131005",  # access denied
        "131031",  # account locked
        "131037",  # display name not approved
        "131042",  # payment method
        "131045",  # number not registered
        "131057",  # account in maintenance
        "133010",  # number not registered
        *(str(code) for code in range(200, 300)),  # permissions
    }
)
META_LATER: Final[Mapping[str, float]] = {
    "4": 60.0,  # calls of the app
    "80007": 60.0,  # calls of the account
    "130429": 1.0,  # messages a second
    "131048": 60.0,  # reported as spam too often
    "131056": 6.0,  # messages to one person: one in six seconds
}
"""Too many, with seconds to wait where Meta says none."""
META_UNKNOWN: Final = frozenset({"1", "2", "131000", "131016"})
"""Something went wrong, and perhaps only after the message had gone."""


def twilio_outcome(status: str, code: str = "") -> ContactOutcome | None:
    """Return what a status of Twilio's means, with its error code; None for one that says nothing of our messages."""
    return _failure(_TWILIO_STATUSES.get(status.lower()), code)


def meta_outcome(status: str, code: str = "") -> ContactOutcome | None:
    """Return what a status of Meta's means, with its error code; None for a word that we do not know."""
    return _failure(_META_STATUSES.get(status.lower()), code)


def opted_out(code: str) -> bool:
    """Whether a code says that the person has ended our messages at the provider itself."""
    return code in _OPTED_OUT


def _failure(outcome: ContactOutcome | None, code: str) -> ContactOutcome | None:
    if outcome is ContactOutcome.FAILED and opted_out(code):
        return ContactOutcome.OPTED_OUT
    if outcome is ContactOutcome.FAILED and code in _NO_SUCH_NUMBER:
        return ContactOutcome.BOUNCED
    return outcome
