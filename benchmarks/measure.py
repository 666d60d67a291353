"""Measuring two things side by side: in turn, several rounds, the median of the ratios."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


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
    pairs = [(ours(), other()) for _ in range(rounds)]
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
