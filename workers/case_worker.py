"""`python -m workers worker`: runs the cases' workflows and their activities."""

import asyncio

from activities.case_steps import CaseSteps
from infra.settings import Settings
from infra.telemetry import StepSpans
from infra.temporal import case_worker, connect
from workers.answers import heard
from workers.process import through_outages
from workers.wiring import open_desks, require_words


async def work(settings: Settings, stopped: asyncio.Event) -> None:
    """Work until asked to stop; steps under way end first."""
    async with open_desks(settings) as desks:
        require_words(desks)
        client = await through_outages(lambda: connect(settings), stopped)
        steps = CaseSteps(desks.ladder, desks.delivery)
        interceptors = [StepSpans()] if settings.otlp_endpoint else []
        async with heard(desks, settings), case_worker(client, steps, settings, interceptors=interceptors):
            await stopped.wait()
