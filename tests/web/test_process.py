"""The web process itself, on PostgreSQL, with the projector that keeps its address book."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest

from domain.case.events import ContactLogged
from domain.case.words import Channel
from domain.person.events import OptedOut
from infra.event_store import open_store
from infra.keyring import master_key
from infra.unsubscribe_links import SignedUnsubscribeLinks
from tests.application.reporting import NUMBER, Reporting
from tests.house import HandClock, House
from web.signatures import twilio_signature
from workers.ports import free_port

pytestmark = pytest.mark.e2e
PUBLIC_URL, TOKEN = "https://collections.example.com", "twilio-token"


@asynccontextmanager
async def running(name: str, environment: dict[str, str], log: Path) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """Run one of our processes; it is stopped politely, and must end well."""
    with log.open("wb") as file:
        command = [sys.executable, "-P", "-m", "workers", name]
        process = subprocess.Popen(command, env=os.environ | environment, stderr=file, stdout=file)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, 20)
    assert code == 0, log.read_text()


async def answering(client: httpx2.AsyncClient) -> None:
    for _ in range(600):
        try:
            if (await client.get("/health")).status_code == 200:
                return
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
    raise AssertionError("nobody answers")


async def test_a_stop_over_http_is_in_the_log_once_it_is_answered(fresh_dsn: str, tmp_path: Path) -> None:
    port, key_file = free_port(), tmp_path / "keys"
    environment = {
        "ESCALERA_DATABASE_URL": fresh_dsn,
        "ESCALERA_KEY_FILE": str(key_file),
        "ESCALERA_WEB_ADDRESS": f"127.0.0.1:{port}",
        "ESCALERA_PUBLIC_URL": PUBLIC_URL,
        "ESCALERA_TWILIO_AUTH_TOKEN": TOKEN,
        "ESCALERA_LOG_LEVEL": "DEBUG",
    }
    web_log, projector_log = tmp_path / "web.log", tmp_path / "projector.log"
    async with (
        open_store(fresh_dsn, key_file) as store,
        running("web", environment, web_log),
        running("projector", environment, projector_log),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20.0) as client,
    ):
        clock = HandClock()
        reporting = Reporting(House(store, clock), clock)
        await answering(client)
        case, person = await reporting.opened("c-1")
        permit = await reporting.contacted(case, Channel.EMAIL)

        form = {"MessageSid": "SM1", "From": NUMBER, "Body": "Baja"}
        path = "/webhooks/twilio/message"
        headers = {
            "X-Twilio-Signature": twilio_signature(TOKEN, PUBLIC_URL + path, list(form.items())),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = await client.post(path, content=urlencode(form), headers=headers)
        assert answer.status_code == 200  # the projector was told of the number a moment before
        assert [event.channel for event in await reporting.events(person, OptedOut)] == [Channel.SMS]
        assert len(await reporting.events(case, ContactLogged)) == 1

        link = SignedUnsubscribeLinks(master_key(key_file), PUBLIC_URL).link(permit).removeprefix(PUBLIC_URL)
        assert (await client.get(link)).status_code == 200
        assert (await client.post(link, content="List-Unsubscribe=One-Click")).status_code == 200
        assert [event.channel for event in await reporting.events(person, OptedOut)] == [Channel.SMS, Channel.EMAIL]

    written = web_log.read_text() + projector_log.read_text()
    assert '"event": "process_stopped"' in written
    for secret in (NUMBER, NUMBER[1:], "Baja", "SM1", "Ana", link, link.rpartition("/")[2], TOKEN):
        assert secret not in written


async def test_a_stop_is_asked_for_again_while_the_projector_is_down(fresh_dsn: str, tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "ESCALERA_DATABASE_URL": fresh_dsn,
        "ESCALERA_KEY_FILE": str(tmp_path / "keys"),
        "ESCALERA_WEB_ADDRESS": f"127.0.0.1:{port}",
        "ESCALERA_PUBLIC_URL": PUBLIC_URL,
        "ESCALERA_TWILIO_AUTH_TOKEN": TOKEN,
    }
    form = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP"}
    path = "/webhooks/twilio/message"
    headers = {
        "X-Twilio-Signature": twilio_signature(TOKEN, PUBLIC_URL + path, list(form.items())),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with (
        open_store(fresh_dsn, tmp_path / "keys") as store,
        running("web", environment, tmp_path / "web.log"),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30.0) as client,
    ):
        clock = HandClock()
        reporting = Reporting(House(store, clock), clock)
        await answering(client)
        _, person = await reporting.opened("c-1")

        first = await client.post(path, content=urlencode(form), headers=headers)
        assert (first.status_code, first.headers["retry-after"]) == (503, "5")
        async with running("projector", environment, tmp_path / "projector.log"):
            began = time.monotonic()
            while (await client.post(path, content=urlencode(form), headers=headers)).status_code == 503:
                assert time.monotonic() - began < 60

        assert len(await reporting.events(person, OptedOut)) == 1
