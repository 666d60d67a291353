"""Real servers for the tests: one PostgreSQL for the whole run, a database for each module.

Temporal servers start only in a test process that asks for one. Nothing is downloaded; nothing outlives the run.
"""

import importlib
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from psycopg.conninfo import conninfo_to_dict

from infra.embedded import FAST, EmbeddedPostgres, EmbeddedTemporal

SERVER_DSN = pytest.StashKey[str]()
SERVER = pytest.StashKey[EmbeddedPostgres]()
SERVER_FOLDER = pytest.StashKey[Path]()

_numbers = itertools.count(1)

# The same tree gives the same result, so that a change is judged by itself. `python3 run.py search` looks elsewhere.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=500, deadline=None, print_blob=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that hands out the tests; the others get its address from there."""
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[SERVER_DSN] = given["server_dsn"]
        return
    if config.option.collectonly:
        return
    folder = config.rootpath / ".pgtest" / str(os.getpid())  # two runs at once do not meet
    config.stash[SERVER_FOLDER] = folder
    server = EmbeddedPostgres(folder / "pg", settings=FAST)
    config.stash[SERVER_DSN] = server.start()
    config.stash[SERVER] = server


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["server_dsn"] = node.config.stash.get(SERVER_DSN, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(SERVER, None):
        server.stop()
    if folder := config.stash.get(SERVER_FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Makes databases on the test server: empty ones, or with the migrations applied (copied from one template)."""

    def __init__(self, server_dsn: str, prefix: str) -> None:
        self._server_dsn = server_dsn
        self._prefix = prefix
        self._template: str | None = None

    def create(self, *, migrated: bool = False) -> str:
        """A new database; returns its DSN."""
        template = self._migrated_template() if migrated else "template0"
        return self._create(f"{self._prefix}_{next(_numbers)}", template)

    def drop(self, dsn: str) -> None:
        with psycopg.connect(self._server_dsn, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{_name(dsn)}" with (force)'.encode())

    def _migrated_template(self) -> str:
        if self._template is None:
            dsn = self._create(f"{self._prefix}_template", "template0")
            importlib.import_module("infra.migrations").apply(dsn)
            self._template = _name(dsn)
        return self._template

    def _create(self, name: str, template: str) -> str:
        with psycopg.connect(self._server_dsn, autocommit=True) as connection:
            connection.execute(f'create database "{name}" template "{template}" strategy file_copy'.encode())
        return self._server_dsn.replace("///postgres?", f"///{name}?")


def _name(dsn: str) -> str:
    return str(conninfo_to_dict(dsn)["dbname"])


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases for tests that need several, or one of their own."""
    return Databases(request.config.stash[SERVER_DSN], f"t_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}")


@pytest.fixture(scope="module")
def dsn(databases: Databases) -> Iterator[str]:
    """An empty database for this module."""
    made = databases.create()
    yield made
    databases.drop(made)


@pytest.fixture(scope="module")
def migrated_dsn(databases: Databases) -> Iterator[str]:
    """A database with our schema for this module."""
    made = databases.create(migrated=True)
    yield made
    databases.drop(made)


@pytest.fixture
def fresh_dsn(databases: Databases) -> Iterator[str]:
    """A database with our schema for this one test."""
    made = databases.create(migrated=True)
    yield made
    databases.drop(made)


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A development server for this test process, with our namespace and search attributes; started when first used."""
    with EmbeddedTemporal(tmp_path_factory.mktemp("temporal"), keep_state=False) as server:
        yield server.address


@asynccontextmanager
async def time_skipping() -> AsyncIterator[Any]:
    """A server on which waiting takes no time; its clock is its own, so one test at a time."""
    from temporalio.testing import WorkflowEnvironment

    from infra.embedded.temporal import find_program, register

    program = str(find_program("temporal-test-server"))
    environment = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=program)
    async with environment:
        address = environment.client.service_client.config.target_host
        await register(address, namespace=environment.client.namespace, retention=None)
        yield environment


@pytest.fixture
async def time_skipping_environment() -> AsyncIterator[Any]:
    """A `temporalio.testing.WorkflowEnvironment` that skips time, for one test, with our search attributes."""
    opened: AbstractAsyncContextManager[Any] = time_skipping()
    async with opened as environment:
        yield environment
