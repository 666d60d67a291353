"""Finds people by their addresses without keeping any."""

from infra.address_book.hashes import AddressHashes
from infra.address_book.memory import MemoryAddressBook
from infra.address_book.postgres import PostgresAddressBook

__all__ = ["AddressHashes", "MemoryAddressBook", "PostgresAddressBook"]
