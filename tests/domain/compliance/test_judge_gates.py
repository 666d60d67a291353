"""Circumstances, recipients and content that close the way; and what sets a rule aside for once."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Known, Proposal
from domain.compliance.rules import Rule
from domain.compliance.ruling import RULINGS
from domain.compliance.words import Circumstance, Medium, Place, Purpose, Recipient, Result, RuleKind
from tests.domain.compliance.judging import ask, at, call, contact, denied_by, rules


def test_a_gate_is_closed_while_its_circumstance_is_known_for_the_debts_it_is_about() -> None:
    gate = rules('gate = { id = "cease", when = "cease_notice", allow_purposes = ["confirm_termination"], cite = "c" }')
    ceased = Known(kind=Circumstance.CEASE_NOTICE, at=at("2026-08-06 12:00"), debts=("d1",))
    assert ask(gate, "2026-08-06 11:59", known=(ceased,)).allowed
    assert ask(gate, "2026-08-06 12:00", known=(ceased,)).next_allowed is None
    assert ask(gate, "2026-08-07 10:00", known=(ceased,), debts=("d2",)).allowed
    assert not ask(gate, "2026-08-07 10:00", known=(ceased,), debts=("d2", "d1")).allowed
    assert ask(gate, "2026-08-07 10:00", known=(ceased,), purpose=Purpose.CONFIRM_TERMINATION).allowed


def test_what_ends_by_itself_has_a_next_instant() -> None:
    gate = rules('gate = { id = "pause", when = "moratorium", cite = "c" }')
    paused = Known(kind=Circumstance.MORATORIUM, at=at("2026-10-01 00:00"), to=date(2026, 11, 29))
    assert ask(gate, "2026-11-18 10:00", known=(paused,)).next_allowed == at("2026-11-30 00:00")
    two_zones = ask(gate, "2026-11-18 10:00", known=(paused,), zones=("America/Bogota", "America/Tijuana"))
    assert two_zones.next_allowed == at("2026-11-30 00:00", "America/Tijuana")


def test_what_has_two_ends_ends_with_the_first() -> None:
    gate = rules('gate = { id = "pause", when = "moratorium", cite = "c" }')
    for until, to, end in (("20 09:00", 29, "20 09:00"), ("29 09:00", 20, "21 00:00")):
        paused = Known(kind=Circumstance.MORATORIUM, until=at(f"2026-11-{until}"), to=date(2026, 11, to))
        assert ask(gate, "2026-11-18 10:00", known=(paused,)).denials[0].until == at(f"2026-11-{end}")


def test_what_begins_while_all_is_closed_is_not_passed_over() -> None:
    both = rules(
        'window = { id = "h", days = "mon-sun", hours = "08:00-19:00", holidays = "open", cite = "c" }\n'
        'gate = { id = "cease", when = "cease_notice", cite = "c" }'
    )
    ceased = Known(kind=Circumstance.CEASE_NOTICE, at=at("2026-11-18 21:00"))
    verdict = ask(both, "2026-11-18 20:00", known=(ceased,))
    assert (denied_by(verdict), verdict.next_allowed) == (["t.h"], None)


def test_a_dispute_ends_for_the_debts_that_were_verified_since() -> None:
    gate = rules('gate = { id = "dispute", when = "written_dispute", until = "verification_sent", cite = "c" }')
    disputed = Known(kind=Circumstance.WRITTEN_DISPUTE, at=at("2026-11-02 10:00"))
    verified = Known(kind=Circumstance.VERIFICATION_SENT, at=at("2026-11-09 10:00"), debts=("d1",))
    verdict = ask(gate, "2026-11-05 10:00", known=(disputed,))
    assert (denied_by(verdict), verdict.next_allowed) == (["t.dispute"], None)
    both = (disputed, verified)
    assert ask(gate, "2026-11-10 10:00", known=both).allowed
    assert not ask(gate, "2026-11-10 10:00", known=both, debts=("d1", "d2")).allowed
    assert ask(gate, "2026-11-05 10:00", known=both).next_allowed == at("2026-11-09 10:00")
    earlier = Known(kind=Circumstance.VERIFICATION_SENT, at=at("2026-11-01 10:00"))
    assert not ask(gate, "2026-11-10 10:00", known=(disputed, earlier)).allowed


MEDIUM = rules(
    'gate = { id = "medium", when = "medium_optout", match = "medium", allow_purposes = ["confirm_optout"],'
    ' lifts_on = ["reply_once"], cite = "c" }'
)


def test_an_opt_out_bars_its_medium_or_its_address_only() -> None:
    calls = (Known(kind=Circumstance.MEDIUM_OPTOUT, medium=Medium.CALL),)
    assert not ask(MEDIUM, "2026-11-18 11:00", known=calls).allowed
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.RINGLESS_VOICEMAIL, known=calls).allowed
    assert ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, known=calls).allowed
    assert ask(MEDIUM, "2026-11-18 11:00", known=calls, purpose=Purpose.CONFIRM_OPT_OUT).allowed
    address = (Known(kind=Circumstance.MEDIUM_OPTOUT, medium=Medium.EMAIL, address="a"),)
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, known=address, address="a", debts=("d9",)).allowed
    assert ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, known=address, address="b").allowed
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, known=address).allowed  # it might be that one


def test_a_gate_may_match_a_place_or_an_address() -> None:
    place = rules('gate = { id = "place", when = "inconvenient_place", match = "place", cite = "c" }')
    work = (Known(kind=Circumstance.INCONVENIENT_PLACE, place=Place.WORK),)
    assert not ask(place, "2026-11-18 11:00", known=work, place=Place.WORK).allowed
    assert ask(place, "2026-11-18 11:00", known=work, place=Place.HOME).allowed
    assert ask(place, "2026-11-18 11:00", known=work).allowed
    address = rules('gate = { id = "wrong", when = "wrong_number", match = "address", cite = "c" }')
    wrong = (Known(kind=Circumstance.WRONG_NUMBER, address="n1"),)
    assert not ask(address, "2026-11-18 11:00", known=wrong, address="n1").allowed
    assert ask(address, "2026-11-18 11:00", known=wrong, address="n2").allowed
    assert ask(address, "2026-11-18 11:00", known=(Known(kind=Circumstance.WRONG_NUMBER),), address="n2").allowed


def test_a_gate_may_always_be_closed_for_what_a_contact_says_or_is_for() -> None:
    looks = rules('gate = { id = "looks", content = "looks_judicial", always = true, cite = "c" }')
    assert not ask(looks, "2026-11-18 11:00", content=frozenset({"looks_judicial"})).allowed
    assert ask(looks, "2026-11-18 11:00", content=frozenset()).allowed
    assert ask(looks, "2026-11-18 11:00").allowed  # nobody has looked
    barred = rules('gate = { id = "old", when = "time_barred", deny_purposes = ["sue"], cite = "c" }')
    old = (Known(kind=Circumstance.TIME_BARRED),)
    assert not ask(barred, "2026-11-18 11:00", known=old, purpose=Purpose.SUE).allowed
    assert ask(barred, "2026-11-18 11:00", known=old).allowed
    visit = rules(
        'gate = { id = "v", channels = ["visit"], always = true,'
        ' unless_fact = "microcredit_visit_authorised", cite = "c" }'
    )
    assert not ask(visit, "2026-11-18 11:00", Medium.VISIT).allowed
    allowed = (Known(kind=Circumstance.MICROCREDIT_VISIT_AUTHORISED),)
    assert ask(visit, "2026-11-18 11:00", Medium.VISIT, known=allowed).allowed
    assert ask(visit, "2026-11-18 11:00").allowed


def test_only_authorized_media_once_it_is_known_which() -> None:
    consent = rules('consent = { fact = "channel_authorised", cite = "c" }')
    by_mail = (Known(kind=Circumstance.CHANNEL_AUTHORISED, medium=Medium.EMAIL),)
    assert ask(consent, "2026-11-18 11:00").allowed
    assert ask(consent, "2026-11-18 11:00", Medium.EMAIL, known=by_mail).allowed
    assert denied_by(ask(consent, "2026-11-18 11:00", known=by_mail)) == ["t.consent"]
    required = rules('consent = { fact = "channel_authorised", required = true, cite = "c" }')
    assert not ask(required, "2026-11-18 11:00").allowed


def test_only_those_may_be_reached_whom_the_rule_names() -> None:
    who = rules(
        'recipient = { allow = ["debtor"], deny = ["employer"],'
        ' purposes = { location_info = ["third_party"] }, cite = "c" }'
    )
    allowed = {each for each in Recipient if ask(who, "2026-11-18 11:00", recipient=each).allowed}
    assert allowed == {Recipient.DEBTOR}
    where = {
        each
        for each in Recipient
        if ask(who, "2026-11-18 11:00", recipient=each, purpose=Purpose.LOCATION_INFO).allowed
    }
    assert where == {Recipient.DEBTOR, Recipient.THIRD_PARTY}
    not_them = rules('recipient = { deny = ["employer"], cite = "c" }')
    refused = {each for each in Recipient if not ask(not_them, "2026-11-18 11:00", recipient=each).allowed}
    assert refused == {Recipient.EMPLOYER}


def test_what_must_be_said_is_a_duty_and_its_absence_denies_once_somebody_has_looked() -> None:
    says = rules(
        'disclosure = [ { id = "out", channels = ["sms"], content = "opt_out_notice", cite = "c" },'
        ' { id = "first", stage = "initial", content = "creditor,amount", cite = "c" } ]'
    )
    unseen = ask(says, "2026-11-18 11:00", Medium.SMS)
    assert (unseen.allowed, unseen.duties) == (True, ("opt_out_notice",))
    assert ask(says, "2026-11-18 11:00", Medium.SMS, first=True).duties == ("amount", "creditor", "opt_out_notice")
    assert denied_by(ask(says, "2026-11-18 11:00", Medium.SMS, content=frozenset())) == ["t.out"]
    said = frozenset({"opt_out_notice", "amount"})
    assert denied_by(ask(says, "2026-11-18 11:00", Medium.SMS, content=said, first=True)) == ["t.first"]
    assert ask(says, "2026-11-18 11:00", Medium.CALL, content=frozenset()).allowed


def test_one_reply_by_the_same_medium_is_free_and_then_the_bar_returns() -> None:
    known = (Known(kind=Circumstance.MEDIUM_OPTOUT, at=at("2026-11-01 10:00"), medium=Medium.EMAIL),)
    wrote = contact("2026-11-18 10:00", Medium.EMAIL, Result.DELIVERED, outbound=False)
    reply = {"purpose": Purpose.REPLY, "known": known}
    assert ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, contacts=[wrote], **reply).allowed  # type: ignore[arg-type]
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, contacts=[], **reply).allowed  # type: ignore[arg-type]
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, contacts=[wrote], known=known).allowed
    answered = [wrote, contact("2026-11-18 10:30", Medium.EMAIL, purpose=Purpose.REPLY)]
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, contacts=answered, **reply).allowed  # type: ignore[arg-type]
    called = [contact("2026-11-18 10:00", Medium.CALL, Result.ANSWERED, outbound=False)]
    assert not ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, contacts=called, **reply).allowed  # type: ignore[arg-type]
    assert ask(MEDIUM, "2026-11-18 11:00", Medium.EMAIL, known=known, same_session=True).allowed


def test_the_message_that_says_stop_is_no_invitation_to_answer() -> None:
    known = (Known(kind=Circumstance.MEDIUM_OPTOUT, at=at("2026-11-18 10:00"), medium=Medium.SMS),)
    stop = contact("2026-11-18 10:00", Medium.SMS, Result.DELIVERED, outbound=False)
    verdict = ask(MEDIUM, "2026-11-18 11:00", Medium.SMS, contacts=[stop], known=known, purpose=Purpose.REPLY)
    assert denied_by(verdict) == ["t.medium"]


CALLS = rules(
    'cap = { id = "calls", channels = ["call"], per = ["recipient", "debt"], max = 1, period = "rolling:7d",'
    ' exclude = ["prior_consent_7d", "misdirected", "to_attorney", "reply_once"], cite = "c" }\n'
    'cooldown = { id = "talked", channels = ["call"], per = ["debt"], after = "conversation", days = 7,'
    ' exclude = ["prior_consent_7d"], cite = "c" }'
)
CALLED = [call("2026-06-04 09:00")]


def consent(**more: object) -> tuple[Known, ...]:
    """Return consent given on 4 June at 10:00."""
    fields: dict[str, object] = {"kind": Circumstance.PRIOR_CONSENT, "at": at("2026-06-04 10:00"), **more}
    return (Known(**fields),)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("known", "local", "allowed"),
    [
        ({}, "2026-06-10 23:59", True),  # the seventh day, that of the consent being the first
        ({}, "2026-06-04 09:59", False),  # before it was given
        ({"debts": ("d2",)}, "2026-06-08 10:00", False),
        ({"given_to": "creditor"}, "2026-06-08 10:00", False),
        ({"to": date(2026, 6, 6)}, "2026-06-06 10:00", True),
        ({"to": date(2026, 6, 6)}, "2026-06-07 10:00", False),
        ({"until": at("2026-06-06 10:00")}, "2026-06-06 10:00", False),
        ({"medium": Medium.SMS}, "2026-06-08 10:00", False),
        ({"address": "n1"}, "2026-06-08 10:00", False),
    ],
)
def test_consent_given_to_us_sets_a_count_aside_for_seven_days(
    known: dict[str, object], local: str, allowed: bool
) -> None:
    assert ask(CALLS, local, contacts=CALLED, known=consent(**known)).allowed is allowed


def test_consent_ends_on_the_seventh_day_and_calls_under_it_never_counted() -> None:
    calls = [call("2026-06-01 09:00"), call("2026-06-08 10:00"), call("2026-06-09 10:00")]
    assert ask(CALLS, "2026-06-11 10:00", contacts=calls, known=consent()).allowed
    assert not ask(CALLS, "2026-06-11 10:00", contacts=calls).allowed


def test_a_conversation_uses_consent_up_and_starts_the_quiet_days() -> None:
    calls = [call("2026-06-06 10:00", Result.CONVERSATION)]
    verdict = ask(CALLS, "2026-06-08 10:00", contacts=calls, known=consent())
    assert denied_by(verdict) == ["t.talked"]
    assert verdict.next_allowed == at("2026-06-13 00:00")
    unknown = ask(CALLS, "2026-06-08 10:00", contacts=[call("2026-06-06 10:00", Result.PENDING)], known=consent())
    assert denied_by(unknown) == ["t.talked"]
    before = [call("2026-06-03 10:00", Result.CONVERSATION)]
    assert ask(CALLS, "2026-06-08 10:00", contacts=before, known=consent()).allowed


def test_calls_to_others_and_to_wrong_numbers_do_not_count_once_that_is_known() -> None:
    to_n1 = [call("2026-06-04 09:00", address="n1")]
    wrong = (Known(kind=Circumstance.WRONG_NUMBER, address="n1", at=at("2026-06-05 09:00")),)
    assert not ask(CALLS, "2026-06-05 08:00", contacts=to_n1, known=wrong).allowed
    assert ask(CALLS, "2026-06-05 08:00", contacts=to_n1, known=wrong).next_allowed == at("2026-06-05 09:00")
    assert ask(CALLS, "2026-06-05 09:00", contacts=to_n1, known=wrong).allowed
    assert ask(CALLS, "2026-06-05 09:00", contacts=[call("2026-06-04 09:00", Result.WRONG_NUMBER)]).allowed
    attorney = {"recipient": Recipient.ATTORNEY}
    assert ask(CALLS, "2026-06-05 09:00", contacts=[call("2026-06-04 09:00", **attorney)], **attorney).allowed  # type: ignore[arg-type]


def test_instants_at_the_ends_of_the_calendar_have_a_verdict_too() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    ever = [replace(CALLED[0], at=first), replace(CALLED[0], at=last)]
    for given in (first, last):
        known = consent(at=given, to=date.max)
        zones = ("Pacific/Kiritimati", "Etc/GMT+12")
        assert ask(CALLS, "2026-06-08 10:00", contacts=ever, known=known, zones=zones).allowed


def test_the_one_reply_is_not_counted_and_a_second_is() -> None:
    wrote = call("2026-06-04 09:00", Result.ANSWERED, outbound=False)
    reply = call("2026-06-04 10:00", purpose=Purpose.REPLY)
    again = call("2026-06-04 11:00", purpose=Purpose.REPLY)
    assert ask(CALLS, "2026-06-05 09:00", contacts=[wrote, reply]).allowed
    assert not ask(CALLS, "2026-06-05 09:00", contacts=[wrote, reply, again]).allowed


def test_every_denial_is_told_with_its_source_and_its_own_instant() -> None:
    both = rules(
        'window = { id = "h", days = "mon-fri", hours = "08:00-19:00", holidays = "open", cite = "law 1" }\n'
        'cap = { id = "c", per = ["debtor"], max = 1, period = "calendar:1d", cite = "law 2" }\n'
        'recipient = { allow = ["debtor"], cite = "law 3" }'
    )
    verdict = ask(both, "2026-03-25 20:00", contacts=[call("2026-03-25 09:00")], recipient=Recipient.RELATIVE)
    assert [(each.rule, each.kind, each.cite, each.until) for each in verdict.denials] == [
        ("t.h", RuleKind.WINDOW, "law 1", at("2026-03-26 08:00")),
        ("t.c", RuleKind.CAP, "law 2", at("2026-03-26 00:00")),
        ("t.recipient", RuleKind.RECIPIENT, "law 3", None),
    ]
    assert verdict.next_allowed is None
    assert verdict.rule_sets == (both.stamp,)


def test_rules_deny_only_while_they_are_in_force() -> None:
    gate = 'gate = { id = "g", always = true, cite = "c" }'
    dated = rules(gate, header="effective = { from = 2026-09-01, until = 2026-09-30 }")
    assert ask(dated, "2026-08-31 23:59").allowed
    verdict = ask(dated, "2026-09-01 00:00")
    assert (denied_by(verdict), verdict.next_allowed) == (["t.g"], at("2026-10-01 00:00"))
    assert ask(dated, "2026-10-01 00:00").allowed


@pytest.mark.parametrize("zones", [(), ("Nowhere/At_all",), ("America/Bogota", "")])
def test_a_zone_that_nobody_knows_is_denied(zones: tuple[str, ...]) -> None:
    denied = judge(Proposal(at=at("2026-09-01 00:00"), medium=Medium.CALL, debts=()), Facts(zones=zones), ())
    assert [each.kind for each in denied.denials] == [RuleKind.UNKNOWN]
    assert denied.next_allowed is None


def test_every_kind_of_rule_has_its_judge() -> None:
    kinds = {each.__name__ for each in Rule.__subclasses__()} - {"Window"}  # windows are judged together
    assert {each.__name__ for each in RULINGS} == kinds
