"""The log for those outside: pages of it, and streams that go on from a position."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from api.translate_values import case_named, person_named
from application.ports import EventStore, Recorded
from domain.decider import Rejected
from protos.escalera import v1 as pb

PAGE: Final = 500
DIGITS_MAX: Final = 18  # what a place in the log has at most
LOOK_SECONDS: Final = 5.0  # how long one wait for news lasts at most


def source_of(source: pb.EventSource) -> UUID | None:
    """Return whose events are meant; None for everything."""
    match source.WhichOneof("source"):
        case "case_name":
            return case_named(source.case_name, "source.case_name")
        case "person_name":
            return person_named(source.person_name, "source.person_name")
        case _:
            return None


async def events_after(
    store: EventStore, stream_id: UUID | None, after: int, *, follow: bool
) -> AsyncIterator[Recorded]:
    """Yield what was recorded behind position `after`, in order; with `follow`, also what comes, until cancelled."""
    end = None if follow else await store.position()
    version = 0
    while True:
        seen = await store.position() if stream_id else after
        page = (
            await store.read_stream(stream_id, after_version=version)
            if stream_id
            else await store.read_log(after, PAGE)
        )
        for recorded in page:
            if recorded.position > after and (end is None or recorded.position <= end):
                yield recorded
        if page:
            after, version = max(after, page[-1].position), page[-1].version
        if end is not None and (stream_id or not page or after >= end):
            return
        if end is None and (stream_id or not page):
            await store.wait_beyond(max(seen, after), LOOK_SECONDS)
            await asyncio.sleep(0)


async def page_of(store: EventStore, stream_id: UUID | None, token: str, size: int) -> tuple[tuple[Recorded, ...], str]:
    """Return one page and the token of the next; "" when this one is the last."""
    whose = str(stream_id or "log")
    after = _read_token(token, whose) if token else 0
    if stream_id is None:
        found = await store.read_log(after, size + 1)
    else:
        found = (await store.read_stream(stream_id, after_version=after))[: size + 1]
    if len(found) <= size:
        return tuple(found), ""
    last = found[size - 1]
    return tuple(found[:size]), _token(whose, last.version if stream_id else last.position)


def _token(whose: str, number: int) -> str:
    return base64.urlsafe_b64encode(f"{whose}:{number}".encode()).decode()


def _read_token(token: str, whose: str) -> int:
    try:
        said, _, number = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode().rpartition(":")
        if said == whose and number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX:
            return int(number)
    except (binascii.Error, UnicodeError):
        pass
    accepted = "the token of the page before, with the same source"
    raise Rejected("PAGE_TOKEN_INVALID", "it belongs to another list", field="page_token", accepted=accepted)
