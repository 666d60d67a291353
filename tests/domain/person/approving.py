"""A house that lets nobody hand out or forget alone, and what is asked there."""

from datetime import datetime
from typing import Any

from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.decider import Rejected
from domain.person import Person, PersonState, person_decider
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_rules import PersonRule
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.commands import PersonCommand
from domain.person.erasure_commands import CaseKept, ForgetPerson, NoteExport
from domain.person.erasure_words import ErasureReason
from domain.person.events import PersonEvent
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import RULES, on, point, register

HOUSE = (
    PersonRule(
        id="export",
        acts=frozenset({PersonAct.EXPORT}),
        alone=frozenset({"debtor", "system"}),
        approvers=("admin", "supervisor"),
    ),
    PersonRule(
        id="forget",
        acts=frozenset({PersonAct.FORGET}),
        alone=frozenset({"system"}),
        approvers=("admin", "legal", "supervisor"),
    ),
)
DECIDER = person_decider(RULES, calendar_for, HOUSE)
BEA, SOL, SOL_TOO, LEO = "back-office:bea", "supervisor:sol", "admin:Sol", "legal:leo"
EXPORT = PersonWanted(act=PersonAct.EXPORT, reason="ACCESS_REQUEST", formats=("JSON", "PDF"))
FORGET = PersonWanted(act=PersonAct.FORGET, erasure_id="e-1", erasure_reason=ErasureReason.ASKED)


def ask(
    wanted: PersonWanted,
    approval: str = "a-1",
    *cases: CaseKept,
    by: str = BEA,
    at: int = 0,
    until: datetime | None = None,
) -> RequestPersonApproval:
    ends = until or on(7)
    return RequestPersonApproval(approval_id=approval, wanted=wanted, expires_at=ends, cases=cases, at=on(at), by=by)


def give(approval: str = "a-1", *cases: CaseKept, by: str = SOL, at: int = 1) -> GivePersonApproval:
    return GivePersonApproval(approval_id=approval, cases=cases, at=on(at), by=by)


def refuse(approval: str = "a-1", *, by: str = SOL, at: int = 1, reason: str = "NOT_THEM") -> RefuseApproval:
    return RefuseApproval(approval_id=approval, reason=reason, at=on(at), by=by)


def withdraw(approval: str = "a-1", *, by: str = BEA, at: int = 1) -> WithdrawApproval:
    return WithdrawApproval(approval_id=approval, reason="MISTAKE", at=on(at), by=by)


def export(export_id: str = "x-1", form: str = "JSON", *, by: str = BEA, at: int = 2, reason: str = "") -> NoteExport:
    return NoteExport(export_id=export_id, format=form, reason=reason, at=on(at), by=by)


def forget(*cases: CaseKept, by: str = SOL, at: int = 0, **terms: Any) -> ForgetPerson:
    return ForgetPerson(erasure_id="e-1", reason=ErasureReason.ASKED, cases=cases, at=on(at), by=by, **terms)


def decided(command: PersonCommand, state: PersonState) -> list[str]:
    """Return the names of what follows; asked again, nothing more must follow."""
    events = DECIDER.decide(command, state)
    assert DECIDER.decide(command, DECIDER.fold(events, state)) == ()
    return [type(event).__name__ for event in events]


def events(command: PersonCommand, state: PersonState) -> tuple[PersonEvent, ...]:
    return DECIDER.decide(command, state)


def known(*commands: PersonCommand) -> Person:
    """Return a registered person after further commands, all of which must be accepted."""
    state = DECIDER.initial
    for command in (register(), point(), *commands):
        state = DECIDER.fold(DECIDER.decide(command, state), state)
    assert isinstance(state, Person)
    return state


def refused(command: PersonCommand, state: PersonState) -> Rejected:
    """Return the refusal of a command that must be refused."""
    try:
        found = DECIDER.decide(command, state)
    except Rejected as rejected:
        return rejected
    raise AssertionError(f"accepted: {found}")
