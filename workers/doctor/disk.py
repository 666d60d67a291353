"""Room on the disks that the database, the archive, the public copy and letters are written to."""

import os
import shutil
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from workers.doctor.scene import Scene
from workers.public_copy import is_bucket

GIGABYTE: Final = 10**9
FULL_BYTES, LOW_BYTES = GIGABYTE, 10 * GIGABYTE
FULL_SHARE, LOW_SHARE = 0.02, 0.10


async def look(scene: Scene) -> list[Finding]:
    """Look once at each disk."""
    settings = scene.settings
    published = "" if is_bucket(settings.public_log_folder) else settings.public_log_folder
    named = (published, settings.wal_archive_folder, settings.letter_folder, settings.mail_folder)
    folders = [Path(name) for name in named if name] + ([scene.folder] if scene.folder else [])
    by_disk = {os.stat(folder).st_dev: folder for folder in folders if folder.is_dir()}
    return [finding for folder in by_disk.values() for finding in room(folder, *shutil.disk_usage(folder)[::2])]


def room(folder: Path, total: int, free: int) -> list[Finding]:
    """Return what to say of a disk of `total` bytes of which `free` are free."""
    told = {"folder": folder, "free": f"{free / GIGABYTE:.1f} GB", "share": f"{free / total:.0%}"}
    if free < FULL_BYTES or free / total < FULL_SHARE:
        return [wrong("DISK_FULL", **told)]
    return [doubtful("DISK_LOW", **told)] if free < LOW_BYTES and free / total < LOW_SHARE else []
