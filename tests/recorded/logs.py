"""Recorded logs: what was stored once, as it was stored. A line is an event; a file is never edited, only added to.

    {"stream":"...","version":1,"name":"CaseOpened","recorded_at":"...","actor":"system:demo","state":{...}}

`state` stands there byte for byte as the log holds it, with personal fields sealed under keys that are gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from application.ports import Metadata, Recorded
from infra.codec import EventCodec

FOLDER = Path(__file__).parents[1] / "golden" / "logs"
_codec = EventCodec()


class StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was stored."""

    stream: UUID
    version: int
    name: str
    recorded_at: datetime
    actor: str
    state: msgspec.Raw


@dataclass(frozen=True)
class RecordedLog:
    """A recorded log: the events of all its streams, in their order."""

    name: str
    lines: tuple[StoredLine, ...]

    @property
    def streams(self) -> Mapping[UUID, Sequence[Recorded]]:
        """Every stream's events, read by today's code."""
        found: dict[UUID, list[Recorded]] = {}
        for position, line in enumerate(self.lines, start=1):
            found.setdefault(line.stream, []).append(
                Recorded(
                    position=position,
                    stream_id=line.stream,
                    version=line.version,
                    event=_codec.decode(line.name, bytes(line.state)),
                    recorded_at=line.recorded_at,
                    metadata=Metadata(actor=line.actor),
                )
            )
        return found


def names() -> list[str]:
    """Return the names of all recorded logs."""
    return sorted(path.name.removesuffix(".events.jsonl") for path in FOLDER.glob("*.events.jsonl"))


def events_file(name: str) -> Path:
    return FOLDER / f"{name}.events.jsonl"


def read_log(name: str) -> RecordedLog:
    """Return a recorded log."""
    lines = events_file(name).read_bytes().splitlines()
    return RecordedLog(name, tuple(msgspec.json.decode(line, type=StoredLine) for line in lines))


def written(lines: Iterable[StoredLine]) -> bytes:
    """Return lines as a file has them."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
