"""Keys: whether their files are there, are their owner's alone, and open what was sealed; and who was forgotten."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from infra.event_store.store import LEDGER_SUFFIX
from infra.keyring import KEY_BYTES, KeyFile, LedgerDamaged, MasterKeyMissing
from infra.keyring.kms import KmsRefused, KmsUnavailable
from infra.settings import SettingInvalid, Settings
from workers.doctor.scene import Scene
from workers.log import ledger_of, master_source

ALONE: Final = 0o077  # what nobody but the owner may do


async def look(scene: Scene) -> list[Finding]:
    """Look at the files; whether they open anything is asked where the database answers."""
    settings = scene.settings
    findings: list[Finding] = []
    if settings.key_file and not settings.master_key:
        findings += of_file(Path(settings.key_file), "key_file", sealed=bool(settings.kms_url))
    if settings.seal_key_file:
        findings += of_file(Path(settings.seal_key_file), "seal_key_file")
    return [*findings, *_master(settings), *of_ledger(settings), *_tls_key(settings), *_folders(settings)]


def of_file(file: Path, setting: str, *, sealed: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with a key file; only read, and never made. `sealed`: by a service."""
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
        if not sealed:
            KeyFile(file).read()
    except PermissionError:
        yield wrong("KEY_FILE_UNREADABLE", **where)
    except ValueError:
        yield wrong("KEY_FILE_DAMAGED", **where, bytes=file.stat().st_size, wanted=KEY_BYTES)


def opens(settings: Settings, wrapped: bytes, wrapped_by: str) -> list[Finding]:
    """Say whether the master key opens a person's key as the database has it; b"": there is none to be opened yet."""
    setting = "ESCALERA_MASTER_KEY" if settings.master_key else "ESCALERA_KEY_FILE"
    where = {"file": settings.key_file or "-", "setting": setting}
    if not settings.master_key and not (settings.key_file and Path(settings.key_file).exists()):
        return [wrong("KEY_FILE_LOST", **where)] if wrapped else []
    try:
        masters = master_source(settings).read()
        if wrapped:
            masters.unwrap(wrapped, wrapped_by)
    except MasterKeyMissing:
        return [wrong("KEY_DOES_NOT_OPEN", **where)]
    except (KmsRefused, KmsUnavailable) as error:
        return [wrong("KEY_SERVICE_SILENT", error=type(error).__name__)]
    except (SettingInvalid, OSError, ValueError):  # said by whoever looks at setting and file
        return []
    return []


def present_id(settings: Settings) -> str:
    """Return the id of the master key that wraps; "" where it cannot be had, which is said by whoever opens."""
    if not settings.master_key and not (settings.key_file and Path(settings.key_file).exists()):
        return ""
    try:
        return master_source(settings).read().id
    except (SettingInvalid, OSError, ValueError, KmsRefused, KmsUnavailable):
        return ""


def _master(settings: Settings) -> Iterator[Finding]:
    if settings.master_key or settings.kms_url:
        try:
            master_source(settings)
        except SettingInvalid as invalid:
            yield wrong("SETTING_INVALID", detail=invalid)


def of_ledger(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the list of people who were forgotten; it is not made where it is not there."""
    if not (settings.erased_file or settings.key_file):
        return
    file = Path(settings.erased_file or f"{settings.key_file}{LEDGER_SUFFIX}")
    try:
        ledger_of(settings).erased()
    except LedgerDamaged:
        yield wrong("LEDGER_DAMAGED", file=file)
    except OSError as error:
        yield wrong("LEDGER_UNREADABLE", file=file, error=type(error).__name__)
    else:
        place = next(each for each in (file, *file.absolute().parents) if each.exists())  # it is made where it is not
        if not os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            yield wrong("LEDGER_NOT_WRITABLE", file=file)


def _tls_key(settings: Settings) -> Iterator[Finding]:
    name = settings.tls_key_file
    if name and Path(name).exists() and Path(name).stat().st_mode & 0o007:
        mode = f"{Path(name).stat().st_mode & 0o777:04o}"
        yield wrong("KEY_FILE_OPEN", file=name, setting="ESCALERA_TLS_KEY_FILE", mode=mode)


def _folders(settings: Settings) -> Iterator[Finding]:
    for setting in ("letter_folder", "wal_archive_folder"):
        name = str(getattr(settings, setting))
        if name and Path(name).is_dir() and Path(name).stat().st_mode & ALONE:
            mode = f"{Path(name).stat().st_mode & 0o777:04o}"
            yield wrong("FOLDER_OPEN", folder=name, setting=f"ESCALERA_{setting.upper()}", mode=mode)
