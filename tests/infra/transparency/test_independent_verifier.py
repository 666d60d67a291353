"""A verifier that others wrote accepts what we publish and prove, and refuses it when it was damaged."""

from base64 import b64encode
from pathlib import Path

import pytest

from application.sealing import consistency, inclusion
from domain.transparency.checkpoint import opened
from domain.transparency.proof import Proof
from domain.transparency.tiles import bundle_path, tile_path
from tests.counterparts.tlog import tlog
from tests.infra.transparency.sealing import Sealing

COUNT = 700


@pytest.fixture
async def published(sealing: Sealing, tmp_path: Path) -> Sealing:
    await sealing.sealed(300)
    (tmp_path / "old").write_text(await sealing.log.last_note())
    await sealing.sealed(COUNT - 300)
    (tmp_path / "key").write_text(f"{sealing.signer.key}\n")
    return sealing


async def test_it_accepts_our_head_our_tiles_and_our_leaves(published: Sealing, tmp_path: Path) -> None:
    where = ("--vkey-file", tmp_path / "key", "--tiles", published.folder)
    said = tlog("verify-checkpoint", *where)
    assert said.accepted, said.text
    for index in (0, 255, 256, 511, COUNT - 1):
        said = tlog("verify-inclusion", *where, "--index", str(index))
        assert said.accepted, said.text
    said = tlog("verify-consistency", *where, "--old-checkpoint", tmp_path / "old")
    assert said.accepted, said.text


async def test_it_refuses_a_damaged_copy_and_another_key(published: Sealing, tmp_path: Path) -> None:
    where = ("--vkey-file", tmp_path / "key", "--tiles", published.folder)
    tile, bundle = published.folder / tile_path(0, 1), published.folder / bundle_path(1)
    for file in (tile, bundle):
        whole = file.read_bytes()
        file.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
        said = tlog("verify-inclusion", *where, "--index", "257")
        assert not said.accepted, said.text
        file.write_bytes(whole)
    head = published.folder / "checkpoint"
    written = head.read_text()
    head.write_text(written.replace(f"\n{COUNT}\n", f"\n{COUNT - 1}\n"))
    assert not tlog("verify-checkpoint", *where).accepted
    head.write_text(written)
    (tmp_path / "key").write_text(f"{published.signer.key}".replace("+A", "+B"))
    assert not tlog("verify-checkpoint", *where).accepted


async def test_it_accepts_the_paths_of_our_proof_files_and_no_others(published: Sealing, tmp_path: Path) -> None:
    """It knows no tlog-proof files, but what they are made of: leaf, index, path, size and root."""
    note = await published.log.last_note()
    head, _ = opened(note, published.signer.key)
    (tmp_path / "note").write_text(note)
    assert tlog("verify-checkpoint", "--vkey-file", tmp_path / "key", "--note", tmp_path / "note").accepted
    leaves = published.published()
    under = ("--size", str(head.size), "--root", b64encode(head.root).decode(), "--proof", tmp_path / "path")
    for index in (0, 300, COUNT - 1):
        proof = Proof(index=index, path=await inclusion(published.log, index, head.size), checkpoint=note)
        lines = str(proof).partition("\n\n")[0].split("\n")[2:]
        (tmp_path / "path").write_text("".join(f"{line}\n" for line in lines))
        (tmp_path / "leaf").write_bytes(leaves[index])
        said = tlog("verify-inclusion", "--leaf", tmp_path / "leaf", "--index", str(index), *under)
        assert said.accepted, said.text
        (tmp_path / "leaf").write_bytes(leaves[index].replace(b"\n", b" ", 1))
        assert not tlog("verify-inclusion", "--leaf", tmp_path / "leaf", "--index", str(index), *under).accepted


async def test_it_accepts_that_our_log_only_grew(published: Sealing, tmp_path: Path) -> None:
    key = published.signer.key
    old, _ = opened((tmp_path / "old").read_text(), key)
    new, _ = opened(await published.log.last_note(), key)
    path = await consistency(published.log, old.size, new.size)
    (tmp_path / "path").write_text("".join(f"{b64encode(each).decode()}\n" for each in path))
    roots = [b64encode(head.root).decode() for head in (old, new)]
    sizes = ("--old-size", str(old.size), "--new-size", str(new.size))
    said = tlog(
        "verify-consistency", *sizes, "--old-root", roots[0], "--new-root", roots[1], "--proof", tmp_path / "path"
    )
    assert said.accepted, said.text
    assert not tlog(
        "verify-consistency", *sizes, "--old-root", roots[1], "--new-root", roots[0], "--proof", tmp_path / "path"
    ).accepted
