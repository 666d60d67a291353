"""Whether a contact reached anybody, as far as its step is concerned."""

from domain.case.state import Case
from domain.case.words import ContactOutcome

NEVER_MADE = frozenset((ContactOutcome.REFUSED, ContactOutcome.EXPIRED))
# What was never received; the step may be tried again over another channel.
FAILED = NEVER_MADE | {
    ContactOutcome.BOUNCED,
    ContactOutcome.FAILED,
    ContactOutcome.NOT_IN_SERVICE,
    ContactOutcome.WRONG_NUMBER,
}
# What says that a contact was made: a task that was raised for it is done then.
_NOT_YET_MADE = NEVER_MADE | {ContactOutcome.UNKNOWN, ContactOutcome.ACCEPTED, ContactOutcome.SENT}


def all_failed(case: Case, step_key: str) -> bool:
    """Return whether a step was tried and its contacts reached nobody; what was passed over has not failed."""
    outcomes = [contact.outcome for contact in case.contacts.values() if contact.step_key == step_key]
    return bool(outcomes) and all(outcome in FAILED for outcome in outcomes)


def completes_task(case: Case, step_key: str, outcome: ContactOutcome) -> bool:
    """Return whether an outcome of a contact ends the open task that the contact was made for."""
    return case.open and step_key in case.climb.tasks and outcome not in _NOT_YET_MADE
