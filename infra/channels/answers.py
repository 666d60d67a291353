"""Whom a channel tells what came back: handed on before the provider is told that we have it."""

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from application.reports import Inbound, Report

# What they raise means "not kept": the provider is asked to come again, so both must bear being told twice.
OnReport = Callable[[Report], Awaitable[object]]
OnInbound = Callable[[Inbound], Awaitable[object]]


@runtime_checkable
class Hearing(Protocol):
    """A channel over whose own connection answers come in. A channel may offer it beside `Post`."""

    async def hear(self, *, on_report: OnReport, on_inbound: OnInbound) -> None:
        """Hand on what comes, from now on until the channel is closed."""
        ...
