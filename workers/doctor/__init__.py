"""Looks an installation over, part by part, and changes nothing. Each part is one module with one `look`.

Offline only files and settings are looked at; online also the servers and processes. A part that needs the database is
left out where it does not answer, and said to be.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from application.diagnosis import Diagnosis, Finding, doubtful, wrong
from infra.settings import SettingInvalid
from workers.doctor import (
    access,
    backups,
    certificates,
    content,
    database,
    disk,
    keys,
    lag,
    libraries,
    network,
    seal,
    settings,
    temporal,
)
from workers.doctor.scene import Scene, scene_of

Look = Callable[[Scene], Awaitable[list[Finding]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    name: str
    look: Look
    online: bool = False
    needs_database: bool = False


PARTS = (
    _Part(name="settings", look=settings.look),
    _Part(name="libraries", look=libraries.look),
    _Part(name="keys", look=keys.look),
    _Part(name="access", look=access.look),
    _Part(name="certificates", look=certificates.look),
    _Part(name="disk", look=disk.look),
    _Part(name="backups", look=backups.look),
    _Part(name="database", look=database.look, online=True),
    _Part(name="content", look=content.look),  # after the database, which tells what countries matter
    _Part(name="seal", look=seal.look, online=True, needs_database=True),
    _Part(name="lag", look=lag.look, online=True, needs_database=True),
    _Part(name="temporal", look=temporal.look, online=True),
    _Part(name="network", look=network.look, online=True),
    _Part(name="issuers", look=access.look_at_issuers, online=True),
    _Part(name="ports", look=network.look_at_ports),
)


async def diagnose(environment: Mapping[str, str], *, folder: Path | None, running: bool, offline: bool) -> Diagnosis:
    """Look an installation over.

    environment: the variables of its processes. folder: the data folder of an embedded engine. running: whether that
    engine runs. offline: connect to nothing.
    """
    try:
        scene = scene_of(environment, folder=folder, running=running, offline=offline)
    except SettingInvalid as invalid:
        parts = tuple(part.name for part in PARTS)
        return Diagnosis(
            findings=(wrong("SETTING_INVALID", detail=invalid),), looked_at=("settings",), not_looked_at=parts[1:]
        )
    findings: list[Finding] = []
    looked_at, not_looked_at = [], []
    async with scene:
        for part in PARTS:
            beyond_reach = offline or (scene.is_resting and part.name != "database")
            if (part.online and beyond_reach) or (part.needs_database and not scene.has_database):
                not_looked_at.append(part.name)
                continue
            looked_at.append(part.name)
            try:
                findings += await part.look(scene)
            except Exception as error:  # one part that cannot be looked at must not hide the others
                findings.append(doubtful("PART_FAILED", part=part.name, error=type(error).__name__))
    return Diagnosis(findings=tuple(findings), looked_at=tuple(looked_at), not_looked_at=tuple(not_looked_at))
