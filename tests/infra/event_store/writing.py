"""Short ways to say what is appended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid5

from application.ports import Append, Event, EventStore, Metadata, Receipt, Recorded, StreamWrite
from domain.case.events import CaseAssigned, NoteAdded
from domain.person.events import PersonRegistered

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RECORDED_AT = AT + timedelta(seconds=3)
BY = Metadata(actor="collector:c-1", request_id="r-1", trace_id="00-abc-def-01")

_space = UUID("0b0b0b0b-0000-5000-8000-000000000000")
_numbers = count()


def new_stream() -> UUID:
    """Return an id that no other test has."""
    return uuid5(_space, str(next(_numbers)))


def new_request() -> str:
    """Return a request id that no other test has."""
    return f"request-{next(_numbers)}"


def event(number: int = 0) -> Event:
    """Return an event that shows its number."""
    return CaseAssigned(at=AT, collector=f"c-{number}")


def note(person_id: UUID, text: str) -> Event:
    """Return a case's event whose text is sealed under the key of a person."""
    return NoteAdded(at=AT, note_id="n-1", person_id=person_id, text=text)


def registered(name: str) -> Event:
    """Return a person's event whose name is sealed under the key of that person."""
    return PersonRegistered(at=AT, name=name, language="es-ES", country="ES", time_zone="Europe/Madrid")


def write(stream: UUID, expected: int, *events: Event) -> StreamWrite:
    """Return a write; of one event when none are given."""
    return StreamWrite(stream_id=stream, expected_version=expected, events=events or (event(),))


def append(
    *writes: StreamWrite, request: str = "", asked: str = "this", answer: bytes = b"", by: Metadata = BY
) -> Append:
    """Return an append, with a receipt when a request id is given."""
    receipt = Receipt(request_id=request, request_hash=asked.encode()) if request else None
    return Append(writes=writes, metadata=by, recorded_at=RECORDED_AT, receipt=receipt, answer=answer)


async def read_all(store: EventStore, after: int, *, page: int = 100) -> list[Recorded]:
    """Return the log beyond a position, read page by page."""
    read: list[Recorded] = []
    while found := await store.read_log(read[-1].position if read else after, page):
        read.extend(found)
    return read


def events_of(recorded: Sequence[Recorded]) -> list[Event]:
    """Return the events alone."""
    return [each.event for each in recorded]
