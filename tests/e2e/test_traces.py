"""One trace from the command to the contact, and no word about a person outside of where it is sealed."""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import grpc
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client, WorkflowHistory

from api.client import AsyncDoors
from infra.clock import SpeedClock
from protos.escalera import v1 as pb
from tests.e2e.checks import doors_of, rows, until
from tests.e2e.collector import Collected, collecting
from workers.engine import Engine, EngineOptions, Places
from workflows.ids import case_workflow_id

MORNING_IN_LIMA = datetime(2026, 3, 10, 15, tzinfo=UTC)
DUE = date(2026, 3, 4)
NAME, OTHER_NAME = "Perpetua Quisquilla", "Perpetua Zarandaja"
GOOD, BAD = "perpetua.quisquilla@planted.example", "nobody.zarandaja@planted.example"
PHONE, TOLD = "+51987004321", "says that her brother Anacleto pays on Friday"
PLANTED = ("quisquilla", "zarandaja", "planted.example", "987004321", "anacleto")

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


class TalkativeServer:
    """A mail server that repeats addresses in what it answers."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == BAD:
            return f"550 5.1.1 <{address}> is unknown here"
        envelope.rcpt_tos.append(address)
        return f"250 <{address}> is welcome"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.kept.append((envelope.original_content or b"").decode())
        return f"250 kept for {envelope.rcpt_tos}"


async def test_a_trace_joins_all_and_nothing_tells_who_the_person_is(tmp_path: Path) -> None:
    clock = SpeedClock(business=MORNING_IN_LIMA, real=datetime.now(UTC), speed=1)
    mail = TalkativeServer()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(mail, enable_SMTPUTF8=True), "127.0.0.1", 0)
    settings = {
        "ESCALERA_SMTP_URL": f"smtp://127.0.0.1:{smtp.sockets[0].getsockname()[1]}",
        "ESCALERA_LOG_LEVEL": "DEBUG",
    }
    async with collecting() as collected, smtp:
        settings["ESCALERA_OTLP_ENDPOINT"] = collected.address
        options = EngineOptions(clock=clock.setting, mail_sink=False, settings=settings)
        async with Engine(tmp_path / "data", options) as engine:
            places = await engine.start()
            async with doors_of(places) as doors:
                await _register(doors, "d-1", NAME, GOOD)
                await _register(doors, "d-2", OTHER_NAME, BAD)
                case, other = await _open(doors, "C-1", "d-1"), await _open(doors, "C-2", "d-2")
                await _say_what_is_refused(doors)
                await _outcomes_are_in(places, 2)
                await _note(doors, case)
            client = await Client.connect(places.temporal, namespace="escalera")
            histories = [await _history(client, each) for each in (case, other)]
            tables = await _tables(places)
    assert NAME.split()[0] in mail.kept[0]  # the person is told what belongs to them
    _one_trace(collected, case, histories[0])
    assert {"escalera.events", "escalera.contacts", "escalera.steps"} <= collected.metrics
    assert not _told(collected.text())
    assert not [each for history in histories for each in history.events if _told(_text(each.SerializeToString()))]
    assert len(tables) > 10
    assert not {name: _told(text) for name, text in tables.items() if _told(text)}
    assert not _files_that_tell(tmp_path / "data")


def _one_trace(collected: Collected, case: str, history: WorkflowHistory) -> None:
    """From the gRPC command down to the delivery, each span hangs under one of the same trace."""
    commands = [span for _, span in collected.spans if span.name.endswith("/OpenCase")]
    (joined,) = (
        [(process, each) for process, each in collected.spans if each.trace_id == command.trace_id]
        for command in commands
        if any(case in str(each.attributes) for _, each in collected.spans if each.trace_id == command.trace_id)
    )
    found = {(process, span.name.rpartition("/")[2]) for process, span in joined}
    assert found >= {
        ("escalera-api", "OpenCase"),
        ("escalera-api", "append"),
        ("escalera-relay", "start case workflow"),
        ("escalera-worker", "advance"),
        ("escalera-worker", "deliver"),
        ("escalera-worker", "append"),
    }
    names = {span.span_id: span.name.rpartition("/")[2] for _, span in joined}
    under = {(names[span.span_id], names.get(span.parent_span_id, "")) for _, span in joined}
    assert [child for child, parent in under if not parent] == ["OpenCase"]
    assert under >= {("append", "OpenCase"), ("append", "advance"), ("append", "deliver")}
    started = json.loads(history.events[0].workflow_execution_started_event_attributes.input.payloads[0].data)
    assert joined[0][1].trace_id.hex() in started["trace_id"]


async def _register(doors: AsyncDoors, reference: str, name: str, address: str) -> None:
    person = _person(reference)
    register = pb.RegisterPersonRequest(request_id=f"register-{reference}", person_name=person)
    register.command.name, register.command.language = name, "es"
    register.command.country, register.command.time_zone = "PE", "America/Lima"
    await doors.persons.RegisterPerson(register)
    for channel, place in ((pb.CHANNEL_EMAIL, address), (pb.CHANNEL_SMS, PHONE)):
        add = pb.AddContactPointRequest(request_id=f"point-{reference}-{channel}", person_name=person)
        add.command.point_id, add.command.channel, add.command.address = str(channel), channel, place
        await doors.persons.AddContactPoint(add)


def _person(reference: str) -> pb.PersonName:
    return pb.PersonName(creditor_id="acme", reference=reference)


async def _open(doors: AsyncDoors, reference: str, debtor: str) -> str:
    request = pb.OpenCaseRequest(request_id=f"open-{reference}")
    opening = request.command
    opening.creditor_id, opening.reference, opening.portfolio = "acme", reference, "consumer"
    opening.currency, opening.country, opening.time_zone, opening.language = "PEN", "PE", "America/Lima", "es"
    opening.strategy.name = "consumer"
    obligation = opening.obligations.add(obligation_id="1")
    obligation.principal.currency_code, obligation.principal.units = "PEN", 1_000
    obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = DUE.year, DUE.month, DUE.day
    opening.obligors.add(role=pb.ROLE_PRINCIPAL).person.reference = debtor
    result = await doors.cases.OpenCase(request)
    return str(result.case_id)


async def _note(doors: AsyncDoors, case: str) -> None:
    request = pb.AddNoteRequest(request_id="note", case_name=pb.CaseName(case_id=case))
    request.command.note_id, request.command.text = "n-1", TOLD
    request.command.person.CopyFrom(_person("d-1"))
    await doors.cases.AddNote(request)


async def _say_what_is_refused(doors: AsyncDoors) -> None:
    """Refusals know what was asked; they must not repeat it where others read."""
    again = pb.RegisterPersonRequest(request_id="again", person_name=_person("d-1"))
    again.command.name, again.command.language = OTHER_NAME, "es"
    again.command.country, again.command.time_zone = "PE", f"Nowhere/{OTHER_NAME}"
    taken = pb.AddContactPointRequest(request_id="taken", person_name=_person("d-1"))
    taken.command.point_id, taken.command.channel, taken.command.address = str(pb.CHANNEL_EMAIL), pb.CHANNEL_EMAIL, BAD
    strange = pb.AddContactPointRequest(request_id="strange", person_name=_person("d-1"))
    strange.command.point_id, strange.command.channel, strange.command.address = "x", pb.CHANNEL_EMAIL, f"<{BAD}\r\n>"
    reused = pb.AddContactPointRequest(request_id="register-d-1", person_name=_person("d-1"))
    reused.command.CopyFrom(taken.command)
    await _refused(doors.persons.RegisterPerson(again))
    for request in (taken, strange, reused):
        await _refused(doors.persons.AddContactPoint(request))


async def _refused(call: Awaitable[object]) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    assert error.value.code() in (
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
    ), error.value


async def _outcomes_are_in(places: Places, count: int) -> None:
    query = "SELECT count(*) FROM events WHERE topic = 'ContactOutcomeRecorded'"
    await until(lambda: rows(places, query), lambda found: found[0][0] >= count)


async def _history(client: Client, case: str) -> WorkflowHistory:
    return await client.get_workflow_handle(case_workflow_id(UUID(case))).fetch_history()


async def _tables(places: Places) -> dict[str, str]:
    """Return every table of ours as text."""
    names = await rows(
        places,
        """SELECT table_schema || '.' || table_name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')""",
    )
    return {
        name: "\n".join(_text(value) for row in await rows(places, f"SELECT * FROM {name}") for value in row)
        for (name,) in names
    }


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _told(text: str) -> list[str]:
    """Return which planted words a text has."""
    lower = text.lower()
    return [word for word in PLANTED if word in lower]


def _files_that_tell(data: Path) -> dict[str, list[str]]:
    """Logs of all processes, Temporal's database, PostgreSQL's own files and its write-ahead log."""
    files = [file for file in data.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {"api.log", "relay.log", "worker.log", "projector.log", "temporal.db"}
    found = {}
    for file in files:
        with suppress(FileNotFoundError):
            found[str(file.relative_to(data))] = _told(file.read_bytes().decode(errors="replace"))
    return {name: words for name, words in found.items() if words}
