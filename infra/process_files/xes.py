"""XES (IEEE 1849-2016): a trace for each case, written event by event. Everything that is written is escaped."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TextIO
from xml.sax.saxutils import quoteattr

from application.process_export import ProcessEvent, Value

_EXTENSIONS: Final = (
    ("Concept", "concept"),
    ("Time", "time"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
)
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
"""
_GLOBALS: Final = """<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000000+00:00"/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:resource" value=""/>
<string key="stage" value=""/>
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Stage" scope="event" keys="stage"/>
"""
# What XML 1.0 cannot hold at all, escaped or not.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class XesFile:
    """Writes one file, trace by trace."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        out.write(_HEAD)
        for name, prefix in _EXTENSIONS:
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            out.write(f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
        out.write(_GLOBALS)

    def about(self, name: str, *, position: int) -> None:
        """Write what is said of the log; before the first trace."""
        self._out.write(_attribute("concept:name", name))
        self._out.write(_attribute("position", position))

    def begin_trace(self, name: str, values: Mapping[str, Value]) -> None:
        """Begin the trace of a case."""
        self._out.write(f"<trace>\n{_attribute('concept:name', name)}")
        for key, value in values.items():
            self._out.write(_attribute(key, value))

    def add_event(self, event: ProcessEvent) -> None:
        """Write an event of the trace."""
        values = {
            "concept:name": event.name,
            "time:timestamp": event.at,
            "lifecycle:transition": "complete",
            "org:resource": event.attributes["actor"],
            **{key: value for key, value in event.attributes.items() if key != "actor"},
            "position": int(event.event_id),
        }
        written = "".join([_attribute(key, value) for key, value in values.items()])
        self._out.write(f"<event>\n{written}</event>\n")

    def end_trace(self) -> None:
        """End the trace."""
        self._out.write("</trace>\n")

    def close(self) -> None:
        """Write the end."""
        self._out.write("</log>\n")


def _attribute(key: str, value: Value) -> str:
    match value:
        case bool():
            return _element("boolean", key, "true" if value else "false")
        case int():
            return _element("int", key, str(value))
        case datetime():
            return _element("date", key, value.astimezone(UTC).isoformat(timespec="microseconds"))
        case str():
            return _element("string", key, value)


def _element(kind: str, key: str, value: str) -> str:
    return f"<{kind} key={quoteattr(key)} value={quoteattr(_UNWRITABLE.sub('�', value))}/>\n"
