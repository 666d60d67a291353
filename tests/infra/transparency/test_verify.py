"""Whoever owns the database may do what he likes to it; held against the seal it shows, and where."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from application.seal_audit import Flaw, SealAudit
from domain.transparency.note import VerifierKey
from infra.transparency.folder import Folder
from infra.transparency.verify import verify_seal
from tests.infra.transparency.sealing import Sealing

Owner = psycopg.Connection[Any]
COUNT = 600


def as_owner(dsn: str, does: Callable[[Owner], object]) -> None:
    with psycopg.connect(dsn) as owner:
        for table, trigger in (("events", "events_append_only"), ("sealed_heads", "sealed_heads_append_only")):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}".encode())
        does(owner)


def verify(sealing: Sealing, *, public: bool) -> SealAudit:
    return verify_seal(sealing.dsn, sealing.signer.key, public=sealing.place if public else None)


def position_of(owner: Owner, leaf: int) -> int:
    row = owner.execute("SELECT notification_id FROM events ORDER BY 1 OFFSET %s LIMIT 1", (leaf,)).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("public", [False, True])
async def test_a_log_that_nobody_touched_is_whole(sealing: Sealing, public: bool) -> None:
    await sealing.sealed(300)
    await sealing.sealed(COUNT - 300)
    await sealing.add(5)
    audit = verify(sealing, public=public)
    assert audit.whole
    assert (audit.leaves, audit.not_sealed, audit.heads, audit.public) == (COUNT, 5, 2 + public, public)


async def test_a_log_that_was_never_sealed_has_nothing_to_be_held_against(sealing: Sealing) -> None:
    await sealing.add(3)
    audit = verify(sealing, public=True)
    assert audit.whole
    assert (audit.leaves, audit.not_sealed, audit.heads, audit.public) == (0, 3, 0, False)


CHANGES = {
    "a byte of it": "UPDATE events SET state = overlay(state PLACING 'X'::bytea FROM 30) WHERE notification_id = {}",
    "its name": "UPDATE events SET topic = 'CaseClosed' WHERE notification_id = {}",
    "its stream": "UPDATE events SET originator_id = gen_random_uuid() WHERE notification_id = {}",
    "its version": "UPDATE events SET originator_version = 9 WHERE notification_id = {}",
    "when it was recorded": "UPDATE events SET recorded_at = recorded_at - interval '1 us' WHERE notification_id = {}",
    "when it happened": "UPDATE events SET effective_at = effective_at + interval '1 us' WHERE notification_id = {}",
    "who did it": "UPDATE events SET metadata = jsonb_set(metadata, '{{actor}}', '\"x\"') WHERE notification_id = {}",
}


@pytest.mark.parametrize("leaf", [0, 255, 256, COUNT - 1])
@pytest.mark.parametrize("what", CHANGES)
async def test_whatever_is_changed_of_an_event_is_found_at_its_place(sealed: Sealing, what: str, leaf: int) -> None:
    def change(owner: Owner) -> None:
        owner.execute(CHANGES[what].format(position_of(owner, leaf)).encode())

    as_owner(sealed.dsn, change)
    audit = verify(sealed, public=leaf % 2 == 0)
    assert (audit.found[0].flaw, audit.found[0].leaf) == (Flaw.ALTERED, leaf)
    assert {each.flaw for each in audit.found} == {Flaw.ALTERED, Flaw.HEAD_DIFFERS}


@pytest.mark.parametrize("leaf", [0, 255, 256, COUNT - 1])
async def test_an_event_that_is_gone_is_missed(sealed: Sealing, leaf: int) -> None:
    as_owner(
        sealed.dsn,
        lambda owner: owner.execute("DELETE FROM events WHERE notification_id = %s", (position_of(owner, leaf),)),
    )
    (found,) = verify(sealed, public=False).found
    assert (found.flaw, found.leaf) == (Flaw.MISSING, leaf)


async def test_an_event_put_in_among_the_sealed_ones_is_found(sealed: Sealing) -> None:
    def insert(owner: Owner) -> None:
        here = position_of(owner, 400)
        owner.execute("DELETE FROM events WHERE notification_id = %s", (here,))
        owner.execute("UPDATE sealed_bundles SET positions = array_remove(positions, %s)", (here,))
        owner.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state, notification_id)"
            " SELECT gen_random_uuid(), 1, topic, state, %s FROM events LIMIT 1",
            (here,),
        )

    as_owner(sealed.dsn, insert)
    flaws = {each.flaw for each in verify(sealed, public=False).found}
    assert Flaw.INSERTED in flaws
    assert Flaw.HEAD_DIFFERS in flaws


async def test_two_events_that_changed_places_are_found(sealed: Sealing) -> None:
    def swap(owner: Owner) -> None:
        one, other = position_of(owner, 10), position_of(owner, 300)
        for old, new in ((one, -1), (other, one), (-1, other)):
            owner.execute("UPDATE events SET notification_id = %s WHERE notification_id = %s", (new, old))

    as_owner(sealed.dsn, swap)
    altered = [each.leaf for each in verify(sealed, public=False).found if each.flaw is Flaw.ALTERED]
    assert altered == [10, 300]


async def test_who_alters_the_tiles_too_is_told_by_the_signed_head_and_placed_by_the_public_copy(
    sealed: Sealing,
) -> None:
    def change(owner: Owner) -> None:
        owner.execute(CHANGES["a byte of it"].format(position_of(owner, 300)).encode())
        owner.execute("UPDATE sealed_head SET size = 0, position = 0")
        owner.execute("TRUNCATE sealed_tiles, sealed_bundles")

    as_owner(sealed.dsn, change)
    await sealed.sealer.seal_all()  # the tree of what the log says now
    found = verify(sealed, public=False).found
    assert {each.flaw for each in found} == {Flaw.HEAD_DIFFERS}
    found = verify(sealed, public=True).found
    assert (found[0].flaw, found[0].leaf, found[0].where) == (Flaw.ALTERED, 300, "public copy")


async def test_who_cuts_off_the_end_and_forgets_the_heads_is_told_by_the_public_copy(sealed: Sealing) -> None:
    def cut(owner: Owner) -> None:
        owner.execute("DELETE FROM events WHERE notification_id > %s", (position_of(owner, 256),))
        owner.execute("DELETE FROM sealed_heads")
        owner.execute("UPDATE sealed_head SET size = 0, position = 0")
        owner.execute("DELETE FROM sealed_tiles")
        owner.execute("DELETE FROM sealed_bundles")

    as_owner(sealed.dsn, cut)
    await sealed.sealer.seal_all()
    assert verify(sealed, public=False).whole  # nothing in the database remembers
    found = {each.flaw: each for each in verify(sealed, public=True).found}
    assert (found[Flaw.TRUNCATED].size, found[Flaw.TRUNCATED].leaf) == (COUNT, 257)


async def test_tiles_that_were_altered_alone_are_told_from_events(sealed: Sealing) -> None:
    as_owner(
        sealed.dsn,
        lambda owner: owner.execute(
            "UPDATE sealed_tiles SET hashes = overlay(hashes PLACING 'X'::bytea FROM 3) WHERE level = 1"
        ),
    )
    (found,) = verify(sealed, public=True).found
    assert found.flaw is Flaw.TILES_ALTERED


PUBLISHED = {
    "a hash": ("tile/0/001", 7, 256),
    "a hash of a tile that is not full": ("tile/0/002.p/88", 7, 512),
    "an inner hash": ("tile/1/000.p/2", 7, 0),
    "a leaf": ("tile/entries/001", 99, 256),
    "a leaf of a bundle that is not full": ("tile/entries/002.p/88", 99, 512),
}


@pytest.mark.parametrize("what", PUBLISHED)
@pytest.mark.parametrize("gone", [False, True])
async def test_what_is_altered_or_gone_of_the_public_copy_is_told_from_events(
    sealed: Sealing, what: str, gone: bool
) -> None:
    name, at, leaf = PUBLISHED[what]
    file = sealed.folder / name
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    if gone:
        file.unlink()
    else:
        file.write_bytes(content)
    (found,) = verify(sealed, public=True).found
    assert (found.flaw, found.leaf, found.where) == (Flaw.PUBLIC_DAMAGED, leaf, "public copy")
    assert verify(sealed, public=False).whole


async def test_a_public_copy_that_is_behind_is_whole_and_what_it_has_not_yet_is_measured_by_the_tree(
    sealing: Sealing,
) -> None:
    await sealing.sealed(300)
    await sealing.add(300)
    await sealing.sealer.seal_all()
    assert verify(sealing, public=True).whole

    def change(owner: Owner) -> None:
        owner.execute(CHANGES["a byte of it"].format(position_of(owner, 450)).encode())

    as_owner(sealing.dsn, change)
    (found,) = verify(sealing, public=True).found
    assert (found.flaw, found.leaf, found.where) == (Flaw.ALTERED, 450, "database")


NOTES = {
    "where the leaves are": ("DELETE FROM sealed_bundles WHERE number = 1", 256, None),
    "the root of a head": ("UPDATE sealed_heads SET root = overlay(root PLACING 'X'::bytea FROM 3)", None, COUNT),
}


@pytest.mark.parametrize("what", NOTES)
async def test_what_is_noted_beside_the_tree_is_told_from_events(sealed: Sealing, what: str) -> None:
    query, leaf, size = NOTES[what]
    as_owner(sealed.dsn, lambda owner: owner.execute(query.encode()))
    (found,) = verify(sealed, public=True).found
    assert (found.flaw, found.leaf, found.size) == (Flaw.NOTES_ALTERED, leaf, size)


@pytest.mark.parametrize("public", [False, True])
async def test_an_event_that_was_altered_is_named(sealed: Sealing, public: bool) -> None:
    with psycopg.connect(sealed.dsn) as connection:
        query = "SELECT originator_id::text, originator_version, topic FROM events ORDER BY notification_id OFFSET 300"
        row = connection.execute(query.encode()).fetchone()

    def change(owner: Owner) -> None:
        owner.execute(CHANGES["a byte of it"].format(position_of(owner, 300)).encode())

    as_owner(sealed.dsn, change)
    found = verify(sealed, public=public).found[0]
    assert (found.stream_id, found.version, found.event) == row


async def test_an_event_that_is_gone_is_named_by_the_public_copy(sealed: Sealing) -> None:
    with psycopg.connect(sealed.dsn) as connection:
        query = "SELECT originator_id::text, originator_version, topic FROM events ORDER BY notification_id OFFSET 300"
        row = connection.execute(query.encode()).fetchone()
    as_owner(
        sealed.dsn,
        lambda owner: owner.execute("DELETE FROM events WHERE notification_id = %s", (position_of(owner, 300),)),
    )
    (found,) = verify(sealed, public=True).found
    assert (found.flaw, found.stream_id, found.version, found.event) == (Flaw.MISSING, *(row or ()))


async def test_a_head_that_somebody_else_signed_is_none(sealed: Sealing) -> None:
    stranger = VerifierKey(name=sealed.signer.key.name, public=bytes(32))
    found = verify_seal(sealed.dsn, stranger, public=sealed.place).found
    assert {(each.flaw, each.where) for each in found} == {
        (Flaw.HEAD_NOT_SIGNED, "database"),
        (Flaw.HEAD_NOT_SIGNED, "public copy"),
    }


async def test_a_key_that_was_destroyed_leaves_the_log_whole(sealed: Sealing) -> None:
    as_owner(sealed.dsn, lambda owner: owner.execute("UPDATE person_keys SET wrapped_key = NULL, erased_at = now()"))
    assert verify(sealed, public=True).whole


async def test_what_is_sealed_and_published_meanwhile_is_no_truncation(sealed: Sealing) -> None:
    loop = asyncio.get_running_loop()

    class Meanwhile(Folder):
        def read(self, name: str, /) -> bytes | None:
            if name == "checkpoint":
                asyncio.run_coroutine_threadsafe(sealed.sealed(10), loop).result()
            return super().read(name)

    audit = await asyncio.to_thread(verify_seal, sealed.dsn, sealed.signer.key, public=Meanwhile(sealed.folder))
    assert (audit.whole, audit.leaves) == (True, COUNT + 10)


@pytest.fixture
async def sealed(sealing: Sealing) -> Sealing:
    await sealing.sealed(COUNT)
    return sealing
