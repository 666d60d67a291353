"""The log of an installation, with the keys and the ledger of erasures that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import psycopg

from infra.event_store import PostgresEventStore, open_store
from infra.event_store.store import LEDGER_SUFFIX
from infra.keyring import FileLedger, KeyFile, KeyText, MasterSource, root_of
from infra.keyring.aws_kms import AwsKms
from infra.keyring.kms import KmsFile
from infra.settings import SettingInvalid, Settings


@asynccontextmanager
async def open_log(settings: Settings) -> AsyncIterator[PostgresEventStore]:
    """Open the store, for the running event loop; whoever was forgotten has no key any more when it is given out."""
    async with open_store(settings.required("database_url"), master_source(settings), ledger_of(settings)) as store:
        yield store


def master_source(settings: Settings) -> MasterSource:
    """Return where the master key comes from: the setting itself, or a file, sealed by a service where one is named."""
    if settings.master_key:
        try:
            return KeyText(settings.master_key)
        except ValueError as wrong:
            raise SettingInvalid(f"ESCALERA_MASTER_KEY cannot be used; accepted: {wrong}") from None
    key_file = Path(settings.required("key_file"))
    if settings.kms_url:
        try:
            return KmsFile(key_file, AwsKms(settings.kms_url))
        except ValueError as wrong:
            raise SettingInvalid(f"ESCALERA_KMS_URL cannot be used; accepted: {wrong}") from None
    return KeyFile(key_file)


def ledger_of(settings: Settings) -> FileLedger:
    """Return the ledger of erasures: the file that is named, else the one beside the key file."""
    if settings.erased_file:
        return FileLedger(Path(settings.erased_file))
    if not settings.key_file:
        raise SettingInvalid("ESCALERA_ERASED_FILE must be set where there is no ESCALERA_KEY_FILE for it to be beside")
    key_file = Path(settings.key_file)
    return FileLedger(key_file.with_name(key_file.name + LEDGER_SUFFIX))


@lru_cache(maxsize=8)
def root_key(settings: Settings) -> bytes:
    """Return the secret that hashes, links and return addresses are made under; it outlives every master key."""
    masters = master_source(settings).read()
    if not settings.database_url:
        return masters.present
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        return root_of(connection, masters)
