"""What was recorded once is read today as it was read then; what is read otherwise is named, and had to be said."""

from itertools import pairwise

import pytest

from application.state_digests import CASES, ENTRIES, PERSONS, folding_of
from domain.case import evolve
from domain.case.events import HoldPlaced
from domain.case.state import Case
from domain.person import evolve as person_evolve
from infra.codec import EVENT_TYPES
from tests.recorded.logs import names, read_log
from tests.recorded.readings import differences, editions, read_edition, reading_of
from tests.recorded.record import unrecorded

LOGS = names()
HOW = "If this is meant, raise BEHAVIOR of its kind, and record what it is now: python3 run.py record-log --read"


def read_otherwise(name: str) -> list[str]:
    """Return what today's code reads otherwise than the last edition of a log's readings says."""
    log, expected = read_log(name), read_edition(editions(name)[-1])
    found: list[str] = []
    assert set(expected) == set(log.streams)
    for stream_id, history in log.streams.items():
        law = (expected[stream_id].get("statement") or {}).get("law")
        found += differences(expected[stream_id], reading_of(stream_id, history, law=law), history)
    return found


@pytest.mark.parametrize("name", LOGS)
def test_a_recorded_log_is_read_as_it_was(name: str) -> None:
    found = read_otherwise(name)
    assert not found, "\n".join([*found[:20], HOW])


@pytest.mark.parametrize("name", LOGS)
def test_the_last_edition_is_of_the_behavior_that_is_running(name: str) -> None:
    running = {(each.kind, each.behavior) for each in (CASES, PERSONS, ENTRIES)}
    assert {(each["kind"], each["behavior"]) for each in read_edition(editions(name)[-1]).values()} <= running, HOW


@pytest.mark.parametrize("name", LOGS)
def test_an_edition_that_reads_states_otherwise_has_another_behavior(name: str) -> None:
    kept = [read_edition(path) for path in editions(name)]
    for before, after in pairwise(kept):
        for stream_id, reading in before.items():
            if reading["digest"] != after[stream_id]["digest"]:
                assert after[stream_id]["behavior"] > reading["behavior"]


def test_every_event_in_every_generation_is_in_a_recorded_log() -> None:
    assert unrecorded() == [], "record them: python3 run.py record-log NAME --golden"
    assert {line.name for name in LOGS for line in read_log(name).lines} == set(EVENT_TYPES)


def test_a_change_of_meaning_is_named_with_case_version_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evolve.SUBJECTS, HoldPlaced, lambda case, event: None)
    found = [line for name in LOGS for line in read_otherwise(name)]
    log = read_log("lives-1")
    for stream_id, history in log.streams.items():
        held = next((each for each in history if isinstance(each.event, HoldPlaced)), None)
        named = [line for line in found if str(stream_id) in line]
        assert bool(named) == (held is not None)
        if held is not None:
            assert f"after version {held.version}, HoldPlaced, the field holds is another" in named[0]
            assert "creditor-" in named[0]


def test_a_field_of_a_person_that_is_folded_otherwise_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_evolve, "_consented", lambda person, event: None)
    found = [line for name in LOGS for line in read_otherwise(name)]
    assert found
    assert all("ConsentGiven, the field consents is another" in line for line in found)


def test_a_row_or_sum_that_is_another_is_named() -> None:
    log = read_log("lives-1")
    stream_id, history = next(iter(log.streams.items()))
    now = reading_of(stream_id, history)
    then = {**now, "row": {**now["row"], "balance": 1}, "statement": {**now["statement"], "credit": 7}}
    assert [line.split(": ", 1)[1].split(" was")[0] for line in differences(then, now, history)] == [
        "row.balance",
        "statement.credit",
    ]


def test_what_is_recorded_has_cases_that_end_in_many_ways() -> None:
    states = []
    for name in LOGS:
        for history in read_log(name).streams.values():
            folding = folding_of(history[0].event)
            states.append(folding.fold([each.event for each in history], folding.initial))
    cases = [state for state in states if isinstance(state, Case)]
    assert len(cases) > 50
    assert len({case.climb.stage for case in cases}) >= 5
    assert {case.country[:2] for case in cases} >= {"ES", "MX", "CO"}
