"""Heads of the list of state digests: signed notes that are taken for nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import Note, Signature, VerifierKey
from domain.transparency.state_head import NO_DIGESTS, StateHead, chained, opened_states

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(name="collections.example/log", public=SECRET.public_key().public_bytes_raw())
HEAD = StateHead(origin=KEY.name, size=3, chain=chained(NO_DIGESTS, (b"a\n", b"b\n", b"c\n")), position=77)


def signed(text: str, key: VerifierKey = KEY) -> str:
    signature = Signature(name=key.name, key_id=key.key_id, signature=SECRET.sign(text.encode()))
    return str(Note(text=text, signatures=(signature,)))


def test_a_head_is_read_as_it_was_signed() -> None:
    assert opened_states(signed(str(HEAD)), KEY) == HEAD


def test_the_chain_depends_on_every_line_and_their_order() -> None:
    assert chained(chained(NO_DIGESTS, (b"a\n",)), (b"b\n", b"c\n")) == HEAD.chain
    assert chained(NO_DIGESTS, (b"b\n", b"a\n", b"c\n")) != HEAD.chain


def test_neither_head_is_taken_for_the_other() -> None:
    tree = Checkpoint(origin=KEY.name, size=3, root=HEAD.chain)
    with pytest.raises(Rejected):
        opened(signed(str(HEAD)), KEY)
    with pytest.raises(Rejected):
        opened_states(signed(str(tree)), KEY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n3\n", "\n4\n"),
        lambda note: note.replace("\n77\n", "\n077\n"),
        lambda note: note.replace("/states", ""),
        lambda note: note.replace("\n3\n", "\nthree\n"),
        lambda note: note[: note.index("\n\n") + 2],
    ],
)
def test_a_head_that_was_altered_is_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(Rejected):
        opened_states(spoil(signed(str(HEAD))), KEY)


def test_another_log_s_head_is_refused() -> None:
    other = VerifierKey(name="another.example/log", public=KEY.public)
    with pytest.raises(Rejected, match="STATES_NOT_SIGNED"):
        opened_states(signed(str(HEAD)), other)
