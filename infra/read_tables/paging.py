"""Page tokens: where a page ended, bound to the question that it answers."""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from domain.decider import Rejected

PAGE_SIZE_MAX: Final = 1_000


class _Token(msgspec.Struct, array_like=True):
    question: bytes
    after: tuple[str, ...]


def write_token(question: object, after: tuple[str, ...]) -> str:
    """Return the token that continues behind the row whose sort keys are `after`."""
    return urlsafe_b64encode(msgspec.msgpack.encode(_Token(_digest(question), after))).decode().rstrip("=")


def read_token(question: object, token: str, *, keys: int) -> tuple[str, ...] | None:
    """Return the `keys` sort keys to continue behind; None for the first page.

    Raises:
        Rejected: PAGE_TOKEN_INVALID: it is not one of ours, or it belongs to another question.
    """
    if not token:
        return None
    try:
        read = msgspec.msgpack.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=_Token)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise not_made_here() from error
    if read.question != _digest(question) or len(read.after) != keys:
        raise _refused("it belongs to another filter or order")
    return read.after


def page_size(asked: int) -> int:
    """Return the page size if it may be asked for."""
    if not 1 <= asked <= PAGE_SIZE_MAX:
        raise Rejected(
            "PAGE_SIZE_INVALID",
            f"{asked} rows cannot be asked for at once",
            field="page_size",
            accepted=f"1 to {PAGE_SIZE_MAX}",
        )
    return asked


def _digest(question: object) -> bytes:
    return hashlib.blake2b(repr(question).encode(), digest_size=8).digest()


def not_made_here() -> Rejected:
    """Return the refusal of a token whose keys nobody can continue behind."""
    return _refused("it was not made here")


def _refused(why: str) -> Rejected:
    return Rejected(
        "PAGE_TOKEN_INVALID",
        f"the page token cannot be used: {why}",
        field="page_token",
        accepted="a token of this very question",
    )
