"""Looks an installation over, part by part, and changes nothing. Each part is one module with one `look`.

Offline only files and settings are looked at; online also the servers and processes. A part that needs the database is
left out where it does not answer, and said to be.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from application.diagnosis import Diagnosis, Finding, doubtful, wrong
from infra.settings import SettingInvalid
from workers.doctor.scene import Scene, scene_of

Look = Callable[[Scene], Awaitable[list[Finding]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """module: that of the part's name where there is none. Imported when looked at: some take long."""

    name: str
    module: str = ""
    look: str = "look"
    online: bool = False
    needs_database: bool = False

    async def found(self, scene: Scene) -> list[Finding]:
        look: Look = getattr(import_module(f"workers.doctor.{self.module or self.name}"), self.look)
        return await look(scene)


PARTS = (
    _Part(name="settings"),
    _Part(name="libraries"),
    _Part(name="keys"),
    _Part(name="access"),
    _Part(name="certificates"),
    _Part(name="disk"),
    _Part(name="backups"),
    _Part(name="database", online=True),
    _Part(name="content"),  # after the database, which tells what countries matter
    _Part(name="seal", online=True, needs_database=True),
    _Part(name="lag", online=True, needs_database=True),
    _Part(name="temporal", online=True),
    _Part(name="network", online=True),
    _Part(name="issuers", module="access", look="look_at_issuers", online=True),
    _Part(name="ports", module="own_ports"),
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
                findings += await part.found(scene)
            except Exception as error:  # one part that cannot be looked at must not hide the others
                findings.append(doubtful("PART_FAILED", part=part.name, error=type(error).__name__))
    return Diagnosis(findings=tuple(findings), looked_at=tuple(looked_at), not_looked_at=tuple(not_looked_at))
