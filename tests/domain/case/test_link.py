"""Payment links: what may be issued, and that the ledger follows from what the provider said, not from its order."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.case.commands import (
    CancelPaymentLink,
    CaseCommand,
    ExpirePaymentLink,
    IssuePaymentLink,
    RecordLinkPayment,
    RecordLinkReady,
    RecordLinkRefund,
)
from domain.case.events import (
    CaseClosed,
    CaseReopened,
    PaymentLinkCancelled,
    PaymentLinkExpired,
    PaymentLinkIssued,
    PaymentLinkPaid,
    PaymentLinkReady,
    PaymentLinkRefunded,
    PaymentRecorded,
    PaymentReversed,
)
from domain.case.link_state import Linked
from domain.case.view import balance_minor
from domain.case.words import Closure
from domain.money import Money
from tests.domain.case.material import BY, DEBTOR, bounce, case_of, eur, may, one_invoice, pay

STRANGER = UUID("00000000-0000-4000-8000-00000000ffff")
PSP = "adyen:NC6HT9CRT65ZGN82"


def issue(euros: float = 100, *, at: datetime | None = None, days: float = 7, **other: object) -> IssuePaymentLink:
    asked_at = at or may(2)
    fields: dict[str, object] = {
        "link_id": "l-1",
        "person_id": DEBTOR,
        "amount": eur(euros),
        "expires_at": asked_at + timedelta(days=days),
        "provider": "adyen",
    }
    return IssuePaymentLink(at=asked_at, by=BY, **{**fields, **other})  # type: ignore[arg-type]  # any field, wrong ones too


def ready(provider_id: str = "PL1") -> RecordLinkReady:
    return RecordLinkReady(
        at=may(2), by=BY, link_id="l-1", provider_id=provider_id, url=f"https://pay.example/{provider_id}"
    )


def paid(euros: float = 100, *, payment_id: str = PSP, link_id: str = "l-1") -> RecordLinkPayment:
    return RecordLinkPayment(at=may(3), by=BY, link_id=link_id, payment_id=payment_id, amount=eur(euros), method="visa")


def refunded(refund: str, euros: float, *, day: int = 5, stands: bool = True) -> RecordLinkRefund:
    return RecordLinkRefund(
        at=may(day),
        by=BY,
        link_id="l-1",
        payment_id=PSP,
        refund_id=f"adyen:{refund}",
        amount=eur(euros),
        reason="REFUND",
        stands=stands,
    )


linked = one_invoice.after(issue())


def kept(story: object) -> int:
    """What the ledger holds of all payments, in cents."""
    ledger = case_of(story).ledger  # type: ignore[arg-type]  # a story
    return sum(payment.amount.minor for payment in ledger.payments.values() if not payment.reversed)


def test_a_link_is_issued_for_one_who_owes() -> None:
    at = may(2)
    issued = PaymentLinkIssued(
        at=at,
        link_id="l-1",
        person_id=DEBTOR,
        amount=eur(100),
        expires_at=at + timedelta(days=7),
        provider="adyen",
    )

    assert case_of(one_invoice.when(issue()).then(issued)).links["l-1"].stands is Linked.ISSUED


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (issue(100.01), "LINK_EXCEEDS_BALANCE"),
        (issue(0), "AMOUNT_NOT_POSITIVE"),
        (issue(amount=Money(100, "USD")), "CURRENCY_MISMATCH"),
        (issue(days=0), "LINK_EXPIRY_INVALID"),
        (issue(days=30.001), "LINK_EXPIRY_INVALID"),
        (issue(expires_at=datetime(2026, 5, 4)), "INSTANT_NOT_UTC"),  # noqa: DTZ001 - that is what is refused
        (issue(person_id=STRANGER), "PERSON_NOT_OBLIGOR"),
        (issue(link_id="a.b"), "LINK_ID_INVALID"),
        (issue(link_id="x" * 21), "LINK_ID_INVALID"),
        (issue(provider=" "), "PROVIDER_MISSING"),
    ],
)
def test_what_no_link_is_issued_for(asked: IssuePaymentLink, reason: str) -> None:
    one_invoice.when(asked).then_rejected(reason)


def test_no_link_is_issued_on_a_case_that_is_paid() -> None:
    one_invoice.after(pay("p-1", 100, may(2))).when(issue()).then_rejected("CASE_CLOSED")


def test_no_more_is_asked_for_than_is_still_owed() -> None:
    partly = one_invoice.after(pay("p-1", 60, may(2)))

    partly.when(issue(40.01)).then_rejected("LINK_EXCEEDS_BALANCE")
    partly.when(issue(40)).then(PaymentLinkIssued)


def test_the_same_id_for_another_sum_is_refused() -> None:
    linked.when(issue(50)).then_rejected("LINK_EXISTS_WITH_OTHER_TERMS")


def test_the_providers_page_is_kept_once() -> None:
    story = linked.when(ready()).then(PaymentLinkReady)

    assert case_of(story).links["l-1"].stands is Linked.READY
    story.when(ready("PL2")).then_rejected("LINK_EXISTS_WITH_OTHER_TERMS")


@pytest.mark.parametrize(
    "command",
    [
        RecordLinkReady(at=may(2), by=BY, link_id="l-9", provider_id="PL1", url="https://pay.example"),
        paid(link_id="l-9"),
        ExpirePaymentLink(at=may(2), by=BY, link_id="l-9"),
        CancelPaymentLink(at=may(2), by=BY, link_id="l-9", reason="OTHER"),
    ],
)
def test_a_link_that_was_never_issued_changes_nothing(command: CaseCommand) -> None:
    linked.when(command).then_rejected("LINK_NOT_FOUND")


def test_money_by_a_link_is_booked_once_and_closes_the_case() -> None:
    story = linked.after(ready()).when(paid()).then(PaymentLinkPaid, PaymentRecorded, CaseClosed)
    case = case_of(story)

    assert case.closure is Closure.PAID
    assert case.links["l-1"].stands is Linked.PAID
    assert case.ledger.payments[PSP].at == may(3)
    assert case.ledger.payments[PSP].method == "visa"


def test_money_may_come_before_the_provider_has_said_that_it_has_the_link() -> None:
    story = linked.after(paid(), ready())

    assert case_of(story).links["l-1"].stands is Linked.PAID
    assert kept(story) == 10_000


@pytest.mark.parametrize(
    "end",
    [
        CancelPaymentLink(at=may(3), by=BY, link_id="l-1", reason="OTHER"),
        ExpirePaymentLink(at=may(10), by=BY, link_id="l-1"),
    ],
)
def test_money_that_was_under_way_when_the_link_ended_is_booked(end: CaseCommand) -> None:
    story = linked.after(end, paid())

    assert case_of(story).links["l-1"].stands is Linked.PAID
    assert kept(story) == 10_000


def test_money_for_a_case_that_was_paid_meanwhile_is_credit() -> None:
    story = linked.after(pay("p-1", 100, may(2)), paid())

    assert case_of(story).ledger.credit == 10_000


def test_two_payments_by_one_link_are_two_payments() -> None:
    assert kept(linked.after(paid(40), paid(60, payment_id="adyen:OTHER"))) == 10_000


def test_one_payment_told_with_two_sums_is_refused() -> None:
    linked.after(paid(40)).when(paid(41)).then_rejected("PAYMENT_EXISTS_WITH_OTHER_TERMS")


def test_a_refund_in_full_brings_the_debt_and_the_case_back() -> None:
    story = linked.after(paid()).when(refunded("R1", 100)).then(PaymentLinkRefunded, PaymentReversed, CaseReopened)

    assert balance_minor(case_of(story)) == 10_000


def test_a_refund_in_part_leaves_the_rest_paid_since_its_first_day() -> None:
    story = linked.after(paid(), refunded("R1", 30))
    case = case_of(story)

    assert balance_minor(case) == 3_000
    assert case.ledger.payments[f"{PSP}.1"].at == may(3)
    assert kept(story) == 7_000


def test_a_refund_that_failed_is_money_that_we_have() -> None:
    story = linked.after(paid(), refunded("R1", 100), refunded("R1", 100, day=6, stands=False))

    assert kept(story) == 10_000
    assert case_of(story).closure is Closure.PAID


def test_older_news_of_a_refund_changes_nothing() -> None:
    failed = linked.after(paid(), refunded("R1", 100, day=6, stands=False))

    failed.when(refunded("R1", 100, day=5)).then_nothing()
    assert kept(failed) == 10_000


ANY_ORDER = list(
    itertools.permutations(
        (paid(), refunded("R1", 30), refunded("R2", 20, day=6), refunded("R1", 30, day=8, stands=False))
    )
)


@pytest.mark.parametrize("order", ANY_ORDER)
def test_whatever_the_order_and_however_often_the_ledger_holds_what_the_provider_kept(
    order: tuple[CaseCommand, ...],
) -> None:
    story = linked.after(*order, *order, *reversed(order))

    assert kept(story) == 8_000
    assert balance_minor(case_of(story)) == 2_000


def test_what_somebody_reversed_by_hand_is_not_booked_again_by_a_refund() -> None:
    story = linked.after(paid(), bounce(PSP, may(4))).when(refunded("R1", 30)).then(PaymentLinkRefunded)

    assert kept(story) == 0


def test_a_link_ends_when_its_time_has_run_out_and_not_before() -> None:
    linked.when(ExpirePaymentLink(at=may(8), by=BY, link_id="l-1")).then_rejected("LINK_NOT_EXPIRED")
    linked.when(ExpirePaymentLink(at=may(9), by=BY, link_id="l-1")).then(PaymentLinkExpired)
    link = case_of(linked).links["l-1"]
    assert (link.stands_at(may(8)), link.stands_at(may(9))) == (Linked.ISSUED, Linked.EXPIRED)


def test_a_paid_link_does_not_run_out() -> None:
    linked.after(paid()).when(ExpirePaymentLink(at=may(9), by=BY, link_id="l-1")).then_nothing()
    assert case_of(linked.after(paid())).links["l-1"].stands_at(may(20)) is Linked.PAID


def test_a_link_can_be_cancelled_until_it_is_paid() -> None:
    cancel = CancelPaymentLink(at=may(3), by=BY, link_id="l-1", reason="PAYS_BY_TRANSFER")

    linked.when(cancel).then(PaymentLinkCancelled)
    linked.after(paid()).when(cancel).then_rejected("LINK_PAID")


def test_the_provider_of_a_cancelled_link_is_still_remembered_to_close_it_there() -> None:
    cancelled = linked.after(CancelPaymentLink(at=may(3), by=BY, link_id="l-1", reason="OTHER"), ready())

    assert case_of(cancelled).links["l-1"].stands is Linked.CANCELLED
    assert case_of(cancelled).links["l-1"].provider_id == "PL1"
