"""Whether somebody else has the ports of an engine that rests."""

import json

from application.diagnosis import Finding, doubtful
from workers.doctor.scene import Scene
from workers.ports import USUAL, is_free


async def look(scene: Scene) -> list[Finding]:
    """Say which ports of a resting engine's last run, or else the usual ones, somebody else has."""
    if scene.running or scene.folder is None or not scene.is_embedded:
        return []
    ports = dict(USUAL)
    memory = scene.folder / "ports.json"
    if memory.exists():
        ports |= {str(name): int(port) for name, port in json.loads(memory.read_text()).items()}
    return [doubtful("PORT_TAKEN", what=name, port=port) for name, port in ports.items() if not is_free(port)]
