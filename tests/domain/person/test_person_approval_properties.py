"""What holds for every history: where the house asks for a second person, nobody is handed out or forgotten without.

And whatever was handed out, an event names who got it, in which form and why.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands, role_of, same_person
from domain.person import Person, person_decider
from domain.person.approval_commands import GivePersonApproval, JudgePersonApprovals, RequestPersonApproval
from domain.person.approval_events import PersonApprovalGiven, PersonApprovalLapsed, PersonApprovalRequested
from domain.person.approval_rules import PersonRule
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.commands import PersonCommand
from domain.person.erasure_commands import ForgetPerson, NoteExport
from domain.person.erasure_events import PersonExported, PersonForgotten
from domain.person.erasure_words import ErasureReason
from domain.person.events import PersonEvent
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import MONDAY, RULES, register
from tests.domain.person.test_forgetting import case

ROLES = ("collector", "supervisor", "admin", "debtor")
FORMS = ("JSON", "PDF")
ids = st.sampled_from(("a", "b"))
people = st.sampled_from([f"{role}:{name}" for role in ROLES for name in ("ana", "Ana", "sol")])
some_roles = st.sets(st.sampled_from(ROLES), max_size=3)
wanted = st.one_of(
    st.builds(
        PersonWanted,
        act=st.just(PersonAct.EXPORT),
        reason=st.sampled_from(("R", "S")),
        formats=st.sampled_from((("JSON",), FORMS)),
    ),
    st.builds(
        PersonWanted,
        act=st.just(PersonAct.FORGET),
        erasure_id=ids,
        erasure_reason=st.just(ErasureReason.ASKED),
        despite_open_cases=st.booleans(),
    ),
)
# The law of one of these keeps records, one is open, and one stands against nothing.
cases = st.lists(st.sampled_from((case(), case(None), case(country="CL"))), max_size=1).map(tuple)
no_cases = st.just(())
asking: st.SearchStrategy[tuple[type[Any], dict[str, Any]]] = st.one_of(
    st.fixed_dictionaries({"approval_id": ids, "wanted": wanted, "cases": no_cases}).map(
        lambda fields: (RequestPersonApproval, fields)
    ),
    st.fixed_dictionaries({"approval_id": ids, "cases": st.one_of(no_cases, cases)}).map(
        lambda fields: (GivePersonApproval, fields)
    ),
    st.fixed_dictionaries({"approval_id": ids, "reason": st.just("R")}).map(lambda fields: (RefuseApproval, fields)),
    st.fixed_dictionaries({"approval_id": ids, "reason": st.just("R")}).map(lambda fields: (WithdrawApproval, fields)),
    st.fixed_dictionaries(
        {
            "export_id": ids,
            "format": st.sampled_from(FORMS),
            "reason": st.sampled_from(("", "", "R", "S")),
        }
    ).map(lambda fields: (NoteExport, fields)),
    st.fixed_dictionaries({"erasure_id": ids, "reason": st.just(ErasureReason.ASKED), "cases": cases}).map(
        lambda fields: (ForgetPerson, fields)
    ),
    st.just((JudgePersonApprovals, {})),
)
story = st.lists(st.tuples(asking, people, st.sampled_from((1, 20, 80))), max_size=25)


@st.composite
def rules(draw: st.DrawFn) -> PersonRule:
    return PersonRule(
        id=draw(ids),
        acts=frozenset(draw(st.sets(st.sampled_from(PersonAct), min_size=1))),
        alone=frozenset(draw(some_roles)),
        approvers=tuple(sorted(draw(st.sets(st.sampled_from(ROLES), min_size=1)))),
    )


@dataclass
class Witness:
    """Who asked, who agreed and what was handed out, as whoever reads nothing but the events knows it."""

    house: list[PersonRule]
    asked: dict[str, PersonApprovalRequested] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    used: set[tuple[str, str]] = field(default_factory=set)
    told: dict[str, PersonExported] = field(default_factory=dict)

    def alone(self, act: PersonAct, by: str) -> bool:
        rule = next((rule for rule in self.house if act in rule.acts), None)
        return rule is None or role_of(by) in rule.alone

    def agrees(self, event: PersonApprovalGiven, at: datetime, by: str) -> None:
        request = self.asked[event.approval_id]
        rule = next(rule for rule in self.house if request.wanted.act in rule.acts)
        assert event.approved_by == by
        assert not same_person(request.requested_by, by)
        assert role_of(by) in rule.approvers
        assert request.at < at < request.expires_at
        assert event.approval_id not in self.agreed | self.over
        self.agreed.add(event.approval_id)

    def lapses(self, event: PersonApprovalLapsed, at: datetime) -> None:
        assert event.at == self.asked[event.approval_id].expires_at <= at
        assert event.approval_id not in self.agreed | self.over
        self.over.add(event.approval_id)

    def gives_a_file(self, command: NoteExport) -> None:
        """Assert that of a file that goes out now, first or again, there is an event that names who has it."""
        told = self.told[command.export_id]
        assert (told.by, told.format) == (command.by, command.format)
        if told.approval_id:
            reason = self.asked[told.approval_id].wanted.reason
            assert told.reason == reason
            assert command.reason in ("", reason)
        else:
            assert told.reason == command.reason

    def hands_out(self, event: PersonExported, at: datetime, *, gone: bool) -> None:
        assert event.export_id not in self.told
        self.told[event.export_id] = event
        if gone or (not event.approval_id and self.alone(PersonAct.EXPORT, event.by)):
            return
        assert event.approval_id in self.agreed
        request = self.asked[event.approval_id]
        assert request.wanted.act is PersonAct.EXPORT
        assert same_person(request.requested_by, event.by)
        assert at < request.expires_at
        assert event.format in request.wanted.formats
        assert event.reason == request.wanted.reason
        assert (event.approval_id, event.format) not in self.used
        self.used.add((event.approval_id, event.format))


@settings(max_examples=400)
@given(st.lists(rules(), min_size=1, max_size=2), story)
def test_nobody_is_handed_out_or_forgotten_without_a_second_person_where_the_house_asks_for_one(
    house: list[PersonRule], told: list[tuple[tuple[type[Any], dict[str, Any]], str, int]]
) -> None:
    decider = person_decider(RULES, calendar_for, tuple(house))
    state = decider.fold(decider.decide(register(), decider.initial))
    at, seen = MONDAY, Witness(house)
    for (kind, fields), by, hours in told:
        at += timedelta(hours=hours)
        more = {"expires_at": at + timedelta(days=5)} if kind is RequestPersonApproval else {}
        command: PersonCommand = kind(at=at, by=by, **fields, **more)
        try:
            events = decider.decide(command, state)
        except Rejected:
            continue
        assert isinstance(state, Person)
        gone = state.forgotten_at is not None
        for event in events:
            match event:
                case PersonApprovalRequested():
                    assert not seen.alone(event.wanted.act, by)
                    seen.asked[event.approval_id] = event
                case PersonApprovalGiven():
                    seen.agrees(event, at, by)
                case PersonApprovalLapsed():
                    assert isinstance(command, JudgePersonApprovals)
                    seen.lapses(event, at)
                case PersonExported():
                    seen.hands_out(event, at, gone=gone)
                case PersonForgotten():
                    assert not gone
                    _forgets(command, events, seen)
                case _:
                    pass
        if isinstance(command, NoteExport):
            seen.gives_a_file(command)
        stood = {name: each.stands_at(at) for name, each in state.approvals.items()}
        state = decider.fold(events, state)
        if isinstance(command, JudgePersonApprovals):
            assert isinstance(state, Person)
            assert stood == {name: each.stands for name, each in state.approvals.items()}
            assert seen.over == {name for name, stands in stood.items() if stands is ApprovalStands.LAPSED}


def _forgets(command: PersonCommand, events: tuple[PersonEvent, ...], seen: Witness) -> None:
    """Assert that somebody is forgotten by one who may do it alone, or in the decision of a second person."""
    if isinstance(command, ForgetPerson):
        agreed = [seen.asked[approval_id] for approval_id in seen.agreed]
        assert seen.alone(PersonAct.FORGET, command.by) or any(
            each.wanted.erasure_id == command.erasure_id
            and each.wanted.despite_open_cases == command.despite_open_cases
            and same_person(each.requested_by, command.by)
            for each in agreed
        )
        return
    assert isinstance(command, GivePersonApproval)
    assert any(isinstance(event, PersonApprovalGiven) for event in events)
    assert seen.asked[command.approval_id].wanted.act is PersonAct.FORGET
