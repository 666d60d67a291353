"""Opening a case, what may be added to it later, closing it, and opening it again."""

import re
from collections.abc import Iterable

from domain.calendar import zone
from domain.case.approval_rules import require_alone
from domain.case.approval_words import Act, Wanted
from domain.case.commands import AddObligation, AddObligor, CloseCase, OpenCase, ReleaseObligor, ReopenCase
from domain.case.credit import apply_credit
from domain.case.events import CaseEvent, StageEntered
from domain.case.evolve import evolve_case
from domain.case.extension import as_added
from domain.case.offer_end import ended_offers
from domain.case.policy import NOTHING_SET, Policy
from domain.case.record_events import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ObligationAdded,
    ObligorAdded,
    ObligorReleased,
)
from domain.case.refusal import other_terms, require_currency, require_grace, require_open, require_text
from domain.case.settling import close_if_settled
from domain.case.state import Absent, Case, CaseState
from domain.case.view import balance_minor, stage_before_closing
from domain.case.words import Closure, Obligation, Role, Stage
from domain.compliance.words import Actor
from domain.decider import Rejected
from domain.money import zero

_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}")  # also of a city that has law of its own: US-NY-NYC
_ACTORS = tuple(Actor)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def open_case(command: OpenCase, state: CaseState) -> tuple[CaseEvent, ...]:
    """A case begins before the ladder's first rung: PRE_DUE, stage entry 1."""
    begun = CaseOpened(
        at=command.at,
        creditor_id=command.creditor_id,
        reference=command.reference,
        portfolio=command.portfolio,
        currency=command.currency,
        country=command.country,
        time_zone=command.time_zone,
        language=command.language,
        strategy=command.strategy,
        obligations=command.obligations,
        obligors=command.obligors,
        grace_days=command.grace_days,
        collecting_as=command.collecting_as,
    )
    if isinstance(state, Case):
        if state.opened_as is not None and _same_terms(state.opened_as, begun):
            return ()
        raise other_terms("CASE")
    assert isinstance(state, Absent)
    _require_sound(command)
    return (begun, StageEntered(at=command.at, stage=Stage.PRE_DUE, entry=1, reason="OPENED"))


def add_obligation(command: AddObligation, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """More is owed; credit that waits for something to pay pays it at once."""
    obligation = command.obligation
    known = case.ledger.debts.get(obligation.obligation_id)
    if known is not None:
        if as_added(case, obligation.obligation_id) == obligation:
            return ()
        raise other_terms("OBLIGATION")
    require_open(case)
    _require_obligation_sound(obligation, case.currency)
    added = ObligationAdded(at=command.at, obligation=obligation)
    owing = evolve_case(case, added)
    applied = apply_credit(owing, command.at, policy)
    return (added, *close_if_settled(owing, applied, at=command.at, policy=policy))


def add_obligor(command: AddObligor, case: Case) -> tuple[CaseEvent, ...]:
    """One more person is bound to the debt. The debt stays one: whoever pays, pays it for all."""
    for known in case.obligors:
        if known.person_id == command.obligor.person_id:
            if known.role is command.obligor.role:
                return ()
            raise other_terms("OBLIGOR")
    require_open(case)
    return (ObligorAdded(at=command.at, obligor=command.obligor),)


def release_obligor(command: ReleaseObligor, case: Case) -> tuple[CaseEvent, ...]:
    """A person is no longer bound. Somebody must stay bound as principal."""
    staying = tuple(obligor for obligor in case.obligors if obligor.person_id != command.person_id)
    if len(staying) == len(case.obligors):
        if command.person_id in case.obligors_released:
            return ()
        raise Rejected("PERSON_NOT_OBLIGOR", "this person is not bound to the debt", field="person_id")
    require_open(case)
    require_text(command.reason, "reason")
    if not any(obligor.role is Role.PRINCIPAL for obligor in staying):
        raise Rejected(
            "LAST_PRINCIPAL_OBLIGOR", "nobody would be left who owes the debt as principal", field="person_id"
        )
    return (ObligorReleased(at=command.at, person_id=command.person_id, reason=command.reason),)


def close_case(
    command: CloseCase, case: Case, policy: Policy = NOTHING_SET, *, approved: bool = False
) -> tuple[CaseEvent, ...]:
    """Somebody ends the case. PAID means paid: it is refused while anything is owed.

    approved: a second person has agreed to give up what is owed.
    """
    if case.closure is command.closure:
        return ()
    require_open(case)
    owed = balance_minor(case)
    if command.closure is Closure.PAID and owed:
        raise Rejected(
            "BALANCE_NOT_ZERO", f"{owed} minor units are owed", field="closure", accepted="any other closure"
        )
    if not approved:
        wanted = Wanted(act=Act.CLOSURE, closure=command.closure, reason=command.reason)
        require_alone(policy.bounds.approvals, case, wanted, by=command.by)
    ended = ended_offers(case, at=command.at, reason="CASE_CLOSED")
    return (*ended, CaseClosed(at=command.at, closure=command.closure, reason=command.reason))


def reopen_case(command: ReopenCase, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """A closed case goes on at the level on which it was closed; money that came meanwhile is applied.

    A case on which nothing is owed stays open until somebody adds an obligation or closes it:
    closing it at once would make reopening it impossible.
    """
    if case.open:
        return ()
    require_text(command.reason, "reason")
    reopened = CaseReopened(at=command.at, stage=stage_before_closing(case), reason=command.reason)
    return (reopened, *apply_credit(evolve_case(case, reopened), command.at, policy))


def _same_terms(first: CaseOpened, again: CaseOpened) -> bool:
    """When it was asked is no part of the terms."""
    return all(getattr(first, name) == getattr(again, name) for name in _TERMS)


_TERMS = tuple(name for name in CaseOpened.__dataclass_fields__ if name != "at")


def _require_sound(command: OpenCase) -> None:
    require_text(command.creditor_id, "creditor_id")
    require_text(command.reference, "reference")
    require_text(command.portfolio, "portfolio")
    zero(command.currency)  # refuses what is no currency code
    if not _COUNTRY.fullmatch(command.country):
        raise Rejected("COUNTRY_INVALID", "not an ISO 3166 code", field="country", accepted="ES or US-MA")
    if not _LANGUAGE.fullmatch(command.language):
        raise Rejected("LANGUAGE_INVALID", "not a BCP 47 tag", field="language", accepted="es or pt-BR")
    zone(command.time_zone)
    require_grace(command.grace_days)
    for actor in command.collecting_as:
        if actor not in _ACTORS:
            accepted = ", ".join(_ACTORS)
            raise Rejected(
                "ACTOR_KIND_INVALID", "contact law knows no such actor", field="collecting_as", accepted=accepted
            )
    require_text(command.strategy.name, "strategy")
    if not command.obligations:
        raise Rejected("OBLIGATION_MISSING", "a case is about at least one obligation", field="obligations")
    for obligation in command.obligations:
        _require_obligation_sound(obligation, command.currency)
    _require_unique((obligation.obligation_id for obligation in command.obligations), "OBLIGATION_TWICE", "obligations")
    _require_unique((obligor.person_id for obligor in command.obligors), "OBLIGOR_TWICE", "obligors")
    if not any(obligor.role is Role.PRINCIPAL for obligor in command.obligors):
        raise Rejected("PRINCIPAL_OBLIGOR_MISSING", "nobody owes the debt as principal", field="obligors")


def _require_obligation_sound(obligation: Obligation, currency: str) -> None:
    require_text(obligation.obligation_id, "obligation_id")
    require_currency(obligation.principal, currency, field="principal")
    # Nothing at all is a sum that real books hold: a fine of which only the postage is to be paid.
    if obligation.principal.minor < 0:
        raise Rejected(
            "AMOUNT_NEGATIVE", f"principal is {obligation.principal}", field="principal", accepted="0 or more"
        )


def _require_unique(ids: Iterable[object], reason: str, field: str) -> None:
    listed = list(ids)
    if len(set(listed)) != len(listed):
        raise Rejected(reason, f"{field} are listed twice", field=field, accepted="each once")
