"""Base backups of the embedded server, as the archive remembers them: PostgreSQL archives a note of each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful
from workers.doctor.scene import Scene

OLD: Final = timedelta(days=2)  # one a day is usual
NOTES: Final = "*.backup"
ENDED: Final = "STOP TIME: "


async def look(scene: Scene) -> list[Finding]:
    """Look into the archive; who keeps a server of their own keeps its backups their own way."""
    archive = scene.settings.wal_archive_folder
    return base_backups(Path(archive), datetime.now(UTC)) if archive and scene.is_embedded else []


def base_backups(archive: Path, now: datetime) -> list[Finding]:
    """Return what to say of an archive in which no base backup is noted, or none of late."""
    taken = [ended for note in archive.glob(NOTES) if (ended := _ended(note)) is not None]
    if not taken:
        return [doubtful("BASE_BACKUP_MISSING", folder=archive)]
    last = max(taken)
    return [doubtful("BASE_BACKUP_OLD", folder=archive, last=last.date())] if now - last > OLD else []


def _ended(note: Path) -> datetime | None:
    """Return when a base backup ended; the embedded server writes its notes in UTC."""
    for line in note.read_text(encoding="utf-8").splitlines():
        if line.startswith(ENDED):
            return datetime.strptime(line.removeprefix(ENDED).strip(), "%Y-%m-%d %H:%M:%S %Z").replace(tzinfo=UTC)
    return None
