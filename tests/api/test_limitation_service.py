"""Limitation through the door: the clocks of a case with everything that they are derived from."""

from datetime import UTC, date, datetime
from typing import Any

import grpc
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import euros, named, payment
from tests.api.door import SUPERVISOR, Door, refused


def debt(instrument: str = "INVOICE", *, obligation_id: str = "o-1", year: int = 2020) -> pb.Obligation:
    due = Date(year=year, month=3, day=31)
    return pb.Obligation(obligation_id=obligation_id, principal=euros(100), due_date=due, instrument=instrument)


async def asked(door: Door, on: date | None = None, **more: Any) -> pb.CaseLimitation:
    request = pb.GetLimitationRequest(case_name=named(), **more)
    if on is not None:
        request.on_date.CopyFrom(Date(year=on.year, month=on.month, day=on.day))
    found: pb.CaseLimitation = await door.limitation.GetLimitation(request)
    return found


def iso(day: Date) -> str:
    return f"{day.year:04}-{day.month:02}-{day.day:02}" if day.year else ""


async def test_a_clock_says_until_when_by_which_law_and_how_sure_that_is(door: Door) -> None:
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])

    found = await asked(door)

    (clock,) = found.debts[0].clocks
    assert (found.law.partition("@")[0], iso(found.on_date), found.version) == ("pe.money", "2026-11-23", 2)
    assert (clock.action, clock.years, clock.instrument) == ("ordinary", 10, "GENERAL")
    assert (iso(clock.due_date), iso(clock.begin_date)) == ("2020-03-31", "2020-04-01")
    assert (iso(clock.last_date), iso(clock.barred_date)) == ("2030-03-31", "2030-04-01")
    assert clock.days_left == (date(2030, 4, 1) - date(2026, 11, 23)).days
    assert clock.standing == pb.LIMITATION_STANDING_RUNNING
    assert (clock.rule, clock.citation, clock.confidence) == (
        "pe.money.cc2001",
        "Código Civil art. 2001.1",
        "reported",
    )
    assert (found.debts[0].owed, found.debts[0].barred, found.suit_barred) == (True, False, "")


async def test_what_interrupted_and_what_did_not_is_told_with_its_proof_and_its_reason(door: Door) -> None:
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])
    await door.cases.RecordPayment(payment("p-1", 20))
    demand = pb.InterruptLimitation(
        interruption_id="i-1",
        kind=pb.INTERRUPTION_DEMAND,
        effective_date=Date(year=2024, month=2, day=29),
        proof="carta-notarial-7",
    )
    request = pb.InterruptLimitationRequest(request_id="d", case_name=named(), command=demand)
    await door.cases.InterruptLimitation(request)

    (clock,) = (await asked(door)).debts[0].clocks

    (counted,), (ignored,) = clock.counted, clock.not_counted
    assert (counted.kind, counted.reference, counted.proof) == (pb.INTERRUPTION_DEMAND, "i-1", "carta-notarial-7")
    assert (iso(counted.effective_date), iso(counted.begin_date)) == ("2024-02-29", "2024-03-01")
    assert iso(counted.last_date) == iso(clock.last_date) == "2034-02-28"
    assert (ignored.kind, ignored.reference) == (pb.INTERRUPTION_PAYMENT, "p-1")
    assert ignored.uncounted == pb.LIMITATION_UNCOUNTED_NOT_BY_THIS_LAW


async def test_days_that_do_not_count_are_told_once(door: Door) -> None:
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])
    for number, (first, last) in enumerate([((2024, 10, 16), (2024, 10, 30)), ((2024, 10, 10), (2024, 11, 4))]):
        command = pb.SuspendLimitation(
            suspension_id=f"s-{number}",
            first_date=Date(year=first[0], month=first[1], day=first[2]),
            last_date=Date(year=last[0], month=last[1], day=last[2]),
            reason="NEGOTIATION",
            proof="acta-1",
        )
        request = pb.SuspendLimitationRequest(request_id=f"s-{number}", case_name=named(), command=command)
        await door.cases.SuspendLimitation(request)

    (clock,) = (await asked(door)).debts[0].clocks

    assert clock.suspended_days == 26
    assert [(iso(each.first_date), iso(each.last_date), each.days) for each in clock.suspended] == [
        ("2024-10-10", "2024-11-04", 26)
    ]
    assert iso(clock.last_date) == "2030-04-26"


async def test_each_action_of_an_instrument_has_its_clock_and_each_day_its_standing(door: Door) -> None:
    debts = [debt(), debt("CHEQUE", obligation_id="o-2")]
    await door.open(country="CL", time_zone="America/Santiago", obligations=debts)

    found = await asked(door, date(2023, 4, 1))

    told = {
        (each.obligation_id, clock.action): pb.LimitationStanding.Name(clock.standing).removeprefix(
            "LIMITATION_STANDING_"
        )
        for each in found.debts
        for clock in each.clocks
    }
    assert told == {("o-1", "executive"): "ENDED", ("o-1", "ordinary"): "RUNNING", ("o-2", "exchange"): "ENDED"}
    assert [each.barred for each in found.debts] == [False, True]
    before = await asked(door, date(2020, 3, 31))
    assert {clock.standing for each in before.debts for clock in each.clocks} == {pb.LIMITATION_STANDING_NOT_BEGUN}


async def test_a_plea_bars_the_courts_and_is_shown(door: Door) -> None:
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])
    plea = pb.PleadTimeBar(plea_id="pl-1", proof="letter-1")
    await door.cases.PleadTimeBar(pb.PleadTimeBarRequest(request_id="pl", case_name=named(), command=plea))

    found = await asked(door)
    up = pb.EscalateRequest(
        request_id="up", case_name=named(), command=pb.Escalate(stage=pb.STAGE_LEGAL, reason="asked")
    )
    no = await refused(door.cases.Escalate(up, metadata=SUPERVISOR))

    assert (found.debts[0].pleaded, found.debts[0].barred) == (True, True)
    assert found.suit_barred == "The debtor pleads that the debt is time-barred."
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.FAILED_PRECONDITION, "TIME_BARRED", ("command.stage",))
    assert [task.kind for task in (await door.case()).tasks] == ["LIMITATION_PLEA"]


async def test_where_no_law_is_known_nothing_is_said_and_the_federal_bar_of_the_united_states_is(door: Door) -> None:
    await door.open(country="FR", time_zone="Europe/Paris", obligations=[debt()])
    found = await asked(door)
    assert (found.law, found.suit_bar_citation, len(found.debts), len(found.debts[0].clocks)) == ("", "", 1, 0)

    await door.open("R-2", country="US", time_zone="America/New_York", obligations=[debt()])
    request = pb.GetLimitationRequest(case_name=named("R-2"))
    american = await door.limitation.GetLimitation(request)
    assert american.suit_bar_citation == "12 CFR 1006.26(b)"
    assert not american.debts[0].clocks  # the years are the states'


async def test_an_alarm_is_what_comes_next_where_nothing_else_does(door: Door) -> None:
    door.clock.at = datetime(2030, 3, 30, 20, 0, tzinfo=UTC)
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])

    step = (await door.case()).next_step

    assert (step.action, step.target, step.reason) == ("RAISE_ALARM", "o-1", "LIMITATION_NEAR")
    assert "7 days" in step.why


async def test_what_cannot_be_answered_is_refused(door: Door) -> None:
    missing = await refused(door.limitation.GetLimitation(pb.GetLimitationRequest(case_name=named("none"))))
    assert (missing.code, missing.reason) == (grpc.StatusCode.NOT_FOUND, "CASE_NOT_FOUND")
    await door.open(country="PE", time_zone="America/Lima", obligations=[debt()])
    no_day = pb.GetLimitationRequest(case_name=named(), on_date=Date(year=2026, month=2, day=30))
    assert (await refused(door.limitation.GetLimitation(no_day))).fields == ("on_date",)
    ahead = pb.GetLimitationRequest(case_name=named(), min_position=10_000)
    assert (await refused(door.limitation.GetLimitation(ahead, timeout=1))).reason == "POSITION_INVALID"
