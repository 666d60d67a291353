"""Where the settings say that the log is published: a folder, or a bucket of an object store."""

import os
from pathlib import Path

from infra.settings import SettingInvalid, Settings
from infra.transparency.bucket import Bucket
from infra.transparency.bucket_address import SCHEME, read_address
from infra.transparency.folder import Folder
from infra.transparency.object_store import ObjectStore
from infra.transparency.place import Place


def public_place(settings: Settings) -> Place | None:
    """Return where the log is published, without asking whether it is there; None where it is published nowhere.

    Raise `SettingInvalid`.
    """
    named = settings.public_log_folder
    if not named:
        return None
    if not is_bucket(named):
        return Folder(Path(named))
    try:
        return Bucket(ObjectStore(read_address(named, os.environ)))
    except ValueError as wrong:
        raise SettingInvalid(f"ESCALERA_PUBLIC_LOG_FOLDER cannot be used; accepted: {wrong}") from None


def is_bucket(named: str) -> bool:
    """Whether a setting names a bucket and no folder."""
    return named.startswith(f"{SCHEME}://")
