"""The case's workflow lives a year in seconds, on a server that skips time."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from domain.case.commands import CloseCase, MakePromise, PlaceHold, RecordPayment, ReleaseHold
from domain.case.events import ContactPermitted, StageEntered
from domain.case.state import Case
from domain.case.words import Channel, Closure, HoldReason, Scope
from domain.money import Money
from domain.person.commands import GiveConsent
from tests.house import BY, DUE_ON, START, asked
from tests.workflows.town import Town, town_on

SUNDAY_REMINDER = date(2026, 3, 11)  # three days before it is a Sunday


@pytest.fixture
async def town(time_skipping_environment: Any) -> AsyncIterator[Town]:
    async with town_on(time_skipping_environment) as built:
        yield built


async def stages(town: Town, case: UUID) -> list[tuple[str, date]]:
    """Return the stages that a case entered, with the local day."""
    entered = [one.event for one in await town.house.store.read_stream(case) if isinstance(one.event, StageEntered)]
    return [(event.stage.value, (event.at + timedelta(hours=2)).date()) for event in entered]


async def contacts(town: Town, case: UUID) -> list[tuple[str, date]]:
    """Return the templates of the contacts that were permitted, with the day."""
    made = [one.event for one in await town.house.store.read_stream(case) if isinstance(one.event, ContactPermitted)]
    return [(event.template, event.at.date()) for event in made]


async def test_a_debtor_who_never_pays_climbs_the_ladder_on_its_days(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()

    await town.until(START + timedelta(days=365))

    assert await stages(town, case) == [
        ("PRE_DUE", START.date()),
        ("SOFT", DUE_ON + timedelta(days=1)),
        ("NEGOTIATION", DUE_ON + timedelta(days=30)),
        ("PRE_LEGAL", DUE_ON + timedelta(days=60)),
        ("LEGAL", DUE_ON + timedelta(days=120)),
    ]
    assert await contacts(town, case) == [
        ("reminder", date(2026, 3, 13)),
        ("overdue", date(2026, 3, 17)),
        ("second_notice", date(2026, 3, 23)),
        ("plan_offer", date(2026, 4, 15)),
        ("plan_offer", date(2026, 4, 30)),
        ("demand", date(2026, 5, 15)),
    ]
    assert len(town.house.post.messages) == 6


async def test_a_pause_moves_the_climb_and_not_the_days_past_due(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    paused, resumed = datetime(2026, 4, 1, 10, 0, tzinfo=UTC), datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    await town.until(paused)
    hold = PlaceHold(
        hold_id="h",
        reason=HoldReason.HARDSHIP,
        scope=Scope.ALL,
        authority="supervisor:s",
        from_at=paused,
        at=paused,
        by="supervisor:s",
    )
    await town.house.cases.handle(case, hold, asked("hold"))
    await town.relay_all()
    await town.until(resumed)
    during = await town.house.happened(case)
    release = ReleaseHold(hold_id="h", reason="over", at=resumed, by="supervisor:s")
    await town.house.cases.handle(case, release, asked("release"))
    await town.relay_all()

    await town.until(START + timedelta(days=365))

    assert during[-1] == "HoldPlaced"
    days = dict(await stages(town, case))
    assert days["SOFT"] == DUE_ON + timedelta(days=1)
    # Thirty days of pause: the ladder stood still for them.
    assert days["NEGOTIATION"] == DUE_ON + timedelta(days=30 + 30)
    assert days["PRE_LEGAL"] == DUE_ON + timedelta(days=60 + 30)
    assert not [day for _, day in await contacts(town, case) if paused.date() < day < resumed.date()]


async def test_a_broken_promise_is_answered_and_the_climb_goes_on(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    promise = MakePromise(
        promise_id="p", amount=Money(50_000, "EUR"), due_on=date(2026, 4, 1), at=town.house.clock.now(), by=BY
    )
    await town.house.cases.handle(case, promise, asked("promise"))
    await town.relay_all()

    await town.until(START + timedelta(days=365))

    made = await contacts(town, case)
    assert [template for template, day in made if date(2026, 3, 20) < day <= date(2026, 4, 1)] == []
    assert "PromiseBroken" in await town.house.happened(case)
    assert ("promise_broken", date(2026, 4, 4)) in made  # the day after it broke is Good Friday: nobody is written to
    assert (await stages(town, case))[-1][0] == "LEGAL"


async def test_a_payment_ends_the_workflow(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    paid = RecordPayment(payment_id="p", amount=Money(50_000, "EUR"), at=town.house.clock.now(), by=BY)
    await town.house.cases.handle(case, paid, asked("pay"))

    await town.relay_all()

    assert await town.workflow(case).result() == Closure.PAID
    assert len(town.house.post.messages) == 2


async def test_a_workflow_is_woken_only_for_what_comes_earlier(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    looks = town.steps.looks
    small = RecordPayment(payment_id="p", amount=Money(1, "EUR"), at=town.house.clock.now(), by=BY)
    await town.house.cases.handle(case, small, asked("pay"))
    await town.relay_all()
    await town.until(datetime(2026, 3, 21, 12, 0, tzinfo=UTC))

    assert town.steps.looks == looks


async def test_a_store_that_is_down_delays_the_case_and_does_not_fail_it(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 17, 7, 55, tzinfo=UTC))
    with town.outage():
        await town.until(datetime(2026, 3, 17, 8, 5, tzinfo=UTC))
    await town.until(datetime(2026, 3, 17, 13, 0, tzinfo=UTC))

    description = await town.workflow(case).describe()
    assert description.status is WorkflowExecutionStatus.RUNNING
    assert await contacts(town, case) == [("reminder", date(2026, 3, 13)), ("overdue", date(2026, 3, 17))]


async def test_whoever_wakes_a_case_after_an_outage_does_not_wait_for_its_pause_to_end(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 17, 7, 55, tzinfo=UTC))
    with town.outage():
        await town.until(datetime(2026, 3, 17, 8, 30, tzinfo=UTC))  # long enough for the longest pauses
    looks = town.steps.looks
    await town.wake(case)
    await town.until(town.house.clock.now() + timedelta(seconds=1))

    assert town.steps.looks > looks
    assert (await contacts(town, case))[-1] == ("overdue", date(2026, 3, 17))


async def test_a_lost_workflow_starts_again_where_the_log_is(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    await town.workflow(case).terminate()

    await town.wake(case)
    await town.until(START + timedelta(days=365))

    assert (await stages(town, case))[-1] == ("LEGAL", DUE_ON + timedelta(days=120))
    assert len(await contacts(town, case)) == len(set(await contacts(town, case))) == 6


async def test_what_stands_in_temporal_is_stage_portfolio_and_next_due(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 18, 12, 0, tzinfo=UTC))

    description = await town.workflow(case).describe()
    shown = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    metadata = await town.workflow(case).query("__temporal_workflow_metadata", result_type=WorkflowMetadata)

    assert (shown["EscaleraStage"], shown["EscaleraPortfolio"]) == ("SOFT", "cards")
    assert shown["EscaleraDaysPastDue"] == 1
    assert shown["EscaleraNextDue"] == datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
    assert "second_notice" in metadata.current_details


async def test_a_changed_fact_about_a_person_wakes_only_a_case_that_was_refused(town: Town) -> None:
    calm, refused = await town.house.opened("c-1"), await town.house.opened("c-2", due_on=SUNDAY_REMINDER)
    for case in (calm, refused):
        state, _ = await town.house.cases.load(case)
        assert isinstance(state, Case)
        town.people.bound[state.obligors[0].person_id] = [case]
    await town.relay_all()
    # Nobody is written to on a Sunday: the second case waits for the Monday.
    await town.until(datetime(2026, 3, 8, 12, 0, tzinfo=UTC))
    looks = town.steps.looks
    for person in town.people.bound:
        consent = GiveConsent(channel=Channel.EMAIL, source="form", at=town.house.clock.now(), by=BY)
        await town.house.persons.handle(person, consent, asked(f"consent-{person}"))
    await town.relay_all()
    await town.until(datetime(2026, 3, 8, 12, 5, tzinfo=UTC))

    assert town.steps.looks == looks + 1
    assert (await town.house.happened(refused)).count("ContactRefused") == 1


async def test_a_withdrawn_case_is_left_alone(town: Town) -> None:
    case = await town.house.opened()
    await town.relay_all()
    close = CloseCase(closure=Closure.WITHDRAWN, at=town.house.clock.now(), by=BY)
    await town.house.cases.handle(case, close, asked("close"))
    await town.relay_all()

    assert await town.workflow(case).result() == Closure.WITHDRAWN
    assert town.house.post.messages == []
