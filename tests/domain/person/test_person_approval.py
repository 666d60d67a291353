"""Handing out and forgetting take two: asked for, approved by another person, done; refused, taken back, or over."""

from dataclasses import replace
from datetime import date

import pytest

from domain.case.words import HoldReason
from domain.four_eyes import ApprovalStands
from domain.person import PERSON, person_decider
from domain.person.approval_events import (
    PersonApprovalGiven,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.approval_rules import PersonRule
from domain.person.approval_words import PersonAct
from domain.person.erasure_commands import CaseHeld, KeepForgotten, NoteExport
from domain.person.erasure_events import ErasureRefused, ErasureRequested, PersonExported, PersonForgotten
from domain.person.erasure_words import ErasureReason
from infra.holidays_calendar import calendar_for
from tests.domain.person.approving import (
    BEA,
    EXPORT,
    FORGET,
    HOUSE,
    LEO,
    SOL,
    SOL_TOO,
    ask,
    decided,
    events,
    export,
    forget,
    give,
    known,
    refuse,
    refused,
    withdraw,
)
from tests.domain.person.telling import RULES, on
from tests.domain.person.test_forgetting import case, hold


def test_nobody_hands_out_alone_and_the_refusal_names_who_may_approve() -> None:
    no = refused(export(), known())

    assert (no.reason, no.accepted) == (
        "APPROVAL_REQUIRED",
        "a request that another person approves (admin, supervisor)",
    )


def test_whom_it_is_about_and_a_system_need_nobody_else_to_hand_out() -> None:
    assert decided(export(by="debtor:ana"), known()) == ["PersonExported"]
    assert decided(export(by="system:portal"), known()) == ["PersonExported"]
    assert refused(ask(EXPORT, by="debtor:ana"), known()).reason == "APPROVAL_NOT_NEEDED"


def test_what_is_asked_for_says_who_wants_what_by_which_rule_and_until_when() -> None:
    assert events(ask(EXPORT), known()) == (
        PersonApprovalRequested(
            at=on(),
            approval_id="a-1",
            wanted=EXPORT,
            requested_by=BEA,
            approvers=("admin", "supervisor"),
            rule="export",
            expires_at=on(7),
        ),
    )
    assert events(give(), known(ask(EXPORT))) == (PersonApprovalGiven(at=on(1), approval_id="a-1", approved_by=SOL),)
    assert events(refuse(), known(ask(EXPORT))) == (
        PersonApprovalRefused(at=on(1), approval_id="a-1", refused_by=SOL, reason="NOT_THEM"),
    )
    assert events(withdraw(), known(ask(EXPORT))) == (
        PersonApprovalWithdrawn(at=on(1), approval_id="a-1", reason="MISTAKE"),
    )


def test_an_approval_lets_whoever_asked_hand_it_out_once_in_each_form() -> None:
    state = known(ask(EXPORT), give())

    assert events(export(), state) == (
        PersonExported(at=on(2), export_id="x-1", format="JSON", reason="ACCESS_REQUEST", by=BEA, approval_id="a-1"),
    )
    assert decided(export(), state) == ["PersonExported"], "the same export again is the same one"
    done = known(ask(EXPORT), give(), export())
    assert refused(export("x-2"), done).reason == "APPROVAL_REQUIRED"
    assert decided(export("x-2", "PDF"), done) == ["PersonExported"]
    assert done.approvals["a-1"].handed_out == {"JSON": "x-1"}


@pytest.mark.parametrize("by", [SOL, SOL_TOO, LEO, "back-office:otto"])
def test_it_lets_nobody_else_not_even_whoever_approved(by: str) -> None:
    assert refused(export(by=by), known(ask(EXPORT), give())).reason == "APPROVAL_REQUIRED"


def test_who_asked_is_the_same_person_in_another_role() -> None:
    state = known(ask(EXPORT, by="back-office:sol"))

    assert refused(give(by=SOL), state).reason == refused(give(by=SOL_TOO), state).reason == "FOUR_EYES"
    assert decided(export(by=SOL), known(ask(EXPORT, by="back-office:sol"), give(by="admin:ada"))) == ["PersonExported"]


def test_it_is_handed_out_as_it_was_approved() -> None:
    json_alone = known(ask(replace(EXPORT, formats=("JSON",))), give())

    assert refused(export("x-1", "PDF"), json_alone).reason == "APPROVAL_REQUIRED"
    assert refused(export(reason="SOMETHING_ELSE"), json_alone).reason == "APPROVAL_REQUIRED"
    assert decided(export(reason="ACCESS_REQUEST"), json_alone) == ["PersonExported"]


def test_what_is_not_decided_or_not_handed_out_in_time_is_over() -> None:
    late = known(ask(EXPORT))
    assert refused(give(at=7), late).reason == refused(refuse(at=7), late).reason == "APPROVAL_EXPIRED"
    assert [late.approvals["a-1"].stands_at(on(day)) for day in (6, 7)] == [
        ApprovalStands.WAITING,
        ApprovalStands.LAPSED,
    ]
    given = known(ask(EXPORT), give(), export())
    assert given.approvals["a-1"].stands_at(on(9)) is ApprovalStands.GIVEN
    for again in (export("x-2", "PDF", at=7), export(at=7)):
        assert refused(again, given).reason == "APPROVAL_REQUIRED"


def test_an_export_that_needed_nobody_gives_nobody_else_a_copy_under_its_id() -> None:
    by_ana = export("x-1", by="debtor:ana")

    assert refused(export("x-1", at=3), known(by_ana)).reason == "APPROVAL_REQUIRED"
    assert refused(export("x-1"), known(by_ana, ask(EXPORT), give())).reason == "EXPORT_EXISTS_WITH_OTHER_TERMS"


@pytest.mark.parametrize(
    "other",
    [
        export(by="debtor:Ana", reason="R"),
        export(by="system:ana", reason="R"),
        export(by="debtor:ana", reason="S"),
        export(by="debtor:ana"),
        export(form="PDF", by="debtor:ana", reason="R"),
    ],
)
def test_where_nobody_else_is_asked_an_id_is_one_form_one_reason_and_whoever_got_it(other: NoteExport) -> None:
    first = export(by="debtor:ana", reason="R")
    assert events(replace(first, at=on(40)), known(first)) == (), "asked again it is the same, whenever"
    assert refused(other, known(first)).reason == "EXPORT_EXISTS_WITH_OTHER_TERMS"
    assert decided(replace(other, export_id="x-2"), known(first)) == ["PersonExported"]


def test_of_whoever_was_forgotten_an_id_is_nobody_else_s_either() -> None:
    gone = known(ask(EXPORT), give(), export(), forget(by="system:portal", at=3))
    assert events(export(at=4), gone) == ()
    assert refused(export(by=LEO, at=4), gone).reason == "EXPORT_EXISTS_WITH_OTHER_TERMS"


def test_what_was_approved_comes_again_in_the_role_and_by_the_approval_that_the_record_names() -> None:
    done = known(ask(EXPORT), give(), export())
    assert events(export(reason="ACCESS_REQUEST", at=3), done) == ()
    assert refused(export(by="supervisor:bea", at=3), done).reason == "EXPORT_EXISTS_WITH_OTHER_TERMS"
    later = known(ask(EXPORT), give(), export(), ask(EXPORT, "a-2", at=8, until=on(12)), give("a-2", at=9))
    assert refused(export(at=10), later).reason == "EXPORT_EXISTS_WITH_OTHER_TERMS", "another word, another record"
    assert decided(export("x-2", at=10), later) == ["PersonExported"]


def test_nobody_forgets_alone_and_the_approval_forgets() -> None:
    no = refused(forget(), known())
    assert (no.reason, no.accepted) == (
        "APPROVAL_REQUIRED",
        "a request that another person approves (admin, legal, supervisor)",
    )
    assert decided(forget(by="system:crm"), known()) == ["ErasureRequested", "PersonForgotten"]
    done = events(give(by=LEO), known(ask(FORGET)))
    assert done == (
        PersonApprovalGiven(at=on(1), approval_id="a-1", approved_by=LEO),
        ErasureRequested(erasure_id="e-1", reason=ErasureReason.ASKED, by=BEA, at=on(1)),
        PersonForgotten(erasure_id="e-1", at=on(1)),
    )
    forgotten = known(ask(FORGET), give(by=LEO))
    assert forgotten.forgotten_at == on(1)
    assert events(give(by=LEO, at=2), forgotten) == ()


def test_where_law_stands_against_it_that_is_the_answer_and_nobody_is_asked() -> None:
    kept = case(country="CL")
    requested, answer = events(ask(FORGET, "a-1", kept), known())

    assert isinstance(requested, ErasureRequested)
    assert isinstance(answer, ErasureRefused)
    assert answer.until == date(2028, 2, 1)
    assert [type(event) for event in events(forget(kept), known())] == [ErasureRequested, ErasureRefused]
    assert events(ask(FORGET, "a-1", kept), known(ask(FORGET, "a-1", kept))) == ()
    assert refused(give(), known(ask(FORGET, "a-1", kept))).reason == "APPROVAL_NOT_FOUND"


@pytest.mark.parametrize("how", ["retention", "a hold on the case", "a hold on the person"])
def test_what_came_between_asking_and_approving_stands_against_it_too(how: str) -> None:
    held = CaseHeld(hold_id="c-1", reason=HoldReason.LEGAL, authority="Juzgado 7", until=None)
    cases = {"retention": (case(country="CL"),), "a hold on the case": (case(holds=(held,)),)}.get(how, ())
    state = known(ask(FORGET), *([hold()] if how == "a hold on the person" else []))

    assert decided(give("a-1", *cases), state) == ["PersonApprovalGiven", "ErasureRequested", "ErasureRefused"]


def test_an_approval_is_of_what_was_asked_for_and_of_nothing_more() -> None:
    opened = case(None)
    despite = replace(FORGET, despite_open_cases=True)

    assert decided(give("a-1", opened), known(ask(FORGET)))[-1] == "ErasureRefused"
    assert decided(give("a-1", opened), known(ask(despite, "a-1", opened)))[-1] == "PersonForgotten"


def test_what_law_put_off_is_done_without_asking_twice_for_whoever_asked_and_as_it_was_approved() -> None:
    put_off = known(ask(FORGET), give("a-1", case(None)))

    assert decided(forget(by=BEA, at=30), put_off) == ["PersonForgotten"]
    for other in (forget(by=SOL, at=30), replace(forget(by=BEA, at=30), erasure_id="e-2")):
        assert refused(other, put_off).reason == "APPROVAL_REQUIRED"
    assert refused(forget(by=BEA, at=30), known(ask(FORGET))).reason == "APPROVAL_REQUIRED"
    assert refused(forget(by=BEA, at=30), known(ask(FORGET), refuse())).reason == "APPROVAL_REQUIRED"


def test_who_may_approve_is_measured_by_the_rules_of_the_request_and_of_today() -> None:
    waiting = known(ask(FORGET))
    stricter = tuple(replace(rule, approvers=("admin",)) for rule in HOUSE)
    decider = person_decider(RULES, calendar_for, stricter)

    for by, reason in ((LEO, "APPROVER_ROLE"), (BEA, "FOUR_EYES"), ("collector:c", "APPROVER_ROLE")):
        with pytest.raises(Exception, match=reason):
            decider.decide(give(by=by), waiting)
    assert refused(give(by="collector:c"), waiting).accepted == "admin, legal, supervisor"


def test_a_request_is_decided_on_once_by_another_and_taken_back_by_whoever_asked() -> None:
    waiting, after = known(ask(EXPORT)), (give(), refuse(), withdraw())
    for first in after:
        assert decided(first, waiting)
        for other in after:
            if other is not first:
                assert refused(other, known(ask(EXPORT), first)).reason == "APPROVAL_NOT_WAITING"
    assert refused(withdraw(by=SOL), waiting).reason == "NOT_THE_ASKER"
    assert refused(refuse(by=BEA), waiting).reason == "FOUR_EYES"
    assert refused(refuse(reason=" "), waiting).reason == "REASON_MISSING"
    for unknown in (give("b"), refuse("b"), withdraw("b")):
        assert refused(unknown, waiting).reason == "APPROVAL_NOT_FOUND"


def test_a_request_that_makes_no_sense_is_refused() -> None:
    for wanted, reason in (
        (replace(EXPORT, reason=""), "REASON_MISSING"),
        (replace(EXPORT, formats=()), "FORMATS_INVALID"),
        (replace(EXPORT, formats=("XML",)), "FORMATS_INVALID"),
        (replace(FORGET, erasure_id=""), "ERASURE_ID_MISSING"),
        (replace(FORGET, erasure_reason=None), "ERASURE_REASON_MISSING"),
    ):
        assert refused(ask(wanted), known()).reason == reason
    assert refused(ask(EXPORT, ""), known()).reason == "APPROVAL_ID_MISSING"
    assert refused(ask(EXPORT, until=on()), known()).reason == "APPROVAL_EXPIRY_PAST"
    again = refused(ask(replace(EXPORT, reason="OTHER")), known(ask(EXPORT)))
    assert again.reason == "APPROVAL_EXISTS_WITH_OTHER_TERMS"


def test_with_the_person_goes_what_still_waited_about_them() -> None:
    state = known(ask(FORGET), ask(EXPORT, "a-2"), ask(EXPORT, "a-3"), give("a-3"), give())

    assert {name: each.stands for name, each in state.approvals.items()} == {
        "a-1": ApprovalStands.GIVEN,
        "a-2": ApprovalStands.WITHDRAWN,
        "a-3": ApprovalStands.GIVEN,
    }
    for gone in (ask(EXPORT, "a-4", at=2), give("a-2", at=2), refuse("a-2", at=2), withdraw("a-2", at=2)):
        assert refused(gone, state).reason == "PERSON_FORGOTTEN"
    assert decided(export(by=LEO), state) == ["PersonExported"], "there is nothing left to hand out but that"


def test_who_was_forgotten_before_a_backup_needs_nobody_s_word_again() -> None:
    assert decided(KeepForgotten(erasure_id="restored", at=on(), by=BEA), known()) == ["PersonForgotten"]


def test_a_house_that_says_nothing_asks_nobody() -> None:
    assert [type(event) for event in PERSON.decide(export(), known())] == [PersonExported]
    assert [type(event) for event in PERSON.decide(forget(), known())] == [ErasureRequested, PersonForgotten]
    with pytest.raises(Exception, match="APPROVAL_NOT_NEEDED"):
        PERSON.decide(ask(FORGET), known())


def test_of_several_rows_the_first_that_fits_holds() -> None:
    first = PersonRule(id="first", acts=frozenset(PersonAct), approvers=("admin",))
    decider = person_decider(RULES, calendar_for, (first, *HOUSE))

    (requested,) = decider.decide(ask(EXPORT), known())
    assert isinstance(requested, PersonApprovalRequested)
    assert (requested.rule, requested.approvers) == ("first", ("admin",))
