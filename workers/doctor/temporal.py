"""Temporal: reached, with our namespace and search attributes, and workers that ask it for work."""

import asyncio
from typing import Final

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.service import RPCError, RPCStatusCode, ServiceClient

from application.diagnosis import Finding, wrong
from infra.embedded import SEARCH_ATTRIBUTES
from infra.settings import SettingInvalid, Settings
from infra.temporal_connection import reach
from infra.temporal_refusal import TemporalRefused
from workers.doctor.scene import CONNECT_SECONDS, Scene

KINDS: Final = {
    "workflows": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


async def look(scene: Scene) -> list[Finding]:
    """Ask the server what it has of ours."""
    settings = scene.settings
    try:
        service = await asyncio.wait_for(reach(settings), CONNECT_SECONDS)
    except SettingInvalid as invalid:
        return [wrong("SETTING_INVALID", detail=invalid)]
    except TemporalRefused as refused:
        return [wrong("TEMPORAL_REFUSED", detail=refused)]
    except (RPCError, RuntimeError, TimeoutError):
        return [wrong("TEMPORAL_UNREACHABLE", address=settings.temporal_address)]
    namespace = settings.temporal_namespace
    try:
        await service.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            return [wrong("TEMPORAL_UNREACHABLE", address=settings.temporal_address)]
        return [wrong("NAMESPACE_MISSING", namespace=namespace, address=settings.temporal_address)]
    return [*await _search_attributes(service, namespace), *await _workers(service, settings)]


async def _search_attributes(service: ServiceClient, namespace: str) -> list[Finding]:
    listed = await service.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    missing = sorted(SEARCH_ATTRIBUTES.keys() - set(listed.custom_attributes))
    return [wrong("SEARCH_ATTRIBUTES_MISSING", names=", ".join(missing), namespace=namespace)] if missing else []


async def _workers(service: ServiceClient, settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    for name, kind in KINDS.items():
        request = DescribeTaskQueueRequest(
            namespace=settings.temporal_namespace, task_queue=TaskQueue(name=settings.task_queue), task_queue_type=kind
        )
        if not (await service.workflow_service.describe_task_queue(request)).pollers:
            findings.append(wrong("NO_WORKER", queue=settings.task_queue, what=name))
    return findings
