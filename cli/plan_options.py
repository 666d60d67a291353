"""How a computed plan is written on the command line: one shape, its dates and its sums."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.parse import Unreadable

if TYPE_CHECKING:
    from protos.escalera import v1 as pb

_FIRST = "The first installment, of a computed plan: YYYY-MM-DD."

Equal = Annotated[int, typer.Option("--equal", help="So many equal installments.")]
Step = Annotated[int, typer.Option("--step", help="So many, each --by percent more than the one before.")]
By = Annotated[str, typer.Option("--by", help="With --step: percent, as 5.5.")]
Balloon = Annotated[int, typer.Option("--balloon", help="So many, the last one of --last.")]
Last = Annotated[str, typer.Option("--last", help="With --balloon: the last payment, AMOUNT.")]
Capacity = Annotated[str, typer.Option("--capacity", help="AMOUNT each time, as often as it takes.")]
First = Annotated[str, typer.Option("--from", help=_FIRST)]
Apart = Annotated[str, typer.Option("--every", help="WEEK, FORTNIGHT or MONTH.")]
Rate = Annotated[str, typer.Option("--rate", help="The plan's own interest, percent a year.")]
Down = Annotated[str, typer.Option("--down", help="A first payment, AMOUNT.")]
DownOn = Annotated[str, typer.Option("--down-on", help="When: YYYY-MM-DD.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A computed plan, as its options describe it."""

    equal: Equal = 0
    step: Step = 0
    by: By = ""
    balloon: Balloon = 0
    last: Last = ""
    capacity: Capacity = ""
    first: First = ""
    every: Apart = "MONTH"
    rate: Rate = ""
    down: Down = ""
    down_on: DownOn = ""

    def schedule(self, currency: str) -> "pb.Schedule | None":
        """Return the schedule; None where the options name no shape. Refuse two shapes, or one without a date."""
        from cli.case_known import sum_in
        from cli.plain import from_plain
        from protos.escalera import v1 as pb

        shapes = {"EQUAL": self.equal, "STEP": self.step, "BALLOON": self.balloon, "CAPACITY": self.capacity}
        chosen = [shape for shape, value in shapes.items() if value]
        if len(chosen) > 1 or bool(chosen) != bool(self.first):
            raise Unreadable(", ".join(chosen) or "-", "which_plan")
        if not chosen:
            return None
        written = {
            "shape": chosen[0],
            "first_date": self.first,
            "every": self.every.upper(),
            "count": self.equal or self.step or self.balloon,
            "amount": sum_in(self.capacity, currency),
            "down_payment": sum_in(self.down, currency),
            "down_date": self.down_on or None,
            "step_percent": self.by,
            "balloon": sum_in(self.last, currency),
            "rate_percent": self.rate,
        }
        return from_plain(written, pb.Schedule())
