"""The whole engine on one machine: servers, our processes and a mail sink, kept alive on one data folder.

    async with Engine(folder, EngineOptions(speed_clock=...)) as engine:
        places = await engine.start()          # everything answers
        await engine.until_stopped()           # SIGTERM, SIGINT, SIGHUP

A second start on the folder goes on where the first one stopped, also after `kill -9`. With DATABASE_URL and
TEMPORAL_ADDRESS set, those servers are used and none is embedded. Everything listens on this machine only, but the
API and the web server where ESCALERA_GRPC_ADDRESS and ESCALERA_WEB_ADDRESS say otherwise.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from infra import migrations
from infra.embedded import DURABLE, EmbeddedPostgres, EmbeddedTemporal
from infra.embedded.backup import archiving
from infra.embedded.process import FolderLock
from infra.embedded.temporal import register
from infra.read_tables import open_pool
from infra.relay import PostgresBookmarks
from infra.settings import Settings
from infra.supervisor import Program, Status, Supervisor, worker
from infra.temporal_connection import ELSEWHERE, reach
from workers.answering import listening, serving
from workers.own_doors import OwnDoors, require_meant
from workers.ports import LOCALHOST, Ports

RUNNING: Final = "running.json"
CALM_SECONDS: Final = 1.0
LETTING_IN: Final = (
    "ESCALERA_ACCESS_FILE",
    "ESCALERA_GRPC_SYSTEMS_ADDRESS",
    "ESCALERA_TLS_CERTIFICATE_FILE",
    "ESCALERA_TLS_KEY_FILE",
    "ESCALERA_TLS_CLIENT_CA_FILE",
)

OnChange = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """grpc_port: 0 for the one that is set, or of the last run. clock: as ESCALERA_CLOCK. settings: more variables."""

    grpc_port: int = 0
    mail_sink: bool = True
    clock: str = "system"
    workers: int = 1
    web: bool = True  # webhooks of providers, unsubscribe links
    temporal_page: bool = True
    only_embedded: bool = False  # whatever servers the environment names: this run must not touch them
    settings: Mapping[str, str] = field(default_factory=dict)
    temporal_settings: Mapping[str, object] = field(default_factory=dict)  # the embedded server's dynamic configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything is. Empty where there is none; `mail` is the sink's folder."""

    pid: int
    grpc: str
    temporal: str
    temporal_page: str
    smtp: str
    mail: str
    database: str
    folder: str
    web: str = ""


class Engine:
    """Starts in order, stops in reverse. `on_start` is told what is started, `on_change` of deaths and recoveries."""

    def __init__(
        self,
        folder: Path,
        options: EngineOptions | None = None,
        *,
        on_start: Callable[[str], None] = lambda _: None,
        on_change: OnChange = lambda _, __: None,
    ) -> None:
        self._folder = folder.absolute()
        self._options = options or EngineOptions()
        self._on_start = on_start
        named = {} if self._options.only_embedded else os.environ
        self._named = Settings.from_env(named)
        self._doors = OwnDoors.of(named, grpc_port=self._options.grpc_port)
        elsewhere = named.get("TEMPORAL_ADDRESS") or named.get("ESCALERA_TEMPORAL_ADDRESS")
        require_meant(named, self._named, own_temporal=not elsewhere)
        archive = archiving(Path(self._named.wal_archive_folder)) if self._named.wal_archive_folder else {}
        postgres = EmbeddedPostgres(self._folder / "postgres", settings={**DURABLE, **archive})
        self._postgres = None if self._named.database_url else postgres
        page = self._options.temporal_page
        self._temporal = (
            None
            if elsewhere
            else EmbeddedTemporal(
                self._folder / "temporal",
                namespace=self._named.temporal_namespace,
                ui=page,
                dynamic_config=self._options.temporal_settings,
            )
        )
        self._lock = FolderLock(self._folder)
        self._memory = self._folder / "ports.json"
        self._ports = Ports(self._memory)
        self._is_ours = False
        self._supervisor = Supervisor(logs=self._folder / "logs", on_change=on_change)

    async def start(self) -> Places:
        """Start everything and return once the API serves.

        Raises:
            ServerError: something would not start; `DataInUse` when the folder has an engine already.
        TemporalRefused: a Temporal elsewhere does not take us.
        """
        await self._start_servers()
        return await self._start_processes()

    async def _start_servers(self) -> None:
        """Start or find PostgreSQL and Temporal, and bring the schema up to date."""
        self._lock.take()
        self._is_ours = True
        self._on_start("postgres, temporal")
        await self._supervisor.start(*(each for each in (self._postgres, self._temporal) if each is not None))
        if self._temporal is None:
            named = self._named
            await register(named.temporal_address, namespace=named.temporal_namespace, reach=partial(reach, named))
        await asyncio.to_thread(migrations.apply, self._database)

    async def _start_processes(self) -> Places:
        ports = self._choose_ports()
        environment = self._environment(ports)
        grpc, web = self._doors.grpc.reached(ports["grpc"]), self._doors.web.reached(ports["web"])
        encrypted = bool(self._named.tls_certificate_file)  # then health is only asked by who trusts the certificate
        if self._options.mail_sink:
            self._on_start("mail-sink")
            await self._supervisor.start(
                worker("mail-sink", ready=listening(f"{LOCALHOST}:{ports['smtp']}"), environment=environment)
            )
        self._on_start("api, projector, sealer, relay, worker" + (", web" if self._options.web else ""))
        await self._supervisor.start(
            worker("api", ready=listening(grpc) if encrypted else serving(grpc), environment=environment),
            worker("projector", environment=environment),
            worker("sealer", environment=environment),
            worker("relay", environment=environment),
            *((worker("web", ready=listening(web), environment=environment),) if self._options.web else ()),
            *((worker("mail-in", environment=environment),) if self._takes_answers else ()),
            *(self._worker(number, environment) for number in range(self._options.workers)),
        )
        places = Places(
            pid=os.getpid(),
            grpc=grpc,
            temporal=environment["ESCALERA_TEMPORAL_ADDRESS"],
            temporal_page=(self._temporal.ui_address or "") if self._temporal else "",
            smtp=environment.get("ESCALERA_SMTP_URL", ""),
            mail=environment["ESCALERA_MAIL_FOLDER"] if self._options.mail_sink else "",
            database=self._database,
            folder=str(self._folder),
            web=f"http://{web}" if self._options.web else "",
        )
        _write(self._folder / RUNNING, asdict(places) | {"environment": environment})
        return places

    async def until_stopped(self) -> None:
        await self._supervisor.until_stopped()

    async def until_calm(self, position: int, *, patience: float = 60.0) -> None:
        """Wait until the relay has seen the log up to `position` and for a second has found nothing more to do.

        Gives up quietly after `patience` seconds: what is not done by then is done later.
        """
        deadline = time.monotonic() + patience
        async with open_pool(self._database, size=1) as pool:
            bookmarks = PostgresBookmarks(pool)
            seen, since = -1, time.monotonic()
            while time.monotonic() < deadline and (seen < position or time.monotonic() - since < CALM_SECONDS):
                reached = await bookmarks.position()
                if reached != seen:
                    seen, since = reached, time.monotonic()
                await asyncio.sleep(0.1)

    async def stand_still(self) -> None:
        """Stop what acts by itself (relay and workers); the API and the tables go on answering."""
        await self._supervisor.stop("relay", *(each.name for each in self.statuses() if each.name.startswith("worker")))

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._supervisor.is_stopping

    def statuses(self) -> list[Status]:
        return self._supervisor.statuses()

    @property
    def _takes_answers(self) -> bool:
        return bool(self._named.mail_in_address or self._named.letter_folder)

    @property
    def _database(self) -> str:
        return self._postgres.dsn if self._postgres else self._named.database_url

    def _environment(self, ports: Mapping[str, int]) -> dict[str, str]:
        """What every process is told. Without a sink, ESCALERA_SMTP_URL is what it was."""
        named = self._named
        environment = {
            "ESCALERA_DATABASE_URL": self._database,
            "ESCALERA_TEMPORAL_ADDRESS": self._temporal.address if self._temporal else named.temporal_address,
            "ESCALERA_TEMPORAL_NAMESPACE": named.temporal_namespace,
            "ESCALERA_GRPC_ADDRESS": self._doors.grpc.bound(ports["grpc"]),
            "ESCALERA_WEB_ADDRESS": self._doors.web.bound(ports["web"]),
            "ESCALERA_CLOCK": self._options.clock,
            "ESCALERA_KEY_FILE": named.key_file or str(self._folder / "keys"),
            "ESCALERA_SEAL_KEY_FILE": named.seal_key_file or str(self._folder / "seal"),
            "ESCALERA_PUBLIC_LOG_FOLDER": named.public_log_folder or str(self._folder / "public-log"),
            "ESCALERA_MAIL_FOLDER": named.mail_folder or str(self._folder / "mail"),
        }
        if self._options.web and not (named.public_url or named.sms_url):  # a provider could not reach it
            environment["ESCALERA_PUBLIC_URL"] = f"http://{self._doors.web.reached(ports['web'])}"
        if self._options.mail_sink:
            environment["ESCALERA_SMTP_URL"] = f"smtp://{LOCALHOST}:{ports['smtp']}"
        if self._temporal:
            environment |= dict.fromkeys(ELSEWHERE, "")
        if self._options.only_embedded:  # nor are people of another server let in, or asked for
            environment |= dict.fromkeys(LETTING_IN, "")
        return environment | dict(self._options.settings)

    @staticmethod
    def _worker(number: int, environment: Mapping[str, str]) -> Program:
        made = worker("worker", environment=environment)
        return replace(made, name=f"worker-{number + 1}") if number else made

    def _choose_ports(self) -> dict[str, int]:
        """Choose the ports, and remember them, so that clients find it again next time."""
        ports = self._ports.choose(grpc=self._doors.grpc.port, web=self._doors.web.port)
        _write(self._memory, ports)
        return ports

    async def __aenter__(self) -> Self:
        await self._supervisor.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._supervisor.__aexit__(kind, error, trace)
        finally:
            self._ports.give_back()
            if self._is_ours:  # not when another engine runs on the folder
                (self._folder / RUNNING).unlink(missing_ok=True)
                self._lock.give_back()


def _write(file: Path, data: Mapping[str, object]) -> None:
    """Write beside and move into place: a reader sees all of it or the last one."""
    beside = file.with_suffix(".new")
    beside.touch(mode=0o600)  # addresses of databases may carry passwords
    beside.write_text(json.dumps(data))
    beside.replace(file)
