"""Limitation through the desks: alarms once however often the clock fires, contact rules that know what is barred."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.contact_desk import Permitted, Refused, Wanted
from application.ports import EventStore
from domain.case import case_id
from domain.case.commands import AgreePlan, Escalate, InterruptLimitation, PleadTimeBar
from domain.case.state import Case
from domain.case.words import Channel, Installment, Obligation, Stage
from domain.compliance.words import Circumstance, Purpose
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.read import read_law
from domain.ledger.words import Interruption
from domain.money import Money
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.identity import person_id
from infra.laws import SHIPPED
from infra.memory_store import MemoryEventStore
from tests.application.audits import audited, forged
from tests.application.test_verify_contacts import BOTH, regrounded
from tests.house import BY, HandClock, House, asked, opening

JOHN = person_id("acme", "john")
BAR = "12 CFR 1006.26(b)"
# A state of the United States with six years, as a house would write it for itself.
STATE = """
[law]
id = "acme.us"
jurisdiction = "US-MA"
[[law.limitation]]
id = "c260s2"
years = 6
interrupted_by = ["payment"]
cite = "M.G.L. c. 260 s. 2"
"""
LAWS = LawBook([read_law((SHIPPED / "us.toml").read_text(encoding="utf-8"), "us.toml"), read_law(STATE, "ma.toml")])
TUESDAY = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)  # eleven in the morning in Boston


@pytest.fixture
def store() -> EventStore:
    return MemoryEventStore()


@pytest.fixture
def boston(store: EventStore, clock: HandClock) -> House:
    clock.at = TUESDAY
    return House(store, clock, laws=LAWS)


async def owed_since(house: House, year: int, reference: str = "c-1") -> UUID:
    """Open a case in Massachusetts about what was due on the second of January of a year."""
    now = house.clock.now()
    await house.persons.handle_all(
        JOHN,
        (
            RegisterPerson(name="John Doe", language="en", country="US", time_zone="America/New_York", at=now, by=BY),
            AddContactPoint(point_id="mail", channel=Channel.EMAIL, address="john@example.com", at=now, by=BY),
        ),
        asked(f"register-{reference}"),
    )
    due_on = datetime(year, 1, 2, tzinfo=UTC).date()
    debt = Obligation(obligation_id="o-1", reference="F-1", principal=Money(50_000, "USD"), due_on=due_on)
    command = replace(
        opening(reference, JOHN, at=now),
        country="US-MA",
        time_zone="America/New_York",
        currency="USD",
        language="en",
        obligations=(debt,),
    )
    await house.cases.handle(case_id("acme", reference), command, asked(f"open-{reference}"))
    return case_id("acme", reference)


def wanted(purpose: Purpose, permit: str = "p-1") -> Wanted:
    return Wanted(permit_id=permit, person_id=JOHN, channel=Channel.EMAIL, template="reminder", purpose=purpose)


async def test_nobody_threatens_a_suit_over_what_is_barred_and_the_refusal_says_where_that_stands(
    boston: House,
) -> None:
    old, fresh = await owed_since(boston, 2019), await owed_since(boston, 2024, "c-2")

    for purpose in (Purpose.THREATEN_SUIT, Purpose.SUE):
        refused = await boston.contacts.permit(old, wanted(purpose), asked())
        assert isinstance(refused, Refused)
        assert BAR in refused.citations
        assert refused.next_allowed_at is None
    in_time = await boston.contacts.permit(fresh, wanted(Purpose.THREATEN_SUIT, "p-2"), asked())
    assert isinstance(in_time, Permitted)


async def test_what_the_case_knew_stands_in_the_grounds_and_is_judged_again_offline(
    boston: House, store: EventStore
) -> None:
    old = await owed_since(boston, 2019)
    permitted = await boston.contacts.permit(old, wanted(Purpose.COLLECT), asked())

    assert isinstance(permitted, Permitted)
    assert permitted.grounds is not None
    assert permitted.grounds.circumstances == (Circumstance.TIME_BARRED,)
    assert (await audited(store)).holds
    hidden = await audited(await forged(boston, regrounded(*BOTH, circumstances=())))
    assert {each.reason for each in hidden.violations} == {"FACTS_DIFFER"}
    threatened = await audited(await forged(boston, regrounded(*BOTH, purpose="threaten_suit")))
    assert "UNLAWFUL" in {each.reason for each in threatened.violations}


async def test_a_permit_from_before_the_end_is_asked_again_when_the_message_goes_out(
    boston: House, clock: HandClock
) -> None:
    last_day = clock.at = datetime(2026, 1, 2, 16, 0, tzinfo=UTC)
    case = await owed_since(boston, 2020)
    assert isinstance(await boston.contacts.permit(case, wanted(Purpose.THREATEN_SUIT), asked()), Permitted)
    _, permitted = await boston.contacts.permitted(case, "p-1")
    said: frozenset[str] = frozenset(("collector_identity", "debt_collector"))

    in_time = await boston.contacts.still(case, permitted, content=said, at=last_day)
    too_late = await boston.contacts.still(case, permitted, content=said, at=last_day + timedelta(days=1))

    assert in_time is None or BAR not in in_time.citations
    assert too_late is not None
    assert BAR in too_late.citations


async def test_nobody_moves_to_the_courts_what_the_law_forbids_to_sue_for(boston: House, clock: HandClock) -> None:
    old = await owed_since(boston, 2019)
    up = Escalate(stage=Stage.LEGAL, reason="ASKED", at=clock.at, by="supervisor:s")

    with pytest.raises(Rejected, match=r"TIME_BARRED.*1006\.26"):
        await boston.cases.handle(old, up, asked("up"))


async def test_after_a_plea_the_case_stays_below_the_courts_and_a_task_waits_for_somebody(
    store: EventStore, clock: HandClock
) -> None:
    house = House(store, clock)
    case = await house.opened()
    plea = PleadTimeBar(plea_id="pl-1", proof="letter-1", at=clock.at, by=BY)
    await house.cases.handle(case, plea, asked("plea"))
    clock.at = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)  # the strategy would have gone to court by then

    for _ in range(200):
        move = await house.ladder.advance(case)
        if move.permit_id:
            await house.delivery.deliver(case, move.permit_id)
        elif move.due_at is None or move.due_at > datetime(2028, 1, 1, tzinfo=UTC):
            break
        clock.at = max(clock.at, move.due_at or clock.at)

    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    assert state.climb.stage is Stage.PRE_LEGAL
    assert state.climb.tasks["limitation:plea:pl-1"] == "LIMITATION_PLEA"
    assert move.why.startswith("TIME_BARRED: LEGAL is not entered.")


async def test_a_case_in_a_plan_is_alarmed_once_though_the_clock_fires_24_times_a_day(
    store: EventStore, clock: HandClock
) -> None:
    house = House(store, clock)
    case = await house.opened()
    last = datetime(2031, 6, 15, tzinfo=UTC).date()
    parts = (Installment(due_on=last, amount=Money(50_000, "EUR")),)
    plan = AgreePlan(plan_id="pl", installments=parts, at=clock.at, by=BY, grace_days=0)
    await house.cases.handle(case, plan, asked("plan"))
    clock.at = datetime(2031, 2, 14, 0, 0, tzinfo=UTC)  # 31 days before the end, 17 March

    for _ in range(48):
        await House(store, clock).ladder.advance(case)  # every time another process
        clock.at += timedelta(hours=1)

    alarms = [name for name in await house.happened(case) if name == "LimitationAlarmed"]
    assert len(alarms) == 2  # what was missed, as 90 days, and then the thirtieth
    demand = InterruptLimitation(
        interruption_id="i-1",
        kind=Interruption.DEMAND,
        on=clock.at.date(),
        proof="burofax-1",
        at=clock.at,
        by=BY,
    )
    await house.cases.handle(case, demand, asked("demand"))
    clock.at += timedelta(days=60)
    await house.ladder.advance(case)
    assert (await house.happened(case)).count("LimitationAlarmed") == 2
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    assert [kind for kind in state.climb.tasks.values() if kind == "LIMITATION"] == ["LIMITATION"] * 2
