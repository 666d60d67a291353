"""The decision: may this principal call this method on these subjects? Pure, total, and quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from domain.access.principal import Principal
from domain.access.rules import AccessRules, Rule
from domain.access.subject import CaseSubject, Everything, PersonSubject, PortfolioSubject, Subject
from domain.access.words import Reach, Role


class Why(StrEnum):
    """Why not. For the record; a caller who is out of reach is told the same whatever there is."""

    NO_RULE = "NO_RULE"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    ROLE = "ROLE"
    ACTOR = "ACTOR"  # another name was claimed
    REACH = "REACH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Yes, in this role and under this name ("role:id"), which is what the log will say."""

    actor: str
    role: Role | None = None
    rule: Rule


@dataclass(frozen=True, slots=True)
class Denied:
    """No."""

    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class _Capacity:
    """A role that would do: whose reach counts, and under which name."""

    role: Role
    actor: str


ANYBODY = "system:anonymous"


def may(
    rules: AccessRules, principal: Principal | None, method: str, subjects: Sequence[Subject] = (), *, actor: str = ""
) -> Allowed | Denied:
    """Say whether `principal` may call `method` on all of `subjects`; `actor` is the name that they claim, if any."""
    rule = rules.of(method)
    if rule is None:
        return Denied(Why.NO_RULE)
    if rule.anybody:
        return Allowed(actor=ANYBODY, rule=rule)
    if principal is None:
        return Denied(Why.UNAUTHENTICATED)
    capacities = claimed(rules, principal, actor) if actor else _own(principal)
    if isinstance(capacities, Denied):
        return capacities
    able = [each for each in capacities if each.role in rule.roles and _named_role(each) in rule.roles]
    for each in able:
        if all(_reaches(principal, rules.reaches[each.role], subject) for subject in subjects):
            return Allowed(actor=each.actor, role=each.role, rule=rule)
    return Denied(Why.REACH if able else Why.ROLE)


def claimed(rules: AccessRules, principal: Principal, actor: str) -> tuple[_Capacity, ...] | Denied:
    """Return in what capacity somebody calls who claims a name: one of their own, or of whom a system acts for."""
    named, _, name = actor.partition(":")
    try:
        role = Role(named)
    except ValueError:
        return Denied(Why.ACTOR)
    if role in principal.roles and name == principal.id:
        return (_Capacity(role=role, actor=actor),)
    if Role.SYSTEM in principal.roles and role in principal.acts_for and role in rules.acts_for:
        # It needs both permissions, and goes as far as its own reach: whose the name is, only the system knows.
        return (_Capacity(role=Role.SYSTEM, actor=actor),)
    return Denied(Why.ACTOR)


def _own(principal: Principal) -> tuple[_Capacity, ...]:
    return tuple([_Capacity(role=role, actor=f"{role}:{principal.id}") for role in principal.roles])


def _named_role(capacity: _Capacity) -> str:
    return capacity.actor.partition(":")[0]


def _reaches(principal: Principal, reach: Reach, subject: Subject) -> bool:
    match subject:
        case Everything():
            return reach is Reach.PORTFOLIO and principal.portfolios is None
        case PortfolioSubject():
            return reach is Reach.PORTFOLIO and _holds(principal, subject.name)
        case CaseSubject():
            return _reaches_case(principal, reach, subject)
        case PersonSubject():
            if subject.new:
                return reach is Reach.PORTFOLIO
            if reach is Reach.OWN:
                return subject.person_id == principal.person_id
            if reach is Reach.PORTFOLIO and principal.portfolios is None:
                return True
            reached = [_reaches_case(principal, reach, each) for each in subject.cases]
            return any(reached) and (all(reached) or not subject.whole)
        case _:
            assert_never(subject)


def _reaches_case(principal: Principal, reach: Reach, case: CaseSubject) -> bool:
    match reach:
        case Reach.PORTFOLIO:
            return principal.portfolios is None or (case.portfolio is not None and _holds(principal, case.portfolio))
        case Reach.OWN:
            if case.portfolio is None:
                return False
            return case.case_id in principal.cases or (
                principal.person_id is not None and principal.person_id in case.obligors
            )
        case Reach.PLACED:
            return case.portfolio is not None and bool(principal.partner) and case.partner == principal.partner
        case _:
            assert_never(reach)


def _holds(principal: Principal, portfolio: str) -> bool:
    return principal.portfolios is None or portfolio in principal.portfolios
