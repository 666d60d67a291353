"""What stands against a contact before any rule is asked: who the person is, what they refused, where to reach them.

Facts of the gravest kind stop every contact, whatever the law of the place says of them; the exceptions are those that
the law itself makes everywhere we know: whom one speaks to instead, and what must still be said.
"""

from dataclasses import dataclass

from domain.compliance.words import Purpose, Recipient
from domain.decider import Rejected
from domain.person.commands import ReserveContact
from domain.person.state import Learned, Person
from domain.person.words import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A fact that stops contact, but not with these recipients or for these purposes."""

    fact: Fact
    reason: str
    recipients: frozenset[Recipient] = frozenset()
    purposes: frozenset[Purpose] = frozenset()


# The gravest first. VULNERABLE and INCONVENIENT_AT_WORK change how, not whether.
BARS = (
    Bar(
        fact=Fact.DECEASED,
        reason="PERSON_DECEASED",
        recipients=frozenset((Recipient.ESTATE, Recipient.HEIR, Recipient.SPOUSE, Recipient.ATTORNEY)),
    ),
    Bar(
        fact=Fact.MINOR,
        reason="PERSON_MINOR",
        recipients=frozenset((Recipient.PARENT_OF_MINOR, Recipient.GUARDIAN, Recipient.ATTORNEY)),
    ),
    Bar(
        fact=Fact.BANKRUPT,
        reason="PERSON_BANKRUPT",
        recipients=frozenset((Recipient.ATTORNEY,)),
        purposes=frozenset((Purpose.REQUIRED_BY_LAW, Purpose.COURT_PERMITTED)),
    ),
    Bar(
        fact=Fact.REPRESENTED_BY_ATTORNEY,
        reason="PERSON_REPRESENTED",
        recipients=frozenset((Recipient.ATTORNEY, Recipient.CREDITOR, Recipient.CREDIT_BUREAU)),
        purposes=frozenset((Purpose.REQUIRED_BY_LAW, Purpose.STATUTORY_NOTICE)),
    ),
    Bar(
        fact=Fact.CEASE_REQUESTED,
        reason="CEASE_REQUESTED",
        recipients=frozenset((Recipient.ATTORNEY, Recipient.CREDITOR, Recipient.CREDIT_BUREAU)),
        purposes=frozenset(
            (
                Purpose.CONFIRM_TERMINATION,
                Purpose.MAY_INVOKE_REMEDY,
                Purpose.WILL_INVOKE_REMEDY,
                Purpose.REQUIRED_BY_LAW,
                Purpose.STATUTORY_NOTICE,
            )
        ),
    ),
)
# What may still be said on a channel that the person has closed, where the rules allow it.
PAST_OPT_OUT = frozenset((Purpose.CONFIRM_OPT_OUT, Purpose.REQUIRED_BY_LAW))
# Who is reached at the person's own contact points. Everybody else may be reached elsewhere.
OBLIGORS = frozenset((Recipient.DEBTOR, Recipient.CODEBTOR, Recipient.GUARANTOR, Recipient.HEIR))


def require_willing(command: ReserveContact, person: Person) -> str:
    """Return the contact point to use, "" if somebody else is reached elsewhere; refuse where no waiting helps."""
    for bar in BARS:
        if command.recipient in bar.recipients or command.purpose in bar.purposes:
            continue
        if person.learned and any(
            fact is bar.fact and _concerns(known, command) for (fact, _), known in person.learned.items()
        ):
            raise Rejected(bar.reason, "a fact about the person stops every contact")
    open_to = command.purpose in PAST_OPT_OUT or command.recipient not in OBLIGORS
    if command.channel in person.opted_out and not open_to:
        raise _opted_out(command)
    return _named_point(command, person, open_to=open_to) if command.point_id else _any_point(command, person)


def _named_point(command: ReserveContact, person: Person, *, open_to: bool) -> str:
    point = person.points.get(command.point_id)
    if point is None or point.channel is not command.channel:
        raise Rejected("POINT_UNKNOWN", f"there is no such contact point for {command.channel}", field="point_id")
    if not point.usable:
        raise Rejected("NO_CONTACT_POINT", "this contact point leads nowhere any more", field="point_id")
    if point.address in person.closed_addresses and not open_to:
        raise _opted_out(command)
    return command.point_id


def _any_point(command: ReserveContact, person: Person) -> str:
    point_id = person.point_for(command.channel)
    if point_id is not None:
        return point_id
    if command.recipient not in OBLIGORS:
        return ""
    if any(point.channel is command.channel and point.usable for point in person.points.values()):
        raise _opted_out(command)
    detail = f"there is nothing to reach the person by {command.channel}"
    raise Rejected("NO_CONTACT_POINT", detail, field="channel")


def _opted_out(command: ReserveContact) -> Rejected:
    return Rejected("OPTED_OUT", f"the person wants no contact by {command.channel}", field="channel")


def _concerns(known: Learned, command: ReserveContact) -> bool:
    """Return whether a fact is about this debt and not over. One that begins later counts already."""
    terms = known.terms
    if terms.until is not None and terms.until <= command.at:
        return False
    return not terms.case_ids or command.case_id in terms.case_ids
