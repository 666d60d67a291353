"""What holds of every verdict, whatever is proposed, known, done before and ruled."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from domain.compliance.digest import digest
from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Known, Past, Proposal
from domain.compliance.rules import RuleSet
from domain.compliance.verdict import Verdict
from domain.compliance.words import Circumstance, Medium, Result
from tests.domain.compliance.matters import BOOK, KNOWN, PAST, STEADY_ZONES, Case, cases, in_order

QUARTER = timedelta(minutes=15)
many = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def verdict_of(case: Case, at: datetime | None = None) -> Verdict:
    """Return the verdict, at another instant perhaps."""
    proposal = case.proposal if at is None else replace(case.proposal, at=at)
    return judge(proposal, case.facts, case.rules)


@many
@given(case=cases())
def test_the_next_instant_is_allowed_and_no_earlier_one_is(case: Case) -> None:
    verdict = verdict_of(case)
    event(f"allowed={verdict.allowed}, next={verdict.next_allowed is not None}")
    if verdict.allowed:
        assert verdict.next_allowed == case.proposal.at
        return
    end = verdict.next_allowed or case.proposal.at + timedelta(days=70)
    if verdict.next_allowed is not None:
        assert verdict_of(case, end).allowed
    steps = int((end - case.proposal.at) / QUARTER)
    far, near = range(1, steps, max(1, steps // 200)), range(max(1, steps - 100), steps)  # all of the last day
    for step in sorted({*far, *near}):
        assert not verdict_of(case, case.proposal.at + step * QUARTER).allowed, step


@many
@given(case=cases())
def test_each_denial_alone_lasts_until_its_instant(case: Case) -> None:
    """Unless something known begins or ends before."""
    facts = replace(
        case.facts,
        known=tuple(replace(each, at=None, until=None, to=None) for each in case.facts.known),
        contacts=tuple(each for each in case.facts.contacts if each.at <= case.proposal.at),
    )
    case = replace(case, facts=facts)
    for denial in verdict_of(case).denials:
        end = denial.until or case.proposal.at + timedelta(days=30)
        steps = min(int((end - case.proposal.at) / QUARTER), 400)
        for step in range(0, steps, 7):
            later = verdict_of(case, case.proposal.at + step * QUARTER)
            assert denial.rule in {each.rule for each in later.denials}


@many
@given(case=cases(), more=PAST)
def test_one_more_contact_of_ours_never_allows_what_was_denied(case: Case, more: Past) -> None:
    added = replace(more, outbound=True)
    after = judge(case.proposal, replace(case.facts, contacts=in_order([*case.facts.contacts, added])), case.rules)
    before = {denial.rule for denial in verdict_of(case).denials}
    assert before <= {denial.rule for denial in after.denials}


@many
@given(case=cases(), place=st.sampled_from(BOOK.rule_sets))
def test_one_more_rule_set_never_allows_what_was_denied(case: Case, place: RuleSet) -> None:
    before = verdict_of(case)
    after = judge(case.proposal, case.facts, (*case.rules, place))
    assert set(before.denials) <= set(after.denials)
    if before.next_allowed is None:
        assert after.next_allowed is None
    elif after.next_allowed is not None:
        assert after.next_allowed >= before.next_allowed


@many
@given(case=cases(), result=st.sampled_from(Result))
def test_a_result_that_is_not_known_is_the_worst(case: Case, result: Result) -> None:
    """Whatever the result of our contacts turns out to be, it denies no more than while it was not known.

    Conversations that were held otherwise than by telephone are left out: a message that is under way is none.
    """
    held = {Medium.CALL: result}

    def with_results(pending: bool) -> Case:
        contacts = tuple(
            replace(each, result=Result.PENDING if pending else held.get(each.medium, Result.SENT), discussed=())
            for each in case.facts.contacts
            if each.outbound
        )
        return replace(case, facts=replace(case.facts, contacts=contacts))

    known = {denial.rule for denial in verdict_of(with_results(pending=False)).denials}
    assert known <= {denial.rule for denial in verdict_of(with_results(pending=True)).denials}


@many
@given(case=cases(STEADY_ZONES, holidays=False), weeks=st.integers(-5, 8))
def test_whole_weeks_later_the_verdict_is_the_same(case: Case, weeks: int) -> None:
    """Where no holiday lies and no clock is set. All rule sets of today hold then too."""
    later = timedelta(weeks=weeks)
    case = replace(case, rules=tuple(replace(each, effective_from=None) for each in case.rules))
    facts = replace(
        case.facts,
        known=tuple(
            replace(
                each,
                at=each.at and each.at + later,
                until=each.until and each.until + later,
                to=each.to and each.to + later,
            )
            for each in case.facts.known
        ),
        contacts=tuple(replace(each, at=each.at + later) for each in case.facts.contacts),
    )
    first, second = verdict_of(case), judge(replace(case.proposal, at=case.proposal.at + later), facts, case.rules)
    moved = tuple(replace(each, until=each.until and each.until + later) for each in first.denials)
    assert (moved, first.duties) == (second.denials, second.duties)
    assert second.next_allowed == (first.next_allowed and first.next_allowed + later)


@many
@given(case=cases(), data=st.data())
def test_the_order_in_which_things_are_listed_decides_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = replace(
        case.facts,
        known=tuple(data.draw(st.permutations(case.facts.known))),
        zones=tuple(reversed(case.facts.zones)),
        contacts=tuple(replace(each, debts=tuple(reversed(each.debts))) for each in case.facts.contacts),
    )
    proposal = replace(case.proposal, debts=tuple(reversed(case.proposal.debts)))
    assert judge(proposal, shuffled, case.rules) == verdict_of(case) == verdict_of(case)
    assert digest(shuffled, proposal) == digest(case.facts, case.proposal)


@many
@given(case=cases(), more=PAST, circumstance=KNOWN)
def test_a_digest_changes_with_what_was_judged(case: Case, more: Past, circumstance: Known) -> None:
    facts, proposal = case.facts, case.proposal
    others = {
        digest(replace(facts, contacts=in_order([*facts.contacts, more])), proposal),
        digest(replace(facts, known=(*facts.known, circumstance)), proposal),
        digest(replace(facts, zones=(*facts.zones, "UTC")), proposal),
        digest(facts, replace(proposal, at=proposal.at + QUARTER)),
        digest(facts, replace(proposal, content=frozenset({"amount"}))),
        digest(facts, replace(proposal, debts=(*proposal.debts, "d3"))),
    }
    assert len(others) == 6
    assert digest(facts, proposal) not in others


FAR = st.sampled_from(
    (
        datetime.min.replace(tzinfo=UTC),
        datetime(1899, 12, 31, tzinfo=UTC),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(9899, 12, 31, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    )
)


@many
@given(case=cases(), at=FAR, known_at=FAR, past_at=FAR, data=st.data())
def test_there_is_a_verdict_on_everything(
    case: Case, at: datetime, known_at: datetime, past_at: datetime, data: st.DataObject
) -> None:
    strange = Known(
        kind=data.draw(st.sampled_from(Circumstance)),
        at=known_at,
        until=data.draw(st.none() | FAR),
        to=data.draw(st.sampled_from((None, date.min, date.max))),
        hours=data.draw(st.sampled_from((None, (time(0), time(0)), (time.max, time.min), (time.min, time.max)))),
        later_instrument=True,
    )
    proposal = replace(case.proposal, at=at)
    contacts = in_order(
        [*case.facts.contacts, Past(at=past_at, medium=Medium.CALL, outbound=True, result=Result.PENDING, debts=())]
    )
    facts = replace(
        case.facts,
        zones=data.draw(st.sampled_from((case.facts.zones, ("Pacific/Kiritimati", "Etc/GMT+12"), ("No/Where",), ()))),
        known=(*case.facts.known, strange),
        contacts=contacts,
        calendars=data.draw(st.sampled_from((case.facts.calendars, {}))),
    )
    verdict = judge(proposal, facts, case.rules)
    assert verdict.allowed == (not verdict.denials)
    assert len(digest(facts, proposal)) == 64


def test_a_digest_is_what_it_was() -> None:
    """It stands in the log: another one for the same facts would make every permit look forged."""
    proposal = Proposal(at=datetime(2026, 3, 25, 14, tzinfo=UTC), medium=Medium.CALL, debts=("d1",))
    facts = Facts(
        zones=("America/Bogota",),
        known=(
            Known(
                kind=Circumstance.CHANNEL_AUTHORISED, medium=Medium.CALL, hours=(time(8), time(9)), to=date(2026, 5, 1)
            ),
        ),
        contacts=(
            Past(
                at=datetime(2026, 3, 1, tzinfo=UTC), medium=Medium.SMS, outbound=True, result=Result.SENT, debts=("d1",)
            ),
        ),
    )
    assert digest(facts, proposal) == "39b105b76a8d0fcde92b5bc37f1b1f367496e002783daeeb49fc9b48b78951e8"
