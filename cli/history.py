"""The history of a case as a timeline: when, what, why, who, and what follows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.event_words import sentence
from cli.language import Words
from cli.next_step import what_next, why_next
from cli.plain import Plain, plain
from cli.show import STAGE_COLORS, stage, sum_of
from protos.escalera import v1 as pb

if TYPE_CHECKING:
    from cli.session import Session

PAGE = 1000
_MARKS = {
    "Stage": ("▲", "bold"),
    "Case": ("●", "bold"),
    "Payment": ("+", "green"),
    "Credit": ("+", "green"),
    "Contact": ("✉", "cyan"),
    "Promise": ("◇", "yellow"),
    "Plan": ("◇", "yellow"),
    "Settlement": ("◇", "yellow"),
    "Offer": ("◇", "yellow"),
    "Discount": ("◇", "yellow"),
    "Reward": ("+", "green"),
    "Cost": ("−", "red"),
    "Limitation": ("⧗", "magenta"),
    "Dispute": ("!", "magenta"),
    "Hold": ("‖", "magenta"),
    "Charge": ("−", "red"),
    "Task": ("☐", "blue"),
}
_BAD = frozenset(
    {
        "PromiseBroken",
        "PromisePartlyKept",
        "PlanInArrears",
        "PlanDefaulted",
        "SettlementLapsed",
        "PaymentReversed",
        "TimeBarPleaded",
        "LimitationAlarmed",
    }
)


def history_of(session: "Session", name: pb.CaseName, *, personal: bool) -> list[pb.Event]:
    """Read all events of a case, page by page."""
    events: list[pb.Event] = []
    token = ""
    while True:
        asked = pb.ListEventsRequest(
            source=pb.EventSource(case_name=name), page_size=PAGE, page_token=token, include_personal_data=personal
        )
        page = session.doors.queries.ListEvents(asked, timeout=session.timeout)
        events.extend(page.events)
        token = page.next_page_token
        if not token:
            return events


def timeline(words: Words, case: Plain, events: Sequence[pb.Event]) -> RenderableType:
    """Draw a case's events on its own clock, a heading for each day, and what follows at the end."""
    zone = case["time_zone"]
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    made.add_column(style="bright_black", no_wrap=True)
    made.add_column(no_wrap=True, width=1)
    made.add_column(ratio=1)
    made.add_column(style="bright_black", justify="right", no_wrap=True)
    day = ""
    for event in _told(events):
        at = datetime.fromisoformat(event["effective_time"]).astimezone(ZoneInfo(zone))
        if at.date().isoformat() != day:
            day = at.date().isoformat()
            made.add_row(Text(day, style="bold white"))
        made.add_row(f"     {at:%H:%M}", _mark(event), _what(words, event, zone), who_acted(words, event["actor"]))
    return Group(_heading(words, case, len(events)), Text(), made, Text(), _follows(words, case))


def _told(events: Sequence[pb.Event]) -> Iterator[Plain]:
    """Events as plain data; an outcome knows its contact's channel, and what another event says already is left out."""
    channels: dict[str, str] = {}
    permitted: set[str] = set()
    for event in map(plain, events):
        fields = event["payload"]
        if event["name"] == "ContactPermitted":
            channels[fields["permit_id"]] = fields["channel"]
            permitted.add(fields["step_key"])
        elif event["name"] == "ContactOutcomeRecorded":
            fields["channel"] = channels.get(fields["permit_id"], "")
        said_elsewhere = fields.get("step_key") in permitted or fields.get("action") == "TASK"
        if event["name"] == "StepTaken" and not fields["skipped"] and said_elsewhere:
            continue
        yield event


def _heading(words: Words, case: Plain, count: int) -> Text:
    summary = words(
        "say",
        "from_case",
        count=count,
        stage=stage(words, case["stage"], case["closure"]).plain,
        balance=sum_of(words, case["balance"]),
    )
    return Text.assemble((f"{case['creditor_id']}/{case['reference']}", "bold"), "  ", (summary, "bright_black"))


def _mark(event: Plain) -> Text:
    name = event["name"]
    if name == "StageEntered":
        return Text("▲", style=STAGE_COLORS.get(event["payload"]["stage"], "bold"))
    if name in _BAD:
        return Text("✗", style="bold red")
    found = next((mark for prefix, mark in _MARKS.items() if name.startswith(prefix)), ("·", "bright_black"))
    return Text(*found)


def _what(words: Words, event: Plain, zone: str) -> Text:
    said, why = sentence(words, event["name"], event["payload"], zone)
    style = "bold red" if event["name"] in _BAD else ""
    return Text.assemble((said, style), (f"  {why}" if why else "", "bright_black"))


def who_acted(words: Words, actor: str) -> str:
    """Return who did it ("role:id") in the reader's words."""
    role, _, name = actor.partition(":")
    return " ".join(each for each in (words.of("actor", role), name) if each)


def _follows(words: Words, case: Plain) -> Text:
    step: dict[str, Any] | None = case["next_step"]
    heading = (words("say", "follows"), "bold")
    if case["closure"] or not step:
        return Text.assemble(heading, "  ", words("say", "no_next"))
    why = why_next(words, step)
    return Text.assemble(heading, "  ", what_next(words, step, case["time_zone"]), (f"  {why}", "bright_black"))
