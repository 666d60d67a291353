"""How a computed plan is written on the command line: one shape, its dates and its sums."""

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


def schedule_in(
    currency: str,
    *,
    equal: int,
    step: int,
    by: str,
    balloon: int,
    last: str,
    capacity: str,
    first: str,
    every: str,
    rate: str,
    down: str,
    down_on: str,
) -> "pb.Schedule | None":
    """Return the schedule that the options describe, None where they name no shape; refuse two shapes, or no date."""
    from cli.case_known import sum_in
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    shapes = {"EQUAL": equal, "STEP": step, "BALLOON": balloon, "CAPACITY": capacity}
    chosen = [shape for shape, value in shapes.items() if value]
    if len(chosen) > 1 or bool(chosen) != bool(first):
        raise Unreadable(", ".join(chosen) or "-", "which_plan")
    if not chosen:
        return None
    written = {
        "shape": chosen[0],
        "first_date": first,
        "every": every.upper(),
        "count": equal or step or balloon,
        "amount": sum_in(capacity, currency),
        "down_payment": sum_in(down, currency),
        "down_date": down_on or None,
        "step_percent": by,
        "balloon": sum_in(last, currency),
        "rate_percent": rate,
    }
    return from_plain(written, pb.Schedule())
