"""The demo's closing report."""

from datetime import timedelta

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.funnel import funnel_bars
from cli.language import Words
from cli.show import table
from demo.books import REACHED
from demo.figures import Check, Figures, Lateness

KEEPS_UP_HOURS = 24.0  # a step later than a day of business time is one that the clock outran


def print_report(console: Console, words: Words, figures: Figures) -> None:
    """Print it in sections: where the cases stand, contacts, money, deeds, clock, verification."""
    console.print()
    _section(
        console,
        words("demo", "funnel"),
        funnel_bars(words, {(row.stage, row.closure): row.cases for row in figures.funnel}),
    )
    _section(console, words("demo", "contacted"), *_contacts(words, figures))
    _section(console, words("demo", "money"), _money(words, figures))
    _section(console, words("demo", "told"), _told(words, figures))
    _section(console, words("demo", "clock"), *_clock(words, figures))
    checks = Group(*(_check(words, check) for check in figures.checks))
    title = f"{words('demo', 'verification')}: {words('demo', 'ok' if figures.verified else 'failed')}"
    console.print(Panel(checks, title=title, title_align="left", border_style="green" if figures.verified else "red"))
    console.print(Text(words("demo", "model"), style="bright_black"))
    took = words("demo", "took", seconds=round(figures.wall_seconds), events=words.number(figures.events))
    console.print(Text(took, style="bright_black"))


def _section(console: Console, title: str, *parts: RenderableType) -> None:
    console.print(Text(title, style="bold"))
    for part in parts:
        console.print(part)
    console.print()


def _contacts(words: Words, figures: Figures) -> list[RenderableType]:
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", words("demo", "permitted"), words("demo", "delivered"), words("demo", "other")):
        made.add_column(heading, justify="right" if heading else "left")
    emails = 0
    for channel in figures.contacts:
        delivered = sum(count for outcome, count in channel.outcomes.items() if outcome in REACHED)
        emails += delivered if channel.channel == "EMAIL" else 0
        others = [
            f"{words.of('outcome', name)} {count}" for name, count in channel.outcomes.items() if name not in REACHED
        ]
        row = (words.of("channel", channel.channel), words.number(channel.permitted), words.number(delivered))
        made.add_row(*row, ", ".join(others) or "0")
    parts: list[RenderableType] = [made]
    if figures.refusals:
        reasons = ", ".join(f"{reason} {count}" for reason, count in figures.refusals.items())
        parts.append(Text(f"{words('demo', 'refused')}: {reasons}"))
    mail = figures.mail
    sink = words(
        "demo", "sink", messages=words.number(mail.messages), ids=words.number(mail.message_ids), delivered=emails
    )
    return [*parts, Text(sink)]


def _money(words: Words, figures: Figures) -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for key in ("", "owed", "charged", "waived", "collected_column", "still_owed", "share"):
        made.add_column(words("demo", key) if key else "", justify="right" if key else "left")
    for sums in figures.money:
        amounts = (sums.principal, sums.charged, sums.waived, sums.collected, sums.balance)
        share = sums.collected / sums.principal if sums.principal else 0.0
        made.add_row(sums.currency, *(words.amount(each, sums.currency) for each in amounts), f"{share:.0%}")
    return made


def _told(words: Words, figures: Figures) -> Table:
    rows = [
        (
            words("deed", each.kind),
            words.number(each.accepted),
            ", ".join(f"{reason} {count}" for reason, count in each.refused.items()) or "0",
        )
        for each in figures.told
    ]
    return table(words, ("event", "accepted", "not_accepted"), rows)


def _clock(words: Words, figures: Figures) -> list[RenderableType]:
    late = figures.lateness
    said = words(
        "demo",
        "lag",
        speed=duration(words, figures.speed / 3600),
        worst=duration(words, late.worst_hours),
        tail=duration(words, late.p99_hours),
        middle=duration(words, late.median_hours),
    )
    steps = words("demo", "steps", steps=words.number(late.steps), overdue=words.number(late.overdue))
    parts: list[RenderableType] = [Text(f"{said} {steps}")]
    if outran(late):
        parts.append(Text(words("demo", "lag_warning"), style="yellow"))
    return parts


def outran(late: Lateness) -> bool:
    """Whether business time passed faster than the machine could follow."""
    return late.p99_hours > KEEPS_UP_HOURS


def _check(words: Words, check: Check) -> Text:
    mark, style = ("✓", "green") if check.holds else ("✗", "bold red")
    counts = {name: words.number(count) for name, count in check.counts.items()}
    compared = filter(None, (words("demo", f"counted_{check.name}", **counts), check.wrong))
    return Text.assemble(
        (f"{mark} ", style), words("demo", f"check_{check.name}"), (f"  ({'; '.join(compared)})", "bright_black")
    )


def duration(words: Words, hours: float) -> str:
    """A length of time in its largest fitting unit."""
    length = timedelta(hours=hours)
    seconds = length.total_seconds()
    for key, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            count = f"{seconds / size:.2g}" if seconds / size < 10 else f"{seconds / size:.0f}"
            return words("unit", key, n=words.decimal(count))
    return words("unit", "seconds", n=f"{seconds:.0f}")
