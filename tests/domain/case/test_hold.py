"""Holds: what they stop, how long, and what happened inside one that we heard of late."""

from datetime import UTC, datetime, timedelta

from domain.case.commands import LogContact, ReleaseHold
from domain.case.contact import contacts_inside
from domain.case.events import HoldPlaced, HoldReleased
from domain.case.hold import held_seconds, is_held
from domain.case.words import Channel, ContactOutcome, Direction, HoldReason, Scope, Stage
from tests.domain.case.material import (
    BY,
    DEBTOR,
    MAY_1,
    case_of,
    climb_to,
    hold,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    permit,
)

DAY = timedelta(days=1).total_seconds()


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def release(hold_id: str, at: datetime) -> ReleaseHold:
    return ReleaseHold(at=at, by=BY, hold_id=hold_id, reason="OVER")


def test_a_hold_stops_what_its_scope_says_from_its_first_instant_to_before_its_last() -> None:
    held = case_of(one_invoice.after(hold("h", until=may(4), scope=Scope.CONTACT)))
    assert is_held(held, Scope.CONTACT, MAY_1)
    assert not is_held(held, Scope.ESCALATION, MAY_1)
    assert not is_held(held, Scope.CONTACT, MAY_1 - timedelta(seconds=1))
    assert is_held(held, Scope.CONTACT, may(4) - timedelta(microseconds=1))
    assert not is_held(held, Scope.CONTACT, may(4))


def test_a_hold_of_everything_stops_everything() -> None:
    held = case_of(one_invoice.after(hold("h")))
    assert all(is_held(held, scope, may(2)) for scope in Scope)


def test_a_released_hold_is_over() -> None:
    held = one_invoice.when(hold("h")).then(HoldPlaced)
    released = held.when(release("h", may(3))).then(HoldReleased)
    assert is_held(case_of(released), Scope.ALL, may(2))
    assert not is_held(case_of(released), Scope.ALL, may(3))
    released.when(hold("h", until=may(9))).then_nothing()


def test_a_hold_that_is_over_by_itself_needs_no_release() -> None:
    one_invoice.after(hold("h", until=may(4))).when(release("h", may(5))).then_nothing()


def test_a_hold_released_before_it_began_never_held() -> None:
    later = one_invoice.after(hold("h", from_at=may(9)), release("h", may(3)))
    assert held_seconds(case_of(later).holds.values(), (Scope.ALL,), MAY_1, may(30)) == 0
    assert case_of(later).holds["h"].until == may(9)


def test_an_unsound_hold_is_refused() -> None:
    one_invoice.when(hold("h", from_at=may(4), until=may(4))).then_rejected("HOLD_INTERVAL_EMPTY")
    one_invoice.when(hold("")).then_rejected("HOLD_ID_MISSING")
    one_invoice.when(release("h", may(3))).then_rejected("HOLD_NOT_FOUND")
    one_invoice.when(hold("h", from_at=datetime(2026, 5, 1))).then_rejected("INSTANT_NOT_UTC")  # noqa: DTZ001 the point


def test_a_hold_id_stands_for_one_hold() -> None:
    held = one_invoice.after(hold("h"))
    held.when(hold("h", at=may(5), from_at=MAY_1)).then_nothing()
    held.when(hold("h", reason=HoldReason.LEGAL)).then_rejected("HOLD_EXISTS_WITH_OTHER_TERMS")
    held.when(hold("h", until=may(9))).then_rejected("HOLD_EXISTS_WITH_OTHER_TERMS")


def test_fin_overlap_overlapping_holds_are_counted_once() -> None:
    held = case_of(
        nothing.after(
            opening(at=day(10, 1)),
            hold("a", at=day(10, 1), from_at=day(10, 16), until=day(10, 30)),
            hold("b", at=day(10, 1), from_at=day(10, 10), until=day(11, 5)),
        )
    )
    assert held_seconds(held.holds.values(), (Scope.ALL,), day(10, 1), day(12, 1)) == 26 * DAY


def test_holds_that_contain_touch_and_follow_each_other_are_counted_once() -> None:
    held = case_of(
        one_invoice.after(
            hold("a", from_at=may(1), until=may(10)),
            hold("b", from_at=may(2), until=may(3)),
            hold("c", from_at=may(10), until=may(11)),
            hold("d", from_at=may(20)),
            hold("e", from_at=may(1), until=may(30), scope=Scope.CHARGES),
        )
    )
    assert held_seconds(held.holds.values(), (Scope.ALL, Scope.CONTACT), may(1), may(22)) == 12 * DAY
    assert held_seconds(held.holds.values(), (Scope.ALL,), may(5), may(6)) == DAY
    assert held_seconds((), (Scope.ALL,), may(5), may(6)) == 0


def test_fin_backdated_contacts_made_in_a_hold_that_we_heard_of_late_are_listed() -> None:
    by_hand = LogContact(
        at=may(16),
        by=BY,
        contact_id="call",
        person_id=DEBTOR,
        channel=Channel.PHONE,
        direction=Direction.OUTBOUND,
        outcome=ContactOutcome.NO_ANSWER,
    )
    asked_us = LogContact(
        at=may(16, 11),
        by=BY,
        contact_id="mail",
        person_id=DEBTOR,
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.REPLIED,
    )
    contacted = one_invoice.after(
        permit("1.a", at=may(13)), permit("1.b", at=may(15)), by_hand, asked_us, permit("1.c", at=may(17))
    )
    recorded = contacted.after(hold("h", at=may(18), from_at=may(14), reason=HoldReason.MORATORIUM))
    found = contacts_inside(case_of(recorded), may(14), may(18))
    assert [contact_id for contact_id, _ in found] == ["1.b:EMAIL", "call", "1.c:EMAIL"]


def test_a_pause_holds_from_the_moment_it_is_acknowledged() -> None:
    held = one_invoice.after(hold("h", at=MAY_1))
    a_little_behind = MAY_1 - timedelta(milliseconds=50)
    held.when(permit("1.a", at=a_little_behind)).then_rejected("CASE_ON_HOLD")
    held.when(climb_to(Stage.SOFT, a_little_behind)).then_rejected("CASE_ON_HOLD")


def test_a_hold_that_begins_later_stops_nothing_before() -> None:
    assert case_of(one_invoice.after(hold("h", from_at=may(9)), permit("1.a", at=may(3)))).contacts


def test_a_payment_to_verify_is_a_hold_like_any_other() -> None:
    held = one_invoice.after(hold("h", reason=HoldReason.PAYMENT_TO_VERIFY, scope=Scope.CONTACT))
    held.when(permit("1.a", at=may(2))).then_rejected("CASE_ON_HOLD")
    assert case_of(held.after(release("h", may(3)), permit("1.a", at=may(4)))).contacts


def test_a_closed_case_is_not_held_any_more() -> None:
    one_invoice.after(pay("p", 100, may(2))).when(hold("h", at=may(3))).then_rejected("CASE_CLOSED")
