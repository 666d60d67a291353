"""Whether what follows the log follows it: read tables, relay, sealer; and what was left lying."""

import asyncio
from datetime import timedelta
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from infra.clock import clock_from
from workers.doctor.scene import Scene

PAUSE_SECONDS: Final = 3.0
FAR_BEHIND_EVENTS: Final = 20_000
OVERDUE_REAL: Final = timedelta(minutes=10)
FOLLOWERS: Final = {
    "projector": "SELECT position FROM read_tables.position",
    "relay": "SELECT position FROM relay_position",
    "sealer": "SELECT position FROM sealed_head",
}


async def look(scene: Scene) -> list[Finding]:
    """Look twice, some seconds apart: who is behind, and has not moved, stands still."""
    first, end = await _positions(scene), await _end(scene)
    behind = {name: at for name, at in first.items() if at < end}
    findings: list[Finding] = []
    if behind:
        await asyncio.sleep(PAUSE_SECONDS)
        second = await _positions(scene)
        for name, at in behind.items():
            if second[name] == at:
                findings.append(wrong("STANDS_STILL", process=name, events=end - at))
            elif end - second[name] > FAR_BEHIND_EVENTS:
                findings.append(doubtful("FAR_BEHIND", process=name, events=end - second[name]))
    return [*findings, *await _parked(scene), *await _overdue(scene)]


async def _positions(scene: Scene) -> dict[str, int]:
    sealed = bool(scene.settings.seal_key_file)
    return {
        name: int((await scene.row(question))[0]) for name, question in FOLLOWERS.items() if name != "sealer" or sealed
    }


async def _end(scene: Scene) -> int:
    return int((await scene.row("SELECT coalesce(max(notification_id), 0) FROM events"))[0])


async def _parked(scene: Scene) -> list[Finding]:
    (count,) = await scene.row("SELECT count(*) FROM read_tables.parked_cases")
    return [wrong("CASES_PARKED", count=count)] if count else []


async def _overdue(scene: Scene) -> list[Finding]:
    """Count workflows that should have looked ten minutes of real time ago."""
    clock = clock_from(scene.settings.clock)
    before = clock.now() - OVERDUE_REAL * clock.speed
    count, since = await scene.row("SELECT count(*), min(due_at) FROM relay_waits WHERE due_at < %s", before)
    return [wrong("WORKFLOWS_OVERDUE", count=count, since=since.isoformat(timespec="minutes"))] if count else []
