"""How far work is that several processes are at: what each has done more is added to what there was."""

from collections.abc import Callable, Mapping
from typing import Final

SEAL: Final = "SEAL"  # leaves held against the seal
DIGESTS: Final = "DIGESTS"  # state digests in their list
REPLAY: Final = "REPLAY"  # events folded

Step = Callable[[str, int, int], None]
"""Hears which part is looked at (SEAL, DIGESTS, REPLAY), how much of it was by now, and how much there is in all."""


class Tally:
    """Adds up, and says so. `sizes`: how much there is of every part."""

    def __init__(self, told: Step, sizes: Mapping[str, int]) -> None:
        self._told = told
        self._sizes = sizes
        self._done = dict.fromkeys(sizes, 0)

    def __call__(self, part: str, more: int) -> None:
        """Add what more was done of a part."""
        self._done[part] += more
        self._told(part, self._done[part], self._sizes[part])
