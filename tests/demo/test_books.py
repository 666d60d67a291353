"""The demo's own count of the log, and the checks that are made with it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api.translate_values import instant_out
from demo.books import Books
from demo.checks import deeds_check, mail_checks, money_check
from demo.figures import Check, Sums, Told
from infra.channels.email import message_id
from infra.mail_sink import Tally
from protos.escalera import v1 as pb

DAY_ONE = datetime(2026, 1, 5, 12, tzinfo=UTC)
SENDER = "collections@escalera.invalid"


def event(name: str, *, hours: float = 0, case: str = "case-1", **fields: object) -> pb.Event:
    record_time = instant_out(DAY_ONE + timedelta(hours=hours))
    return pb.Event(stream_id=case, name=name, record_time=record_time, payload=json.dumps({"v": 1, **fields}))


def books(*events: pb.Event) -> Books:
    kept = Books()
    for each in events:
        kept.enter(each)
    return kept


def permitted(permit_id: str) -> pb.Event:
    return event("ContactPermitted", permit_id=permit_id, channel="EMAIL", step_key="1.reminder")


def outcome(permit_id: str, outcome: str) -> pb.Event:
    return event("ContactOutcomeRecorded", permit_id=permit_id, outcome=outcome)


def tally(*permit_ids: str) -> Tally:
    ids = [message_id(permit_id, "escalera.invalid") for permit_id in permit_ids]
    twice = tuple(sorted({each for each in ids if ids.count(each) > 1}))
    return Tally(messages=len(ids), message_ids=frozenset(ids), duplicates=twice)


def by_name(checks: list[Check]) -> dict[str, bool]:
    return {check.name: check.holds for check in checks}


KEPT = books(permitted("a"), outcome("a", "ACCEPTED"), permitted("b"), outcome("b", "REFUSED"), permitted("c"))


def test_mail_that_the_log_accounts_for_passes() -> None:
    assert by_name(list(mail_checks(KEPT, tally("a"), SENDER))) == {
        "mail_ids": True,
        "permits": True,
        "delivered": True,
    }
    # A permit without an outcome may or may not have led to a message.
    assert all(by_name(list(mail_checks(KEPT, tally("a", "c"), SENDER))).values())


@pytest.mark.parametrize(
    ("at_the_sink", "failing"),
    [
        (("a", "a"), {"mail_ids", "permits"}),  # sent twice
        (("a", "x"), {"permits", "delivered"}),  # nobody permitted it
        ((), {"delivered"}),  # said to be delivered, never arrived
        (("a", "b"), {"delivered"}),  # said to be refused, arrived all the same
    ],
)
def test_mail_that_does_not_fit_the_log_fails(at_the_sink: tuple[str, ...], failing: set[str]) -> None:
    found = by_name(list(mail_checks(KEPT, tally(*at_the_sink), SENDER)))
    assert {name for name, holds in found.items() if not holds} == failing


def test_money_must_add_up_and_agree_with_the_payments_of_the_log() -> None:
    paid = {"minor": 700, "currency": "MXN"}
    kept = books(
        event("PaymentRecorded", payment_id="1", amount=paid),
        event("PaymentRecorded", payment_id="2", amount=paid),
        event("PaymentReversed", payment_id="2", reason="BOUNCED"),
    )
    good = Sums(currency="MXN", cases=1, principal=1000, charged=50, waived=150, collected=600, balance=300, credit=100)
    assert money_check([good], kept).holds
    for change in ({"balance": 301}, {"collected": 601, "balance": 299}, {"credit": 0}):
        values = {name: getattr(good, name) for name in good.__dataclass_fields__} | change
        assert not money_check([Sums(**values)], kept).holds


def test_a_step_is_late_from_when_it_became_due_and_not_while_the_rules_made_it_wait() -> None:
    due_at = DAY_ONE.isoformat()
    kept = books(
        event("CaseOpened"),
        event("StepTaken", step_key="1.a", due_at=due_at, hours=3),
        event("CaseOpened", case="case-2", hours=10),
        event("StepTaken", step_key="1.a", due_at=due_at, case="case-2", hours=12),
        event("ContactRefused", step_key="1.b", reason="OUTSIDE_HOURS", hours=4),
        event("StepTaken", step_key="1.b", due_at=due_at, hours=40),
    )
    late = kept.lateness(overdue=[5.0])
    assert (late.steps, late.overdue, late.median_hours, late.worst_hours) == (2, 1, 3.0, 5.0)
    assert kept.refusals == {"OUTSIDE_HOURS": 1}


def test_deeds_must_all_be_answered_and_refused_only_as_expected() -> None:
    assert deeds_check([Told(kind="Pay", accepted=2, refused={"CASE_CLOSED": 1})], planned=3).holds
    assert not deeds_check([Told(kind="Pay", accepted=2, refused={})], planned=3).holds
    assert not deeds_check([Told(kind="Pay", accepted=2, refused={"INTERNAL": 1})], planned=3).holds
