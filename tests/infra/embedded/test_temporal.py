"""The embedded Temporal server: found again at its place, with what we need registered, and gone with its owner."""

import asyncio
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from infra.embedded import NAMESPACE, SEARCH_ATTRIBUTES, DataInUse, EmbeddedTemporal
from infra.supervisor import Supervisor
from tests.infra.embedded.servers import kill, script, until, using

OWNER = """
import sys, time
from pathlib import Path
from infra.embedded import EmbeddedTemporal
print(EmbeddedTemporal(Path(sys.argv[1])).start(), flush=True)
time.sleep(600)
"""


async def registered(address: str) -> tuple[set[str], timedelta]:
    client = await Client.connect(address, namespace=NAMESPACE)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=NAMESPACE))
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
    retention: timedelta = described.config.workflow_execution_retention_ttl.ToTimedelta()
    return set(listed.custom_attributes), retention


def test_a_restart_keeps_workflows_address_and_registrations(tmp_path: Path) -> None:
    async def begin(address: str) -> None:
        client = await Client.connect(address, namespace=NAMESPACE)
        await client.start_workflow("Anything", id="one", task_queue="nobody")

    async def look(address: str) -> str:
        client = await Client.connect(address, namespace=NAMESPACE)
        description = await client.get_workflow_handle("one").describe()
        return description.workflow_type

    server = EmbeddedTemporal(tmp_path / "temporal", search_attributes={})
    first = server.start()
    asyncio.run(begin(first))
    server.stop()

    # The second knows of search attributes that the first did not, as after an upgrade of ours.
    with EmbeddedTemporal(tmp_path / "temporal") as server:
        assert server.address == first
        names, retention = asyncio.run(registered(first))
        assert set(SEARCH_ATTRIBUTES) <= names
        assert retention == timedelta(days=90)
        assert asyncio.run(look(first)) == "Anything"
        with pytest.raises(DataInUse):
            EmbeddedTemporal(tmp_path / "temporal").start()
    assert using(tmp_path) == []


def test_it_survives_being_killed_and_does_not_survive_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "temporal"
    with script(OWNER, str(folder)) as owner:
        assert owner.stdout is not None
        address = owner.stdout.readline().strip()
        owner.kill()
        owner.wait()
        assert until(lambda: len(using(folder)) == 0)
    with EmbeddedTemporal(folder) as server:
        assert server.address == address
        assert server.pid is not None
        kill(server.pid)
    with EmbeddedTemporal(folder) as server:
        assert server.address == address


class Robbed(EmbeddedTemporal):
    """Somebody takes its port after it was chosen and before the server listens there."""

    robber: socket.socket | None = None

    def launch(self, log: Path) -> "subprocess.Popen[bytes]":
        process = super().launch(log)
        if self.robber is None:
            host, _, port = self.address.rpartition(":")
            self.robber = socket.create_server((host, int(port)))
        return process


@pytest.mark.parametrize("supervised", [False, True])
def test_a_port_that_somebody_took_meanwhile_is_given_up_for_another(tmp_path: Path, supervised: bool) -> None:
    server = Robbed(tmp_path / "temporal")

    async def supervise() -> None:
        async with Supervisor(logs=tmp_path / "logs") as supervisor:
            await supervisor.start(server)
            assert set(SEARCH_ATTRIBUTES) <= (await registered(server.address))[0]

    if supervised:
        asyncio.run(supervise())
    else:
        with server:
            assert set(SEARCH_ATTRIBUTES) <= asyncio.run(registered(server.address))[0]
    assert server.robber is not None
    assert not server.address.endswith(f":{server.robber.getsockname()[1]}")
    server.robber.close()
    assert using(tmp_path) == []


async def test_tests_get_a_server_with_our_search_attributes(temporal_address: str) -> None:
    names, _ = await registered(temporal_address)
    assert set(SEARCH_ATTRIBUTES) <= names


async def test_tests_get_a_server_on_which_a_year_takes_no_time(time_skipping_environment: WorkflowEnvironment) -> None:
    before = await time_skipping_environment.get_current_time()
    await time_skipping_environment.sleep(timedelta(days=365))
    assert await time_skipping_environment.get_current_time() - before >= timedelta(days=365)
