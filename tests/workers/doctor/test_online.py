"""Each thing is broken once, on real servers, and the doctor finds that beside what a test server lacks anyway."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from infra.embedded import DURABLE, EmbeddedPostgres
from infra.event_store import open_store
from infra.keyring import KeyFile, master_key
from infra.keyring.aws_kms import AwsKms
from infra.keyring.kms import KmsFile
from infra.keyring.rotation import rotate
from infra.migrations import apply
from tests.conftest import Databases
from tests.counterparts.aws_kms import serving
from tests.infra.channels.smtp_servers import post_office
from tests.infra.event_store.writing import append, new_stream, registered, write
from tests.infra.transparency.sealing import Sealing, cut_back
from tests.workers.doctor.installation import LACKING, OF_THE_DAY, found, online, told
from workers.doctor import diagnose
from workers.ports import free_port


async def test_only_what_a_test_server_lacks_is_found(installed: dict[str, str]) -> None:
    diagnosis = await online(installed)
    assert {each.code for each in diagnosis.findings} - OF_THE_DAY == LACKING
    assert diagnosis.not_looked_at == ()
    assert not diagnosis.well
    assert {each.values["name"] for each in diagnosis.findings if each.code == "NOT_DURABLE"} == {
        "fsync",
        "full_page_writes",
        "synchronous_commit",
    }


TAKEN_AWAY = "ALTER TABLE {0} DISABLE TRIGGER {0}_append_only"
FORGED = "UPDATE migrations SET sha256 = 'other' WHERE number = 3"
FUTURE = "INSERT INTO migrations (number, name, sha256) VALUES (999, '0999_future.sql', '')"
STRONG = "GRANT UPDATE, DELETE ON events TO escalera_writer"
PARKED = "INSERT INTO read_tables.parked_cases (case_id, position, error) VALUES (gen_random_uuid(), 1, 'ValueError')"
OVERDUE = "INSERT INTO relay_waits VALUES (gen_random_uuid(), now() - interval '1 hour')"
RESTORED = "INSERT INTO restores VALUES (1, now(), now(), now(), 'operator:ana', 'rehearsal', 0, 0, '')"
# As a backup has it that was restored: the clearance is of another timeline.
OTHER_LIFE = """
    ALTER TABLE clearances DISABLE TRIGGER clearances_append_only;
    UPDATE clearances SET timeline = 7;
    ALTER TABLE clearances ENABLE ALWAYS TRIGGER clearances_append_only"""
SEALED_TABLES = ("events", "receipts", "sealed_heads", "restores")


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        *((TAKEN_AWAY.format(table), "NOT_APPEND_ONLY") for table in SEALED_TABLES),
        ("DROP TRIGGER events_append_only ON events", "NOT_APPEND_ONLY"),
        ("ALTER TABLE events ENABLE REPLICA TRIGGER events_append_only", "NOT_APPEND_ONLY"),
        (FORGED, "MIGRATION_CHANGED"),
        (FUTURE, "DATABASE_NEWER"),
        ("DELETE FROM migrations WHERE number = 9", "MIGRATIONS_PENDING"),
        (PARKED, "CASES_PARKED"),
        (OVERDUE, "WORKFLOWS_OVERDUE"),
        (RESTORED, "CONTACTS_NOT_CLEARED"),
        (OTHER_LIFE, "CONTACTS_NOT_CLEARED"),
    ],
)
async def test_what_is_wrong_with_the_database_is_found(installed: dict[str, str], broken: str, code: str) -> None:
    with psycopg.connect(installed["DATABASE_URL"]) as connection:
        connection.execute(broken.encode())
    assert await found(installed) == {code}


async def test_a_role_that_may_do_too_much_is_found(installed: dict[str, str]) -> None:
    with psycopg.connect(installed["DATABASE_URL"]) as connection:
        connection.execute(STRONG.encode())
    diagnosis = await online(installed)
    (told,) = [each.values for each in diagnosis.findings if each.code == "ROLE_TOO_STRONG"]
    assert (told["table"], told["rights"]) == ("events", "UPDATE, DELETE")


async def test_a_database_that_does_not_answer_is_said_and_the_rest_is_looked_at(installed: dict[str, str]) -> None:
    diagnosis = await online(installed | {"DATABASE_URL": "postgresql:///none?host=/nowhere"})
    assert "DATABASE_UNREACHABLE" in {each.code for each in diagnosis.findings}
    assert diagnosis.not_looked_at == ("seal", "lag")
    assert "temporal" in diagnosis.looked_at


async def test_a_database_without_a_schema_lacks_migrations(installed: dict[str, str], databases: Databases) -> None:
    assert await found(installed | {"DATABASE_URL": databases.create()}) == {"MIGRATIONS_PENDING"}


async def test_whoever_does_not_follow_the_log_is_found(installed: dict[str, str]) -> None:
    async with open_store(installed["DATABASE_URL"], Path(installed["ESCALERA_KEY_FILE"])) as store:
        await store.append(append(write(new_stream(), 0)))
    diagnosis = await online(installed)
    still = {each.values["process"] for each in diagnosis.findings if each.code == "STANDS_STILL"}
    assert still == {"projector", "relay", "sealer"}


@pytest.mark.parametrize(("key", "code"), [("other", "KEY_DOES_NOT_OPEN"), ("gone", "KEY_FILE_LOST")])
async def test_a_key_that_does_not_open_what_is_sealed_is_found(
    installed: dict[str, str], tmp_path: Path, key: str, code: str
) -> None:
    person = new_stream()
    async with open_store(installed["DATABASE_URL"], Path(installed["ESCALERA_KEY_FILE"])) as store:
        await store.append(append(write(person, 0, registered("Ana Ruiz"))))
    master_key(tmp_path / "other")
    environment = installed | {"ESCALERA_KEY_FILE": str(tmp_path / key)}
    codes = await found(environment) - {"STANDS_STILL", "KEY_FILE_MISSING"}
    assert codes == {code}
    assert not (tmp_path / "gone").exists(), "nothing is made"


async def test_a_follower_that_moves_and_is_far_behind_is_found(installed: dict[str, str]) -> None:
    dsn = installed["DATABASE_URL"]
    with psycopg.connect(dsn) as connection:
        connection.execute("ALTER TABLE events ALTER COLUMN notification_id RESTART WITH 30000")
    async with open_store(dsn, Path(installed["ESCALERA_KEY_FILE"])) as store:
        await store.append(append(write(new_stream(), 0)))

    seen = asyncio.Event()

    async def crawl() -> None:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            while not seen.is_set():
                await connection.execute("UPDATE relay_position SET position = position + 1")
                await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as both:
        both.create_task(crawl())
        diagnosis = await online({name: value for name, value in installed.items() if name != "ESCALERA_SEAL_KEY_FILE"})
        seen.set()
    values = told(diagnosis.findings, "FAR_BEHIND")
    assert values["process"] == "relay"
    assert 29_000 < int(values["events"]) < 30_000
    assert told(diagnosis.findings, "STANDS_STILL")["process"] == "projector"


async def test_a_key_service_that_does_not_answer_is_found(installed: dict[str, str], tmp_path: Path) -> None:
    key = tmp_path / "sealed-keys"
    with serving() as kms:
        environment = installed | {"ESCALERA_KEY_FILE": str(key), "ESCALERA_KMS_URL": kms.url}
        KmsFile(key, AwsKms(kms.url)).read()
        assert await found(environment) == set()
    assert await found(environment) == {"KEY_SERVICE_SILENT"}, "nobody is sealed yet, and no process starts"
    with serving() as kms:
        key.unlink()
        environment["ESCALERA_KMS_URL"] = kms.url
        async with open_store(installed["DATABASE_URL"], KmsFile(key, AwsKms(kms.url))) as store:
            await store.append(append(write(new_stream(), 0, registered("Ana Ruiz"))))
        kms.enabled = False
        assert told((await online(environment)).findings, "KEY_SERVICE_SILENT") == {"error": "KmsRefused"}
    assert told((await online(environment)).findings, "KEY_SERVICE_SILENT") == {"error": "KmsUnavailable"}


async def test_a_rotation_that_was_broken_off_is_found(installed: dict[str, str]) -> None:
    dsn, source = installed["DATABASE_URL"], KeyFile(Path(installed["ESCALERA_KEY_FILE"]))
    async with open_store(dsn, source) as store:
        await store.append_many([append(write(new_stream(), 0, registered("Ana Ruiz"))) for _ in range(3)])
    assert "ROTATION_UNFINISHED" not in await found(installed)
    source.begin()
    assert told((await online(installed)).findings, "ROTATION_UNFINISHED") == {"count": "3"}
    await asyncio.to_thread(rotate, dsn, source)
    assert not await found(installed) & {"ROTATION_UNFINISHED", "KEY_DOES_NOT_OPEN"}


async def test_events_that_nobody_signs_are_found(installed: dict[str, str], sealing: Sealing) -> None:
    environment = installed | {"DATABASE_URL": sealing.dsn}
    await sealing.sealed(300)
    assert "HEADS_OLD" not in await found(environment)
    await sealing.add(2)
    await sealing.sealer.seal_all()
    assert told((await online(environment)).findings, "HEADS_OLD")["events"] == "2"


async def test_a_public_copy_that_is_behind_is_found(installed: dict[str, str], sealing: Sealing) -> None:
    await sealing.sealed(3)
    before = (sealing.folder / "checkpoint").read_text()
    await sealing.sealed(5)
    environment = installed | {"DATABASE_URL": sealing.dsn}
    assert "PUBLIC_COPY_BEHIND" not in await found(environment)
    (sealing.folder / "checkpoint").write_text(before)
    assert told((await online(environment)).findings, "PUBLIC_COPY_BEHIND") == {"published": "3", "signed": "8"}


async def test_a_restore_that_nobody_declared_is_found(installed: dict[str, str], sealing: Sealing) -> None:
    environment = installed | {"DATABASE_URL": sealing.dsn}
    await sealing.sealed(300)
    assert "RESTORE_NOT_DECLARED" not in await found(environment)
    cut_back(sealing, 200)
    await sealing.sealer.seal_all()
    assert "RESTORE_NOT_DECLARED" in await found(environment)


async def test_another_key_than_that_of_the_seal_is_found(
    installed: dict[str, str], sealing: Sealing, tmp_path: Path
) -> None:
    await sealing.sealed(3)
    (tmp_path / "seal").unlink()
    master_key(tmp_path / "seal")
    assert "SEAL_KEY_OTHER" in await found(installed | {"DATABASE_URL": sealing.dsn})


async def test_a_public_copy_that_is_gone_is_found(installed: dict[str, str], sealing: Sealing) -> None:
    await sealing.sealed(3)
    sealing.folder.rename(sealing.folder.with_name("elsewhere"))
    assert "PUBLIC_COPY_MISSING" in await found(installed | {"DATABASE_URL": sealing.dsn})


async def test_a_temporal_that_does_not_answer_or_knows_us_not_is_found(installed: dict[str, str]) -> None:
    assert "TEMPORAL_UNREACHABLE" in await found(installed | {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"})
    assert "NAMESPACE_MISSING" in await found(installed | {"TEMPORAL_NAMESPACE": "nobody-made-it"})


async def test_a_namespace_without_search_attributes_is_found(installed: dict[str, str]) -> None:
    service = await ServiceClient.connect(ConnectConfig(target_host=installed["TEMPORAL_ADDRESS"]))
    request = RegisterNamespaceRequest(namespace="bare")
    request.workflow_execution_retention_period.FromSeconds(86_400)
    await service.workflow_service.register_namespace(request)
    async with asyncio.timeout(30):  # the server's caches turn over
        while True:
            try:
                if "SEARCH_ATTRIBUTES_MISSING" in await found(installed | {"TEMPORAL_NAMESPACE": "bare"}):
                    return
            except RPCError:
                pass
            await asyncio.sleep(0.5)


async def test_a_mail_server_that_is_away_or_does_not_know_us_is_found(installed: dict[str, str]) -> None:
    away = installed | {"ESCALERA_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}
    assert await found(away) == {"MAIL_UNREACHABLE"}
    async with post_office(login=True) as office:
        for who, codes in (("clerk:wrong", {"MAIL_REFUSES_US"}), ("", set[str]())):
            url = f"smtp://{who}{'@' if who else ''}127.0.0.1:{office.port}"
            assert await found(installed | {"ESCALERA_SMTP_URL": url}) == codes
        assert office.messages == [], "nothing is sent"


@asynccontextmanager
async def web_server(address: str, body: str) -> AsyncIterator[None]:
    """Somebody who answers everything with 200 and a text."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, *address.rsplit(":", 1)):
        yield


@pytest.mark.parametrize(("body", "codes"), [("ok\n", set[str]()), ("It works!", {"PUBLIC_URL_ELSEWHERE"})])
async def test_a_public_address_that_leads_elsewhere_is_found(
    installed: dict[str, str], body: str, codes: set[str]
) -> None:
    address = installed["ESCALERA_WEB_ADDRESS"]
    async with web_server(address, body):
        assert await found(installed | {"ESCALERA_PUBLIC_URL": f"http://{address}"}) == codes
        nobody = installed | {"ESCALERA_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
        assert await found(nobody) == {"PUBLIC_URL_UNREACHABLE"}


async def test_an_archive_that_fails_is_found_and_a_durable_server_is_not(
    installed: dict[str, str], tmp_path: Path
) -> None:
    archiving = {"archive_mode": "on", "archive_command": "false"}
    with EmbeddedPostgres(tmp_path / "pg", settings={**DURABLE, **archiving}) as server:
        apply(server.dsn)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")
            await until(lambda: connection.execute("SELECT failed_count FROM pg_stat_archiver").fetchone() != (0,))
        diagnosis = await online(installed | {"DATABASE_URL": server.dsn})
    codes = {each.code for each in diagnosis.findings}
    assert "ARCHIVE_FAILS" in codes
    assert not codes & {"NOT_DURABLE", "LOG_NOT_ARCHIVED", "NO_CHECKSUMS"}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.1)


async def test_an_engine_that_rests_is_said_to_and_its_taken_port_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "ports.json").write_text(f'{{"grpc": {port}, "smtp": {free_port()}, "web": {free_port()}}}')
        diagnosis = await diagnose({}, folder=tmp_path, running=False, offline=False)
    codes = {each.code: each.values for each in diagnosis.findings if each.code not in OF_THE_DAY}
    assert set(codes) == {"ENGINE_NOT_RUNNING", "PORT_TAKEN", "KEY_FILE_MISSING"}
    assert codes["PORT_TAKEN"]["port"] == str(port)
