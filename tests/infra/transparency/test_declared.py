"""A log that came out of a backup: nobody signs it until somebody says so aloud; then it goes on, and hides nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from application.restoring import Restoring
from application.seal_audit import Flaw, SealAudit
from application.sealing import Sealer, ask
from domain.decider import Rejected
from domain.transparency.checkpoint import opened
from domain.transparency.note import Note, VerifierKey
from domain.transparency.restored import Restored, epoch_key, opened_restore
from domain.transparency.tree import frontier_of
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.transparency.key_file import KeyFile
from infra.transparency.published import PublishedEpochs, epoch_place, head_in, restore_in
from infra.transparency.sealed_log import PostgresSealedLog
from infra.transparency.verify import verify_seal
from tests.house import HandClock
from tests.infra.transparency.sealing import Sealing, cut_back

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = "escalera.example/test"


@pytest.fixture
async def restoring(sealing: Sealing, tmp_path: Path) -> AsyncIterator[Restoring]:
    async with open_pool(sealing.dsn, size=3) as pool:
        yield Restoring(
            name=NAME,
            signer_as=lambda name: KeyFile(tmp_path / "seal", name=name),
            log_of=lambda epoch: PostgresSealedLog(pool, batch=100, epoch=epoch),
            published=PublishedEpochs(sealing.place),
            recovery=PostgresRecovery(pool),
            clock=HandClock(NOW),
        )


async def goes_on(sealing: Sealing, count: int) -> None:
    """The restored engine takes new commands and seals them."""
    await sealing.add(count)
    await sealing.sealer.seal_all()


async def settle(sealing: Sealing) -> None:
    """What was sent in the lost time is settled, and contacts are made again."""
    async with open_pool(sealing.dsn, size=1) as pool:
        await PostgresRecovery(pool).clear(by="operator:ana", reason="rehearsal", channels={}, at=NOW)


def audit(sealing: Sealing, *, public: bool = True, key: VerifierKey | None = None) -> SealAudit:
    return verify_seal(sealing.dsn, key or sealing.signer.key, public=sealing.place if public else None)


def flaws(found: SealAudit) -> set[Flaw]:
    return {each.flaw for each in found.found}


async def test_a_restore_that_nobody_declared_is_a_truncation_and_is_never_signed(sealing: Sealing) -> None:
    await sealing.sealed(300)
    await sealing.sealed(220)
    cut_back(sealing, 310)
    await goes_on(sealing, 5)
    with pytest.raises(Rejected, match="does not continue"):
        await sealing.sealer.sign()
    assert Flaw.TRUNCATED in flaws(audit(sealing))


async def test_a_declared_restore_goes_on_under_its_own_name_and_shows_what_is_lost(
    sealing: Sealing, restoring: Restoring
) -> None:
    await sealing.sealed(300)
    old = await sealing.sealed(220)
    before = {path: path.read_bytes() for path in sealing.folder.rglob("*") if path.is_file()}
    cut_back(sealing, 310)
    await goes_on(sealing, 5)
    assert await restoring.ahead() == 210
    declared = await restoring.declare(reason="disk of db-1 died", by="operator:ana")
    assert (declared.number, declared.common_size, declared.lost_leaves) == (1, 310, 210)
    assert {path: path.read_bytes() for path in before} == before, "what was published stays as it was"
    key = sealing.signer.key
    head, _ = opened(head_in(epoch_place(sealing.place, 1)), epoch_key(key, 1))
    assert (head.origin, head.size) == (f"{NAME}/r1", 315)
    said, _ = opened_restore(restore_in(sealing.place, 1), key, 1)
    assert (said.old, said.lost, said.reason) == (old, 210, "disk of db-1 died")
    found = audit(sealing)
    assert found.whole
    assert [(each.number, each.lost, each.reason) for each in found.restores] == [(1, 210, "disk of db-1 died")]
    assert audit(sealing, public=False).whole, "the database alone has the declaration too"


async def test_what_was_lost_is_told_by_stream_position_and_name(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(520)
    with psycopg.connect(sealing.dsn) as connection:
        query = "SELECT notification_id, originator_id, topic FROM events ORDER BY notification_id OFFSET 310"
        gone = connection.execute(query.encode()).fetchall()
    cut_back(sealing, 310)
    declared = await restoring.declare(reason="rehearsal", by="operator:ana")
    lost = [named async for named in restoring.lost(declared)]
    assert [(each.position, each.stream_id, each.name) for each in lost] == gone


async def test_heads_after_a_declared_restore_continue_each_other(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)
    await restoring.declare(reason="rehearsal", by="operator:ana")
    await settle(sealing)
    await sealing.add(400)
    await restoring.declare(reason="again, for nothing", by="operator:ana")  # harmless: it loses nothing
    found = audit(sealing)
    assert found.whole
    assert [(each.number, each.common_size, each.lost) for each in found.restores] == [(1, 200, 100), (2, 200, 0)]


async def test_a_restore_that_is_declared_twice_is_declared_once_until_it_is_reconciled(
    sealing: Sealing, restoring: Restoring
) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)
    first = await restoring.declare(reason="disk of db-1 died", by="operator:ana")
    await goes_on(sealing, 10)
    again = await restoring.declare(reason="said again", by="operator:bob")
    assert again == first, "what was sent since the backup is still to be settled, from there on"
    assert [each.number for each in audit(sealing).restores] == [1]
    await settle(sealing)
    assert (await restoring.declare(reason="another", by="operator:ana")).number == 2


async def test_a_second_restore_may_go_back_before_the_first(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)
    await restoring.declare(reason="the first", by="operator:ana")
    cut_back(sealing, 100)
    with psycopg.connect(sealing.dsn) as connection:  # the backup is older than the declaration
        forget = "ALTER TABLE restores DISABLE TRIGGER ALL; DELETE FROM restores; DELETE FROM sealed_heads"
        connection.execute(f"ALTER TABLE sealed_heads DISABLE TRIGGER ALL; {forget}".encode())
    assert Flaw.TRUNCATED in flaws(audit(sealing))
    second = await restoring.declare(reason="the second", by="operator:ana")
    assert (second.number, second.common_size, second.lost_leaves) == (2, 100, 100)
    found = audit(sealing)
    assert found.whole
    assert [(each.common_size, each.lost) for each in found.restores] == [(200, 100), (100, 100)]


async def test_what_is_altered_after_a_declared_restore_is_found(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)
    await restoring.declare(reason="rehearsal", by="operator:ana")
    _alter_the_first(sealing)
    assert Flaw.ALTERED in flaws(audit(sealing))


async def test_a_declaration_that_the_logs_key_did_not_sign_is_none(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)
    declared = await restoring.declare(reason="rehearsal", by="operator:ana")
    said, note = opened_restore(declared.note, sealing.signer.key, 1)
    other = str(Note(text=str(replace(said, reason="nothing happened")), signatures=note.signatures))
    (sealing.folder / "r1" / "restored").write_text(other)
    assert Flaw.HEAD_NOT_SIGNED in flaws(audit(sealing))
    half = str(Note(text=note.text, signatures=note.signatures[1:]))  # under the new name alone
    with pytest.raises(Rejected, match="both names"):
        opened_restore(half, sealing.signer.key, 1)


async def test_a_declaration_that_says_that_an_altered_log_is_the_old_one_is_found_out(
    sealing: Sealing, tmp_path: Path
) -> None:
    """Whoever holds the key lies: the first event is another, and the declaration covers it."""
    old = await sealing.sealed(300)
    cut_back(sealing, 200)
    _alter_the_first(sealing)
    await sealing.sealer.seal_all()
    root = await ask(sealing.log, lambda complete: frontier_of(200, complete).root)
    lie = Restored(
        number=1, old=old, origin=f"{NAME}/r1", common_size=200, common_root=root, declared_at=NOW, reason="a lie"
    )
    signers = [KeyFile(tmp_path / "seal", name=name) for name in (NAME, f"{NAME}/r1")]
    note = str(Note(text=str(lie), signatures=tuple(signer.sign(str(lie)) for signer in signers)))
    with psycopg.connect(sealing.dsn) as connection:
        connection.execute(
            "INSERT INTO restores VALUES (1, %s, %s, %s, 'operator:eve', 'a lie', 200, 100, %s)", (NOW, NOW, NOW, note)
        )
    await PublishedEpochs(sealing.place).declare(1, note)
    async with open_pool(sealing.dsn, size=2) as pool:
        copy = PublishedEpochs(sealing.place).copy(1)
        await Sealer(log=PostgresSealedLog(pool, epoch=1), signer=signers[1], copies=(copy,)).sign()
    assert Flaw.HEAD_DIFFERS in flaws(audit(sealing))


async def test_the_old_head_cannot_be_taken_back_once_a_restore_is_declared(
    sealing: Sealing, restoring: Restoring
) -> None:
    first = await sealing.sealed(300)
    shorter = head_in(sealing.place)
    assert first.size == 300
    await sealing.sealed(300)
    cut_back(sealing, 300)
    await restoring.declare(reason="rehearsal", by="operator:ana")
    (sealing.folder / "checkpoint").write_text(shorter)
    assert [each.size for each in audit(sealing).found if each.flaw is Flaw.HEAD_DIFFERS] == [600]


async def test_a_declaration_that_was_broken_off_is_finished_and_not_made_twice(
    sealing: Sealing, restoring: Restoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sealing.sealed(300)
    cut_back(sealing, 200)

    async def fails(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(PublishedEpochs, "declare", fails)
        with pytest.raises(OSError, match="space"):
            await restoring.declare(reason="rehearsal", by="operator:ana")
    assert (await restoring.declare(reason="another word", by="operator:ana")).reason == "rehearsal"
    found = audit(sealing)
    assert found.whole
    assert len(found.restores) == 1


@pytest.mark.parametrize(("reason", "refused"), [("  \n ", "REASON_MISSING"), ("x" * 301, "REASON_TOO_LONG")])
async def test_a_restore_is_declared_with_a_reason(restoring: Restoring, reason: str, refused: str) -> None:
    with pytest.raises(Rejected) as refusal:
        await restoring.declare(reason=reason, by="operator:ana")
    assert refusal.value.reason == refused


async def test_what_was_lost_ended_after_what_is_left(sealing: Sealing, restoring: Restoring) -> None:
    await sealing.sealed(3)
    with pytest.raises(Rejected) as refusal:
        await restoring.declare(reason="rehearsal", by="operator:ana", lost_until=NOW + timedelta(seconds=1))
    assert refusal.value.reason == "LOST_UNTIL_TOO_EARLY"


def _alter_the_first(sealing: Sealing) -> None:
    alter = "UPDATE events SET state = state || ' ' WHERE notification_id = (SELECT min(notification_id) FROM events)"
    with psycopg.connect(sealing.dsn) as connection:
        connection.execute(f"ALTER TABLE events DISABLE TRIGGER ALL; {alter}".encode())
