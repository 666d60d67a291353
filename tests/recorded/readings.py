"""What code makes of a recorded stream: its state event by event, its row, what its ladder owes next, and its sums.

A reading is kept beside the log as an edition, with the behavior that read it: `<log>.readings.1.jsonl`, then `.2`.
Of a state's fields only short hashes are kept, and only when they change: enough to name the first event and the field
that are read otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec

from application.ports import Recorded
from application.state_digests import folding_of
from domain.calendar import BusinessCalendar, local_day
from domain.case.events import CaseEvent
from domain.case.state import Case
from domain.decider import Rejected
from domain.ladder.next_step import next_step
from domain.ledger.statement import statement
from domain.state_digest import state_digest, written_fields
from infra.laws import load_laws
from infra.strategies import load_strategies
from projections.followed import CASE_EVENTS, Followed
from projections.image import image
from projections.queued_entries import SUSPENSE_EVENTS, queue_changes
from tests.recorded.logs import FOLDER

Reading = dict[str, Any]
HASH_LENGTH = 8
LAWS, STRATEGIES = load_laws(), load_strategies()


def editions(log: str) -> list[Path]:
    """Return the files of a log's readings, the first edition first."""
    found = FOLDER.glob(f"{log}.readings.*.jsonl")
    return sorted(found, key=lambda path: int(path.name.split(".")[-2]))


def read_edition(path: Path) -> dict[UUID, Reading]:
    """Return the readings of an edition, by stream."""
    readings = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    return {UUID(reading["stream"]): reading for reading in readings}


def written_edition(readings: Sequence[Reading]) -> bytes:
    """Return an edition as a file has it."""
    return b"".join(msgspec.json.encode(reading) + b"\n" for reading in readings)


def reading_of(stream_id: UUID, history: Sequence[Recorded], *, law: str | None = None) -> Reading:
    """Return what today's code makes of a stream; `law`: the stamp of the pack that its statement was made by."""
    folding = folding_of(history[0].event)
    state = folding.fold([recorded.event for recorded in history], folding.initial)
    reading: Reading = {
        "stream": str(stream_id),
        "kind": folding.kind,
        "behavior": folding.behavior,
        "digest": state_digest(state).hex(),
        "fields": list(_changes(history)),
    }
    if isinstance(state, Case) and type(history[0].event) in CASE_EVENTS:
        followed = Followed(stream_id)
        followed.see(history)
        reading |= {"case": f"{state.creditor_id}/{state.reference}", "row": _row(followed)}
        reading |= {"next": _next(state, history), "statement": _statement(state, history, law)}
    elif type(history[0].event) in SUSPENSE_EVENTS:
        reading["row"] = _plain(queue_changes(history)[0][0])
    return reading


def differences(expected: Reading, found: Reading, history: Sequence[Recorded]) -> Iterator[str]:
    """Yield a line for what is read otherwise than it was: the first event after which a field differs, by name."""
    where = f"{expected.get('case', expected['kind'])} (stream {expected['stream']})"
    told = False
    for recorded, before, now in zip(history, expected["fields"], found["fields"], strict=True):
        for field in sorted(before.keys() | now.keys()):
            if before.get(field) != now.get(field):
                told = True
                event = type(recorded.event).__name__
                yield f"{where}: after version {recorded.version}, {event}, the field {field} is another"
        if told:
            return
    if expected["digest"] != found["digest"]:
        yield f"{where}: version {len(history)} has another digest, by no field of its own"
    for part in ("row", "next", "statement"):
        yield from _differing(f"{where}: {part}", expected.get(part), found.get(part))


def _differing(where: str, expected: object, found: object) -> Iterator[str]:
    """What was added to a record since is no difference."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name, value in expected.items():
            yield from _differing(f"{where}.{name}", value, found.get(name))
    elif expected != found:
        yield f"{where} was {expected!r} and is {found!r}"


def _changes(history: Sequence[Recorded]) -> Iterator[Mapping[str, str | None]]:
    """Yield for each event the fields that it changed, with a hash of what they are now; None: empty again."""
    folding = folding_of(history[0].event)
    state, before = folding.initial, dict[str, str]()
    for recorded in history:
        state = folding.fold([recorded.event], state)
        now = {field: sha256(text.encode()).hexdigest()[:HASH_LENGTH] for field, text in written_fields(state).items()}
        yield {
            field: now.get(field) for field in sorted(before.keys() | now.keys()) if before.get(field) != now.get(field)
        }
        before = now


def _row(followed: Followed) -> Mapping[str, Any]:
    shown = image(followed)
    assert shown is not None, "a case that was opened has a row"
    return {
        **_plain(shown.row),
        "work": [_plain(each) for each in shown.work],
        "people": [_plain(each) for each in shown.people],
        "references": sorted(f"{each.kind} {each.reference}" for each in shown.references),
    }


def _next(case: Case, history: Sequence[Recorded]) -> Mapping[str, Any]:
    """What the ladder owes a day after the last event, as if there were no holidays: their calendars are not ours."""
    now = max(recorded.event.at for recorded in history) + timedelta(days=1)
    try:
        strategy = STRATEGIES.get(case.strategy)
    except Rejected as refused:
        return {"refused": refused.reason}
    owed = next_step(case, strategy, now, BusinessCalendar(), laws=LAWS)
    return {"owed": type(getattr(owed, "action", owed)).__name__, **_plain(owed), "why": owed.why.reason}


def _statement(case: Case, history: Sequence[Recorded], law: str | None) -> Mapping[str, Any] | None:
    """What is owed at the end of the day after the last event, by the pack that was in force, or that `law` names."""
    on = local_day(max(recorded.event.at for recorded in history) + timedelta(days=1), case.time_zone)
    try:
        pack = LAWS.by_stamp(law) if law else LAWS.of_place(case.country, on)
    except Rejected as refused:
        return {"refused": refused.reason}
    events = cast(Sequence[CaseEvent], [recorded.event for recorded in history])
    stated = statement(events, at=on, pack=pack, book=LAWS)
    return {
        "law": stated.law,
        "at": on.isoformat(),
        "balance": stated.balance if stated.complete else None,  # a rate that was not known may be by now
        "credit": stated.credit,
        "owed": {
            f"{owed.obligation_id}.{each.component}": [each.posted, each.accrued if stated.complete else None]
            for owed in stated.obligations
            for each in owed.components
        },
    }


def _plain(record: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(record))  # as it is read again: lists, and no tuples
