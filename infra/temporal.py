"""Temporal: connecting, starting and waking workflows, and the worker."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.worker import Interceptor, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.case_steps import CaseSteps
from infra.settings import Settings
from infra.telemetry import span
from infra.temporal_connection import reach
from workflows.case_workflow import CaseWorkflow
from workflows.ids import WAKE, case_workflow_id
from workflows.messages import CaseStart, Wake

# Whole packages, in one place: a module that is passed through beside one that is not gives two classes of one name.
PASSED_THROUGH = ("domain", "application", "activities", "workflows", "msgspec")
GRACE_SECONDS = 20.0
STICKY_SECONDS = 5.0  # how long a dead worker's workflows wait for it before others take them over


async def connect(settings: Settings, *, interceptors: Sequence[Any] = ()) -> Client:
    """Connect; raise `TemporalRefused`, `SettingInvalid`, or `RuntimeError` when nobody answers at the address."""
    return Client(await reach(settings), namespace=settings.temporal_namespace, interceptors=interceptors)


class TemporalWaker:
    """Starts and wakes the workflows of cases."""

    def __init__(self, client: Client, *, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def start(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        """Start the case's workflow, to look after `delay_seconds`; nothing if there is one."""
        with span("start case workflow", trace_id, case_id=str(case_id)) as traceparent:
            await self._client.start_workflow(
                CaseWorkflow.run,
                CaseStart(case_id=str(case_id), trace_id=traceparent),
                id=case_workflow_id(case_id),
                task_queue=self._task_queue,
                start_delay=timedelta(seconds=delay_seconds) if delay_seconds > 0 else None,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

    async def start_or_wake(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        """Start the case's workflow, to look after `delay_seconds`; if there is one, let it look now."""
        with span("start case workflow", trace_id, case_id=str(case_id)) as traceparent:
            try:
                await self._client.start_workflow(
                    CaseWorkflow.run,
                    CaseStart(case_id=str(case_id), trace_id=traceparent),
                    id=case_workflow_id(case_id),
                    task_queue=self._task_queue,
                    start_delay=timedelta(seconds=delay_seconds) if delay_seconds > 0 else None,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                )
            except WorkflowAlreadyStartedError:
                await self.wake(case_id, facts_changed=False, trace_id=trace_id)

    async def wake(self, case_id: UUID, *, facts_changed: bool, trace_id: str) -> None:
        """Let the case's workflow look now; start it if there is none."""
        with span("wake case workflow", trace_id, case_id=str(case_id)) as traceparent:
            await self._client.start_workflow(
                CaseWorkflow.run,
                CaseStart(case_id=str(case_id), trace_id=traceparent),
                id=case_workflow_id(case_id),
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=WAKE,
                start_signal_args=[Wake(facts_changed=facts_changed, trace_id=traceparent)],
            )


def workflow_runner() -> SandboxedWorkflowRunner:
    """Return what runs workflow code: watched for what would not replay, with our packages loaded once."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def case_worker(
    client: Client, steps: CaseSteps, settings: Settings, *, interceptors: Sequence[Interceptor] = ()
) -> Worker:
    """Return a worker for cases: their workflows, the looks inside them, and deliveries."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[CaseWorkflow],
        activities=[steps.advance, steps.deliver],
        workflow_runner=workflow_runner(),
        max_cached_workflows=settings.workflows_kept,
        # A workflow task is held while its look runs, so there are as many of one as of the other.
        max_concurrent_workflow_tasks=settings.steps_at_once,
        max_concurrent_local_activities=settings.steps_at_once,
        max_concurrent_activities=settings.steps_at_once,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=STICKY_SECONDS),
        graceful_shutdown_timeout=timedelta(seconds=GRACE_SECONDS),
        interceptors=interceptors,
    )
