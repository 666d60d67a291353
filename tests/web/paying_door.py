"""The doors for money, over payment links in memory."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from application.payment_provider import reference_of
from infra.memory_store import MemoryEventStore
from tests.application.paying import KeptProvider, Paying
from tests.application.reporting import Reporting
from tests.counterparts.adyen import item, notification, signed
from tests.house import HandClock
from tests.web.door import Door, opened_door
from web.doors import Payments


@dataclass
class PayingDoor:
    """A server with its doors, and what is behind them."""

    door: Door
    paying: Paying
    provider: KeptProvider

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.door.client

    async def adyen(self, body: Any, **headers: str) -> httpx2.Response:
        """POST a body as Adyen does."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(
            "/webhooks/adyen", content=raw, headers={"Content-Type": "application/json"} | headers
        )

    def told(self, case_id: UUID, event: str = "AUTHORISATION", *, psp: str = "PSP1", **other: Any) -> dict[str, Any]:
        """Return an item about a case's link, without its signature."""
        fields: dict[str, Any] = {
            "reference": reference_of(case_id, "l-1"),
            "value": 50_000,
            "currency": "EUR",
            "at": self.paying.clock.now(),
        }
        return item(event, psp=psp, **{**fields, **other})

    async def tell(self, *items: dict[str, Any]) -> httpx2.Response:
        """Sign items and post them."""
        return await self.adyen(notification(*map(signed, items)))


@asynccontextmanager
async def opened_paying_door(store: MemoryEventStore | None = None) -> AsyncIterator[PayingDoor]:
    clock, provider = HandClock(), KeptProvider()
    paying = Paying(store or MemoryEventStore(), clock, provider)
    payments = Payments(payers=paying.door, reports=paying.reports)
    async with opened_door(Reporting(paying.house, clock), payments=payments) as door:
        yield PayingDoor(door, paying, provider)
