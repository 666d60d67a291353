"""What holds for every history: nobody approves his own, and nothing beyond a limit goes without a second person."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.approval_rules import ApprovalRule
from domain.case.approval_words import Act, Wanted
from domain.case.bounds import Bounds
from domain.case.commands import (
    CaseCommand,
    CloseCase,
    GiveApproval,
    JudgeAgreements,
    RecordPayment,
    RefuseApproval,
    RequestApproval,
    Waive,
    WithdrawApproval,
)
from domain.case.decider import case_decider
from domain.case.events import (
    AmountWaived,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalRequested,
    CaseClosed,
    CaseEvent,
)
from domain.case.policy import Policy
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import Closure
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands, role_of, same_person
from domain.ledger.book import LawBook
from tests.domain.case.material import MAY_1, eur
from tests.domain.case.offers import owes

ROLES = ("collector", "supervisor", "legal", "system")
CLOSURES = (Closure.WRITTEN_OFF, Closure.WITHDRAWN, Closure.PLACED)
ids = st.sampled_from(("a", "b", "c"))
people = st.sampled_from([f"{role}:{name}" for role in ROLES for name in ("ana", "Ana", "sol")])
sums = st.sampled_from((1, 5, 10, 20, 30, 30, 60, 100)).map(eur)
percents = st.sampled_from((0, 10, 30, 30, 30, 100))
by_role = st.dictionaries(st.sampled_from(ROLES), percents, max_size=3)


@st.composite
def rules(draw: st.DrawFn) -> ApprovalRule:
    acts = draw(st.sets(st.sampled_from(("WAIVER", "WRITTEN_OFF", "WITHDRAWN")), min_size=1))
    return ApprovalRule(
        id=draw(ids),
        acts=frozenset(acts),
        above=draw(st.sampled_from(({}, {"EUR": 2_000}, {"USD": 1}))),
        alone_percent_max=draw(by_role),
        approvers=draw(by_role),
    )


wanted = st.one_of(
    st.builds(Wanted, act=st.just(Act.WAIVER), waiver_id=ids, amount=sums, reason=st.just("R")),
    st.builds(Wanted, act=st.just(Act.CLOSURE), closure=st.sampled_from(CLOSURES), reason=st.just("R")),
)
kinds: st.SearchStrategy[tuple[type[Any], dict[str, Any]]] = st.one_of(
    st.fixed_dictionaries({"waiver_id": ids, "amount": sums, "reason": st.just("R"), "authority": st.just("x")}).map(
        lambda fields: (Waive, fields)
    ),
    st.fixed_dictionaries({"waiver_id": ids, "amount": sums, "reason": st.just("R"), "authority": st.just("x")}).map(
        lambda fields: (Waive, fields)
    ),
    st.fixed_dictionaries({"closure": st.sampled_from(CLOSURES), "reason": st.just("R")}).map(
        lambda fields: (CloseCase, fields)
    ),
    st.fixed_dictionaries({"approval_id": ids, "wanted": wanted}).map(lambda fields: (RequestApproval, fields)),
    st.fixed_dictionaries({"approval_id": ids}).map(lambda fields: (GiveApproval, fields)),
    st.fixed_dictionaries({"approval_id": ids}).map(lambda fields: (GiveApproval, fields)),
    st.fixed_dictionaries({"approval_id": ids, "reason": st.just("R")}).map(lambda fields: (RefuseApproval, fields)),
    st.fixed_dictionaries({"approval_id": ids, "reason": st.just("R")}).map(lambda fields: (WithdrawApproval, fields)),
    st.fixed_dictionaries({"payment_id": ids, "amount": sums, "method": st.just("T")}).map(
        lambda fields: (RecordPayment, fields)
    ),
    st.just((JudgeAgreements, {})),
)
story = st.lists(st.tuples(kinds, people, st.sampled_from((1, 24, 100))), max_size=25)


def limit_of(rule: ApprovalRule, role: str) -> int:
    return rule.alone_percent_max.get(role, 0)


def said_alone(case: Case, waived_alone: int, asked: tuple[str, int], role: str, house: list[ApprovalRule]) -> bool:
    """Say it once more in our own words: whether somebody in this role may give up so much alone."""
    act, minor = asked
    given_up, of = waived_alone + minor, waived_alone + balance_minor(case)
    for rule in house:
        if act in rule.acts and (not rule.above or ("EUR" in rule.above and given_up > rule.above["EUR"])):
            return given_up * 100 <= limit_of(rule, role) * of
    return True


@settings(max_examples=300)
@given(st.lists(rules(), min_size=1, max_size=3), story)
def test_nothing_beyond_a_limit_is_given_up_without_a_second_person(
    house: list[ApprovalRule], told: list[tuple[tuple[type[Any], dict[str, Any]], str, int]]
) -> None:
    decider = case_decider(Policy(laws=LawBook(()), bounds=Bounds(approvals=tuple(house))))
    state = decider.initial
    for event in decider.decide(owes(100), state):
        state = decider.evolve(state, event)
    at, waived_alone, asked_by = MAY_1, 0, dict[str, str]()
    for (kind, fields), by, hours in told:
        at += timedelta(hours=hours)
        more = {"expires_at": at + timedelta(days=5)} if kind is RequestApproval else {}
        command: CaseCommand = kind(at=at, by=by, **fields, **more)
        events: tuple[CaseEvent, ...] = ()
        with suppress(Rejected):
            events = decider.decide(command, state)
        assert isinstance(state, Case)
        given = next((event for event in events if isinstance(event, ApprovalGiven)), None)
        for event in events:
            if isinstance(event, ApprovalRequested):
                asked_by[event.approval_id] = event.requested_by
            if isinstance(event, ApprovalLapsed):
                over = state.approvals[event.approval_id]
                assert (over.stands, event.at) == (ApprovalStands.WAITING, over.expires_at)
                assert event.at <= at
        if given is not None:
            approval = state.approvals[given.approval_id]
            assert isinstance(command, GiveApproval)
            assert approval.stands is ApprovalStands.WAITING
            assert at < approval.expires_at
            assert not same_person(asked_by[given.approval_id], given.approved_by)
            assert any(given.approved_by.startswith(f"{role}:") for rule in house for role in rule.approvers)
        elif isinstance(command, Waive) and any(isinstance(event, AmountWaived) for event in events):
            assert said_alone(state, waived_alone, ("WAIVER", command.amount.minor), role_of(by), house)
            waived_alone += command.amount.minor
        elif isinstance(command, CloseCase) and any(isinstance(event, CaseClosed) for event in events):
            owed = balance_minor(state)
            if owed or waived_alone:
                assert said_alone(state, waived_alone, (str(command.closure), owed), role_of(by), house)
        elif not isinstance(command, RecordPayment):
            assert not any(isinstance(event, AmountWaived | CaseClosed) for event in events)
        for event in events:
            state = decider.evolve(state, event)
        if kind is JudgeAgreements:
            assert isinstance(state, Case)
            assert not state.open or all(each.stands is each.stands_at(at) for each in state.approvals.values())


HOUSE = ApprovalRule(id="w", acts=frozenset({"WAIVER"}), approvers={"legal": 100})
endings = st.sampled_from((None, None, GiveApproval, RefuseApproval, WithdrawApproval))


@given(st.lists(st.tuples(st.integers(1, 200), endings, st.integers(0, 200)), min_size=1, max_size=4), st.data())
def test_of_a_request_on_which_nobody_decides_in_time_one_event_says_so_and_when_its_time_was_up(
    requests: list[tuple[int, type[Any] | None, int]], data: st.DataObject
) -> None:
    decider = case_decider(Policy(laws=LawBook(()), bounds=Bounds(approvals=(HOUSE,))))
    state = decider.fold(decider.decide(owes(100), decider.initial))
    coming: list[tuple[int, CaseCommand]] = []
    for number, (lasts, ending, later) in enumerate(requests):
        name, ends_at = f"a-{number}", MAY_1 + timedelta(hours=lasts)
        waiver = Wanted(act=Act.WAIVER, waiver_id=f"w-{number}", amount=eur(1), reason="R")
        ask = RequestApproval(approval_id=name, wanted=waiver, expires_at=ends_at, at=MAY_1, by="collector:ana")
        state = decider.fold(decider.decide(ask, state), state)
        if ending is not None:
            by = "collector:ana" if ending is WithdrawApproval else "legal:leo"
            more = {} if ending is GiveApproval else {"reason": "R"}
            coming.append((later, ending(approval_id=name, at=MAY_1 + timedelta(hours=later), by=by, **more)))
    for hours in data.draw(st.lists(st.integers(0, 300), min_size=1, max_size=4)):
        coming.append((hours, JudgeAgreements(at=MAY_1 + timedelta(hours=hours), by="ladder")))
    lapsed: list[str] = []
    for hours, command in sorted(coming, key=lambda each: each[0]):
        assert isinstance(state, Case)
        stood = {name: each.stands_at(command.at) for name, each in state.approvals.items()}
        events: tuple[CaseEvent, ...] = ()
        with suppress(Rejected):
            events = decider.decide(command, state)
        told = [event for event in events if isinstance(event, ApprovalLapsed)]
        assert not told or isinstance(command, JudgeAgreements)
        for event in told:
            assert event.at == state.approvals[event.approval_id].expires_at <= command.at
        lapsed += [event.approval_id for event in told]
        state = decider.fold(events, state)
        if isinstance(command, JudgeAgreements):
            assert isinstance(state, Case)
            assert {name: each.stands for name, each in state.approvals.items()} == stood, hours
    assert len(lapsed) == len(set(lapsed))
