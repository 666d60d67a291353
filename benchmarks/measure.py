"""Measuring two things side by side: in turn, several rounds, the median of the ratios."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours against the other, in units per second, over rounds taken in turn."""

    ours: float
    other: float
    ratio: float
    ratios: tuple[float, ...]

    def row(self, unit: str) -> dict[str, object]:
        """Return the measurement for the report."""
        return {
            "ratio": round(self.ratio, 3),
            "rounds": [round(one, 3) for one in self.ratios],
            f"ours_{unit}": round(self.ours),
            f"other_{unit}": round(self.other),
        }


def side_by_side(ours: Callable[[], float], other: Callable[[], float], *, rounds: int = 3) -> Ratio:
    """Run `other` and `ours` in turn (each returns units per second); return medians. One more round goes first."""
    other()
    ours()
    return _medians([(ours(), other()) for _ in range(rounds)])


@dataclass(frozen=True, slots=True)
class Spent:
    """What so many units of work took: by the clock, of the processor here, and of the processor in the database."""

    units: int
    seconds: float
    own_seconds: float
    server_seconds: float


Measured = Callable[[Spent], float]
BY_CLOCK: Measured = attrgetter("seconds")
BY_PROCESSOR: Measured = lambda spent: spent.own_seconds + spent.server_seconds  # noqa: E731  # beside its two sisters
BY_OWN_PROCESSOR: Measured = attrgetter("own_seconds")


def by_pairs(pairs: Sequence[tuple[Spent, Spent]], measured: Measured) -> Ratio:
    """Return ours against the other of many short pairs.

    A pair shares what else the machine was at, and a median of many forgets the pairs that did not. Processor time
    leaves out the disk, and whoever else was served meanwhile.
    """
    return _medians([(ours.units / measured(ours), other.units / measured(other)) for ours, other in pairs])


def _medians(pairs: Sequence[tuple[float, float]]) -> Ratio:
    ratios = tuple(mine / theirs for mine, theirs in pairs)
    return Ratio(
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(ratios),
        ratios,
    )


def percentile(samples: list[float], share: float) -> float:
    """Return the sample below which `share` of them lie (0.5: the median)."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
