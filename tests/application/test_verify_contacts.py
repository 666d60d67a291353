"""The audit of contacts: nothing to say about an honest log, and every forgery found."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from application.contact_desk import Wanted
from application.ports import Event, EventStore, Recorded
from domain.calendar import BusinessCalendar
from domain.case.events import CaseClosed, ContactPermitted, HoldPlaced
from domain.case.words import Channel, Closure, ContactOutcome, HoldReason, Scope
from domain.compliance.book import RuleBook
from domain.compliance.verdict import Grounds
from domain.person.commands import GiveConsent
from domain.person.events import ContactReserved, PersonRegistered
from domain.person.words import ERASED
from infra.memory_store import MemoryEventStore
from tests.application.audits import ANA, Forge, altered, audited, change, contact, day, forged
from tests.house import BY, RULES, HandClock, House, asked


@pytest.fixture
async def case(house: House) -> UUID:
    return await house.opened()


@pytest.fixture
def store() -> EventStore:
    """A log in memory; `test_contact_caps` audits one in PostgreSQL too."""
    return MemoryEventStore()


async def test_an_honest_log_holds(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(0))
    permit = await contact(house, clock, case, day(1))
    await house.contacts.record_outcome(case, permit, outcome=ContactOutcome.REFUSED, detail="", asked=asked())
    wanted = Wanted(permit_id="p-x", person_id=ANA, channel=Channel.SMS, template="reminder")
    await house.contacts.permit(case, wanted, asked())
    consent = GiveConsent(channel=Channel.SMS, source="form", at=day(0), by=BY)
    await house.persons.handle(ANA, consent, asked())

    audit = await audited(house.store)

    assert audit.holds
    assert (audit.permits, audit.judged, audit.before_rules) == (2, 2, 0)
    assert (audit.never_made, audit.refusals, audit.logged) == (1, 1, 0)
    assert (audit.late_total, audit.holidays_changed_total, audit.not_asked) == (0, 0, ())
    assert audit.upto == await house.store.position()
    assert audit.events == len(await house.log())


# ── forged logs: written by hand, as nobody could through the desks


def regrounded(*kinds: type[Event], **fields: Any) -> Forge:
    """Change fields of the grounds of all events of some kinds."""

    def forge(one: Recorded) -> tuple[Event, ...]:
        if not isinstance(one.event, kinds):
            return (one.event,)
        grounds = getattr(one.event, "grounds", None)
        assert isinstance(grounds, Grounds)
        return (altered(one.event, grounds=replace(grounds, **fields)),)

    return forge


def dropped(*kinds: type[Event]) -> Forge:
    return lambda one: () if isinstance(one.event, kinds) else (one.event,)


BOTH = (ContactReserved, ContactPermitted)
SUNDAY = day(6)


@pytest.mark.parametrize(
    ("forge", "reasons", "rules"),
    [
        (change(*BOTH, at=SUNDAY), {"UNLAWFUL", "FACTS_DIFFER"}, {"house.wk"}),
        (change(*BOTH, at=day(0, 6)), {"UNLAWFUL", "FACTS_DIFFER"}, {"house.wk"}),
        (regrounded(*BOTH, facts_digest="0" * 64), {"FACTS_DIFFER"}, set()),
        (regrounded(*BOTH, closed_in=("*",)), {"UNLAWFUL", "FACTS_DIFFER"}, {"house.wk"}),
        (
            regrounded(*BOTH, recipient="relative"),
            {"UNLAWFUL", "FACTS_DIFFER"},
            {"es.lgdcu.recipient", "house.recipient"},
        ),
        (regrounded(*BOTH, duties=("rights",)), {"DUTIES_DIFFER"}, set()),
        (regrounded(*BOTH, jurisdictions=("CO",)), {"SCOPE_DIFFERS"}, set()),
        (regrounded(*BOTH, rule_sets=("house@0000000000000000",)), {"RULES_NOT_FOUND"}, set()),
        (regrounded(*BOTH, rule_sets=()), {"UNLAWFUL"}, set()),
        (regrounded(ContactPermitted, creditor_id="other"), {"CASE_DISAGREES"}, set()),
        (change(ContactPermitted, grounds=None), {"CASE_DISAGREES"}, set()),
        (change(ContactPermitted, channel=Channel.LETTER), {"CASE_DISAGREES"}, set()),
        (change(ContactReserved, point_id="other"), {"POINT_UNKNOWN"}, set()),
        (dropped(ContactPermitted), {"CASE_NOT_TOLD"}, set()),
        (dropped(ContactReserved), {"NOT_RESERVED"}, set()),
        (change(PersonRegistered, time_zone="America/Bogota"), {"UNLAWFUL", "FACTS_DIFFER"}, {"house.wk"}),
    ],
)
async def test_a_permit_that_was_tampered_with_does_not_stand(
    house: House, clock: HandClock, case: UUID, forge: Forge, reasons: set[str], rules: set[str]
) -> None:
    permit = await contact(house, clock, case, day(0))

    audit = await audited(await forged(house, forge))

    assert not audit.holds
    assert {found.reason for found in audit.violations} == reasons
    assert {found.permit_id for found in audit.violations} == {permit}
    assert {rule for found in audit.violations for rule in found.rules} == rules
    assert all(found.case_id == case and found.person_id == ANA for found in audit.violations)


async def test_a_contact_past_the_cap_is_found_by_its_citation(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(0))
    await contact(house, clock, case, day(1))

    def same_day(one: Recorded) -> tuple[Event, ...]:
        second = isinstance(one.event, BOTH) and one.event.at == day(1)
        return (altered(one.event, at=day(0, 15)) if second else one.event,)

    audit = await audited(await forged(house, same_day))

    unlawful = next(found for found in audit.violations if found.reason == "UNLAWFUL")
    assert (unlawful.rules, unlawful.citations) == (("house.day1",), ("House policy",))
    assert (unlawful.permit_id, unlawful.at) == ("p-03-03", day(0, 15))


async def test_a_permit_during_a_hold_or_after_the_end_is_found(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(0))
    placed = HoldPlaced(
        hold_id="h",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.ALL,
        authority="s",
        from_at=day(0, 8),
        until=None,
        at=day(0, 8),
    )

    closed = CaseClosed(closure=Closure.WITHDRAWN, at=day(0, 8))

    def behind(event: Event) -> Forge:
        return lambda one: (event, one.event) if isinstance(one.event, ContactPermitted) else (one.event,)

    for event, reason in ((placed, "CASE_ON_HOLD"), (closed, "CASE_CLOSED")):
        audit = await audited(await forged(house, behind(event)))
        assert [found.reason for found in audit.violations] == [reason]


async def test_permits_of_before_there_were_grounds_are_counted_and_not_judged(
    house: House, clock: HandClock, case: UUID
) -> None:
    await contact(house, clock, case, day(0))
    audit = await audited(
        await forged(house, change(*BOTH, grounds=None, rules="strict-1@0123456789abcdef", at=SUNDAY))
    )
    assert audit.holds
    assert (audit.permits, audit.judged, audit.before_rules) == (1, 0, 1)


async def test_holidays_that_are_others_today_are_noted_and_no_violation(
    house: House, clock: HandClock, case: UUID
) -> None:
    permit = await contact(house, clock, case, day(0))
    closed = BusinessCalendar(holidays={2026: frozenset((date(2026, 3, 2),))})

    audit = await audited(house.store, calendar_of=lambda _: closed)

    assert audit.holds
    assert audit.holidays_changed_total == len(audit.holidays_changed) > 0
    assert {(found.permit_id, found.was_holiday) for found in audit.holidays_changed} == {(permit, False)}
    assert "*" in {found.country for found in audit.holidays_changed}


async def test_rules_that_nobody_asked_are_noted(store: EventStore, clock: HandClock) -> None:
    house_alone = RuleBook(rules for rules in RULES.rule_sets if rules.id == "house")
    house = House(store, clock, rules=house_alone)
    await contact(house, clock, await house.opened(), day(0))

    audit = await audited(store)

    assert audit.holds
    assert audit.not_asked == (("es.lgdcu", 1),)
    assert (await audited(store, book=house_alone)).not_asked == ()


async def test_a_person_whose_key_is_destroyed_can_still_be_judged(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(0))

    def erased(one: Recorded) -> tuple[Event, ...]:
        hidden = {name: ERASED for name in ("name", "address") if name in one.event.__dataclass_fields__}
        return (altered(one.event, **hidden),)

    audit = await audited(await forged(house, erased))
    assert audit.holds
    assert audit.judged == 1
