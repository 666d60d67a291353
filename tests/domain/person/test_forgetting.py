"""Forgetting a person: what stands against it, by what right and until when, and what is left afterwards."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.case.words import Channel, ContactOutcome, Direction, HoldReason
from domain.compliance.words import Actor
from domain.person import Person
from domain.person.commands import ChangePlace, GiveConsent, LearnFact, OptOut, PersonCommand
from domain.person.erasure_commands import (
    CaseHeld,
    CaseKept,
    ForgetPerson,
    KeepForgotten,
    NoteExport,
    PlaceLegalHold,
    ReleaseLegalHold,
)
from domain.person.erasure_events import ErasureRefused, ErasureRequested, LegalHoldPlaced, PersonForgotten
from domain.person.erasure_words import NO_LAW, BlockKind, ErasureReason
from domain.person.words import ERASED, Fact
from tests.domain.person.telling import (
    BY,
    CASE_A,
    CASE_B,
    PERSON,
    decide,
    end,
    given,
    known,
    note,
    on,
    phone,
    point,
    refused,
    register,
    reserve,
)

CLOSED = date(2026, 2, 1)
ENTRY = UUID(int=77)


def case(closed: date | None = CLOSED, country: str = "PA", **terms: Any) -> CaseKept:
    active = closed or date(2026, 2, 20)
    fields: dict[str, Any] = {"case_id": CASE_A, "creditor_id": "acme", "last_activity_on": active} | terms
    return CaseKept(country=country, closed_on=closed, **fields)


def forget(*cases: CaseKept, at: int = 0, erasure: str = "e-1", **terms: Any) -> ForgetPerson:
    return ForgetPerson(
        erasure_id=erasure, reason=ErasureReason.ASKED, cases=cases, also=(ENTRY,), at=on(at), by=BY, **terms
    )


def hold(**terms: Any) -> PlaceLegalHold:
    fields: dict[str, Any] = {"hold_id": "h-1", "reason": "LAWSUIT", "citation": "Juzgado 3, 2026-114"} | terms
    return PlaceLegalHold(at=on(), by=BY, **fields)


def blocks(command: ForgetPerson, *before: PersonCommand) -> ErasureRefused:
    """Return the refusal that follows the request."""
    requested, answer = decide(command, known(*before))
    assert isinstance(requested, ErasureRequested)
    assert isinstance(answer, ErasureRefused)
    return answer


def forgotten(*before: PersonCommand) -> Person:
    state = known(*before, forget())
    assert isinstance(state, Person)
    return state


def test_nobody_s_record_is_needed_any_more_and_the_person_is_forgotten() -> None:
    requested, done = decide(forget(case()), known())

    assert requested == ErasureRequested(erasure_id="e-1", reason=ErasureReason.ASKED, by=BY, at=on())
    assert done == PersonForgotten(erasure_id="e-1", also=(ENTRY,), at=on())


def test_an_open_claim_stands_against_it_unless_somebody_decides_that_it_does_not() -> None:
    refusal = blocks(forget(case(None)))

    assert [(each.kind, each.case_id, each.until) for each in refusal.blocks] == [(BlockKind.CASE_OPEN, CASE_A, None)]
    assert (refusal.blocks[0].cite, refusal.blocks[0].source) == (NO_LAW, "")  # Panama's is not known
    assert refusal.until is None
    *_, done = decide(forget(case(None), despite_open_cases=True), known())
    assert isinstance(done, PersonForgotten)


@pytest.mark.parametrize(
    ("country", "actors", "until"),
    [
        ("CL", frozenset(), date(2028, 2, 1)),  # Ley 19.496 art. 37: two years
        ("US-TX", frozenset({Actor.THIRD_PARTY_COLLECTOR}), date(2029, 2, 1)),  # 12 CFR 1006.100: three
    ],
)
def test_records_that_a_law_wants_kept_are_kept_until_the_day_it_says(
    country: str, actors: frozenset[Actor], until: date
) -> None:
    refusal = blocks(forget(case(country=country, actors=actors)))

    assert {each.kind for each in refusal.blocks} == {BlockKind.RETENTION}
    assert {each.until for each in refusal.blocks} == {until}
    assert refusal.until == until
    assert all(each.cite and "@" in each.source for each in refusal.blocks)


def test_a_law_that_does_not_bind_whoever_collects_keeps_nothing() -> None:
    *_, done = decide(forget(case(country="US-TX", actors=frozenset({Actor.ORIGINAL_CREDITOR}))), known())

    assert isinstance(done, PersonForgotten)


def test_the_law_of_the_place_where_the_person_lives_counts_too() -> None:
    moved = ChangePlace(country="CL", time_zone="America/Santiago", language="es", at=on(-1), by=BY)

    assert blocks(forget(case()), moved).until == date(2028, 2, 1)


def test_the_last_day_still_stands_against_it_and_the_next_one_does_not() -> None:
    chile = case(closed=date(2024, 3, 2), country="CL")

    assert blocks(forget(chile)).until == date(2026, 3, 2)  # today
    *_, done = decide(forget(chile, at=1), known())
    assert isinstance(done, PersonForgotten)


def test_what_a_law_counts_from_the_last_activity_is_counted_from_there() -> None:
    later = case(country="US", actors=frozenset({Actor.DEBT_BUYER}), last_activity_on=date(2026, 2, 27))

    assert blocks(forget(later)).until == date(2029, 2, 27)


def test_while_a_case_is_open_nobody_can_say_until_when_its_records_are_kept() -> None:
    refusal = blocks(forget(case(None, country="CL"), despite_open_cases=True))

    assert [(each.kind, each.until) for each in refusal.blocks] == [(BlockKind.RETENTION, None)]
    assert refusal.until is None


def test_a_legal_hold_on_the_person_stands_against_it_until_it_is_over_or_released() -> None:
    (placed,) = decide(hold(until=on(10)), known())
    assert placed == LegalHoldPlaced(
        hold_id="h-1", reason="LAWSUIT", citation="Juzgado 3, 2026-114", until=on(10), by=BY, at=on()
    )
    (block,) = blocks(forget(at=9), hold(until=on(10))).blocks
    assert (block.kind, block.cite, block.until) == (BlockKind.LEGAL_HOLD, "Juzgado 3, 2026-114", on(10).date())
    assert blocks(forget(at=9000), hold()).until is None

    release = ReleaseLegalHold(hold_id="h-1", reason="SETTLED", at=on(1), by=BY)
    for state, day in ((known(hold(until=on(10))), 10), (known(hold(), release), 2)):
        *_, done = decide(forget(at=day), state)
        assert isinstance(done, PersonForgotten)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reason": " "}, "LEGAL_HOLD_INCOMPLETE"),
        ({"citation": ""}, "LEGAL_HOLD_INCOMPLETE"),
        ({"hold_id": ""}, "LEGAL_HOLD_INCOMPLETE"),
        ({"until": on(0)}, "UNTIL_PAST"),
    ],
)
def test_a_legal_hold_says_why_by_what_right_and_until_when(change: dict[str, Any], reason: str) -> None:
    assert refused(hold(**change), known()).reason == reason


def test_a_hold_is_placed_once_and_released_once() -> None:
    assert decide(hold(), known(hold())) == ()
    assert refused(hold(reason="OTHER"), known(hold())).reason == "LEGAL_HOLD_EXISTS_WITH_OTHER_TERMS"
    unknown = ReleaseLegalHold(hold_id="h-2", reason="", at=on(), by=BY)
    assert refused(unknown, known(hold())).reason == "LEGAL_HOLD_UNKNOWN"


@pytest.mark.parametrize(("reason", "stands"), [(HoldReason.LEGAL, True), (HoldReason.HARDSHIP, False)])
def test_a_case_held_for_a_court_stands_against_it_and_one_held_for_hardship_does_not(
    reason: HoldReason, stands: bool
) -> None:
    held = CaseHeld(hold_id="c-1", reason=reason, authority="Juzgado 7", until=date(2026, 5, 1))
    *_, answer = decide(forget(case(holds=(held,))), known())

    if stands:
        assert isinstance(answer, ErasureRefused)
        (block,) = answer.blocks
        assert (block.kind, block.cite, block.until, block.source) == (
            BlockKind.LEGAL_HOLD,
            "Juzgado 7",
            date(2026, 5, 1),
            "c-1",
        )
    else:
        assert isinstance(answer, PersonForgotten)


def test_of_several_reasons_all_are_told_and_the_last_day_is_the_answer() -> None:
    chile, open_ = case(country="CL"), case(None, case_id=CASE_B)

    both = blocks(forget(chile, open_), hold(until=on(3)))
    assert {each.kind for each in both.blocks} == set(BlockKind)
    assert both.until is None
    assert blocks(forget(chile), hold(until=on(3))).until == date(2028, 2, 1)


def test_the_same_request_is_answered_anew_only_when_the_answer_is_another() -> None:
    state = known(forget(case(country="CL")))
    changed = forget(case(country="CL", closed=date(2026, 2, 5)))

    (answer,) = decide(changed, state)
    assert isinstance(answer, ErasureRefused)
    (done,) = decide(forget(case()), state)
    assert isinstance(done, PersonForgotten)
    other = replace(forget(case()), reason=ErasureReason.ORDERED)
    assert refused(other, state).reason == "ERASURE_EXISTS_WITH_OTHER_TERMS"


def test_a_state_that_was_kept_forgets_what_it_had_read() -> None:
    person = forgotten(phone())

    assert person.name == ERASED
    assert {each.address for each in person.points.values()} == {ERASED}
    assert person.point_for(Channel.EMAIL) is None
    assert "Ana" not in repr(person)
    assert "ana@" not in repr(person)
    assert "507" not in repr(person)


@pytest.mark.parametrize(
    "command",
    [
        register(),
        register(name="Somebody Else"),
        point("e2"),
        GiveConsent(channel=Channel.SMS, source="form", at=on(1), by=BY),
        LearnFact(fact=Fact.VULNERABLE, source="call", at=on(1), by=BY),
        reserve("p-1", on(1)),
        note("n-1", on(1)),
        hold(),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_more_can_be_asked_about_somebody_who_was_forgotten(command: PersonCommand) -> None:
    assert refused(command, forgotten()).reason == "PERSON_FORGOTTEN"


def test_a_contact_that_was_under_way_still_ends_and_one_that_was_made_before_is_still_noted() -> None:
    person = forgotten(reserve("p-1", on()))

    assert decide(end("p-1", ContactOutcome.BOUNCED, on(1)), person)
    assert decide(note("n-1", on(-1)), person)
    assert decide(note("n-2", on(1), Direction.INBOUND, outcome=ContactOutcome.REPLIED), person)


def test_whoever_was_forgotten_wants_no_more_contact_as_it_is() -> None:
    assert decide(OptOut(channel=None, source="link", at=on(1), by=BY), forgotten()) == ()


def test_who_was_forgotten_before_a_backup_is_forgotten_after_it_whatever_stands_against_it() -> None:
    again = KeepForgotten(erasure_id="restored", at=on(5), by=BY)

    (done,) = decide(again, known(hold()))
    assert done == PersonForgotten(erasure_id="restored", at=on(5))
    assert decide(again, forgotten()) == ()


def test_handing_out_what_is_known_is_kept_once() -> None:
    export = NoteExport(export_id="x-1", format="JSON", reason="ASKED", at=on(), by=BY)

    (kept,) = decide(export, known())
    assert "x-1" in repr(kept)
    assert decide(replace(export, at=on() + timedelta(days=1)), known(export)) == ()


def test_nobody_is_forgotten_who_is_not_known() -> None:
    assert refused(forget(), PERSON.initial).reason == "PERSON_UNKNOWN"
    assert refused(forget(erasure=""), given(register())).reason == "ERASURE_ID_MISSING"
