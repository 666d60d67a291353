"""Workers are killed and providers misbehave in every way we know; still nobody is written to twice, or unlawfully.

Providers answer 500 and deliver, deliver and say nothing, hang up before or after, refuse, ask for patience; when the
storm is over they report on what they delivered, twice and in the wrong order.
"""

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import psycopg
import pytest

from application.verify_contacts import verify_contacts
from domain.case.words import Channel, ContactOutcome
from infra.clock import SpeedClock
from infra.event_store import open_store
from infra.holidays_calendar import calendar_for
from infra.mail_sink import tally
from infra.rules import load_rules
from tests.counterparts.provider import Fault, Provider
from tests.counterparts.provider import running as listening
from tests.e2e.checks import doors_of, rows, until
from tests.e2e.clients import open_cases
from tests.e2e.receipts import Reporter
from workers.engine import Engine, EngineOptions, Places

SECONDS = float(os.environ.get("ESCALERA_CRASH_SECONDS", "24"))  # the long run: ESCALERA_CRASH_SECONDS=600
CASES = 40
DAYS_PER_SECOND = 0.25  # a morning must last longer than a worker is dead
STARTS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
AMBIGUOUS = "AMBIGUOUS"
VICTIMS = ("worker", "worker-2", "relay", "web", "postgres")
REPORTER = Reporter(twilio_token="twilio-token", meta_secret="meta-secret")
MOODS = (*[Fault.NONE] * 8, *(fault for fault in Fault if fault not in (Fault.NONE, Fault.NO_CREDENTIALS)))

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(SECONDS + 300)]


def strategy() -> str:
    """Return a ladder that writes on one channel after the other, two days apart."""
    steps = "".join(
        f"""
[[stages.steps]]
key = "notice_{number}"
action = "CONTACT"
offset_days = {1 + 2 * number}
at = 10:00:00
channels = [{channels}]
template = "overdue"
"""
        for number, channels in enumerate(('"SMS", "EMAIL"', '"WHATSAPP", "SMS"', '"EMAIL", "SMS"') * 4)
    )
    gates = {"PRE_DUE": -30, "SOFT": 1, "NEGOTIATION": 900, "PRE_LEGAL": 1000, "LEGAL": 1100}
    stages = "".join(
        f'\n[[stages]]\nstage = "{stage}"\ngate = {{ days_past_due = {days} }}\n' + (steps if stage == "SOFT" else "")
        for stage, days in gates.items()
    )
    return 'name = "stormy"\nversion = 1\ndescription = "Every channel in turn."\n' + stages


async def test_no_contact_is_made_twice_lost_or_unlawful_whatever_providers_and_processes_do(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "stormy.toml").write_text(strategy())
    clock = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=DAYS_PER_SECOND * 86_400)
    async with listening(Provider(mood=lambda _: chance.choice(MOODS))) as provider:
        settings = {
            "ESCALERA_STRATEGIES_DIR": str(tmp_path / "strategies"),
            "ESCALERA_SMS_URL": f"{provider.sms_url}&listed_after=1",
            "ESCALERA_WHATSAPP_URL": provider.whatsapp_url,
            "ESCALERA_CHANNEL_RATES": "SMS=200/50,WHATSAPP=200/50",
            **REPORTER.settings,
        }
        options = EngineOptions(clock=clock.setting, temporal_page=False, workers=2, settings=settings)
        async with Engine(tmp_path / "data", options) as engine:
            places = await engine.start()
            async with doors_of(places) as doors:
                await open_cases(
                    doors,
                    CASES,
                    opened=STARTS_AT,
                    due=date(2026, 3, 1),
                    due_days=1,
                    strategy="stormy",
                    with_phones=True,
                )
                deaths = await _kill_at_random(engine, chance)
                provider.mood = lambda _: Fault.NONE
                await until(lambda: _without_outcome(places), lambda left: not left, seconds=120)
                await engine.stand_still()
                await _report_everything(places, provider)
                await _nothing_was_made_twice(places, provider)
                await _every_contact_came_to_an_end(places, provider)
                await _every_contact_was_lawful(places)
                print(f"{len(provider.delivered)} delivered, deaths {dict(Counter(deaths))}")


async def _kill_at_random(engine: Engine, chance: random.Random) -> list[str]:
    loop, deaths = asyncio.get_running_loop(), list[str]()
    end = loop.time() + SECONDS
    while loop.time() < end:
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        pids = {status.name: status.pid for status in engine.statuses() if status.pid}
        name = chance.choice(VICTIMS)
        if pid := pids.get(name):
            os.kill(pid, signal.SIGKILL)
            deaths.append(name)
    assert deaths
    return deaths


OUTCOMES = """
SELECT permitted.permit, (array_agg(told.outcome ORDER BY told.position DESC))[1],
       (array_agg(told.detail ORDER BY told.position DESC))[1]
FROM (SELECT convert_from(state, 'UTF8')::json ->> 'permit_id' AS permit FROM events WHERE topic = 'ContactPermitted')
     AS permitted
LEFT JOIN (SELECT notification_id AS position, convert_from(state, 'UTF8')::json ->> 'permit_id' AS permit,
                  convert_from(state, 'UTF8')::json ->> 'outcome' AS outcome,
                  convert_from(state, 'UTF8')::json ->> 'detail' AS detail
           FROM events WHERE topic = 'ContactOutcomeRecorded') AS told USING (permit)
GROUP BY 1
"""


async def _outcomes(places: Places) -> dict[str, str | None]:
    """Return what became of each permit: its outcome; `AMBIGUOUS` where only a report can tell.

    An SMS is known at its provider by number and time, and days are seconds here: one of two to a number stays unknown.
    """
    return {
        permit: AMBIGUOUS if outcome == ContactOutcome.UNKNOWN and detail == AMBIGUOUS else outcome
        for permit, outcome, detail in await rows(places, OUTCOMES)
    }


async def _without_outcome(places: Places) -> list[str]:
    """Return the permits that wait for an outcome: none yet, or an unknown one of a provider that can tell."""
    try:
        outcomes = await _outcomes(places)
    except psycopg.OperationalError as error:  # it was the last to be killed, and is on its way back
        return [str(error)]
    waiting = []
    for permit, outcome in outcomes.items():
        askable = f":{Channel.SMS}" in permit
        if outcome is None or (askable and outcome == ContactOutcome.UNKNOWN):
            waiting.append(f"{permit} {outcome}")
    return waiting


async def _report_everything(places: Places, provider: Provider) -> None:
    """Have the providers report on all that they delivered: read before delivered, and each report twice."""
    async with httpx2.AsyncClient(base_url=places.web, timeout=30) as client:
        for message in provider.delivered:
            for said in ("delivered", "sent", "delivered"):
                answer = await REPORTER.report(client, message, said)
                assert answer.status_code == 200, (answer.status_code, answer.text)


async def _nothing_was_made_twice(places: Places, provider: Provider) -> None:
    assert provider.duplicates() == {}
    assert tally(Path(places.mail)).duplicates == ()
    permits = [permit for permit, *_ in await rows(places, OUTCOMES)]
    made = [message.key for message in provider.delivered]
    assert not set(made) - set(permits), "delivered without a permit"
    assert len(made) > CASES, "the providers had something to do"


async def _every_contact_came_to_an_end(places: Places, provider: Provider) -> None:
    outcomes = await _outcomes(places)
    assert outcomes
    assert None not in outcomes.values()
    delivered = {message.key for message in provider.delivered}
    wrong = {permit: outcomes[permit] for permit in delivered if outcomes[permit] != ContactOutcome.DELIVERED}
    assert not wrong, "delivered, reported, and the log says otherwise"
    open_ended = [permit for permit, outcome in outcomes.items() if outcome == ContactOutcome.UNKNOWN]
    assert not [permit for permit in open_ended if f":{Channel.SMS}" in permit], "it could be asked"


async def _every_contact_was_lawful(places: Places) -> None:
    async with open_store(places.database, Path(places.folder) / "keys") as store:
        audit = await verify_contacts(store, load_rules(), calendar_for)
    assert audit.violations == ()
    assert audit.judged == audit.permits > 0
