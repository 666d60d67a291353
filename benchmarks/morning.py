"""A morning: every case has a message due at nine, and all of them go out through log, workflow and SMTP.

Beside it, in the same minute and against the same servers: a bare SMTP client that sends the same text, eight
connections at once, and a bare workflow of one local activity and one activity that sends nothing. Whichever of the
two is slower bounds what can be had from the machine.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from aiosmtplib import SMTP
from temporalio.worker import Worker

from activities.case_steps import CaseSteps
from application.request import Asked
from benchmarks.bare_workflow import BareSending, nothing, sends_nothing
from benchmarks.database import fresh, server
from benchmarks.histories import BY, open_case
from benchmarks.processes import process, wait_for
from domain.case import case_id
from domain.case.events import ContactOutcomeRecorded
from domain.case.words import Channel, Obligor, Role
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.identity import person_id
from infra.clock import SpeedClock
from infra.embedded import EmbeddedTemporal
from infra.settings import Settings
from infra.temporal import TemporalWaker, case_worker, connect, workflow_runner
from workers.garbage import collect_rarely
from workers.ports import free_port
from workers.wiring import Desks, open_desks

CASES = 10_000
BARE_WORKFLOWS = 1_000
BARE_MESSAGES = 5_000
CONNECTIONS = 8
AT_ONCE = 64
NINE = datetime(2026, 1, 5, 15, 0, 5, tzinfo=UTC)  # nine o'clock of a Monday in Mexico City, and five seconds
OPENED_AT = datetime(2026, 1, 2, 16, tzinfo=UTC)
DUE_ON = date(2026, 1, 8)  # the reminder comes three days before
NUMBERS = count(1)


def measure(cases: int = CASES) -> dict[str, Any]:
    """Return contacts per second and the two bare rates, with the ratio to the slower of the two."""
    with server() as postgres, TemporaryDirectory() as folder, EmbeddedTemporal(Path(folder, "temporal")) as temporal:
        port = free_port()
        sink = {"ESCALERA_SMTP_URL": f"smtp://127.0.0.1:{port}", "ESCALERA_MAIL_FOLDER": str(Path(folder, "mail"))}
        with process("mail-sink", sink) as mail_sink:
            wait_for(port, mail_sink)
            settings = Settings(
                database_url=fresh(postgres),
                key_file=str(Path(folder, "keys")),
                temporal_address=temporal.address,
                task_queue="morning",
                smtp_url=sink["ESCALERA_SMTP_URL"],
                clock=SpeedClock(business=NINE, real=datetime.now(UTC), speed=1).setting,
            )
            smtp = asyncio.run(_bare_smtp(port))
            workflow = asyncio.run(_bare_workflow(settings))
            ours = asyncio.run(_ours(settings, cases))
    return {
        "contacts": cases,
        "contacts_per_second": round(ours, 1),
        "bare_smtp_per_second": round(smtp, 1),
        "bare_workflow_per_second": round(workflow, 1),
        "ratio_to_the_slower": round(ours / min(smtp, workflow), 2),
    }


async def _ours(settings: Settings, cases: int) -> float:
    collect_rarely()
    async with open_desks(settings) as desks:
        client = await connect(settings)
        numbers = [next(NUMBERS) for _ in range(cases)]
        for first in range(0, cases, AT_ONCE):
            await asyncio.gather(*(_open(desks, number) for number in numbers[first : first + AT_ONCE]))
        waker = TemporalWaker(client, task_queue=settings.task_queue)
        seen = await desks.log.position()
        async with case_worker(client, CaseSteps(desks.ladder, desks.delivery), settings):
            started = perf_counter()
            starting = asyncio.create_task(_start(waker, numbers))
            left = cases
            while left > 0:
                await asyncio.sleep(0.25)
                page = await desks.log.read_log(seen, 5_000)
                seen = page[-1].position if page else seen
                left -= sum(isinstance(each.event, ContactOutcomeRecorded) for each in page)
            took = perf_counter() - started
            await starting
            return cases / took


async def _open(desks: Desks, number: int) -> None:
    debtor = person_id("bench", f"P-{number}")
    by_mail = AddContactPoint(
        point_id="mail", channel=Channel.EMAIL, address=f"p{number}@example.com", at=OPENED_AT, by=BY
    )
    registered = RegisterPerson(
        name=f"Debtor {number}",
        language="es-MX",
        country="MX",
        time_zone="America/Mexico_City",
        at=OPENED_AT,
        by=BY,
    )
    await desks.persons.handle_all(debtor, (registered, by_mail), Asked(request_id=f"p-{number}", actor=BY))
    opening = open_case(number, at=OPENED_AT)
    opening = replace(
        opening,
        obligors=(Obligor(person_id=debtor, role=Role.PRINCIPAL),),
        obligations=(replace(opening.obligations[0], due_on=DUE_ON),),
    )
    await desks.cases.handle(case_id("bench", f"B-{number}"), opening, Asked(request_id=f"o-{number}", actor=BY))


async def _start(waker: TemporalWaker, numbers: list[int]) -> None:
    for first in range(0, len(numbers), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        await asyncio.gather(
            *(waker.start(case_id("bench", f"B-{number}"), delay_seconds=0, trace_id="") for number in some)
        )


async def _bare_smtp(port: int) -> float:
    text = EmailMessage()
    text["From"], text["To"], text["Subject"] = "bench@example.com", "p@example.com", "Recordatorio"
    text.set_content("Estimado/a deudor:\n\n" + "Le recordamos que su pago vence en tres días.\n" * 20)
    left = iter(range(BARE_MESSAGES))

    async def connection() -> None:
        async with SMTP(hostname="127.0.0.1", port=port) as client:
            for _ in left:
                await client.send_message(text)

    started = perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return BARE_MESSAGES / (perf_counter() - started)


async def _bare_workflow(settings: Settings) -> float:
    client = await connect(settings)
    worker = Worker(
        client,
        task_queue="bare",
        workflows=[BareSending],
        activities=[nothing, sends_nothing],
        workflow_runner=workflow_runner(),
        max_cached_workflows=settings.workflows_kept,
        max_concurrent_workflow_tasks=settings.steps_at_once,
        max_concurrent_local_activities=settings.steps_at_once,
        max_concurrent_activities=settings.steps_at_once,
        graceful_shutdown_timeout=timedelta(seconds=1),
    )
    async with worker:
        started = perf_counter()
        for first in range(0, BARE_WORKFLOWS, AT_ONCE):
            names = [f"bare-{number}" for number in range(first, min(first + AT_ONCE, BARE_WORKFLOWS))]
            await asyncio.gather(
                *(client.start_workflow(BareSending.run, id=name, task_queue="bare") for name in names)
            )
        handles = (client.get_workflow_handle(f"bare-{number}") for number in range(BARE_WORKFLOWS))
        await asyncio.gather(*(handle.result() for handle in handles))
        return BARE_WORKFLOWS / (perf_counter() - started)


if __name__ == "__main__":
    print(measure(1_000))
