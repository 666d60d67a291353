"""The treatment clock: it stops in the union of pauses, and what is due never falls inside one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.ladder.pauses import Pause, covering, first_free, length, reach, union

START = datetime(2026, 1, 1, tzinfo=UTC)


def hours(count: int) -> datetime:
    return START + timedelta(hours=count)


def pause(since: int, until: int | None) -> Pause:
    return hours(since), None if until is None else hours(until)


INTERVALS = st.lists(
    st.builds(pause, st.integers(0, 60), st.one_of(st.integers(0, 60), st.integers(0, 60), st.none())), max_size=6
)


def test_a_union_joins_what_overlaps_contains_or_touches() -> None:
    assert union([pause(5, 9), pause(1, 3), pause(8, 12), pause(9, 10), pause(3, 4), pause(7, 7)]) == (
        pause(1, 4),
        pause(5, 12),
    )


def test_a_pause_without_an_end_swallows_everything_after_it() -> None:
    assert union([pause(5, None), pause(9, 12), pause(1, 6)]) == (pause(1, None),)


def test_a_clock_that_meets_a_pause_goes_on_after_it() -> None:
    paused = union([pause(4, 6), pause(10, 20)])
    assert reach(paused, hours(0), hours(3)) == hours(3)
    assert reach(paused, hours(0), hours(4)) == hours(6)  # the very instant at which the pause begins is inside it
    assert reach(paused, hours(0), hours(8)) == hours(20)
    assert reach(paused, hours(0), hours(9)) == hours(21)
    assert reach(paused, hours(5), hours(7)) == hours(8)


def test_a_target_before_the_start_is_not_moved_but_never_falls_inside_a_pause() -> None:
    paused = union([pause(4, 6)])
    assert reach(paused, hours(10), hours(3)) == hours(3)
    assert reach(paused, hours(10), hours(5)) == hours(6)


def test_a_clock_stopped_for_good_shows_nothing_more() -> None:
    assert reach(union([pause(4, None)]), hours(0), hours(4)) is None
    assert first_free(union([pause(4, None)]), hours(9)) is None


@given(INTERVALS, st.integers(0, 60), st.integers(0, 60))
def test_what_is_reached_is_as_much_later_as_the_pauses_lasted(intervals: list[Pause], start: int, ahead: int) -> None:
    paused = union(intervals)
    reached = reach(paused, hours(start), hours(start + ahead))
    if reached is None:
        assert paused[-1][1] is None
        return
    assert covering(paused, reached) is None
    if ahead:
        assert reached - hours(start) == timedelta(hours=ahead) + length(paused, hours(start), reached)


@given(INTERVALS, st.permutations(range(6)))
def test_a_union_covers_what_its_parts_cover_in_any_order(intervals: list[Pause], order: list[int]) -> None:
    shuffled = [intervals[place] for place in order if place < len(intervals)]
    paused = union(intervals)
    assert union(shuffled) == paused
    for hour in range(61):
        inside = any(since <= hours(hour) and (until is None or hours(hour) < until) for since, until in intervals)
        assert inside == (covering(paused, hours(hour)) is not None)
