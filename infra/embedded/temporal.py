"""Temporal's development server from a wheel, with its state in one file, on ports of this machine only."""

import asyncio
import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode, ServiceClient

from infra.embedded.process import ByHand, EndedEarly, FolderLock, ServerError, await_ready, settled, spawn

NAMESPACE: Final = "escalera"
LOCALHOST: Final = "127.0.0.1"
RETENTION: Final = timedelta(days=90)  # closed workflows stay visible that long; the server's own default is a day

# What can be filtered and seen of a case in Temporal; never personal data.
SEARCH_ATTRIBUTES: Final[Mapping[str, IndexedValueType.ValueType]] = MappingProxyType(
    {
        "EscaleraStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "EscaleraPortfolio": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "EscaleraNextDue": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
        "EscaleraDaysPastDue": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    }
)

# A new namespace is known everywhere in the server only after its caches have turned over.
REGISTRATION_PATIENCE_S: Final = 20.0


def find_program(name: str) -> Path:
    """The full path of a server program that came as a wheel (`temporal`, `temporal-test-server`).

    Raises:
        ServerError: it is not installed.
    """
    beside = Path(sys.executable).with_name(name)
    if beside.exists():
        return beside
    if found := shutil.which(name):
        return Path(found)
    raise ServerError(
        f"The program `{name}` is not installed beside {sys.executable}; "
        "set TEMPORAL_ADDRESS to use a server elsewhere."
    )


async def register(
    address: str,
    *,
    namespace: str = NAMESPACE,
    reach: Callable[[], Awaitable[ServiceClient]] | None = None,
    search_attributes: Mapping[str, IndexedValueType.ValueType] = SEARCH_ATTRIBUTES,
    retention: timedelta | None = RETENTION,
) -> None:
    """Add missing search attributes and raise the namespace's retention (None: leave it); may be repeated.

    `reach` connects where that takes more than the address; what it raises besides `RuntimeError` is not tried again.

    Raises:
        ServerError: the server still refused after 20 s.
    """
    deadline = asyncio.get_running_loop().time() + REGISTRATION_PATIENCE_S
    while True:
        try:
            service = await (reach() if reach else ServiceClient.connect(ConnectConfig(target_host=address)))
            if retention is not None:
                await _raise_retention(service, namespace, retention)
            await _add_search_attributes(service, namespace, search_attributes)
        except (RPCError, RuntimeError) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise ServerError(
                    f"Temporal at {address} refused the set-up of namespace {namespace}: {error}"
                ) from error
            await asyncio.sleep(0.1)
        else:
            return


async def _raise_retention(service: ServiceClient, namespace: str, retention: timedelta) -> None:
    known = await service.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    if known.config.workflow_execution_retention_ttl.ToTimedelta() >= retention:
        return
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(retention)
    await service.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=namespace, config=config))


async def _add_search_attributes(
    service: ServiceClient, namespace: str, wanted: Mapping[str, IndexedValueType.ValueType]
) -> None:
    known = await _known_search_attributes(service, namespace)
    missing = {name: kind for name, kind in wanted.items() if name not in known}
    if not missing:
        return
    request = AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
    try:
        await service.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # a rival was faster
            raise


async def _known_search_attributes(service: ServiceClient, namespace: str) -> set[str]:
    try:
        listed = await service.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    except RPCError as error:
        if error.status is RPCStatusCode.UNIMPLEMENTED:  # the time-skipping server can add them, but not list them
            return set()
        raise
    return set(listed.custom_attributes)


class EmbeddedTemporal(ByHand):
    """A Temporal server on the state in `folder`. A `Child`, or `start`/`stop` by hand.

    `port` and `ui_port`: fixed numbers; None lets the server keep those of its last run where they are still free, and
    `ui=False` leaves the web page out. `keep_state=False` keeps nothing on disk (tests).
    """

    name = "temporal"
    start_timeout = 60.0
    stop_plan = ((signal.SIGTERM, 10.0),)
    launches = 3  # between our choice of a port and its use of it, somebody else may take the port

    def __init__(
        self,
        folder: Path,
        *,
        namespace: str = NAMESPACE,
        port: int | None = None,
        ui: bool = False,
        ui_port: int | None = None,
        search_attributes: Mapping[str, IndexedValueType.ValueType] = SEARCH_ATTRIBUTES,
        retention: timedelta = RETENTION,
        dynamic_config: Mapping[str, object] = MappingProxyType({}),
        keep_state: bool = True,
    ) -> None:
        self._folder = folder.absolute()
        self._namespace = namespace
        self._wanted = {"port": port, **({"ui": ui_port} if ui or ui_port else {})}
        self._search_attributes = search_attributes
        self._retention = retention
        self._dynamic_config = dict(dynamic_config)
        self._keep_state = keep_state
        self._ports: dict[str, int] = {}
        self._lock = FolderLock(self._folder)

    @property
    def namespace(self) -> str:
        return self._namespace

    @property
    def address(self) -> str:
        """Host and port for clients; known once it has been launched."""
        return f"{LOCALHOST}:{self._ports['port']}"

    @property
    def ui_address(self) -> str | None:
        """The address of its web page, or None without one; known once it has been launched."""
        return f"http://{LOCALHOST}:{self._ports['ui']}" if "ui" in self._ports else None

    def start(self, *, timeout: float | None = None) -> str:
        """Start, wait until it answers (`timeout` in seconds), register what we need, and return the address.

        Raises:
            DataInUse: another process runs a server on this folder.
            ServerError: it would not start; the text carries the end of its log.
        """
        for left in reversed(range(self.launches)):
            try:
                self._start_once(self._folder / "temporal.log", timeout or self.start_timeout)
                break
            except ServerError as error:
                self.stop()
                if not (left and isinstance(error, EndedEarly)):
                    raise
        return self.address

    def _start_once(self, log: Path, timeout: float) -> None:
        self._process = process = self.launch(log)
        await_ready(process, self._listens, name=self.name, log=log, timeout=timeout)
        with ThreadPoolExecutor(1) as aside:  # our caller may have a running event loop of its own
            aside.submit(asyncio.run, settled(self.settle(), process, name=self.name, log=log)).result()

    def launch(self, log: Path) -> subprocess.Popen[bytes]:
        lock = self._lock.take()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # somebody may have deleted it under us
        self._choose_ports()
        command = [str(find_program("temporal")), "server", "start-dev", "--ip", LOCALHOST, "--log-level", "error"]
        command += ["--port", str(self._ports["port"]), "--namespace", self._namespace]
        command += (
            ["--ui-port", str(self._ports["ui"]), "--ui-disable-news-fetch"] if "ui" in self._ports else ["--headless"]
        )
        if self._keep_state:
            # Write-ahead logging cannot corrupt the file; what its last instant may lose, the event log still knows.
            command += ["--db-filename", str(self._folder / "temporal.db")]
            command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"]
        for key, value in self._dynamic_config.items():
            command += ["--dynamic-config-value", f"{key}={json.dumps(value)}"]
        # Its own settings file, if the person has one for their Temporal work, must not change our server.
        # Without a database file it keeps its cluster's id at home.
        environment = {"TEMPORAL_CONFIG_FILE": "/dev/null", "HOME": str(self._folder)}
        return spawn(command, log, death_signal=signal.SIGTERM, environment=environment, keep=(lock,))

    async def is_ready(self, pid: int) -> bool:
        return self._listens()

    async def settle(self) -> None:
        await register(
            self.address,
            namespace=self._namespace,
            search_attributes=self._search_attributes,
            retention=self._retention,
        )

    def release(self) -> None:
        self._lock.give_back()

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((LOCALHOST, self._ports["port"]), timeout=1):
            return True
        return False

    def _choose_ports(self) -> None:
        """Fixed ports as asked; else those of the last run if free, so that clients find it again; else any."""
        memory = self._folder / "ports.json"
        if not self._ports:
            with contextlib.suppress(OSError, ValueError):
                self._ports = {k: int(v) for k, v in json.loads(memory.read_text()).items() if k in self._wanted}
        for what, asked in self._wanted.items():
            if asked is not None:
                if not _is_free(asked):
                    raise ServerError(f"Port {asked}, asked for Temporal ({what}), is in use on {LOCALHOST}.")
                self._ports[what] = asked
            elif what not in self._ports or not _is_free(self._ports[what]):
                self._ports[what] = _free_port()
        memory.write_text(json.dumps(self._ports))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an old connection's last minute does not count
        probe.bind((LOCALHOST, port))
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port
