"""Contacts: permitted first, told after; receipts in any order."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from domain.case.commands import AddNote, LogContact, RecordContactOutcome, RefuseContact
from domain.case.events import (
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
    NoteAdded,
    StepTaken,
)
from domain.case.words import Channel, ContactOutcome, Direction, Scope
from tests.domain.case.material import (
    BY,
    DEBTOR,
    MAY_1,
    Story,
    case_of,
    dispute,
    hold,
    may,
    one_invoice,
    pay,
    permit,
    three_invoices,
)

BOUNCED, REFUSED, UNKNOWN = ContactOutcome.BOUNCED, ContactOutcome.REFUSED, ContactOutcome.UNKNOWN
ACCEPTED, DELIVERED, READ = ContactOutcome.ACCEPTED, ContactOutcome.DELIVERED, ContactOutcome.READ


def told(outcome: ContactOutcome, at: datetime = MAY_1, permit_id: str = "1.a:EMAIL") -> RecordContactOutcome:
    return RecordContactOutcome(at=at, by=BY, permit_id=permit_id, outcome=outcome)


def refused(channel: Channel, reason: str, next_allowed_at: datetime | None) -> RefuseContact:
    return RefuseContact(
        at=may(2),
        by="ladder",
        step_key="1.a",
        person_id=DEBTOR,
        channel=channel,
        reason=reason,
        next_allowed_at=next_allowed_at,
    )


def after_receipts(*outcomes: ContactOutcome) -> Story:
    return one_invoice.after(permit("1.a"), *(told(outcome) for outcome in outcomes))


def test_a_permit_takes_its_step_so_that_no_step_is_taken_twice() -> None:
    permitted = one_invoice.when(permit("1.a")).then(ContactPermitted, StepTaken)
    permitted.when(permit("1.a", channel=Channel.SMS)).then_rejected("STEP_ALREADY_TAKEN")


def test_a_permit_id_stands_for_one_contact() -> None:
    permitted = one_invoice.after(permit("1.a"))
    again = permit("1.b", permit_id="1.a:EMAIL")
    permitted.when(again).then_rejected("PERMIT_EXISTS_WITH_OTHER_TERMS")


@pytest.mark.parametrize("outcome", [BOUNCED, REFUSED])
def test_a_step_whose_contact_was_never_received_may_try_another_channel(outcome: ContactOutcome) -> None:
    after_receipts(outcome).when(permit("1.a", channel=Channel.SMS)).then(ContactPermitted)


@pytest.mark.parametrize("outcome", [BOUNCED, REFUSED, ContactOutcome.FAILED, ContactOutcome.WRONG_NUMBER])
def test_a_step_does_not_try_the_same_channel_twice(outcome: ContactOutcome) -> None:
    after_receipts(outcome).when(permit("1.a", permit_id="1.a:EMAIL:2")).then_rejected("STEP_ALREADY_TAKEN")


def test_a_permit_that_ran_out_frees_its_step_for_the_same_channel_and_others() -> None:
    ran_out = after_receipts(ContactOutcome.EXPIRED)
    ran_out.when(permit("1.a", channel=Channel.SMS)).then(ContactPermitted)
    second = ran_out.when(permit("1.a", permit_id="1.a:EMAIL:2")).then(ContactPermitted)
    second.when(permit("1.a", permit_id="1.a:EMAIL:3")).then_rejected("STEP_ALREADY_TAKEN")
    second.when(told(ContactOutcome.ACCEPTED)).then_nothing()


def test_a_contact_without_an_answer_is_not_tried_again() -> None:
    after_receipts(UNKNOWN).when(permit("1.a", channel=Channel.SMS)).then_rejected("STEP_ALREADY_TAKEN")


def test_a_hold_of_contacts_stops_contacts_asked_for_by_a_step_or_not() -> None:
    held = one_invoice.after(hold("h", scope=Scope.CONTACT))
    held.when(permit("1.a", at=may(2))).then_rejected("CASE_ON_HOLD")
    held.when(permit("", permit_id="by-hand", at=may(2))).then_rejected("CASE_ON_HOLD")


def test_who_owes_nothing_or_is_not_bound_is_not_contacted() -> None:
    one_invoice.when(permit("1.a", person_id=UUID(int=9))).then_rejected("PERSON_NOT_OBLIGOR")
    one_invoice.after(pay("p", 100, MAY_1)).when(permit("1.a", at=may(2))).then_rejected("CASE_CLOSED")
    paid_but_disputed = one_invoice.after(dispute("d", "1"), pay("p", 100, MAY_1))
    paid_but_disputed.when(permit("1.a", at=may(2))).then_rejected("NOTHING_OWED")


def test_no_step_contacts_anybody_about_what_is_all_in_dispute() -> None:
    three_invoices.after(dispute("d")).when(permit("1.a")).then_rejected("NOTHING_OWED")
    three_invoices.after(dispute("d")).when(permit("", permit_id="answer")).then(ContactPermitted)


@pytest.mark.parametrize("outcome", list(ContactOutcome))
def test_any_outcome_is_news_of_a_contact_that_nothing_is_known_of(outcome: ContactOutcome) -> None:
    one_invoice.after(permit("1.a")).when(told(outcome)).then(ContactOutcomeRecorded)


@pytest.mark.parametrize("outcome", [outcome for outcome in ContactOutcome if outcome is not UNKNOWN])
def test_an_unanswered_contact_is_cleared_up_by_any_answer(outcome: ContactOutcome) -> None:
    after_receipts(UNKNOWN).when(told(outcome)).then(ContactOutcomeRecorded)


@pytest.mark.parametrize("outcome", [DELIVERED, READ, ContactOutcome.REPLIED, BOUNCED])
def test_an_accepted_contact_is_followed_further(outcome: ContactOutcome) -> None:
    after_receipts(ACCEPTED).when(told(outcome)).then(ContactOutcomeRecorded)


@pytest.mark.parametrize(
    ("known", "late"),
    [(ACCEPTED, UNKNOWN), (ACCEPTED, REFUSED), (DELIVERED, ACCEPTED), (READ, DELIVERED), (BOUNCED, ACCEPTED)],
)
def test_receipts_that_come_late_or_out_of_order_are_harmless(known: ContactOutcome, late: ContactOutcome) -> None:
    after_receipts(known).when(told(late)).then_nothing()


@pytest.mark.parametrize("outcome", list(ContactOutcome))
def test_a_refused_contact_stays_refused(outcome: ContactOutcome) -> None:
    after_receipts(REFUSED).when(told(outcome)).then_nothing()


def test_an_outcome_belongs_to_a_permit() -> None:
    one_invoice.when(told(ACCEPTED)).then_rejected("PERMIT_NOT_FOUND")


def test_receipts_reach_a_closed_case() -> None:
    after_receipts(ACCEPTED).after(pay("p", 100, may(2))).when(told(DELIVERED, may(3))).then(ContactOutcomeRecorded)


def test_a_refusal_is_recorded_when_it_says_something_new() -> None:
    first = one_invoice.when(refused(Channel.EMAIL, "CAP_REACHED", may(9))).then(ContactRefused)
    second = first.when(refused(Channel.SMS, "CAP_REACHED", may(9))).then(ContactRefused)
    third = second.when(refused(Channel.EMAIL, "OPTED_OUT", None)).then(ContactRefused)
    climb = case_of(third).climb
    assert climb.refusals["1.a"] == (3, None)
    assert climb.closed_channels["1.a"] == {Channel.EMAIL}


def test_a_refusal_of_what_somebody_asked_for_by_hand_holds_no_step_up() -> None:
    by_hand = replace(refused(Channel.EMAIL, "OPTED_OUT", None), step_key="")
    told_no = one_invoice.when(by_hand).then(ContactRefused)
    assert case_of(told_no).climb.refusals == {}
    assert case_of(told_no).climb.closed_channels == {}
    told_no.when(by_hand).then_nothing()


def test_a_contact_that_happened_without_us_is_logged_on_a_closed_case_too() -> None:
    call = LogContact(
        at=may(3),
        by=BY,
        contact_id="k",
        person_id=DEBTOR,
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.REPLIED,
    )
    one_invoice.when(call).then(ContactLogged)
    one_invoice.after(pay("p", 100, may(2))).when(call).then(ContactLogged)


def test_a_note_says_something_and_not_too_much() -> None:
    def note(text: str) -> AddNote:
        return AddNote(at=may(2), by=BY, note_id="n", person_id=DEBTOR, text=text)

    one_invoice.when(note("spoke to her")).then(NoteAdded)
    one_invoice.when(note("")).then_rejected("TEXT_MISSING")
    one_invoice.when(note("x" * 10_001)).then_rejected("NOTE_TOO_LONG")
