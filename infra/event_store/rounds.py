"""Which appends of a batch can share a transaction: pure bookkeeping over stream versions and request ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from application.ports import StaleStream
from infra.event_store.prepared import Prepared


@dataclass(slots=True)
class Round:
    """What the next transaction tries.

    accepted:  appends that agree with each other; later ones may build on earlier ones of the same round
    expected:  the version each stream they write must have before the round
    after:     the version each stream has after it
    postponed: appends that can only be judged once the outcome of the round is known
    stale:     appends that cannot succeed, by what is known of their streams
    """

    accepted: list[Prepared]
    expected: dict[UUID, int]
    after: dict[UUID, int]
    postponed: list[Prepared]
    stale: list[tuple[Prepared, StaleStream]]


def plan(waiting: Iterable[Prepared], actual: dict[UUID, int]) -> Round:
    """Plan a round in the order of arrival; `actual` are the stream versions that are known for certain."""
    planned = Round([], {}, {}, [], [])
    after, expected = planned.after, planned.expected
    requests: set[str] = set()
    for one in waiting:
        receipt = one.append.receipt
        verdict = None if receipt is None or receipt.request_id not in requests else _POSTPONE
        for write in one.append.writes:
            stream, wanted = write.stream_id, write.expected_version
            if stream in after:
                if after[stream] != wanted:
                    verdict = _POSTPONE  # lost against an append of this round, if that one succeeds
            elif actual.get(stream, wanted) != wanted and verdict is None:
                verdict = StaleStream(stream, wanted, actual[stream])
        if isinstance(verdict, StaleStream):
            planned.stale.append((one, verdict))
        elif verdict is _POSTPONE:
            planned.postponed.append(one)
        else:
            planned.accepted.append(one)
            for write in one.append.writes:
                expected.setdefault(write.stream_id, write.expected_version)
            after.update(one.versions)
            if receipt is not None:
                requests.add(receipt.request_id)
    return planned


_POSTPONE = object()
