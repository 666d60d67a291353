"""The sealer on a real log: every event a leaf, heads that continue each other, a copy that stands alone."""

import asyncio

import psycopg
import pytest

from application.sealing import Sealer, consistency, inclusion
from domain.decider import Rejected
from domain.transparency.proof import Proof, read_proof, verify_inclusion
from domain.transparency.tree import is_consistent
from infra.read_tables import open_pool
from infra.transparency.sealed_log import PostgresSealedLog
from tests.infra.event_store.writing import append, new_stream, note, registered, write
from tests.infra.transparency.sealing import Sealing


async def test_every_event_is_a_leaf_in_the_order_of_the_log(sealing: Sealing) -> None:
    person = new_stream()
    await sealing.store.append(
        append(write(person, 0, registered("Ana Muñoz")), write(new_stream(), 0, note(person, "x")))
    )
    head = await sealing.sealed(700)
    assert head.size == 702
    leaves = sealing.published()
    with psycopg.connect(sealing.dsn) as connection:
        rows = connection.execute("SELECT notification_id, topic FROM events ORDER BY notification_id").fetchall()
    assert [leaf.decode().split("\n")[1:5:3] for leaf in leaves] == [[str(position), name] for position, name in rows]
    assert not any(word in b"".join(leaves) for word in (b"Ana", "Muñoz".encode()))


async def test_heads_continue_each_other_and_nothing_new_is_signed_twice(sealing: Sealing) -> None:
    first = await sealing.sealed(300)
    note_of_first = await sealing.log.last_note()
    assert await sealing.sealer.sign() == first
    assert await sealing.log.last_note() == note_of_first
    second = await sealing.sealed(555)
    path = await consistency(sealing.log, first.size, second.size)
    assert is_consistent(first.size, first.root, second.size, second.root, path)
    assert len(sealing.published()) == 855


async def test_an_empty_log_has_a_head_too(sealing: Sealing) -> None:
    assert (await sealing.sealer.sign()).size == 0
    assert sealing.published() == []


async def test_an_event_is_shown_to_be_in_the_log_by_a_file_alone(sealing: Sealing) -> None:
    head = await sealing.sealed(400)
    leaves = sealing.published()
    positions = [int(leaf.split(b"\n")[1]) for leaf in leaves]
    assert await sealing.log.index_of([positions[7], positions[399], 10**12]) == {positions[7]: 7, positions[399]: 399}
    for index in (0, 7, 255, 256, 399):
        path = await inclusion(sealing.log, index, head.size)
        written = str(Proof(index=index, path=path, checkpoint=await sealing.log.last_note()))
        assert verify_inclusion(leaves[index], read_proof(written), sealing.signer.key) == head


async def test_sealers_that_start_at_once_make_one_tree(sealing: Sealing) -> None:
    await sealing.add(1_000)
    async with open_pool(sealing.dsn, size=2) as pool:
        other = Sealer(log=PostgresSealedLog(pool, batch=70), signer=sealing.signer, copies=())
        counts = await asyncio.gather(sealing.sealer.seal_all(), other.seal_all())
    assert sum(counts) == 1_000
    await sealing.sealer.sign()
    assert len(sealing.published()) == 1_000


async def test_a_head_is_not_signed_over_a_log_that_was_altered(sealing: Sealing) -> None:
    await sealing.sealed(300)
    with psycopg.connect(sealing.dsn, autocommit=True) as owner:
        owner.execute("UPDATE sealed_tiles SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 5) WHERE number = 0")
    published = (sealing.folder / "checkpoint").read_text()
    await sealing.add(10)
    await sealing.sealer.seal_all()
    with pytest.raises(Rejected, match="LOG_ALTERED"):
        await sealing.sealer.sign()
    assert (sealing.folder / "checkpoint").read_text() == published


async def test_a_database_that_forgot_its_head_is_told_by_the_public_copy(sealing: Sealing) -> None:
    await sealing.sealed(300)
    with psycopg.connect(sealing.dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE sealed_heads DISABLE TRIGGER sealed_heads_append_only")
        owner.execute("DELETE FROM sealed_heads")
        owner.execute("UPDATE sealed_tiles SET hashes = substr(hashes, 1, 32) WHERE number = 1 AND level = 0")
        owner.execute("UPDATE sealed_head SET size = 257")
    with pytest.raises(Rejected, match="LOG_ALTERED"):
        await sealing.sealer.sign()


async def test_what_was_published_is_never_written_again(sealing: Sealing) -> None:
    await sealing.sealed(256)
    before = {path: path.stat().st_mtime_ns for path in sealing.folder.rglob("*") if path.is_file()}
    await sealing.sealed(300)
    changed = [path for path, at in before.items() if path.stat().st_mtime_ns != at]
    assert changed == [sealing.folder / "checkpoint"]
