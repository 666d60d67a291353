"""`escalera audit export`: the log as a file for process mining, read once or twice, in constant memory."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, TextIO
from uuid import UUID

import psycopg

from application.ports import Recorded, UnreadableEvent
from application.process_export import CASE_EVENTS, PERSON_EVENTS, Clock, ObjectKind, process_event, stage_after
from application.process_objects import CaseObjects
from domain.case.events import CaseOpened
from domain.case.words import Stage
from infra.closed_log import Connection, closed_streams, last_position
from infra.process_files.ocel import OcelFile
from infra.process_files.pseudonyms import Pseudonyms
from infra.process_files.seen import Seen
from infra.process_files.xes import XesFile

FORMATS: Final = ("ocel", "xes")
EVERYBODYS: Final = (ObjectKind.OBLIGOR, ObjectKind.COLLECTOR)  # objects that several cases may name


@dataclass(slots=True)
class Exported:
    """What was written, of the log up to a position."""

    position: int
    cases: int = 0
    events: int = 0
    unreadable: int = 0  # events that this code cannot read, and that are therefore missing in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is to be written."""

    dsn: str
    pseudonym: Pseudonyms
    portfolio: str = ""  # empty: all
    clock: Clock = Clock.RECORDED

    def write(self, form: str, out: TextIO) -> Exported:
        """Write the log in a format of `FORMATS`. The same log gives the same bytes."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            exported = Exported(position=last_position(connection))
            if form == "xes":
                self._write_xes(connection, XesFile(out), exported)
            else:
                with Seen() as seen:
                    self._write_ocel(connection, OcelFile(out), exported, seen)
        return exported

    def _write_xes(self, connection: Connection, file: XesFile, exported: Exported) -> None:
        file.about(self.portfolio or "escalera", position=exported.position)
        for stream_id, opened, events in self._cases(connection, exported):
            file.begin_trace(str(stream_id), _case_values(opened))
            self._write_events(file, events, exported)
            file.end_trace()
            exported.cases += 1
        file.close()

    def _write_ocel(self, connection: Connection, file: OcelFile, exported: Exported, seen: Seen) -> None:
        for _, _, events in self._cases(connection, exported):
            objects = CaseObjects(self.clock, self.pseudonym)
            for recorded in events:
                objects.see(recorded)
            for found in objects.objects():
                if found.kind not in EVERYBODYS or seen.add(found.object_id):
                    file.add_object(found)
            exported.cases += 1
        file.begin_events()
        exported.unreadable = 0  # they are met again
        for stream_id, first, events in self._streams(connection, exported):
            if self._wants(first.event) or self.pseudonym("person", str(stream_id)) in seen:
                self._write_events(file, events, exported)
        file.close()

    def _write_events(self, file: XesFile | OcelFile, events: Iterable[Recorded], exported: Exported) -> None:
        stage = Stage.PRE_DUE
        for recorded in events:
            stage = stage_after(stage, recorded.event)
            shown = stage if type(recorded.event) in CASE_EVENTS else None
            file.add_event(process_event(recorded, shown, self.clock, self.pseudonym))
            exported.events += 1

    def _cases(
        self, connection: Connection, exported: Exported
    ) -> Iterator[tuple[UUID, CaseOpened, Iterator[Recorded]]]:
        """Yield the cases that are wanted, each with its opening, which is the first of its events."""
        for stream_id, first, events in self._streams(connection, exported):
            if isinstance(first.event, CaseOpened) and self._wants(first.event):
                yield stream_id, first.event, events

    def _streams(
        self, connection: Connection, exported: Exported
    ) -> Iterator[tuple[UUID, Recorded, Iterator[Recorded]]]:
        """Yield the streams of cases and people, each with its first event and all of them."""
        for stream_id, found in closed_streams(connection, upto=exported.position):
            events = _readable(found, exported)
            first = next(events, None)
            if first is not None:
                yield stream_id, first, chain((first,), events)

    def _wants(self, first: object) -> bool:
        return isinstance(first, CaseOpened) and self.portfolio in ("", first.portfolio)


def export_to(path: Path, export: Export, form: str) -> Exported:
    """Write a file whole or not at all, its owner's alone."""
    fresh = path.with_name(f".{path.name}.part")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            exported = export.write(form, out)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return exported


def _readable(found: Iterator[Recorded | UnreadableEvent], exported: Exported) -> Iterator[Recorded]:
    for each in found:
        if isinstance(each, UnreadableEvent):
            exported.unreadable += 1
        elif type(each.event) in CASE_EVENTS or type(each.event) in PERSON_EVENTS:
            yield each


def _case_values(opened: CaseOpened) -> dict[str, str | int]:
    return {
        "creditor": opened.creditor_id,
        "portfolio": opened.portfolio,
        "currency": opened.currency,
        "country": opened.country,
        "obligations": len(opened.obligations),
        "principal_minor": sum(each.principal.minor for each in opened.obligations),
    }
