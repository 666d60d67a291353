"""Keys of persons, the master keys that wrap them, and the ledger of those that were destroyed."""

from infra.keyring.ledger import ErasureLedger, FileLedger, LedgerDamaged, MemoryLedger
from infra.keyring.master import (
    KEY_BYTES,
    KeyFile,
    KeyText,
    MasterKeyMissing,
    MasterKeys,
    MasterSource,
    master_key,
)
from infra.keyring.postgres import PostgresKeyring, root_of
from infra.keyring.ring import CACHED_FOR_S, CACHED_KEYS_MAX, Keys, MemoryKeyring, PersonKeyring

__all__ = [
    "CACHED_FOR_S",
    "CACHED_KEYS_MAX",
    "KEY_BYTES",
    "ErasureLedger",
    "FileLedger",
    "KeyFile",
    "KeyText",
    "Keys",
    "LedgerDamaged",
    "MasterKeyMissing",
    "MasterKeys",
    "MasterSource",
    "MemoryKeyring",
    "MemoryLedger",
    "PersonKeyring",
    "PostgresKeyring",
    "master_key",
    "root_of",
]
