"""A log that is sealed, signed and published, for tests."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from application.sealing import Sealer
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.tiles import bundle_path, leaves_of, tile_path, tiles_of
from domain.transparency.tree import Frontier, grow, leaf_hash
from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import open_pool
from infra.transparency.folder import Folder
from infra.transparency.key_file import KeyFile
from infra.transparency.published import Published
from infra.transparency.sealed_log import PostgresSealedLog
from tests.infra.event_store.writing import append, event, new_stream, write


@dataclass(frozen=True)
class Sealing:
    store: PostgresEventStore
    log: PostgresSealedLog
    sealer: Sealer
    signer: KeyFile
    folder: Path
    dsn: str

    @property
    def place(self) -> Folder:
        """Where it is published."""
        return Folder(self.folder)

    async def add(self, count: int) -> None:
        await self.store.append(append(*(write(new_stream(), 0, event(number)) for number in range(count))))

    async def sealed(self, count: int) -> Checkpoint:
        await self.add(count)
        await self.sealer.seal_all()
        return await self.sealer.sign()

    def published(self) -> list[bytes]:
        """Return every leaf that is published, after checking that the files make up the head."""
        head, _ = opened((self.folder / "checkpoint").read_text(), self.signer.key)
        found: list[bytes] = []
        for level, number, width in tiles_of(head.size):
            assert len((self.folder / tile_path(level, number, width)).read_bytes()) == 32 * width
            if level == 0:
                found += leaves_of((self.folder / bundle_path(number, width)).read_bytes())
        frontier, _ = grow(Frontier(), map(leaf_hash, found))
        assert (frontier.size, frontier.root) == (head.size, head.root)
        return found


@pytest.fixture
async def sealing(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Sealing]:
    folder = tmp_path / "public"
    signer = KeyFile(tmp_path / "seal", name="escalera.example/test")
    async with open_store(fresh_dsn, tmp_path / "master") as store, open_pool(fresh_dsn, size=3) as pool:
        log = PostgresSealedLog(pool, batch=100)
        sealer = Sealer(log=log, signer=signer, copies=(Published(Folder(folder)),))
        yield Sealing(store=store, log=log, sealer=sealer, signer=signer, folder=folder, dsn=fresh_dsn)


def cut_back(sealing: Sealing, size: int) -> None:
    """Leave the database as a backup of when it had `size` events would: the rest is gone, and nothing says so."""
    cut = """
        SET session_replication_role = replica;
        ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE sealed_heads DISABLE TRIGGER ALL;
        DELETE FROM events WHERE notification_id > (
            SELECT notification_id FROM events ORDER BY notification_id OFFSET {size} - 1 LIMIT 1);
        DELETE FROM sealed_heads WHERE size > {size};
        DELETE FROM sealed_tiles; DELETE FROM sealed_bundles; UPDATE sealed_head SET size = 0, position = 0;
        ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
        ALTER TABLE sealed_heads ENABLE ALWAYS TRIGGER sealed_heads_append_only"""
    with psycopg.connect(sealing.dsn) as connection:
        connection.execute(cut.format(size=size).encode())
    sealing.log._growing = None
