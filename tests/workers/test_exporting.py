"""Files for process mining: of the right shape, whole, the same every time, and telling nothing of anybody."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import psycopg
import pytest

from application.process_export import EXPORTED, TEXTS, WITHHELD, Clock, attribute_types
from domain.case.events import CaseEvent
from infra.codec import EVENT_TYPES
from infra.process_files.seen import Seen
from tests.counterparts.process_mining import conformance
from tests.projections import lives
from tests.workers.process_logs import CASES, HOSTILE, JUMPED, PLANTED, ProcessLog, histories
from workers.exporting import Export, export_to

TYPES = {"string", "time", "integer", "float", "boolean"}  # OCEL 2.0, attribute types
ATTRIBUTES = {"string", "date", "int", "float", "boolean", "id", "list"}  # XES, elements of attributes


def ocel(log: ProcessLog, **asked: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(log.export("ocel", **asked)[0])
    return read


def test_an_object_centric_log_has_the_shape_that_its_standard_says(process_log: ProcessLog) -> None:
    log = ocel(process_log)
    assert set(log) == {"eventTypes", "objectTypes", "events", "objects"}
    declared = {}
    for kind in log["eventTypes"] + log["objectTypes"]:
        assert set(kind) == {"name", "attributes"}
        assert all(set(each) == {"name", "type"} and each["type"] in TYPES for each in kind["attributes"])
        declared[kind["name"]] = {each["name"]: each["type"] for each in kind["attributes"]}
    for event in log["events"]:
        assert set(event) == {"id", "type", "time", "attributes", "relationships"}
    for event in log["events"] + log["objects"]:
        for each in event["attributes"]:
            assert isinstance(each["value"], str)
            read(each["value"], declared[event["type"]][each["name"]])
        assert all(set(each) == {"objectId", "qualifier"} for each in event["relationships"])
    for found in log["objects"]:
        assert set(found) == {"id", "type", "attributes", "relationships"}
        assert all(datetime.fromisoformat(each["time"]).tzinfo for each in found["attributes"])
    assert all(event["time"].endswith("Z") for event in log["events"])


def read(value: str, kind: str) -> object:
    match kind:
        case "integer":
            return int(value)
        case "time":
            return datetime.fromisoformat(value)
        case "boolean":
            return {"true": True, "false": False}[value]
        case _:
            return value


def test_every_object_that_is_named_is_there_once(process_log: ProcessLog) -> None:
    log = ocel(process_log)
    objects = [found["id"] for found in log["objects"]]
    events = [event["id"] for event in log["events"]]
    assert len(set(objects)) == len(objects)
    assert len(set(events)) == len(events)
    assert {each["objectId"] for event in log["events"] for each in event["relationships"]} == set(objects)
    assert {each["objectId"] for found in log["objects"] for each in found["relationships"]} <= set(objects)


def test_a_case_shows_what_it_is_made_of_and_how_it_went(process_log: ProcessLog) -> None:
    log = ocel(process_log)
    kinds = Counter(found["type"] for found in log["objects"])
    assert kinds["case"] == CASES + 2
    assert {"obligation", "obligor", "agreement", "payment", "contact", "collector"} <= set(kinds)
    broken = next(found for found in log["objects"] if found["id"] == str(lives.stream(JUMPED)))
    stages = [each["value"] for each in broken["attributes"] if each["name"] == "stage"]
    assert stages == ["PRE_DUE", "SOFT", "LEGAL"]


def test_a_stream_of_traces_has_the_shape_that_its_standard_says(process_log: ProcessLog) -> None:
    root = ElementTree.fromstring(process_log.export("xes")[0])
    assert root.tag == "log"
    assert re.fullmatch(r"[0-9]+\.[0-9]+", root.attrib["xes.version"])
    order = "".join(_LETTER.get(child.tag, "a") for child in root)
    assert re.fullmatch("x+g*c*a*t*", order)
    required = {scope.attrib["scope"]: {each.attrib["key"] for each in scope} for scope in root.iter("global")}
    for trace in root.iter("trace"):
        assert re.fullmatch("a*e*", "".join("e" if child.tag == "event" else "a" for child in trace))
        assert required["trace"] <= {child.attrib.get("key") for child in trace}
    for event in root.iter("event"):
        assert required["event"] <= {each.attrib["key"] for each in event}
        for each in event:
            assert each.tag in ATTRIBUTES
            assert re.fullmatch(r"[A-Za-z_:][\w:.-]*", each.attrib["key"])
            if each.tag == "date":
                assert datetime.fromisoformat(each.attrib["value"]).tzinfo
            if each.tag == "int":
                assert -(2**63) <= int(each.attrib["value"]) < 2**63
    for classifier in root.iter("classifier"):
        assert set(classifier.attrib["keys"].split()) <= required["event"]


_LETTER = {"extension": "x", "global": "g", "classifier": "c", "trace": "t"}


def test_every_event_of_a_case_is_in_its_trace_in_the_order_of_the_log(process_log: ProcessLog) -> None:
    root = ElementTree.fromstring(process_log.export("xes")[0])
    traces = {}
    for trace in root.iter("trace"):
        name = next(each.attrib["value"] for each in trace if each.attrib.get("key") == "concept:name")
        events = [{each.attrib["key"]: each.attrib["value"] for each in event} for event in trace.iter("event")]
        traces[name] = [event["concept:name"] for event in events]
        assert [int(event["version"]) for event in events] == list(range(1, len(events) + 1))
    for stream, history in histories().items():
        expected = [type(event).__name__ for event in history]
        assert traces[str(stream)][: len(expected)] == expected
    assert len(traces) == len(histories())


@pytest.mark.parametrize("form", ["ocel", "xes"])
def test_the_same_log_gives_the_same_bytes(process_log: ProcessLog, form: str) -> None:
    assert process_log.export(form)[0] == process_log.export(form)[0]


@pytest.mark.parametrize("form", ["ocel", "xes"])
def test_nobody_can_be_told_from_a_file(process_log: ProcessLog, form: str) -> None:
    written = process_log.export(form)[0]
    for planted in PLANTED:
        assert planted not in written
        assert json.dumps(planted)[1:-1] not in written
    with psycopg.connect(process_log.dsn) as connection:
        sealed = connection.execute("SELECT state FROM events WHERE topic = 'PersonRegistered'").fetchall()
    assert not any(json.loads(bytes(state))["name"] in written for (state,) in sealed)
    assert not any(str(person) in written for person in lives.PEOPLE)
    assert "VULNERABLE" not in written
    assert "DECEASED" not in written


def test_pseudonyms_are_the_same_under_one_key_and_others_under_another(process_log: ProcessLog) -> None:
    def people(log: ProcessLog) -> set[str]:
        return {found["id"] for found in ocel(log)["objects"] if found["type"] == "obligor"}

    other = ProcessLog(process_log.dsn, bytes(31) + b"x")
    assert people(process_log)
    assert people(process_log).isdisjoint(people(other))
    assert len(people(process_log)) == len(people(other))


def test_what_would_break_a_file_is_written_as_text(process_log: ProcessLog) -> None:
    with psycopg.connect(process_log.dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        owner.execute(
            "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), %s, %s), 'UTF8')"
            " WHERE topic = 'CaseOpened' AND originator_id = %s",
            ('"portfolio":"', '"portfolio":' + json.dumps(HOSTILE)[:-1], lives.stream(JUMPED)),
        )
    root = ElementTree.fromstring(process_log.export("xes")[0])
    portfolios = {each.attrib["value"] for each in root.iter("string") if each.attrib["key"] == "portfolio"}
    assert any(each.startswith(HOSTILE.replace("\x07", "�")) for each in portfolios)
    found = [each["value"] for one in ocel(process_log)["objects"] for each in one["attributes"]]
    assert any(each.startswith(HOSTILE) for each in found)


def test_a_portfolio_goes_out_alone(process_log: ProcessLog) -> None:
    whole, part = ocel(process_log), ocel(process_log, portfolio="north")
    cases = {found["id"]: found for found in part["objects"] if found["type"] == "case"}
    assert 0 < len(cases) < CASES
    for found in cases.values():
        assert {"name": "portfolio", "value": "north"}.items() <= {**found["attributes"][1]}.items()
    for event in part["events"]:
        touched = {each["objectId"] for each in event["relationships"]}
        assert touched & set(cases) or event["type"] == "FactLearned" or touched <= {o["id"] for o in part["objects"]}
    assert {event["id"] for event in part["events"]} < {event["id"] for event in whole["events"]}
    _, done = process_log.export("xes", portfolio="north")
    assert done.cases == len(cases)


def test_business_time_can_be_asked_for(process_log: ProcessLog) -> None:
    for event in ocel(process_log, clock=Clock.HAPPENED)["events"]:
        said = {each["name"]: each["value"] for each in event["attributes"]}
        assert event["time"] == said["happened_at"]
    for event in ocel(process_log)["events"]:
        said = {each["name"]: each["value"] for each in event["attributes"]}
        assert event["time"] == said["recorded_at"]


def test_an_event_that_cannot_be_read_is_counted(process_log: ProcessLog) -> None:
    with psycopg.connect(process_log.dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        owner.execute("UPDATE events SET topic = 'Nonsense' WHERE topic = 'NoteAdded'")
    for form in ("ocel", "xes"):
        assert process_log.export(form)[1].unreadable == 1


def test_a_file_is_there_whole_or_not_at_all(process_log: ProcessLog, tmp_path: Path) -> None:
    asked = Export(dsn="host=/nowhere", pseudonym=lambda kind, name: name)  # type: ignore[arg-type]  # any will do
    with pytest.raises(psycopg.OperationalError):
        export_to(tmp_path / "log.xes", asked, "xes")
    assert list(tmp_path.glob("*log.xes*")) == []


def test_texts_go_out_only_where_somebody_said_so() -> None:
    assert {kind.__name__ for kind in EXPORTED} >= {kind.__name__ for kind in get_args(CaseEvent)}
    for name, fields in TEXTS.items():
        assert set(fields) <= set(attribute_types(EVENT_TYPES[name]))
    for name, field in WITHHELD:
        assert field not in attribute_types(EVENT_TYPES[name])
    free = {"reason", "detail", "source", "proof", "authority", "text", "name", "address", "account", "url", "by"}
    for kind in EXPORTED:
        assert not free & set(attribute_types(kind))


def test_names_are_met_once_however_often_they_come() -> None:
    with Seen() as seen:
        assert [seen.add(name) for name in "abca"] == [True, True, True, False]
        assert "c" in seen
        assert "d" not in seen


@pytest.mark.parametrize("form", ["ocel", "xes"])
def test_another_tool_reads_the_file_and_finds_the_case_that_left_the_stage_model(
    process_log: ProcessLog, tmp_path: Path, form: str
) -> None:
    said = conformance(form, process_log.file(form, tmp_path))
    assert said["cases"] == len(histories())
    assert said["left_the_model"] == process_log.left_the_model() == [str(lives.stream(JUMPED))]
    happened = Counter(type(event).__name__ for history in histories().values() for event in history)
    assert said["activities"] == {**happened, "NoteAdded": 1, "HoldPlaced": happened["HoldPlaced"] + 1}
    assert said["attributes"]["time:timestamp"].startswith("datetime64")
    if form == "ocel":
        log = ocel(process_log)
        assert said["all_events"] == len(log["events"])
        assert said["objects"] == Counter(found["type"] for found in log["objects"])
        assert said["relations"] == sum(len(event["relationships"]) for event in log["events"])


def test_the_command_line_writes_a_file(process_log: ProcessLog, tmp_path: Path) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {"DATABASE_URL": process_log.dsn, "ESCALERA_KEY_FILE": str(tmp_path / "master"), "LC_ALL": "C"}
        command = (sys.executable, "-P", "-m", "cli", "audit", "export", *arguments)
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    written = run("--format", "xes", "--out", str(tmp_path / "log.xes"), "--json")
    assert json.loads(written.stdout)["cases"] == len(histories())
    assert run("--format", "xes").stdout == (tmp_path / "log.xes").read_text(encoding="utf-8")
    assert run("--format", "csv").returncode == 2
