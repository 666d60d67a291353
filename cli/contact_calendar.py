"""Two weeks of a person, drawn: when each channel is open, and what keeps it closed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.language import Words
from cli.plain import Plain

SLOTS = 12  # of a day, in a bar
_OPEN, _PART, _CLOSED = "█", "▄", "·"


def calendar_table(words: Words, found: Plain) -> RenderableType:
    """A row a day, a column a channel; behind a bar the hours, instead of one why the day is closed."""
    zone = found["time_zone"]
    channels = [each for each in found["channels"] if any(day["open"] or day["denials"] for day in each["days"])]
    made = Table(box=None, pad_edge=False, padding=(0, 2))
    made.add_column("")
    for each in channels:
        made.add_column(words.of("channel", each["channel"]))
    days: Sequence[Plain] = channels[0]["days"] if channels else ()
    for place, day in enumerate(days):
        cells = [_cell(words, each["days"][place], zone) for each in channels]
        made.add_row(_heading(words, day["date"]), *cells)
    legend = Text(words("contact", "clock", zone=zone), style="bright_black")
    unreachable = [_never(words, each) for each in found["channels"] if each not in channels]
    return Group(made, Text(), legend, *_footnotes(words, found), *unreachable)


def _never(words: Words, channel: Plain) -> Text:
    """One line for a channel that is closed on every day before any rule is asked."""
    why = words.of("why", channel["days"][0]["reason"])
    return Text.assemble((f"{words.of('channel', channel['channel'])}: ", "red"), (why, "bright_black"))


def _heading(words: Words, written: str) -> Text:
    day = date.fromisoformat(written)
    weekday = words("weekday", str(day.weekday()))
    return Text(f"{weekday} {written}", style="bright_black" if day.weekday() == 6 else "")


def _cell(words: Words, day: Plain, zone: str) -> Text:
    if not day["open"]:
        return Text(_closed_as(words, day), style="red")
    spans = [_local(span, zone) for span in day["open"]]
    hours = " ".join(f"{start:%H:%M}-{_end(start, end)}" for start, end in spans)
    return Text.assemble((_bar(spans, date.fromisoformat(day["date"]), zone), "green"), " ", hours)


def _closed_as(words: Words, day: Plain) -> str:
    """What keeps a day closed, in a few words: the rule's kind, else the reason."""
    if day["denials"]:
        lasting = [denial for denial in day["denials"] if not denial["until_time"]]
        return words.of("rule_kind", (lasting or day["denials"])[0]["kind"] or "UNKNOWN")
    return words.of("why", day["reason"]) if words.has("why", day["reason"]) else str(day["reason"])


def _bar(spans: Sequence[tuple[datetime, datetime]], day: date, zone: str) -> str:
    """Draw a day as slots of two hours: full, in part, or not open."""
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    drawn = ""
    for slot in range(SLOTS):
        start = midnight + timedelta(hours=2 * slot)
        end = start + timedelta(hours=2)
        inside = sum(max((min(end, until) - max(start, since)).total_seconds(), 0) for since, until in spans)
        drawn += _OPEN if inside >= 7200 else _PART if inside > 0 else _CLOSED
    return drawn


def _footnotes(words: Words, found: Plain) -> Iterator[Text]:
    """The citations behind the closed days, each once."""
    rules = {
        denial["rule"]: (words.of("rule_kind", denial["kind"] or "UNKNOWN"), denial["citation"])
        for channel in found["channels"]
        for day in channel["days"]
        for denial in day["denials"]
    }
    for rule, (kind, citation) in sorted(rules.items()):
        yield Text.assemble((f"{kind}: ", "red"), rule, "  ", (citation, "bright_black"))


def _local(span: Plain, zone: str) -> tuple[datetime, datetime]:
    clock = ZoneInfo(zone)
    start, end = (datetime.fromisoformat(span[key]).astimezone(clock) for key in ("start_time", "end_time"))
    return start, end


def _end(start: datetime, end: datetime) -> str:
    return "24:00" if end.date() > start.date() else f"{end:%H:%M}"
