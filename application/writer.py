"""Writes the message of a permitted contact: what is owed, to whom, how to pay it, and what the rules want said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from application.messages import Catalogue, Facts, Message, Particulars, ParticularsOf
from domain.case.contact_events import ContactPermitted
from domain.case.state import Case, Received
from domain.case.view import balance, local_date, oldest_unpaid, open_plan, open_promises
from domain.case.words import Channel, Component, ContactOutcome, Direction
from domain.compliance.words import Circumstance
from domain.money import Money
from domain.person.state import Person

CONVERSATION_LASTS = timedelta(hours=24)  # Meta's customer service window, counted from the person's last message


class Unwritable(Exception):
    """Nothing can be sent for this permit any more; the text is the reason, UPPER_SNAKE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Makes messages. `unsubscribe_at` gives a permit's one-click link, "" where there is no door for it."""

    catalogue: Catalogue
    particulars_of: ParticularsOf
    unsubscribe_at: Callable[[str], str]

    def write(self, permitted: ContactPermitted, case: Case, person: Person, now: datetime) -> Message:
        """Return the message to send at `now`; raise `Unwritable`."""
        # The point that was reserved, even if a newer one has come since: the permit was for that one.
        point = person.points.get(person.reserved[permitted.permit_id].point_id)
        if point is None or not point.usable:
            raise Unwritable("ADDRESS_GONE")
        facts = self.facts(permitted, case, person, now)
        try:
            words = self.catalogue.words(permitted.template, permitted.channel, facts)
        except LookupError:
            raise Unwritable("WORDS_MISSING") from None
        return Message(
            key=permitted.permit_id,
            channel=permitted.channel,
            address=point.address,
            words=words,
            language=words.language or facts.language,
            name=person.name,
            on=facts.on,
            unsubscribe_at=facts.unsubscribe_at,
            facts=facts,
            in_conversation=_wrote_lately(person, permitted.channel, now),
        )

    def facts(self, permitted: ContactPermitted, case: Case, person: Person, now: datetime) -> Facts:
        """Return what the message may speak of; raise `Unwritable` NOTHING_OWED."""
        oldest = oldest_unpaid(case)
        if oldest is None:
            raise Unwritable("NOTHING_OWED")
        told = self.particulars_of(case.creditor_id)
        owed = _by_component(case)
        paid = _last_payment(case)
        promised = _promised(case)
        return Facts(
            name=person.name,
            creditor_id=case.creditor_id,
            reference=case.reference,
            owed=balance(case),
            due_on=oldest.terms.due_on,
            on=local_date(case, now),
            language=person.language or case.language,
            duties=permitted.grounds.duties if permitted.grounds else (),
            jurisdiction=person.country or case.country,
            pay_at=_pay_at(told, case.reference),
            unsubscribe_at=self.unsubscribe_at(permitted.permit_id),
            creditor=told.creditor,
            sender=told.sender,
            contact_at=told.contact_at,
            principal=owed[Component.PRINCIPAL],
            interest=owed[Component.INTEREST] + owed[Component.LATE_INTEREST],
            fees=owed[Component.FEES],
            costs=owed[Component.COSTS],
            paid=paid.amount if paid else None,
            paid_on=local_date(case, paid.at) if paid else None,
            installments=promised,
            time_barred=_time_barred(permitted),
        )


def nobody_told(_creditor_id: str) -> Particulars:
    """Return no particulars: for a house that was told none."""
    return Particulars()


def no_link(_permit_id: str) -> str:
    """Return no link: for a house without a door for it."""
    return ""


def _time_barred(permitted: ContactPermitted) -> bool:
    return permitted.grounds is not None and Circumstance.TIME_BARRED in permitted.grounds.circumstances


def _by_component(case: Case) -> Mapping[Component, Money]:
    sums = dict.fromkeys(Component, 0)
    for debt in case.ledger.debts.values():
        for component, minor in debt.owed.items():
            sums[component] += minor
    return {component: Money(minor, case.currency) for component, minor in sums.items()}


def _last_payment(case: Case) -> Received | None:
    standing = (payment for payment in case.ledger.payments.values() if not payment.reversed)
    return max(standing, key=lambda payment: payment.at, default=None)


def _promised(case: Case) -> tuple[tuple[date, Money], ...]:
    """Return what is promised by when: the open plan's dates, else the open promises."""
    plan = open_plan(case)
    if plan is not None:
        return tuple((part.due_on, part.amount) for part in plan[1].installments)
    return tuple(sorted((promise.due_on, promise.amount) for promise in open_promises(case).values()))


def _pay_at(told: Particulars, reference: str) -> str:
    return told.pay_at.replace("{reference}", reference)


def _wrote_lately(person: Person, channel: Channel, now: datetime) -> bool:
    """Return whether the person began, or went on with, a conversation on the channel within its window."""
    replied = (
        contact.at
        for contact in person.noted.values()
        if contact.channel is channel
        and contact.direction is Direction.INBOUND
        and contact.outcome is not ContactOutcome.OPTED_OUT
    )
    return any(now - CONVERSATION_LASTS < at <= now for at in replied)
