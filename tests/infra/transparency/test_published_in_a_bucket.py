"""A log that is published in an object store: sealed, verified, restored and read by others as one in a folder."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from application.restoring import Restoring
from application.seal_audit import Flaw
from application.sealing import CopyUnavailable, Sealer
from domain.decider import Rejected
from domain.transparency.checkpoint import opened
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.key_file import KeyFile
from infra.transparency.place import Place
from infra.transparency.published import Published, PublishedEpochs, head_in, states_head_in
from infra.transparency.sealed_log import PostgresSealedLog
from infra.transparency.verify import verify_seal
from tests.counterparts.amazon import moto
from tests.counterparts.aws_s3 import FakeS3, Refused, serving
from tests.counterparts.tlog import tlog
from tests.house import HandClock
from tests.infra.transparency.sealing import Sealing, cut_back
from tests.infra.transparency.test_places import bucket
from workers.public_copy import public_place
from workers.sealer import seal

COUNT = 600
PREFIX = "public/log/"


@dataclass(frozen=True)
class InBucket:
    """A sealed log whose copy is in a bucket that tests can reach into."""

    sealing: Sealing
    place: Place
    s3: FakeS3

    async def sealed(self, count: int) -> int:
        return (await self.sealing.sealed(count)).size


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with serving() as fake:
        yield fake


@pytest.fixture
async def published(sealing: Sealing, s3: FakeS3) -> InBucket:
    place = bucket(s3.url())
    sealer = Sealer(log=sealing.log, signer=sealing.signer, copies=(Published(place),))
    return InBucket(replace(sealing, sealer=sealer), place, s3)


@pytest.mark.parametrize("store", ["ours", "moto's"])
async def test_it_is_the_same_files_as_in_a_folder(sealing: Sealing, s3: FakeS3, store: str, tmp_path: Path) -> None:
    place = bucket(s3.url() if store == "ours" else moto().bucket("log"))
    for count in (300, 300):
        await sealing.sealed(count)
        await Sealer(log=sealing.log, signer=sealing.signer, copies=(Published(place),)).sign()
    names = [path.relative_to(sealing.folder).as_posix() for path in sealing.folder.rglob("*") if path.is_file()]
    assert {name: place.read(name) for name in names} == {name: sealing.place.read(name) for name in names}
    found = await asyncio.to_thread(verify_seal, sealing.dsn, sealing.signer.key, public=place)
    assert (found.whole, found.public, found.leaves, found.heads) == (True, True, 600, 3)


async def test_what_is_altered_is_placed_by_the_bucket(published: InBucket) -> None:
    await published.sealed(COUNT)
    with psycopg.connect(published.sealing.dsn) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        owner.execute(
            "UPDATE events SET state = overlay(state PLACING 'X'::bytea FROM 30) WHERE notification_id ="
            " (SELECT notification_id FROM events ORDER BY 1 OFFSET 590 LIMIT 1)"
        )
    found = await asyncio.to_thread(
        verify_seal, published.sealing.dsn, published.sealing.signer.key, public=published.place
    )
    assert (found.found[0].flaw, found.found[0].leaf, found.found[0].where) == (Flaw.ALTERED, 590, "public copy")


async def test_a_log_whose_end_was_cut_off_is_told_by_the_bucket(published: InBucket) -> None:
    await published.sealed(COUNT)
    cut_back(published.sealing, 257)
    await published.sealing.sealer.seal_all()
    found = await asyncio.to_thread(
        verify_seal, published.sealing.dsn, published.sealing.signer.key, public=published.place
    )
    assert {each.flaw for each in found.found} == {Flaw.TRUNCATED}


async def test_somebody_elses_verifier_accepts_what_was_fetched_from_the_bucket(
    published: InBucket, tmp_path: Path
) -> None:
    await published.sealed(COUNT)
    for name, kept in published.s3.objects.items():
        file = tmp_path / "copy" / name.removeprefix(PREFIX)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(kept.content)
    (tmp_path / "key").write_text(f"{published.sealing.signer.key}\n")
    where = ("--vkey-file", tmp_path / "key", "--tiles", tmp_path / "copy")
    assert tlog("verify-checkpoint", *where).accepted
    for index in ("0", "300", "599"):
        assert tlog("verify-inclusion", *where, "--index", index).accepted


async def test_a_copy_that_was_broken_off_is_finished_and_has_no_head_before(published: InBucket) -> None:
    published.s3.moods = [Refused(503, "SlowDown")] * 200
    with pytest.raises(CopyUnavailable, match="SlowDown"):
        await published.sealed(COUNT)
    published.s3.moods.clear()
    assert await asyncio.to_thread(head_in, published.place) == ""
    assert (await published.sealing.sealer.sign()).size == COUNT
    assert (await published.sealing.sealer.sign()).size == COUNT
    puts = [name for method, name in published.s3.calls if method == "PUT"]
    assert puts[-1].endswith("/checkpoint")


async def test_another_tile_in_the_bucket_is_an_alarm_and_stays_what_it_is(published: InBucket) -> None:
    published.place.keep("tile/0/001", b"another")
    with pytest.raises(Rejected, match="PUBLIC_COPY_ALTERED") as refused:
        await published.sealed(COUNT)
    assert refused.value.field == "tile/0/001"
    assert published.place.read("tile/0/001") == b"another"
    assert await asyncio.to_thread(head_in, published.place) == ""


@pytest.mark.parametrize("leaf", [0, 299])
async def test_events_that_are_no_longer_what_was_sealed_are_not_published(published: InBucket, leaf: int) -> None:
    await published.sealing.add(300)
    await published.sealing.sealer.seal_all()
    with psycopg.connect(published.sealing.dsn) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        owner.execute(
            "UPDATE events SET state = state || ' ' WHERE notification_id ="
            " (SELECT notification_id FROM events ORDER BY 1 OFFSET %s LIMIT 1)",
            (leaf,),
        )
    with pytest.raises(Rejected, match="LOG_ALTERED"):
        await published.sealing.sealer.sign()
    assert not any("checkpoint" in name for name in published.s3.objects)


@pytest.fixture
async def restoring(published: InBucket, tmp_path: Path) -> AsyncIterator[Restoring]:
    async with open_pool(published.sealing.dsn, size=3) as pool:
        yield Restoring(
            name=published.sealing.signer.key.name,
            signer_as=lambda name: KeyFile(tmp_path / "seal", name=name),
            log_of=lambda epoch: PostgresSealedLog(pool, batch=100, epoch=epoch),
            published=PublishedEpochs(published.place),
            recovery=PostgresRecovery(pool),
            clock=HandClock(datetime(2026, 11, 22, 12, tzinfo=UTC)),
        )


async def test_a_restore_is_declared_in_the_bucket_and_tells_what_was_lost(
    published: InBucket, restoring: Restoring
) -> None:
    await published.sealed(COUNT)
    cut_back(published.sealing, 400)
    await published.sealing.sealer.seal_all()
    assert await restoring.ahead() == 200
    declared = await restoring.declare(reason="rehearsal", by="operator:ana")
    assert (declared.common_size, declared.lost_leaves) == (400, 200)
    assert len([each async for each in restoring.lost(declared)]) == 200
    found = await asyncio.to_thread(
        verify_seal, published.sealing.dsn, published.sealing.signer.key, public=published.place
    )
    assert (found.whole, len(found.restores)) == (True, 1)
    assert f"{PREFIX}r1/restored" in published.s3.objects


async def test_the_sealer_waits_out_an_outage_and_publishes_then(sealing: Sealing, s3: FakeS3, tmp_path: Path) -> None:
    settings = Settings(
        database_url=sealing.dsn,
        seal_key_file=str(tmp_path / "seal"),
        log_name=sealing.signer.key.name,
        public_log_folder=s3.url(),
        seal_seconds=1,
    )
    place, stopped = public_place(settings), asyncio.Event()
    assert place is not None
    await sealing.add(5)
    s3.moods = [Refused(503, "SlowDown")] * 6
    async with asyncio.TaskGroup() as group:
        group.create_task(seal(settings, stopped))
        while not await asyncio.to_thread(states_head_in, place) or not await asyncio.to_thread(head_in, place):
            await asyncio.sleep(0.05)
        stopped.set()
    head, _ = opened(head_in(place), sealing.signer.key)
    assert head.size == 5
