"""Record a log, or read recorded ones anew (`python3 run.py record-log ...`). Nothing is ever written over.

record-log NAME --database DSN   what a database's log holds, such as that of a demo that was kept
record-log NAME --lives SEED     cases drawn by chance, as the tests draw them
record-log NAME --golden         streams made of the golden events that no recorded log holds yet
record-log --read                another edition of the readings, where today's code reads a log otherwise
"""

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
import psycopg

from application.state_digests import folding_of
from infra.codec import EventCodec
from infra.codec.registry import CASE_EVENT_TYPES, PERSON_EVENT_TYPES
from tests.infra.codec.grown import GENERATIONS, file_name
from tests.infra.codec.test_golden import GOLDEN
from tests.projections import lives
from tests.recorded.logs import FOLDER, StoredLine, events_file, names, read_log, written
from tests.recorded.readings import differences, editions, read_edition, reading_of, written_edition

LIVES, DEEDS = 24, 45
RECORDED_AT = datetime(2026, 3, 2, 9, 30, 18, tzinfo=UTC)
FIRSTS = ("CaseOpened", "PersonRegistered", "EntryReceived")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="record-log", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--database", metavar="DSN")
    parser.add_argument("--lives", metavar="SEED", type=int)
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--read", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.read:
        for name in names():
            _read_anew(name)
        return 0
    if not asked.name or events_file(asked.name).exists():
        print("a log needs a name that none has yet", file=sys.stderr)
        return 2
    if asked.database:
        lines = list(_of_database(asked.database))
    elif asked.lives is not None:
        lines = list(_of_lives(asked.lives))
    else:
        lines = list(_of_golden(asked.name)) if asked.golden else []
    if not lines:
        print("there is nothing to record", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    events_file(asked.name).write_bytes(written(lines))
    _read_anew(asked.name)
    print(f"{asked.name}: {len(lines)} events")
    return 0


def unrecorded() -> list[tuple[str, int]]:
    """Return the golden events, by name and generation, that no recorded log holds."""
    recorded = {(line.name, bytes(line.state)) for name in names() for line in read_log(name).lines}
    return [
        (name, generation)
        for name, kept in GENERATIONS.items()
        for generation in kept
        if (name, _golden(name, generation)) not in recorded
    ]


def _read_anew(name: str) -> None:
    """Add an edition, unless the last one says the same."""
    log, kept = read_log(name), editions(name)
    last = read_edition(kept[-1]) if kept else {}
    readings, changed = [], not kept
    for stream_id, history in log.streams.items():
        before = last.get(stream_id)
        law = ((before or {}).get("statement") or {}).get("law")
        now = reading_of(stream_id, history, law=law)
        readings.append(now)
        if before is not None:
            told = list(differences(before, now, history))
            changed |= bool(told) or before["behavior"] != now["behavior"]
            for line in told:
                print(line)
    if changed:
        path = FOLDER / f"{name}.readings.{len(kept) + 1}.jsonl"
        assert not path.exists(), "an edition is never written over"
        path.write_bytes(written_edition(readings))


def _of_database(dsn: str) -> Iterator[StoredLine]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT originator_id, originator_version, topic, state, recorded_at, metadata ->> 'actor' FROM events"
            " ORDER BY notification_id"
        )
        for stream, version, name, state, recorded_at, actor in rows:
            at = recorded_at.astimezone(UTC)
            yield _line(stream, version, name, bytes(state), at, actor)


def _of_lives(seed: int) -> Iterator[StoredLine]:
    """Weave cases drawn by chance into one log."""
    codec, chance = EventCodec(), random.Random(seed)
    left = {lives.stream(each): list(lives.life(each, DEEDS)) for each in range(seed, seed + LIVES)}
    versions = dict.fromkeys(left, 0)
    while left:
        stream = chance.choice(list(left))
        event = left[stream].pop(0)
        versions[stream] += 1
        name, state = codec.encode(event)
        yield _line(stream, versions[stream], name, state, event.at, "system:test")
        if not left[stream]:
            del left[stream]


def _of_golden(log: str) -> Iterator[StoredLine]:
    """Put the golden events that are not recorded yet behind an opening: a stream for each kind and generation."""
    wanted = unrecorded()
    for generation in sorted({number for _, number in wanted}):
        for first, kinds in zip(FIRSTS, (CASE_EVENT_TYPES, PERSON_EVENT_TYPES, None), strict=True):
            mine = [name for name, number in wanted if number == generation and _belongs(name, kinds) and name != first]
            opening = (first, generation if generation in GENERATIONS[first] else 1)
            if kinds is None:  # an entry ends once: each end has a stream of its own
                for name in mine:
                    yield from _stream(f"{log} {generation} {name}", [opening, (name, generation)])
            elif mine or (first, generation) in wanted:
                yield from _stream(f"{log} {generation} {first}", [opening, *((name, generation) for name in mine)])


def _belongs(name: str, kinds: object) -> bool:
    if kinds is None:
        return name not in CASE_EVENT_TYPES and name not in PERSON_EVENT_TYPES
    return isinstance(kinds, type(CASE_EVENT_TYPES)) and name in kinds


def _stream(label: str, events: list[tuple[str, int]]) -> Iterator[StoredLine]:
    """Yield the events in an order in which they can be folded: some need what others begin."""
    codec, stream = EventCodec(), uuid5(NAMESPACE_URL, label)
    state, waiting, version = None, list(events), 0
    folding = folding_of(codec.decode(events[0][0], _golden(*events[0])))
    while waiting:
        for each in waiting:
            event = codec.decode(each[0], _golden(*each))
            try:
                state = folding.fold([event], state if state is not None else folding.initial)
            except (KeyError, AssertionError):
                continue  # its turn comes later
            version += 1
            waiting.remove(each)
            yield _line(stream, version, each[0], _golden(*each), RECORDED_AT, "system:test")
            break
        else:
            raise ValueError(f"nothing begins what these need: {waiting}")


def _golden(name: str, generation: int) -> bytes:
    return (GOLDEN / file_name(name, generation)).read_bytes().removesuffix(b"\n")


def _line(stream: UUID, version: int, name: str, state: bytes, recorded_at: datetime, actor: str) -> StoredLine:
    return StoredLine(
        stream=stream, version=version, name=name, recorded_at=recorded_at, actor=actor, state=msgspec.Raw(state)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
