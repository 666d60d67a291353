"""What is personal is nowhere but under its person's key: planted in an engine, searched for everywhere, forgotten.

The mail sink's folder is left out: it stands for the world outside.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from api.client import AsyncDoors
from infra.clock import SpeedClock
from infra.settings import Settings
from protos.escalera import v1 as pb
from tests.e2e.checks import doors_of, rows, until
from tests.e2e.collector import collecting
from tests.e2e.planted import (
    MAIL,
    NAME,
    NOTE,
    OTHER_MAIL,
    OTHER_NAME,
    PAYER,
    PAYERS_ACCOUNT,
    PHONE,
    REMITTANCE,
    REPLY,
    STREET,
    WHATSAPP,
    WORDS,
    files_that_tell,
    spellings,
    tables_that_tell,
    told,
    workflows_that_tell,
)
from workers.audit import audit_log
from workers.engine import Engine, EngineOptions
from workers.sealer import signer_of

MORNING_IN_LIMA = datetime(2026, 3, 10, 15, tzinfo=UTC)
DUE = date(2026, 3, 4)
ANA, LUIS = (pb.PersonName(creditor_id="acme", reference=each) for each in ("d-1", "d-2"))

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_nobody_is_named_outside_of_what_is_sealed_and_who_is_forgotten_is_named_nowhere(tmp_path: Path) -> None:
    clock = SpeedClock(business=MORNING_IN_LIMA, real=datetime.now(UTC), speed=1)
    data = tmp_path / "data"
    async with collecting() as collected:
        settings = {"ESCALERA_LOG_LEVEL": "DEBUG", "ESCALERA_OTLP_ENDPOINT": collected.address}
        settings["ESCALERA_READINGS"] = "pe.records.books=elsewhere"  # else the law of Peru keeps their names for years
        options = EngineOptions(clock=clock.setting, settings=settings)
        async with Engine(data, options) as engine:
            places = await engine.start()
            async with doors_of(places) as doors:
                said = await _plant(doors)
                sent = "SELECT count(*) FROM events WHERE topic = 'ContactOutcomeRecorded'"
                await until(lambda: rows(places, sent), lambda found: found[0][0] >= 2)
                case = await _case_of(doors, "C-1")
                assert {"quisquilla", "anacleto"} <= set(told(await _everything(doors, case)))  # it is there to be read

                assert not await tables_that_tell(places)
                assert not await workflows_that_tell(places)
                assert not told(said)

                await _forget(doors)

                for whose in (ANA, LUIS):
                    assert not told(await _export(doors, whose))
                assert not told(await _everything(doors, case))
                await _refused(doors.persons.AddContactPoint(_point(ANA, "again", pb.CHANNEL_EMAIL, MAIL)))
                inbound = pb.RecordInboundRequest(channel=pb.CHANNEL_SMS, address=PHONE, text=REPLY, message_id="late")
                assert not (await doors.contacts.RecordInbound(inbound)).person_ids  # the address book forgot it too
                assert not await tables_that_tell(places)
                written = json.loads((data / "running.json").read_text())["environment"]
                log = Settings.from_env(written)
                audit = await asyncio.to_thread(audit_log, log, signer_of(log).key)
                assert audit.whole, audit  # bytes, seals and every history, without anybody's name
    assert not told(collected.text())
    assert {"escalera.events", "escalera.contacts"} <= collected.metrics
    assert (data / "public-log" / "checkpoint").exists()
    assert told((data / "mail" / _mails(data)).read_bytes())  # the world was told
    assert not files_that_tell(data, but=("mail",))


def test_the_search_finds_what_it_looks_for_in_every_form() -> None:
    for word in WORDS:
        for text in (f"<{word.upper()}>", f"x{word}", json.dumps({"a": word})):
            raw = f"before {text} after".encode()
            assert told(raw) == [word]
            assert told(raw.hex()) == [word]
    assert "quisquilla" in spellings("quisquilla")
    assert not told("nobody is named here, in no form: 0123456789abcdef QUJDREVGR0hJSktM")


# ── what is planted


async def _plant(doors: AsyncDoors) -> str:
    """Put personal data through every door; return what the refusals said."""
    await _register(doors, ANA, NAME, MAIL)
    await _register(doors, LUIS, OTHER_NAME, OTHER_MAIL)
    case = await _open(doors, "C-1", "d-1")
    await _open(doors, "C-2", "d-2")
    note = pb.AddNoteRequest(request_id="note", case_name=pb.CaseName(case_id=case))
    note.command.note_id, note.command.text = "n-1", NOTE
    note.command.person.CopyFrom(ANA)
    await doors.cases.AddNote(note)
    log = pb.LogContactRequest(request_id="call", case_name=pb.CaseName(case_id=case))
    log.command.contact_id, log.command.channel = "call-1", pb.CHANNEL_PHONE
    log.command.direction, log.command.outcome = pb.DIRECTION_INBOUND, pb.CONTACT_OUTCOME_CONVERSATION
    log.command.text = NOTE
    log.command.person.CopyFrom(ANA)
    await doors.cases.LogContact(log)
    inbound = pb.RecordInboundRequest(channel=pb.CHANNEL_SMS, address=PHONE, text=REPLY, message_id="m-1")
    assert (await doors.contacts.RecordInbound(inbound)).person_ids
    await _pay(doors, case)
    return await _say_what_is_refused(doors)


async def _register(doors: AsyncDoors, person: pb.PersonName, name: str, mail: str) -> None:
    register = pb.RegisterPersonRequest(request_id=f"register-{person.reference}", person_name=person)
    register.command.name, register.command.language = name, "es"
    register.command.country, register.command.time_zone = "PE", "America/Lima"
    await doors.persons.RegisterPerson(register)
    points = (
        ("mail", pb.CHANNEL_EMAIL, mail),
        ("sms", pb.CHANNEL_SMS, PHONE),
        ("whatsapp", pb.CHANNEL_WHATSAPP, WHATSAPP),
        ("home", pb.CHANNEL_LETTER, f"{name}\n{STREET}"),
    )
    for point_id, channel, address in points:
        await doors.persons.AddContactPoint(_point(person, point_id, channel, address))


def _point(person: pb.PersonName, point_id: str, channel: Any, address: str) -> pb.AddContactPointRequest:
    command = pb.AddContactPoint(point_id=point_id, channel=channel, address=address)
    request_id = f"point-{person.reference}-{point_id}"
    return pb.AddContactPointRequest(request_id=request_id, person_name=person, command=command)


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
    return str((await doors.cases.OpenCase(request)).case_id)


async def _pay(doors: AsyncDoors, case: str) -> None:
    """Tell of two payments that wait for a person, and match one by hand."""
    request = pb.ImportEntriesRequest()
    for number in (1, 2):
        entry = request.entries.add(entry_id=f"{number:032x}", account="PE1", standing=pb.ENTRY_STANDING_BOOKED)
        entry.amount.currency_code, entry.amount.units = "PEN", 40 + number
        entry.booked_date.year, entry.booked_date.month, entry.booked_date.day = 2026, 3, 9
        entry.counterparty_name = entry.ultimate_counterparty_name = PAYER
        entry.remittance, entry.counterparty_account = REMITTANCE, PAYERS_ACCOUNT

    async def batches() -> AsyncIterator[pb.ImportEntriesRequest]:
        yield request

    answers = [each async for each in doors.payments.ImportEntries(batches())]
    first, _ = (outcome for answer in answers for outcome in answer.outcomes)
    match = pb.MatchEntryRequest(request_id="match", queue_id=first.queue_id, case_name=pb.CaseName(case_id=case))
    await doors.payments.MatchEntry(match)


async def _say_what_is_refused(doors: AsyncDoors) -> str:
    """Refusals know what was asked; they must not repeat it where others read. Return all that they said."""
    again = pb.RegisterPersonRequest(request_id="again", person_name=ANA)
    again.command.name, again.command.language = OTHER_NAME, "es"
    again.command.country, again.command.time_zone = "PE", f"Nowhere/{OTHER_NAME}"
    taken = _point(ANA, "mail", pb.CHANNEL_EMAIL, OTHER_MAIL)
    taken.request_id = "taken"
    strange = _point(ANA, "x", pb.CHANNEL_EMAIL, f"<{MAIL}\r\n>")
    long = _point(ANA, "y", pb.CHANNEL_EMAIL, MAIL * 50)
    reused = _point(ANA, "z", pb.CHANNEL_EMAIL, MAIL)
    reused.request_id = "register-d-1"
    said = [await _refused(doors.persons.RegisterPerson(again))]
    for request in (taken, strange, long, reused):
        said.append(await _refused(doors.persons.AddContactPoint(request)))
    return "\n".join(said)


async def _refused(call: Awaitable[object]) -> str:
    """Return everything that a refusal says, details included."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    metadata = error.value.trailing_metadata() or ()
    parts = [value.decode(errors="replace") if isinstance(value, bytes) else str(value) for _, value in metadata]
    return "\n".join((str(error.value.details()), str(error.value.debug_error_string()), *parts))


# ── what is known, and forgotten


async def _case_of(doors: AsyncDoors, reference: str) -> str:
    name = pb.CaseName(creditor_id="acme", reference=reference)
    return str((await doors.queries.GetCase(pb.GetCaseRequest(case_name=name))).case_id)


async def _everything(doors: AsyncDoors, case: str) -> str:
    """Return what the doors tell of the debtor to somebody who asks for what is personal."""
    person = await doors.persons.GetPerson(pb.GetPersonRequest(person_name=ANA))
    source = pb.EventSource(case_name=pb.CaseName(case_id=case))
    events = await doors.queries.ListEvents(
        pb.ListEventsRequest(source=source, include_personal_data=True, page_size=500)
    )
    matched = pb.ListEntriesRequest(
        stands=[pb.ENTRY_STANDS_MATCHED], case_name=pb.CaseName(case_id=case), include_personal_data=True
    )
    entries = await doors.payments.ListEntries(matched)
    return f"{person}\n{events}\n{entries}"


async def _export(doors: AsyncDoors, person: pb.PersonName) -> bytes:
    request = pb.ExportPersonRequest(request_id=f"export-{person.reference}", person_name=person)
    return b"".join([part.content async for part in doors.persons.ExportPerson(request)])


async def _forget(doors: AsyncDoors) -> None:
    """Forget both; the entry that nobody matched waits under a key of its own."""
    for person in (ANA, LUIS):
        assert told(await _export_before(doors, person))
        command = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED, despite_open_cases=True)
        request = pb.ForgetPersonRequest(request_id=f"forget-{person.reference}", person_name=person, command=command)
        assert (await doors.persons.ForgetPerson(request)).forgotten
    await asyncio.sleep(timedelta(seconds=1.5).total_seconds())  # every process has looked


async def _export_before(doors: AsyncDoors, person: pb.PersonName) -> bytes:
    request = pb.ExportPersonRequest(request_id=f"before-{person.reference}", person_name=person)
    return b"".join([part.content async for part in doors.persons.ExportPerson(request)])


def _mails(data: Path) -> str:
    return next(file.name for file in (data / "mail").iterdir() if file.is_file() and file.stat().st_size)
