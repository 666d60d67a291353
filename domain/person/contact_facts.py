"""A person as the contact rules see them: the proposal, its scope, and the facts that are known.

Everything here can be worked out again from the person's events before the contact and its `Grounds`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from domain.calendar import BusinessCalendar
from domain.case.words import Channel, ContactOutcome
from domain.compliance.proposal import Facts, Known, Past, Proposal, Scope
from domain.compliance.rules import RuleSet
from domain.compliance.words import Circumstance, Place
from domain.person.commands import ReserveContact
from domain.person.fact_terms import days_of, hours_of
from domain.person.result import MEDIA
from domain.person.state import Learned, Person
from domain.person.words import Fact

CIRCUMSTANCES = {
    Fact.REPRESENTED_BY_ATTORNEY: Circumstance.ATTORNEY,
    Fact.DECEASED: Circumstance.DECEASED,
    Fact.BANKRUPT: Circumstance.BANKRUPT,
    Fact.VULNERABLE: Circumstance.VULNERABLE,
    Fact.MINOR: Circumstance.MINOR,
    Fact.CEASE_REQUESTED: Circumstance.CEASE_NOTICE,
    Fact.INCONVENIENT_AT_WORK: Circumstance.INCONVENIENT_PLACE,
    Fact.INCONVENIENT_TIME: Circumstance.INCONVENIENT_TIME,
    Fact.INCONVENIENT_PLACE: Circumstance.INCONVENIENT_PLACE,
    Fact.EMPLOYER_PROHIBITS: Circumstance.EMPLOYER_PROHIBITS,
    Fact.PRIOR_CONSENT: Circumstance.PRIOR_CONSENT,
    Fact.E_CONSENT: Circumstance.E_CONSENT,
    Fact.CHANNEL_AUTHORIZED: Circumstance.CHANNEL_AUTHORISED,
    Fact.WRITTEN_DISPUTE: Circumstance.WRITTEN_DISPUTE,
    Fact.VERIFICATION_SENT: Circumstance.VERIFICATION_SENT,
    Fact.TIME_BARRED: Circumstance.TIME_BARRED,
    Fact.HOURS_WAIVER: Circumstance.HOURS_WAIVER,
    Fact.MICROCREDIT_VISIT_AUTHORIZED: Circumstance.MICROCREDIT_VISIT_AUTHORISED,
    Fact.SUED_AND_SERVED: Circumstance.SUED_AND_SERVED,
    Fact.INSOLVENCY_PROCEEDING: Circumstance.INSOLVENCY_PROCEEDING,
    Fact.MORATORIUM: Circumstance.MORATORIUM,
}
_ELECTRONIC = frozenset((Channel.EMAIL, Channel.SMS, Channel.WHATSAPP))
# What a communication about a debt may have come of; the others reached nobody.
_COMMUNICATED = frozenset(
    (
        None,
        ContactOutcome.ACCEPTED,
        ContactOutcome.SENT,
        ContactOutcome.UNKNOWN,
        ContactOutcome.DELIVERED,
        ContactOutcome.READ,
        ContactOutcome.REPLIED,
        ContactOutcome.CONVERSATION,
        ContactOutcome.OPTED_OUT,
    )
)
_BY_INSTANT = attrgetter("at")
# Days, beyond the longest period of any rule, for which contacts are looked back upon: what a person wrote before them
# invites no answer any more.
ANSWERED_DAYS = 60

CalendarOf = Callable[[str], BusinessCalendar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the contact rules are asked about one reservation."""

    proposal: Proposal
    scope: Scope


def question_of(command: ReserveContact, person: Person, point_id: str) -> Question:
    """Return the proposal and its scope; `point_id` is what the contact would go to, "" if nothing of the person's."""
    countries = {person.country, command.country} - {""}
    scope = Scope(jurisdictions=frozenset(countries), actors=command.actors, creditor_id=command.creditor_id)
    return Question(proposal=proposal_of(command, person, point_id), scope=scope)


def proposal_of(command: ReserveContact, person: Person, point_id: str) -> Proposal:
    """Return what the contact rules are asked for; `point_id` as in `question_of`."""
    point = person.points.get(point_id)
    place = command.place
    if place is None and point is not None and point.place:
        place = Place(point.place)
    return Proposal(
        at=command.at,
        medium=MEDIA[command.channel],
        debts=(str(command.case_id),),
        purpose=command.purpose,
        recipient=command.recipient,
        place=place,
        address=point_id,
        content=command.content,
        same_session=command.same_session,
        first=not _communicated_before(person, command.case_id),
    )


def facts_of(command: ReserveContact, person: Person, rules: Sequence[RuleSet], calendar_of: CalendarOf) -> Facts:
    """Return what is known of the person and the debt for a contact; `calendar_of` takes a rule set's country."""
    since = command.at - timedelta(days=max((each.horizon_days for each in rules), default=0) + ANSWERED_DAYS)
    return Facts(
        zones=person.zones,
        known=(*_known(person), *_of_debt(command)),
        contacts=contacts_of(person, since),
        calendars={each.country: calendar_of(each.country) for each in rules if each.country},
    )


def contacts_of(person: Person, since: datetime) -> tuple[Past, ...]:
    """Return every contact that was made, or permitted and perhaps made, in the order of their instants."""
    contacts = [contact.past for contact in person.reserved.values() if contact.counts and contact.at >= since]
    contacts += [contact.past for contact in person.noted.values() if contact.counts and contact.at >= since]
    contacts.sort(key=_BY_INSTANT)
    return tuple(contacts)


def _communicated_before(person: Person, case_id: UUID) -> bool:
    """Return whether anything was said to the person about the debt, by whomever it was begun."""
    reserved = (
        contact.case_id == case_id and contact.counts and contact.outcome in _COMMUNICATED
        for contact in person.reserved.values()
    )
    return any(reserved) or any(
        (contact.case_id == case_id or case_id in contact.discussed) and contact.outcome in _COMMUNICATED
        for contact in person.noted.values()
    )


def _known(person: Person) -> Iterator[Known]:
    for (fact, _), learned in person.learned.items():
        yield _circumstance(fact, learned)
    for channel, at in person.consents.items():
        yield from _consented(channel, at)
    for channel, at in person.opted_out.items():
        yield Known(kind=Circumstance.MEDIUM_OPTOUT, medium=MEDIA[channel], at=at)
    for point_id, at in person.points_opted_out.items():
        medium = MEDIA[person.points[point_id].channel]
        yield Known(kind=Circumstance.MEDIUM_OPTOUT, medium=medium, address=point_id, at=at)
    for point_id, point in person.points.items():
        if point.wrong_since is not None:
            yield Known(kind=Circumstance.WRONG_NUMBER, address=point_id, at=point.wrong_since)


def _of_debt(command: ReserveContact) -> Iterator[Known]:
    for kind in sorted(command.circumstances):
        yield Known(kind=kind, debts=(str(command.case_id),))


@lru_cache(maxsize=4096)
def _consented(channel: Channel, at: datetime) -> tuple[Known, ...]:
    authorized = Known(kind=Circumstance.CHANNEL_AUTHORISED, medium=MEDIA[channel], at=at)
    if channel not in _ELECTRONIC:
        return (authorized,)
    return authorized, Known(kind=Circumstance.E_CONSENT, medium=MEDIA[channel], at=at)


@lru_cache(maxsize=4096)
def _circumstance(fact: Fact, learned: Learned) -> Known:
    terms = learned.terms
    place = Place.WORK if fact is Fact.INCONVENIENT_AT_WORK else Place(terms.place) if terms.place else None
    return Known(
        kind=CIRCUMSTANCES[fact],
        at=learned.at,
        until=terms.until,
        debts=tuple([str(case_id) for case_id in terms.case_ids]),
        medium=MEDIA[terms.channel] if terms.channel else None,
        address=terms.point_id,
        place=place,
        days=days_of(terms.days),
        hours=hours_of(terms.hours),
        later_instrument=terms.later_instrument,
    )
