"""Work in batches has its garbage looked for between them, and leaves the collector as it was."""

import gc
import weakref

import pytest

from workers.garbage import collected_when_told


class Knot:
    """Something that only the collector finds."""

    def __init__(self) -> None:
        self.own = self


def knotted() -> "weakref.ref[Knot]":
    return weakref.ref(Knot())


def test_cycles_stay_until_the_collector_is_told() -> None:
    with collected_when_told() as collect:
        knot = knotted()
        assert knot() is not None
        collect()
        assert knot() is None


def test_afterwards_the_collector_is_at_work_again_and_nothing_is_left() -> None:
    knots: list[weakref.ref[Knot]] = []
    with pytest.raises(ZeroDivisionError):
        fail(knots)
    assert gc.isenabled()
    assert knots[0]() is None


def fail(knots: "list[weakref.ref[Knot]]") -> None:
    with collected_when_told():
        knots.append(knotted())
        assert not gc.isenabled()
        raise ZeroDivisionError
