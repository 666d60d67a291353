"""The API's own process lets in whom its access file names, keeps what it refused, and is never open by accident."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import grpc
import psycopg
import pytest

from api.listening import NotSafe
from infra.settings import SettingInvalid, Settings
from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import refused
from tests.api.guarded import bearer
from tests.api.issuer import AUDIENCE, issuing
from workers.api_server import serve
from workers.listening import server_settings
from workers.ports import free_port


async def test_people_of_the_issuer_are_let_in_and_others_leave_a_row(fresh_dsn: str, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    async with issuing(datetime.now(UTC)) as issuer:
        file = tmp_path / "access.toml"
        file.write_text(f'format = "access/1"\n[[issuer]]\nurl = "{issuer.url}"\naudience = "{AUDIENCE}"\n')
        settings = Settings(
            database_url=fresh_dsn, key_file=str(tmp_path / "keys"), grpc_address=address, access_file=str(file)
        )
        stopped = asyncio.Event()
        serving = asyncio.create_task(serve(settings, stopped))
        async with grpc.aio.insecure_channel(address) as channel:
            cases = pb.CaseServiceStub(channel)
            request = pb.OpenCaseRequest(request_id="o", command=opening())
            opener = bearer(issuer.token(roles=["back-office"], portfolios="*"))
            result = await cases.OpenCase(request, metadata=opener, wait_for_ready=True, timeout=30)
            assert result.events[0] == "CaseOpened"
            no = await refused(cases.OpenCase(request, metadata=bearer(issuer.token())))
            assert no.reason == "METHOD_NOT_PERMITTED"
            assert (await refused(cases.OpenCase(request))).reason == "CREDENTIALS_MISSING"
        stopped.set()
        await serving
    with psycopg.connect(fresh_dsn) as connection:
        rows = connection.execute("SELECT method, principal, reason, attempts FROM access_refusals ORDER BY number")
        method = "/escalera.v1.CaseService/OpenCase"
        assert rows.fetchall() == [(method, "collector:ana", "ROLE", 1), (method, "", "CREDENTIALS_MISSING", 1)]
        actor = connection.execute("SELECT DISTINCT metadata ->> 'actor' FROM events")
        assert actor.fetchall() == [("back-office:ana",)]


async def test_without_an_access_file_no_other_machine_is_listened_to(tmp_path: Path) -> None:
    with pytest.raises(NotSafe, match="ESCALERA_ACCESS_FILE"):
        await serve(Settings(grpc_address="0.0.0.0:50051"), asyncio.Event())
    assert server_settings(Settings(), None).access is None


@pytest.mark.parametrize(
    "environment",
    [
        {"ESCALERA_TLS_CERTIFICATE_FILE": "a.pem"},
        {"ESCALERA_TLS_KEY_FILE": "a.key"},
        {"ESCALERA_TLS_CLIENT_CA_FILE": "ca.pem"},
        {"ESCALERA_TLS_ENDS_BEFORE": "perhaps"},
    ],
)
def test_settings_that_say_half_of_it_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_TLS"):
        Settings.from_env(environment)
