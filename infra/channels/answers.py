"""Whom a channel tells what came back: handed on before the provider is told that we have it."""

from collections.abc import Awaitable, Callable

from application.reports import Inbound, Report

# What they raise means "not kept": the provider is asked to come again, so both must bear being told twice.
OnReport = Callable[[Report], Awaitable[object]]
OnInbound = Callable[[Inbound], Awaitable[object]]
