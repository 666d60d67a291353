"""Key files: whether they are there, are their owner's alone, and open what was sealed under them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from infra.keyring import KEY_BYTES, KeyFile, MasterKeyMissing
from infra.settings import Settings
from workers.doctor.scene import Scene

ALONE: Final = 0o077  # what nobody but the owner may do


async def look(scene: Scene) -> list[Finding]:
    """Look at the files; whether they open anything is asked where the database answers."""
    settings = scene.settings
    findings: list[Finding] = []
    for setting in ("key_file", "seal_key_file"):
        if name := str(getattr(settings, setting)):
            findings += of_file(Path(name), setting)
    findings += _private_files(settings)
    findings += _folders(settings)
    return findings


def of_file(file: Path, setting: str) -> Iterator[Finding]:
    """Yield what is wrong with a key file; it is only read, and never made."""
    where = {"file": file, "setting": f"ESCALERA_{setting.upper()}"}
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        yield doubtful("KEY_FILE_MISSING", **where)
        return
    except PermissionError:
        yield wrong("KEY_FILE_UNREADABLE", **where)
        return
    if mode & ALONE:
        yield wrong("KEY_FILE_OPEN", **where, mode=f"{mode & 0o777:04o}")
        return
    try:
        KeyFile(file).read()
    except PermissionError:
        yield wrong("KEY_FILE_UNREADABLE", **where)
    except ValueError:
        yield wrong("KEY_FILE_DAMAGED", **where, bytes=file.stat().st_size, wanted=KEY_BYTES)


def _private_files(settings: Settings) -> Iterator[Finding]:
    for setting in ("tls_key_file",):
        name = str(getattr(settings, setting))
        if name and Path(name).exists() and Path(name).stat().st_mode & 0o007:
            mode = f"{Path(name).stat().st_mode & 0o777:04o}"
            yield wrong("KEY_FILE_OPEN", file=name, setting=f"ESCALERA_{setting.upper()}", mode=mode)


def _folders(settings: Settings) -> Iterator[Finding]:
    for setting in ("letter_folder", "wal_archive_folder"):
        name = str(getattr(settings, setting))
        if name and Path(name).is_dir() and Path(name).stat().st_mode & ALONE:
            mode = f"{Path(name).stat().st_mode & 0o777:04o}"
            yield wrong("FOLDER_OPEN", folder=name, setting=f"ESCALERA_{setting.upper()}", mode=mode)


def opens(settings: Settings, wrapped: bytes, wrapped_by: str) -> list[Finding]:
    """Say whether the master key opens a person's key as the database has it."""
    file = Path(settings.key_file)
    where = {"file": file, "setting": "ESCALERA_KEY_FILE"}
    if not settings.key_file or not file.exists():
        return [wrong("KEY_FILE_LOST", **where)]
    try:
        KeyFile(file).read().unwrap(wrapped, wrapped_by)
    except MasterKeyMissing:
        return [wrong("KEY_DOES_NOT_OPEN", **where)]
    except (OSError, ValueError):  # said by whoever looks at the file
        return []
    return []
