"""What a person sees while the demo runs: bars and figures that move, or a line now and then where nothing can move."""

import time
from collections import deque

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.funnel import LADDER, bar
from cli.language import Words
from cli.show import STAGE_COLORS, facts
from demo import deeds
from demo.deeds import Happening
from demo.figures import Phase, Pulse
from domain.money import Money

LINE_EVERY_DAYS = 10
NEWS_MAX = 6
BAR_WIDTH = 36


class PlainScreen:
    """Lines, for pipes, logs and dumb terminals."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console, self._words = console, words
        self._next_day = 0

    def enter(self, phase: Phase, *, what: str = "", count: int = 0) -> None:
        if phase is not Phase.RUNNING:
            self._console.print(phase_words(self._words, phase, what, count), markup=False)

    def tell(self, deed: Happening, *, amount: Money | None = None) -> None:
        """Lines are for the days; single deeds would drown them."""

    def pulse(self, pulse: Pulse) -> None:
        if pulse.day < self._next_day:
            return
        self._next_day = pulse.day // LINE_EVERY_DAYS * LINE_EVERY_DAYS + LINE_EVERY_DAYS
        words = self._words
        stages = ", ".join(f"{words('stage', stage)} {pulse.cases.get(stage, 0)}" for stage in LADDER)
        day = words("demo", "day", day=pulse.day, days=pulse.days)
        done = f"{pulse.contacts} {words('demo', 'contacts')}, {pulse.mails} {words('demo', 'mails')}"
        self._console.print(
            f"{day}: {stages}; {done}, {pulse.told} {words('demo', 'deeds')}", markup=False, soft_wrap=True
        )

    def __enter__(self) -> "PlainScreen":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put back."""


class LiveScreen:
    """A picture that is drawn anew several times a second, and gone when the demo is over."""

    def __init__(self, console: Console, words: Words, *, title: str) -> None:
        self._console, self._words, self._title = console, words, title
        self._news: deque[str] = deque(maxlen=NEWS_MAX)
        self._pulse: Pulse | None = None
        self._phase = ""
        self._began = time.monotonic()
        self._live = Live(console=console, get_renderable=self._picture, refresh_per_second=8, transient=True)

    def enter(self, phase: Phase, *, what: str = "", count: int = 0) -> None:
        self._phase = "" if phase is Phase.RUNNING else phase_words(self._words, phase, what, count)

    def tell(self, deed: Happening, *, amount: Money | None = None) -> None:
        self._news.append(f"{deed.at:%d.%m.}  {news(self._words, deed, amount)}")

    def pulse(self, pulse: Pulse) -> None:
        self._pulse = pulse

    def __enter__(self) -> "LiveScreen":
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def _picture(self) -> RenderableType:
        words, pulse = self._words, self._pulse
        seconds = int(time.monotonic() - self._began)
        if pulse is None:
            parts: list[RenderableType] = [Text(self._phase or "…")]
        else:
            day = words("demo", "day", day=pulse.day, days=pulse.days)
            head = Text.assemble(
                (bar(pulse.day / pulse.days, 30).ljust(30), "blue"),
                f"  {day}  {pulse.now:%Y-%m-%d}  ",
                (self._phase, "yellow"),
            )
            parts = [head, Text(), _bars(words, pulse), Text(), _counts(words, pulse), Text(), *map(Text, self._news)]
        return Panel(Group(*parts), title=self._title, title_align="left", subtitle=f"{seconds} s", border_style="blue")


def phase_words(words: Words, phase: Phase, what: str, count: int) -> str:
    """What the demo is busy with, in words."""
    return words("say", phase.value, what=what, count=words.number(count)) if phase is not Phase.RUNNING else ""


def news(words: Words, deed: Happening, amount: Money | None) -> str:
    """A deed in one line."""
    keys: dict[type, str] = {
        deeds.Pay: "paid",
        deeds.PayInstallment: "paid",
        deeds.PaySettlement: "paid",
        deeds.Bounce: "bounced",
        deeds.Promise: "promised",
        deeds.Dispute: "disputed",
        deeds.Resolve: "resolved",
        deeds.OptOut: "opted_out",
        deeds.AgreePlan: "planned",
        deeds.Offer: "offered",
        deeds.Approve: "approved",
        deeds.Accept: "settled",
        deeds.Pause: "paused",
        deeds.Resume: "resumed",
        deeds.Escalate: "escalated",
    }
    paid = words.money(amount.minor, amount.currency) if amount else ""
    day = deed.due_on.isoformat() if isinstance(deed, deeds.Promise) else ""
    return words("demo", keys[type(deed)], who=deed.account, amount=paid, day=day)


def _bars(words: Words, pulse: Pulse) -> Table:
    total = max(1, sum(pulse.cases.values()))
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(min_width=14)
    made.add_column(width=BAR_WIDTH)
    made.add_column(justify="right")
    for stage in LADDER:
        count = pulse.cases.get(stage, 0)
        color = STAGE_COLORS[stage]
        made.add_row(
            Text(words("stage", stage), style=color), Text(bar(count / total, BAR_WIDTH), style=color), str(count)
        )
    return made


def _counts(words: Words, pulse: Pulse) -> Table:
    collected = "  ".join(words.money(minor, currency) for currency, minor in sorted(pulse.collected.items()))
    return facts(
        [
            (words("demo", "contacts"), words.number(pulse.contacts)),
            (words("demo", "mails"), words.number(pulse.mails)),
            (words("demo", "deeds"), words.number(pulse.told)),
            (words("demo", "collected"), collected),
        ]
    )
