"""Temporal behind TLS: reached with what it asks for, refused in words without, and never a secret in what is said."""

import ipaddress
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
from cryptography import x509
from temporalio.api.workflowservice.v1 import GetSystemInfoResponse

from infra.settings import SettingInvalid, Settings
from infra.temporal import TemporalWaker, case_worker, connect
from infra.temporal_connection import ELSEWHERE, secured_by
from infra.temporal_refusal import TemporalAway, TemporalRefused
from tests.api.certificates import Authority
from tests.infra.test_temporal import KeptSteps
from tests.infra.tls_proxy import TlsProxy, tls_before
from workers.doctor.scene import Scene
from workers.doctor.temporal import look
from workers.engine import Engine, EngineOptions
from workers.ports import USUAL

NAME = "temporal.internal"
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
API_KEY = "tmprl_" + "hush" * 3


@dataclass
class Cluster:
    """A Temporal behind TLS that asks for client certificates, and the settings that it takes."""

    proxy: TlsProxy
    settings: Settings
    ours: Authority
    others: Authority
    folder: Path

    def but(self, **changes: Any) -> Settings:
        told: dict[str, Any] = {key: str(value) for key, value in changes.items()}
        return replace(self.settings, **told)


@pytest.fixture
def cluster(temporal_address: str, tmp_path: Path) -> Iterator[Cluster]:
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    certificate, key = ours.signs("cluster", x509.DNSName(NAME), LOOPBACK)
    client, secret = ours.signs("worker-1")
    with tls_before(temporal_address, certificate, key, client_ca=ours.file) as proxy:
        settings = Settings(
            temporal_address=proxy.address,
            task_queue=f"q-{uuid4()}",
            temporal_tls_ca_file=str(ours.file),
            temporal_tls_certificate_file=str(client),
            temporal_tls_key_file=str(secret),
        )
        yield Cluster(proxy, settings, ours, others, tmp_path)


async def test_workflows_run_over_tls_by_who_shows_a_certificate(cluster: Cluster) -> None:
    client, steps, case = await connect(cluster.settings), KeptSteps(), uuid4()
    async with case_worker(client, steps, cluster.settings):  # type: ignore[arg-type]  # the same two activities
        await TemporalWaker(client, task_queue=cluster.settings.task_queue).start(case, delay_seconds=0.0, trace_id="")
        await steps.looked(1)
    assert steps.looks[0].case_id == str(case)
    assert set(cluster.proxy.shown) == {"worker-1"}


async def test_the_name_on_the_certificate_may_be_another_than_the_address(cluster: Cluster) -> None:
    await connect(cluster.but(temporal_tls_server_name=NAME))
    with pytest.raises(TemporalRefused, match="ESCALERA_TEMPORAL_TLS_SERVER_NAME"):
        await connect(cluster.but(temporal_tls_server_name="elsewhere.internal"))


async def test_a_cluster_that_another_authority_vouches_for_is_not_trusted(cluster: Cluster) -> None:
    for settings in (cluster.but(temporal_tls_ca_file=cluster.others.file), cluster.but(temporal_tls_ca_file="")):
        with pytest.raises(TemporalRefused, match=r"UnknownIssuer\): see ESCALERA_TEMPORAL_TLS_CA_FILE"):
            await connect(settings)
    assert cluster.proxy.shown == []


async def test_who_shows_no_certificate_or_a_strangers_is_told_which_setting(cluster: Cluster) -> None:
    nobody = cluster.but(temporal_tls_certificate_file="", temporal_tls_key_file="")
    with pytest.raises((TemporalRefused, TemporalAway), match="ESCALERA_TEMPORAL_TLS_CERTIFICATE_FILE"):
        await connect(nobody)
    certificate, key = cluster.others.signs("burglar")
    with pytest.raises((TemporalRefused, TemporalAway), match="ESCALERA_TEMPORAL_TLS_CERTIFICATE_FILE"):
        await connect(cluster.but(temporal_tls_certificate_file=certificate, temporal_tls_key_file=key))
    assert cluster.proxy.shown == []


async def test_who_comes_in_the_clear_and_who_brings_tls_where_there_is_none_are_told(
    cluster: Cluster, temporal_address: str
) -> None:
    with pytest.raises(TemporalAway, match="ESCALERA_TEMPORAL_TLS"):
        await connect(Settings(temporal_address=cluster.proxy.address))
    with pytest.raises(TemporalRefused, match="speaks no TLS"):
        await connect(cluster.but(temporal_address=temporal_address))
    with pytest.raises(RuntimeError, match="refused"):
        await connect(cluster.but(temporal_address="127.0.0.1:9"))


async def test_files_that_are_none_are_named_before_anybody_is_asked(cluster: Cluster) -> None:
    rubbish = cluster.folder / "rubbish.pem"
    rubbish.write_text("rubbish")
    _, other_key = cluster.others.signs("other")
    for changes, told in (
        ({"temporal_tls_ca_file": rubbish}, "TEMPORAL_TLS_CA_FILE holds no certificate"),
        ({"temporal_tls_ca_file": "/none.pem"}, "TEMPORAL_TLS_CA_FILE: /none.pem cannot be read: No such file"),
        ({"temporal_tls_key_file": other_key}, "are no certificate and its key"),
        ({"temporal_tls_certificate_file": rubbish}, "are no certificate and its key"),
        ({"temporal_api_key_file": "/none.key"}, "TEMPORAL_API_KEY_FILE: /none.key cannot be read"),
    ):
        with pytest.raises(SettingInvalid, match=told):
            secured_by(cluster.but(**changes))


def test_what_goes_together_and_what_does_not_is_said_by_name() -> None:
    for environment, told in (
        ({"ESCALERA_TEMPORAL_TLS": "true"}, "ESCALERA_TEMPORAL_TLS must be yes or empty"),
        ({"ESCALERA_TEMPORAL_TLS_KEY_FILE": "k"}, "ESCALERA_TEMPORAL_TLS_CERTIFICATE_FILE and .* go together"),
        ({"ESCALERA_TEMPORAL_API_KEY": "k", "ESCALERA_TEMPORAL_API_KEY_FILE": "f"}, "one too many"),
    ):
        with pytest.raises(SettingInvalid, match=told):
            Settings.from_env(environment)


def test_secrets_are_in_no_text_of_settings() -> None:
    settings = Settings.from_env({"ESCALERA_TEMPORAL_API_KEY": API_KEY, "ESCALERA_META_VERIFY_TOKEN": "hidden"})
    assert settings.temporal_api_key == API_KEY
    shown = f"{settings!r} {settings} {secured_by(settings)!r}"
    assert (API_KEY in shown, "hidden" in shown) == (False, False)


def test_a_process_that_is_refused_ends_with_words_and_without_a_trace(cluster: Cluster, fresh_dsn: str) -> None:
    environment = {
        "ESCALERA_DATABASE_URL": fresh_dsn,
        "ESCALERA_KEY_FILE": str(cluster.folder / "master.key"),
        "ESCALERA_TEMPORAL_ADDRESS": cluster.proxy.address,
        "ESCALERA_TEMPORAL_TLS_CA_FILE": str(cluster.others.file),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "workers", "relay"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "UnknownIssuer): see ESCALERA_TEMPORAL_TLS_CA_FILE" in said
    assert "Traceback" not in said
    assert "BEGIN" not in said


async def test_the_doctor_says_what_is_wrong_with_the_connection(cluster: Cluster) -> None:
    def scene(settings: Settings) -> Scene:
        return Scene(settings=settings, environment={}, folder=None, running=True, offline=False)

    (finding,) = await look(scene(cluster.but(temporal_tls_ca_file=cluster.others.file)))
    assert finding.code == "TEMPORAL_REFUSED"
    (finding,) = await look(scene(cluster.but(temporal_tls_ca_file="/none.pem")))
    assert finding.code == "SETTING_INVALID"
    assert "TEMPORAL_REFUSED" not in {each.code for each in await look(scene(cluster.settings))}


def test_an_engine_with_a_temporal_of_its_own_tells_its_processes_of_no_other(tmp_path: Path) -> None:
    ours = {
        f"ESCALERA_{each.name.upper()}"
        for each in fields(Settings)
        if each.name.startswith(("temporal_tls", "temporal_api"))
    }
    assert set(ELSEWHERE) == ours
    engine = Engine(tmp_path, EngineOptions(only_embedded=True))
    assert engine._temporal is not None
    engine._temporal._ports = {"port": 1}
    engine._postgres = None
    environment = engine._environment(USUAL)
    assert {environment[name] for name in ELSEWHERE} == {""}


@asynccontextmanager
async def cloud(folder: Path, authority: Authority) -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """A server with TLS that answers who has the API key; its address, and what was shown to it."""
    certificate, key = authority.signs("cloud", LOOPBACK)
    shown: list[dict[str, str]] = []

    async def system_info(request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        told = {str(name): str(value) for name, value in context.invocation_metadata() or ()}
        shown.append(told)
        if told.get("authorization") != f"Bearer {API_KEY}":
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "Request unauthorized.")
        return GetSystemInfoResponse().SerializeToString()

    handlers: dict[str, Any] = {"GetSystemInfo": grpc.unary_unary_rpc_method_handler(system_info)}
    server = grpc.aio.server()
    service = "temporal.api.workflowservice.v1.WorkflowService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    pair = (key.read_bytes(), certificate.read_bytes())
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    await server.start()
    try:
        yield f"127.0.0.1:{port}", shown
    finally:
        await server.stop(None)


async def test_an_api_key_goes_over_tls_from_the_environment_or_a_file(tmp_path: Path) -> None:
    authority, file = Authority(tmp_path), tmp_path / "api.key"
    file.write_text(f"{API_KEY}\n")
    async with cloud(tmp_path, authority) as (address, shown):
        known = Settings(temporal_address=address, temporal_tls_ca_file=str(authority.file))
        await connect(replace(known, temporal_api_key=API_KEY))
        await connect(replace(known, temporal_api_key_file=str(file)))
        assert [each["authorization"] for each in shown] == [f"Bearer {API_KEY}"] * 2
        with pytest.raises(TemporalRefused, match="does not take our API key") as refused:
            await connect(replace(known, temporal_api_key="another"))
        assert "another" not in str(refused.value)
        with pytest.raises(TemporalRefused, match="asks for an API key"):
            await connect(known)
    assert secured_by(Settings(temporal_api_key=API_KEY)).tls, "never in the clear"
