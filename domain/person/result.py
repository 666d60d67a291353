"""What a contact's outcome means to the contact rules.

A telephone call or visit of which nothing is known yet counts as the worst, a conversation. A message of which nothing
is known counts as sent: what the person does with it, they do later, and it is told then.
"""

from typing import NamedTuple

from domain.case.reached import NEVER_MADE
from domain.case.words import Channel, ContactOutcome
from domain.compliance.words import Medium, Result

MEDIA = {
    Channel.EMAIL: Medium.EMAIL,
    Channel.SMS: Medium.SMS,
    Channel.WHATSAPP: Medium.INSTANT_MESSAGE,
    Channel.LETTER: Medium.MAIL,
    Channel.PHONE: Medium.CALL,
    Channel.VISIT: Medium.VISIT,
}
SPOKEN = frozenset((Channel.PHONE, Channel.VISIT))

_WRITTEN = {
    ContactOutcome.REPLIED: Result.REPLIED,
    ContactOutcome.CONVERSATION: Result.REPLIED,
    ContactOutcome.OPTED_OUT: Result.REPLIED,
    ContactOutcome.BOUNCED: Result.BOUNCED,
    ContactOutcome.FAILED: Result.BOUNCED,
    ContactOutcome.NOT_IN_SERVICE: Result.NOT_IN_SERVICE,
    ContactOutcome.WRONG_NUMBER: Result.WRONG_NUMBER,
}
_SPOKEN = {
    ContactOutcome.CONVERSATION: Result.CONVERSATION,
    ContactOutcome.REPLIED: Result.CONVERSATION,
    ContactOutcome.OPTED_OUT: Result.CONVERSATION,
    ContactOutcome.NO_ANSWER: Result.NO_ANSWER,
    ContactOutcome.FAILED: Result.NO_ANSWER,
    ContactOutcome.BOUNCED: Result.NOT_IN_SERVICE,
    ContactOutcome.VOICEMAIL: Result.VOICEMAIL,
    ContactOutcome.BUSY: Result.BUSY,
    ContactOutcome.NOT_IN_SERVICE: Result.NOT_IN_SERVICE,
    ContactOutcome.WRONG_NUMBER: Result.WRONG_NUMBER,
    ContactOutcome.THIRD_PARTY: Result.ANSWERED,
    ContactOutcome.HUNG_UP: Result.ANSWERED,
}
_CLOSING = frozenset((ContactOutcome.BOUNCED, ContactOutcome.WRONG_NUMBER, ContactOutcome.NOT_IN_SERVICE))


class Meaning(NamedTuple):
    """What an outcome says to caps and contact points. Outcomes of one meaning need not be told apart."""

    counts: bool  # False: the contact was never made
    result: Result
    closes_point: bool = False  # the address leads nowhere, or to somebody else
    opted_out: bool = False


def meaning(channel: Channel, outcome: ContactOutcome | None) -> Meaning:
    """Return what an outcome means on a channel; None: nothing is known yet."""
    unknown = Result.PENDING if channel in SPOKEN else Result.SENT
    if outcome is None:
        return Meaning(counts=True, result=unknown)
    results = _SPOKEN if channel in SPOKEN else _WRITTEN
    return Meaning(
        counts=outcome not in NEVER_MADE,
        result=results.get(outcome, unknown),
        closes_point=outcome in _CLOSING,
        opted_out=outcome is ContactOutcome.OPTED_OUT,
    )
