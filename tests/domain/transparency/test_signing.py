"""Signatures, notes, heads and proof files, against RFC 8032, a public library and a published note."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened, read_checkpoint
from domain.transparency.ed25519 import is_signed
from domain.transparency.note import Note, Signature, VerifierKey, read_note, read_verifier_key
from domain.transparency.proof import Proof, read_proof, verify_inclusion
from domain.transparency.tree import Frontier, grow, inclusion_path, leaf_hash

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(name="escalera.example/log", public=SECRET.public_key().public_bytes_raw())
LEAVES = [f"leaf {number}".encode() for number in range(11)]


def signed(text: str, name: str = KEY.name) -> str:
    line = Signature(name=name, key_id=KEY.key_id, signature=SECRET.sign(text.encode()))
    return str(Note(text=text, signatures=(line,)))


def head_of(count: int) -> Checkpoint:
    frontier, _ = grow(Frontier(), map(leaf_hash, LEAVES[:count]))
    return Checkpoint(origin=KEY.name, size=count, root=frontier.root)


def proof_of(index: int, *, extra: bytes = b"") -> Proof:
    _, grown = grow(Frontier(), map(leaf_hash, LEAVES))
    known = {(level, place): node for level, place, node in grown}
    path = inclusion_path(index, len(LEAVES), lambda level, place: known[level, place])
    return Proof(index=index, path=path, checkpoint=signed(str(head_of(len(LEAVES)))), extra=extra)


# RFC 8032, section 7.1: public key, message, signature.
@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_the_signatures_of_the_standard_are_right_and_no_others(public: str, message: str, signature: str) -> None:
    key, text, sealed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert is_signed(text, sealed, key)
    assert not is_signed(text + b"\x00", sealed, key)
    for place in (0, 31, 32, 63):
        assert not is_signed(text, sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], key)


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_a_public_library_signs_is_found_right(secret: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    assert is_signed(message, key.sign(message), key.public_key().public_bytes_raw())


def test_a_scalar_beyond_the_order_is_no_second_signature() -> None:
    signature = SECRET.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not is_signed(b"text", signature[:32] + scalar.to_bytes(32, "little"), KEY.public)


@pytest.mark.parametrize("short", [b"", b"\x00" * 63])
def test_what_has_not_the_length_of_a_signature_is_none(short: bytes) -> None:
    assert not is_signed(b"text", short, KEY.public)


def test_the_published_note_of_go_is_read_and_found_right() -> None:
    key = read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    note = read_note(text)
    assert note.signed_by(key)
    assert str(note) == text
    assert not Note(text=note.text.replace("answer", "Answer"), signatures=note.signatures).signed_by(key)


def test_a_key_is_written_and_read() -> None:
    assert read_verifier_key(str(KEY)) == KEY
    for wrong in ("", "name", str(KEY).replace("+", " "), f"other{KEY}", str(KEY)[:-4]):
        with pytest.raises(Rejected, match="KEY_UNREADABLE"):
            read_verifier_key(wrong)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n— a YQ==\n",
        "text\n\na YWFhYWFh\n",
        "te\x01xt\n\n— a YWFhYWFh\n",
    ],
)
def test_what_is_no_signed_note_is_refused(written: str) -> None:
    with pytest.raises(Rejected, match="NOTE_UNREADABLE"):
        read_note(written)


@pytest.mark.parametrize(
    "text",
    ["log\n1\n", "log\n01\nAA==\n", "log\nx\nAA==\n", "log\n1\nAA==\n", "log\n1\n!\n", "\n1\n" + "A" * 43 + "=\n"],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="CHECKPOINT_UNREADABLE"):
        read_checkpoint(text)


def test_a_head_is_written_and_read_and_opened_with_the_log_s_key_only() -> None:
    head = head_of(7)
    assert read_checkpoint(str(head)) == head
    assert opened(signed(str(head)), KEY)[0] == head
    stranger = VerifierKey(name=KEY.name, public=bytes(32))
    for written, key in (
        (signed(str(head)), stranger),
        (signed(str(head)).replace("\n7\n", "\n8\n"), KEY),
        (signed(str(head), name="somebody"), KEY),
        (signed(str(head).replace("escalera", "other")), KEY),
    ):
        with pytest.raises(Rejected, match="CHECKPOINT_NOT_SIGNED"):
            opened(written, key)


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_a_proof_file_shows_its_leaf_and_no_other(index: int) -> None:
    proof = read_proof(str(proof_of(index, extra=b"case 1")))
    assert proof == proof_of(index, extra=b"case 1")
    assert verify_inclusion(LEAVES[index], proof, KEY).size == len(LEAVES)
    with pytest.raises(Rejected, match="LEAF_NOT_INCLUDED"):
        verify_inclusion(b"forged", proof, KEY)
    moved = Proof(index=(index + 1) % len(LEAVES), path=proof.path, checkpoint=proof.checkpoint)
    with pytest.raises(Rejected, match="LEAF_NOT_INCLUDED"):
        verify_inclusion(LEAVES[index], moved, KEY)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("@v1", "@v2"), ("index 3", "index 03"), ("index 3", "index x"), ("index 3\n", ""), ("\n\n", "\n")],
)
def test_what_is_no_proof_file_is_refused(right: str, wrong: str) -> None:
    with pytest.raises(Rejected, match="PROOF_UNREADABLE"):
        read_proof(str(proof_of(3)).replace(right, wrong, 2 if right == "\n\n" else 1))
