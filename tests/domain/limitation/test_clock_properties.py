"""What holds of a limitation clock whatever has happened."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.compliance.rule_words import Confidence
from domain.ledger.law import LimitationRule
from domain.ledger.words import Interruption
from domain.limitation.clock import Clock, clock, union
from domain.limitation.happened import Act, Extension, Suspension
from domain.limitation.words import Uncounted

DAYS = st.dates(date(2015, 12, 1), date(2030, 3, 31))
RULES = st.builds(
    LimitationRule,
    id=st.just("xx.money.rule"),
    cite=st.just("none"),
    confidence=st.just(Confidence.TEXT),
    instrument=st.just("GENERAL"),
    action=st.just("ordinary"),
    years=st.integers(1, 4),
    interrupted_by=st.sets(st.sampled_from(Interruption)).map(frozenset),
)
ACTS = st.builds(Act, kind=st.sampled_from(Interruption), on=DAYS, reference=st.just("a"), reversed=st.booleans())
EXTENSIONS = st.builds(Extension, on=DAYS, due_on=DAYS, reference=st.just("e"))
SUSPENSIONS = st.builds(
    lambda first, length: Suspension(first=first, last=first + timedelta(days=length), reference="s"),
    DAYS,
    st.integers(0, 500),
)
SEEN_ON = date(2040, 1, 1)


def run(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
    on: date = SEEN_ON,
) -> Clock:
    return clock(by, due_on=due_on, on=on, acts=acts, extensions=extensions, suspensions=suspensions)


HISTORY = (RULES, DAYS, st.lists(ACTS, max_size=6), st.lists(EXTENSIONS, max_size=2), st.lists(SUSPENSIONS, max_size=4))


@given(*HISTORY, st.one_of(ACTS, EXTENSIONS))
def test_one_more_thing_that_interrupts_never_brings_the_end_nearer(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
    more: Act | Extension,
) -> None:
    before = run(by, due_on, acts, extensions, suspensions)
    with_it = (
        run(by, due_on, [*acts, more], extensions, suspensions)
        if isinstance(more, Act)
        else run(by, due_on, acts, [*extensions, more], suspensions)
    )
    assert with_it.ends_on >= before.ends_on


@given(*HISTORY, SUSPENSIONS)
def test_one_more_suspension_never_brings_the_end_nearer(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
    more: Suspension,
) -> None:
    before = run(by, due_on, acts, extensions, suspensions)
    assert run(by, due_on, acts, extensions, [*suspensions, more]).ends_on >= before.ends_on


@given(*HISTORY)
def test_a_suspension_told_twice_or_in_pieces_counts_once(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
) -> None:
    pieces = [
        Suspension(first=each.first + timedelta(days=day), last=each.first + timedelta(days=day), reference="d")
        for each in suspensions
        for day in range((each.last - each.first).days + 1)
    ]
    once = run(by, due_on, acts, extensions, suspensions)
    assert run(by, due_on, acts, extensions, suspensions * 2) == once
    assert run(by, due_on, acts, extensions, pieces) == once


@given(st.lists(SUSPENSIONS, max_size=6))
def test_the_union_covers_the_same_days_and_nothing_twice(suspensions: list[Suspension]) -> None:
    covered = {day for each in suspensions for day in range(each.first.toordinal(), each.last.toordinal() + 1)}
    found = [day for each in union(suspensions) for day in range(each.first.toordinal(), each.last.toordinal() + 1)]
    assert found == sorted(covered)


@given(*HISTORY)
def test_without_what_did_not_stand_everything_is_as_it_was(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
) -> None:
    whole = run(by, due_on, acts, extensions, suspensions)
    standing = run(by, due_on, [each for each in acts if not each.reversed], extensions, suspensions)
    assert (whole.begins_on, whole.ends_on, whole.counted) == (standing.begins_on, standing.ends_on, standing.counted)


@given(*HISTORY, DAYS)
def test_a_clock_explains_itself(
    by: LimitationRule,
    due_on: date,
    acts: list[Act],
    extensions: list[Extension],
    suspensions: list[Suspension],
    on: date,
) -> None:
    found = run(by, due_on, acts, extensions, suspensions, on)
    assert len(found.counted) + len(found.not_counted) == len(acts) + len(extensions)
    assert found.days_left == max((found.ends_on - on).days, 0)
    if found.counted:
        assert (found.begins_on, found.ends_on) == (found.counted[-1].begins_on, found.counted[-1].ends_on)
    else:
        assert found.begins_on == due_on + timedelta(days=1)
    ends = [each.ends_on for each in found.counted]
    assert ends == sorted(set(ends))
    for each in found.not_counted:
        if each.why is Uncounted.AFTER_ITS_END:
            assert any(each.what.on >= end for end in (*ends, found.ends_on, by_itself(by, due_on, suspensions, on)))


def by_itself(by: LimitationRule, due_on: date, suspensions: list[Suspension], on: date) -> date:
    return run(by, due_on, [], [], suspensions, on).ends_on
