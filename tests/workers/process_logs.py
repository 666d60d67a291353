"""A log for process mining: ordinary cases, a case that left the stage model, and names that nobody must find."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application.ports import UnreadableEvent
from application.process_export import Clock
from domain.case.events import CaseEvent, CaseOpened, HoldPlaced, NoteAdded, StageEntered
from domain.case.words import Channel, HoldReason, Scope, Stage
from domain.person.events import ContactPointAdded, FactLearned, PersonRegistered
from domain.person.words import Fact
from infra.closed_log import closed_streams, last_position
from infra.event_store import open_store
from infra.process_files.pseudonyms import Pseudonyms
from projections.audit import Audit
from tests.infra.event_store.writing import append, write
from tests.projections import lives
from workers.exporting import Export, Exported

CASES = 20
PLANTED = ("Ana Muñoz", "ana.munoz@example.com", "<&\"' says she is ill", "Bo the collector")
HOSTILE = "R-<b>&\"'\x07"
JUMPED, FELL_SHORT = 900, 901  # seeds of the cases that were broken on purpose, or not at all


@dataclass(frozen=True)
class ProcessLog:
    dsn: str
    key: bytes = bytes(32)

    def export(self, form: str, *, portfolio: str = "", clock: Clock = Clock.RECORDED) -> tuple[str, Exported]:
        out = StringIO()
        asked = Export(dsn=self.dsn, pseudonym=Pseudonyms(self.key), portfolio=portfolio, clock=clock)
        done = asked.write(form, out)
        return out.getvalue(), done

    def file(self, form: str, folder: Path) -> Path:
        path = folder / f"log.{form}"
        path.write_text(self.export(form)[0], encoding="utf-8")
        return path

    def left_the_model(self) -> list[str]:
        """Return the cases that, by our own audit, left the stage model."""
        found = []
        with psycopg.connect(self.dsn) as connection:
            for stream_id, events in closed_streams(connection, upto=last_position(connection)):
                audit = Audit(stream_id)
                for recorded in events:
                    assert not isinstance(recorded, UnreadableEvent)
                    audit.see(recorded)
                if any(each.field == "stage" for each in audit.differences):
                    found.append(str(stream_id))
        return sorted(found)


def climbed(seed: int, *stages: Stage) -> tuple[CaseEvent, ...]:
    """Return a case that enters stages through their gates, whether or not there is one."""
    opened = next(event for event in lives.life(seed, 0) if isinstance(event, CaseOpened))
    return (
        replace(opened, reference=HOSTILE),
        *(
            StageEntered(at=opened.at + timedelta(days=entry), stage=stage, entry=entry, reason="GATE_OPEN")
            for entry, stage in enumerate(stages, start=1)
        ),
    )


def histories() -> dict[UUID, tuple[CaseEvent, ...]]:
    """Return what happens in the log: the jump of one case over a level is what must be found."""
    return {
        **{lives.stream(seed): lives.life(seed, 40) for seed in range(CASES)},
        lives.stream(JUMPED): climbed(JUMPED, Stage.SOFT, Stage.LEGAL),
        lives.stream(FELL_SHORT): climbed(FELL_SHORT, Stage.SOFT, Stage.NEGOTIATION, Stage.SOFT, Stage.NEGOTIATION),
    }


@pytest.fixture
async def process_log(fresh_dsn: str, tmp_path: Path) -> ProcessLog:
    person, case = lives.PEOPLE[0], lives.stream(0)
    at, by_case = lives.START, histories()
    told = (
        PersonRegistered(at=at, name=PLANTED[0], language="es", country="ES", time_zone="Europe/Madrid"),
        ContactPointAdded(at=at, point_id="mail", channel=Channel.EMAIL, address=PLANTED[1]),
        FactLearned(at=at, fact=Fact.VULNERABLE, source=PLANTED[2]),
    )
    noted = (
        NoteAdded(at=at, note_id="n-1", person_id=person, text=PLANTED[2]),
        HoldPlaced(
            at=at,
            hold_id="n-1",
            reason=HoldReason.DECEASED,
            scope=Scope.ALL,
            authority=PLANTED[3],
            from_at=at,
            until=None,
        ),
    )
    async with open_store(fresh_dsn, tmp_path / "master") as store:
        await lives.write(store, by_case, chance=random.Random(1))
        await store.append(append(write(person, 0, *told), write(case, len(by_case[case]), *noted)))
    return ProcessLog(fresh_dsn)
