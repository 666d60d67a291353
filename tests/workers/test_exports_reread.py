"""A second reader, by other hands, finds in our files what we wrote, and refuses what is damaged."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.counterparts.rust_mining import NotRead, reread
from tests.workers.process_logs import ProcessLog

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")
TAGS = {"String": "string", "Int": "int", "Date": "date", "Boolean": "boolean"}


def plain(found: Any) -> Any:
    """Return JSON with its instants as such, however they are written."""
    match found:
        case dict():
            return {key: plain(each) for key, each in found.items()}
        case list():
            return [plain(each) for each in found]
        case str() if INSTANT.fullmatch(found):
            return datetime.fromisoformat(found)
        case _:
            return found


def test_an_object_centric_log_is_read_in_full_and_as_it_was_meant(process_log: ProcessLog, tmp_path: Path) -> None:
    written = process_log.export("ocel")[0]
    ours, theirs = plain(json.loads(written)), plain(reread(written, "ocel", tmp_path))
    for part in ("events", "objects", "eventTypes", "objectTypes"):
        assert theirs[part] == ours[part]


def test_a_stream_of_traces_is_read_in_full_and_as_it_was_meant(process_log: ProcessLog, tmp_path: Path) -> None:
    written = process_log.export("xes")[0]
    root, theirs = ElementTree.fromstring(written), reread(written, "xes", tmp_path)
    assert [traced(trace["attributes"]) for trace in theirs["traces"]] == [
        attributes(trace) for trace in root.iter("trace")
    ]
    assert [[traced(event["attributes"]) for event in trace["events"]] for trace in theirs["traces"]] == [
        [attributes(event) for event in trace.iter("event")] for trace in root.iter("trace")
    ]
    assert traced(theirs["attributes"]) == attributes(root)
    assert [each["prefix"] for each in theirs["extensions"]] == [each.get("prefix") for each in root.iter("extension")]
    scopes = {each.get("scope"): attributes(each) for each in root.iter("global")}
    assert scopes == {name: traced(theirs[f"global_{name}_attrs"]) for name in ("trace", "event")}


def attributes(element: ElementTree.Element) -> list[tuple[str, str, Any]]:
    """Return what we wrote in an element: type, name and value of each attribute."""
    return [
        (each.tag, each.attrib["key"], plain(each.attrib["value"])) for each in element if each.tag in TAGS.values()
    ]


def traced(found: list[dict[str, Any]]) -> list[tuple[str, str, Any]]:
    """Return what they found, in the same form."""
    return [(TAGS[each["value"]["type"]], each["key"], _text(each["value"]["content"])) for each in found]


def _text(value: object) -> Any:
    return plain(json.dumps(value) if isinstance(value, bool | int) else value)


def _first(log: Any, part: str, needed: str) -> Any:
    return next(each for each in log[part] if each[needed])


OCEL: dict[str, Callable[[Any], object]] = {
    "an event without its id": lambda log: log["events"][0].pop("id"),
    "an event without an instant": lambda log: log["events"][0].pop("time"),
    "an event at no instant": lambda log: log["events"][0].update(time="yesterday"),
    "an event without a type": lambda log: log["events"][0].pop("type"),
    "an event of no declared type": lambda log: log["events"][0].update(type="Nonsense"),
    "an event twice": lambda log: log["events"].append(deepcopy(log["events"][0])),
    "an attribute without a value": lambda log: log["events"][0]["attributes"][0].pop("value"),
    "an attribute that is a list": lambda log: log["events"][0]["attributes"][0].update(value=["x"]),
    "a number that is none": lambda log: next(
        each for each in log["events"][0]["attributes"] if each["name"] == "version"
    ).update(value="seven"),
    "an attribute that nobody declared": lambda log: log["events"][0]["attributes"].append({"name": "x", "value": "y"}),
    "a relation without its object": lambda log: log["events"][0]["relationships"][0].pop("objectId"),
    "a relation without its word": lambda log: log["events"][0]["relationships"][0].pop("qualifier"),
    "a relation to nothing": lambda log: log["events"][0]["relationships"][0].update(objectId="none"),
    "an object related to nothing": lambda log: _first(log, "objects", "relationships")["relationships"][0].update(
        objectId="none"
    ),
    "an object without a type": lambda log: log["objects"][0].pop("type"),
    "an object twice": lambda log: log["objects"].append(deepcopy(log["objects"][0])),
    "a value since no instant": lambda log: _first(log, "objects", "attributes")["attributes"][0].pop("time"),
    "no declared objects": lambda log: log.pop("objectTypes"),
}
XES: dict[str, tuple[str, str]] = {
    "an event that does not end": ("</event>", ""),
    "a trace that does not end": ("</trace>", ""),
    "another root": ("<log ", "<protocol "),
    "an instant that is none": ('<date key="happened_at" value="', '<date key="happened_at" value="x'),
    "a number that is none": ('<int key="version" value="', '<int key="version" value="x'),
    "an attribute of no type": ('<string key="stage" value="PRE_DUE"/>', '<text key="stage" value="PRE_DUE"/>'),
    "a value that breaks out": ('value="PRE_DUE"', 'value="PRE"DUE"'),
}


@pytest.mark.parametrize("damage", OCEL)
def test_a_damaged_object_centric_log_is_refused(process_log: ProcessLog, tmp_path: Path, damage: str) -> None:
    log = json.loads(process_log.export("ocel")[0])
    OCEL[damage](log)
    with pytest.raises(NotRead):
        reread(json.dumps(log), "ocel", tmp_path)


@pytest.mark.parametrize("damage", XES)
def test_a_damaged_stream_of_traces_is_refused(process_log: ProcessLog, tmp_path: Path, damage: str) -> None:
    written = process_log.export("xes")[0]
    before, after = XES[damage]
    assert before in written
    with pytest.raises(NotRead):
        reread(written.replace(before, after, 1), "xes", tmp_path)


@pytest.mark.parametrize(("form", "end"), [("ocel", '"relationships"'), ("xes", "value=")])
def test_a_file_that_was_cut_short_is_refused(process_log: ProcessLog, tmp_path: Path, form: str, end: str) -> None:
    written = process_log.export(form)[0]
    with pytest.raises(NotRead):
        reread(written[: written.rindex(end)], form, tmp_path)
