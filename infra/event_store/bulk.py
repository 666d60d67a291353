"""Many appends at once: prepared and committed in slices, a few of them under way at any time."""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Final

from application.ports import Append, Appended
from infra.event_store.committer import Committer
from infra.event_store.prepared import Means, Outcome, Prepared

SLICE: Final = 250  # appends; preparing them holds up the event loop for a few milliseconds
SLICES_UNDER_WAY: Final = 6  # enough that no transaction starts half empty


async def append_many(appends: Sequence[Append], committer: Committer, means: Means) -> list[Appended | Exception]:
    """Commit the appends in their order and return their outcomes."""
    outcomes: list[Appended | Exception] = []
    under_way: deque[_Slice] = deque()
    for start in range(0, len(appends), SLICE):
        under_way.append(_Slice(appends[start : start + SLICE], committer, means))
        if len(under_way) == SLICES_UNDER_WAY:
            outcomes.extend(await under_way.popleft().outcomes)
        else:
            await asyncio.sleep(0)  # let others in between
    for one in under_way:
        outcomes.extend(await one.outcomes)
    return outcomes


class _Slice:
    """A part of a bulk append; `outcomes` is done when the last of its appends has one."""

    def __init__(self, appends: Sequence[Append], committer: Committer, means: Means) -> None:
        self.outcomes: asyncio.Future[list[Appended | Exception]] = asyncio.get_running_loop().create_future()
        self._gathered: list[Appended | Exception | None] = [None] * len(appends)
        self._missing = len(appends)
        ready = []
        for place, append in enumerate(appends):
            try:
                ready.append(Prepared(append, partial(self._put, place), means))
            except (ValueError, TypeError, LookupError) as error:  # not storable, whatever the log says
                self._put(place, error)
        committer.submit_bulk(ready)

    def _put(self, place: int, outcome: Outcome) -> None:
        self._gathered[place] = outcome
        self._missing -= 1
        if self._missing == 0 and not self.outcomes.done():
            self.outcomes.set_result([each for each in self._gathered if each is not None])
