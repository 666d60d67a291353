"""Proof files (C2SP tlog-proof): one leaf's place in a log, its path, and the signed head that the path leads to."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.tree import HASH_BYTES, Hash, leaf_hash, root_by_inclusion

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a leaf is in a log."""

    index: int
    path: tuple[Hash, ...]
    checkpoint: str  # the signed note
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra else []
        path = (b64encode(each).decode() for each in self.path)
        return "\n".join([HEADER, *extra, f"index {self.index}", *path, "", self.checkpoint])


def read_proof(written: str) -> Proof:
    """Return a proof from its text; raise `Rejected` PROOF_UNREADABLE. Nothing is verified."""
    above, empty, checkpoint = written.partition("\n\n")
    header, *lines = above.split("\n")
    if header != HEADER or not empty:
        raise _unreadable(f"it does not begin with {HEADER}, or has no checkpoint")
    extra = b""
    if lines and lines[0].startswith("extra "):
        (extra,) = _decoded([lines.pop(0).removeprefix("extra ")])
    index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    if not index.isascii() or not index.isdecimal() or (index != "0" and index.startswith("0")):
        raise _unreadable("its index is no number")
    path = tuple(_decoded(lines))
    if any(len(each) != HASH_BYTES for each in path):
        raise _unreadable("a hash has not 32 bytes")
    return Proof(index=int(index), path=path, checkpoint=checkpoint, extra=extra)


def verify_inclusion(leaf: bytes, proof: Proof, key: VerifierKey) -> Checkpoint:
    """Return the head under which `leaf` is proven; raise `Rejected` LEAF_NOT_INCLUDED, or what `opened` raises."""
    head, _ = opened(proof.checkpoint, key)
    if root_by_inclusion(leaf_hash(leaf), proof.index, head.size, proof.path) != head.root:
        raise Rejected("LEAF_NOT_INCLUDED", f"leaf {proof.index} does not lead to the root of {head.size} leaves")
    return head


def _decoded(lines: Iterable[str]) -> Iterable[bytes]:
    for line in lines:
        try:
            yield b64decode(line, validate=True)
        except Base64Error as error:
            raise _unreadable("a line is no base64") from error


def _unreadable(what: str) -> Rejected:
    return Rejected("PROOF_UNREADABLE", what, accepted="a tlog-proof file of version 1")
