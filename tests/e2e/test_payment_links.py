"""A debt paid by a link, through every process: command line, API, our page, Adyen's stand-in, its webhook, the log.

Between us and the stand-in sits Adyen's own description of its API, and lets nothing pass that it does not allow.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest

from application.ports import EventStore
from domain.case.identity import case_id
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import Closure
from domain.money import Money
from infra.event_store import open_store
from infra.payment_links.adyen import AdyenPlace
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.counterparts import prism
from tests.counterparts.adyen import HMAC_KEY, FakeAdyen, notification, signed, url_of
from tests.counterparts.provider import running as serving
from tests.house import HandClock, House
from tests.web.test_process import answering, running
from workers.ports import free_port

pytestmark = pytest.mark.e2e
CASE = case_id("acme", "R-1")
PUBLIC_URL = "https://collections.example.com"


@dataclass
class Town:
    """The processes, and who talks to them."""

    store: EventStore
    adyen: FakeAdyen
    links: Any
    web: httpx2.AsyncClient
    logs: tuple[Path, ...]

    async def case(self) -> Case:
        case, _ = await House(self.store, HandClock()).cases.load(CASE)
        assert isinstance(case, Case)
        return case

    async def tell(self, *items: dict[str, Any]) -> int:
        """Post a notification as Adyen does."""
        body = json.dumps(notification(*map(signed, items)))
        headers = {"Content-Type": "application/json"}
        return (await self.web.post("/webhooks/adyen", content=body, headers=headers)).status_code


@asynccontextmanager
async def town(dsn: str, folder: Path) -> AsyncIterator[Town]:
    grpc_port, web_port, key_file = free_port(), free_port(), folder / "keys"
    async with AsyncExitStack() as stack:
        adyen = await stack.enter_async_context(serving(FakeAdyen()))
        judge = stack.enter_context(prism.adyen(f"{adyen.address}/v71"))
        relay = await stack.enter_async_context(serving(WithoutVersion(judge)))
        environment = {
            "ESCALERA_DATABASE_URL": dsn,
            "ESCALERA_KEY_FILE": str(key_file),
            "ESCALERA_GRPC_ADDRESS": f"127.0.0.1:{grpc_port}",
            "ESCALERA_WEB_ADDRESS": f"127.0.0.1:{web_port}",
            "ESCALERA_PUBLIC_URL": PUBLIC_URL,
            "ESCALERA_PAYMENT_LINKS_URL": url_of(f"http://127.0.0.1:{relay.port}"),
            "ESCALERA_ADYEN_HMAC_KEYS": HMAC_KEY,
            "ESCALERA_LOG_LEVEL": "DEBUG",
        }
        store = await stack.enter_async_context(open_store(dsn, key_file))
        logs = tuple(folder / f"{name}.log" for name in ("api", "web", "projector"))
        for log in logs:
            await stack.enter_async_context(running(log.stem, environment, log))
        web = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{web_port}", trust_env=False, timeout=30.0)
        )
        await answering(web)
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}"))
        await channel.channel_ready()
        await open_case(channel)
        yield Town(store, adyen, pb.PaymentLinkServiceStub(channel), web, logs)


@dataclass
class WithoutVersion:
    """Passes calls on without the version in their path, which Adyen's description has in its server's address."""

    judge: str
    port: int = 0

    def __post_init__(self) -> None:
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"content-length")]
        async with httpx2.AsyncClient(trust_env=False, timeout=20.0) as client:
            path = scope["path"].removeprefix("/v71")
            told = await client.request(scope["method"], self.judge + path, content=body, headers=headers)
        kind = [(b"content-type", told.headers.get("content-type", "text/plain").encode())]
        await send({"type": "http.response.start", "status": told.status_code, "headers": kind})
        await send({"type": "http.response.body", "body": told.content})


async def open_case(channel: grpc.aio.Channel) -> None:
    command = pb.OpenCase(
        creditor_id="acme",
        reference="R-1",
        portfolio="shops",
        currency="MXN",
        country="MX",
        time_zone="America/Mexico_City",
        language="es",
        strategy=pb.StrategyName(name="consumer"),
        obligations=[pb.Obligation(obligation_id="o-1")],
        obligors=[pb.Obligor(person=pb.PersonName(reference="customer-1"))],
    )
    obligation = command.obligations[0]
    obligation.principal.currency_code, obligation.principal.units = "MXN", 1_250
    obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = 2026, 10, 1
    await pb.CaseServiceStub(channel).OpenCase(pb.OpenCaseRequest(request_id="open", command=command))


async def test_a_debt_is_paid_by_a_link_once(fresh_dsn: str, tmp_path: Path) -> None:
    async with town(fresh_dsn, tmp_path) as at:
        made = await at.links.CreatePaymentLink(
            pb.CreatePaymentLinkRequest(request_id="link", case_name=named(), link_id="l-1")
        )
        assert made.state == pb.PAYMENT_LINK_STATE_READY
        ((provider_id, link),) = at.adyen.links.items()
        assert link["amount"] == {"currency": "MXN", "value": 125_000}

        path = made.address.removeprefix(PUBLIC_URL)
        page = await at.web.get(path)
        assert "Pagar $1,250.00" in page.text
        assert (await at.web.get(f"{path}/go")).headers["location"] == link["url"]
        assert link["returnUrl"] == f"{made.address}/thanks"

        paid = at.adyen.paid(provider_id)
        assert await asyncio.gather(*(at.tell(paid) for _ in range(3))) == [200, 200, 200]

        case = await at.case()
        assert case.closure is Closure.PAID
        names = [type(recorded.event).__name__ for recorded in await at.store.read_stream(CASE)]
        assert names.count("PaymentRecorded") == names.count("PaymentLinkPaid") == 1
        assert next(iter(case.ledger.payments.values())).amount == Money(125_000, "MXN")
        assert "hemos recibido su pago" in (await at.web.get(f"{path}/thanks")).text
        found = await at.links.GetPaymentLink(pb.GetPaymentLinkRequest(case_name=named(), link_id="l-1"))
        assert (found.state, list(found.payment_ids)) == (pb.PAYMENT_LINK_STATE_PAID, [f"adyen:{paid['pspReference']}"])

        back = signed_chargeback(paid)
        assert [await at.tell(back) for _ in range(2)] == [200, 200]
        case = await at.case()
        assert (case.open, balance_minor(case)) == (True, 125_000)

    written = "".join(log.read_text() for log in at.logs)
    assert '"event": "process_stopped"' in written
    token = made.address.rpartition("/")[2]
    key = AdyenPlace.parse(url_of(at.adyen.address)).api_key
    for secret in (token, key, HMAC_KEY, link["url"]):
        assert secret not in written


def signed_chargeback(paid: dict[str, Any]) -> dict[str, Any]:
    """Return the item of a payment's chargeback, without its signature."""
    dispute = {"pspReference": "DISPUTE1", "originalReference": paid["pspReference"], "eventCode": "CHARGEBACK"}
    return {**paid, **dispute, "eventDate": datetime.now(UTC).isoformat(timespec="seconds")}


async def test_money_for_nothing_of_ours_waits_for_a_person(fresh_dsn: str, tmp_path: Path) -> None:
    async with town(fresh_dsn, tmp_path) as at:
        await at.links.CreatePaymentLink(
            pb.CreatePaymentLinkRequest(request_id="link", case_name=named(), link_id="l-1")
        )
        (provider_id,) = at.adyen.links
        foreign = {**at.adyen.paid(provider_id), "merchantReference": "shop order 17"}

        assert [await at.tell(foreign) for _ in range(2)] == [200, 200]

        log = await at.store.read_log(0, 1_000)
        assert [type(each.event).__name__ for each in log].count("EntryReceived") == 1
        assert (await at.case()).open
