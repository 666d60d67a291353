"""The stages as bars: how many cases stand where."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from cli.language import Words
from cli.show import STAGE_COLORS, stage

LADDER = ("PRE_DUE", "SOFT", "NEGOTIATION", "PRE_LEGAL", "LEGAL", "CLOSED")
BAR_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"


def funnel_bars(words: Words, counts: Mapping[tuple[str, str], int]) -> Table:
    """One bar a stage and, for closed cases, one a way of having ended; `counts` by (stage, closure or "")."""
    total = max(1, sum(counts.values()))
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column()
    made.add_column(width=BAR_WIDTH)
    made.add_column(justify="right")
    made.add_column(justify="right", style="bright_black")
    for name in LADDER:
        ways = sorted(closure for at, closure in counts if at == name) or [""]
        for closure in ways:
            count = counts.get((name, closure), 0)
            share = count / total
            made.add_row(
                stage(words, name, closure),
                Text(bar(share, BAR_WIDTH), style=STAGE_COLORS[name]),
                words.number(count),
                f"{share:.1%}",
            )
    return made


def bar(share: float, width: int) -> str:
    """A bar of eighths of a character; something is shown wherever there is something."""
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")
