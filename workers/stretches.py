"""Stretches of streams: all stream ids divided evenly, since none of them is likelier than another."""

from itertools import pairwise
from uuid import UUID


def stretches(count: int) -> list[tuple[UUID, UUID]]:
    """Return the first and last id of each of `count` stretches, which together are all there is."""
    ends = [2**128 * place // count for place in range(count + 1)]
    return [(UUID(int=first), UUID(int=last - 1)) for first, last in pairwise(ends)]
