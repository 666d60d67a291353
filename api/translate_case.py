"""A case as it is shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from api import words
from api.translate_agreements import discounts, offers, open_links, plans, promises, settlements
from api.translate_approvals import approvals
from api.translate_terms import consents, costs, extensions, rewards, terms
from api.translate_values import day_out, instant_out, instant_out_or_none, money_out
from domain.case.state import Case, Climb, Debt
from domain.case.view import anchored_on, balance_minor, days_past_due, disputed
from domain.case.words import Component, Stage
from domain.compliance.words import Actor
from domain.ladder.owed import Charge, Contact, Due, EnterStage, JudgeAgreements, Nothing, Owed, RaiseAlarm, Skip, Task
from protos.escalera import v1 as pb


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as it was seen: its state after `version` events, the last of them at `position`, looked at at `now`."""

    case_id: UUID
    case: Case
    version: int
    position: int
    now: datetime
    owed: Owed | None  # None where its ladder is not known any more


def case_out(seen: Seen) -> pb.Case:
    """Return everything that is known about the case itself."""
    case, climb, ledger = seen.case, seen.case.climb, seen.case.ledger
    anchor = anchored_on(case)
    return pb.Case(
        case_id=str(seen.case_id),
        version=seen.version,
        position=seen.position,
        creditor_id=case.creditor_id,
        reference=case.reference,
        portfolio=case.portfolio,
        currency=case.currency,
        country=case.country,
        time_zone=case.time_zone,
        language=case.language,
        grace_days=case.grace_days,
        strategy=pb.StrategyName(name=case.strategy.name, version=case.strategy.version),
        stage=words.STAGE_OUT[climb.stage if case.open else Stage.CLOSED],
        stage_entry=climb.entry,
        stage_enter_time=instant_out(climb.entered_at),
        stages=_stages(climb),
        open_time=instant_out(case.opened_at),
        closure=words.CLOSURE_OUT[case.closure] if case.closure else pb.CLOSURE_UNSPECIFIED,
        close_time=instant_out_or_none(case.closed_at),
        balance=money_out(balance_minor(case), case.currency),
        credit=money_out(ledger.credit, case.currency),
        owed=_owed(_by_component(case), case.currency),
        debts=_debts(case),
        obligors=[pb.CaseObligor(person_id=str(one.person_id), role=words.ROLE_OUT[one.role]) for one in case.obligors],
        payments=[
            pb.Payment(
                payment_id=payment_id,
                amount=money_out(got.amount.minor, got.amount.currency),
                effective_time=instant_out(got.at),
                reversed=got.reversed,
            )
            for payment_id, got in ledger.payments.items()
        ],
        promises=promises(case),
        plans=plans(case),
        settlements=settlements(case),
        holds=_holds(case, seen.now),
        disputes=_disputes(case),
        contacts=_contacts(case),
        tasks=[pb.Task(task_id=task_id, kind=kind) for task_id, kind in climb.tasks.items()],
        collector=case.collector,
        placed_with=words.PLACED_WITH_OUT[case.placed_with],
        partner=case.partner,
        days_past_due=days_past_due(case, seen.now) or 0,
        oldest_due_date=day_out(anchor) if anchor else None,
        next_step=next_step_out(seen.owed),
        collecting_as=_collecting_as(case),
        logged_contacts=_logged(case),
        terms=terms(case),
        consents=consents(case),
        extensions=extensions(case),
        costs=costs(case),
        rewards=rewards(case),
        offers=offers(case),
        approvals=approvals(case),
        discounts=discounts(case),
        open_payment_links=open_links(case, seen.now),
    )


def next_step_out(owed: Owed | None) -> pb.NextStep:
    """Return what the ladder does next, and why."""
    match owed:
        case None:
            why = "the strategy that the case is pinned to is not on the shelf"
            return pb.NextStep(action="NOTHING", reason="STRATEGY_UNKNOWN", why=why)
        case Nothing(why=why, look_again_at=look_again_at):
            return pb.NextStep(
                action="NOTHING", due_time=instant_out_or_none(look_again_at), reason=why.reason, why=why.sentence
            )
        case Due(action=action, due_at=due_at, why=why):
            match action:
                case EnterStage():
                    name, target = "ENTER_STAGE", str(action.stage)
                case Contact():
                    name, target = "CONTACT", action.step_key
                case Charge():
                    name, target = "CHARGE", action.step_key
                case Task():
                    name, target = "TASK", action.step_key
                case Skip():
                    name, target = "SKIP", action.step_key
                case JudgeAgreements():
                    name, target = "JUDGE_AGREEMENTS", ""
                case RaiseAlarm():
                    name, target = "RAISE_ALARM", action.obligation_id
                case _:
                    assert_never(action)
            return pb.NextStep(
                action=name, target=target, due_time=instant_out(due_at), reason=why.reason, why=why.sentence
            )
        case _:
            assert_never(owed)


def _stages(climb: Climb) -> Iterator[pb.StageEntry]:
    for stage, entered_at in climb.history:
        yield pb.StageEntry(stage=words.STAGE_OUT[stage], enter_time=instant_out(entered_at))


def _by_component(case: Case) -> dict[Component, int]:
    sums: dict[Component, int] = {}
    for debt in case.ledger.debts.values():
        for component, minor in debt.owed.items():
            sums[component] = sums.get(component, 0) + minor
    return sums


def _owed(sums: Mapping[Component, int], currency: str) -> list[pb.Owed]:
    return [
        pb.Owed(component=words.COMPONENT_OUT[component], amount=money_out(minor, currency))
        for component, minor in sums.items()
    ]


def _debts(case: Case) -> Iterator[pb.Debt]:
    contested = disputed(case)
    for obligation_id, debt in case.ledger.debts.items():
        yield _debt(debt, disputed=obligation_id in contested)


def _debt(debt: Debt, *, disputed: bool) -> pb.Debt:
    terms = debt.terms
    currency = terms.principal.currency
    return pb.Debt(
        obligation_id=terms.obligation_id,
        reference=terms.reference,
        instrument=terms.instrument,
        due_date=day_out(terms.due_on),
        principal=money_out(terms.principal.minor, currency),
        owed=_owed(debt.owed, currency),
        balance=money_out(debt.balance, currency),
        charged=money_out(debt.charged, currency),
        paid=money_out(debt.paid, currency),
        waived=money_out(debt.waived, currency),
        disputed=disputed,
    )


def _holds(case: Case, now: datetime) -> Iterator[pb.Hold]:
    for hold_id, hold in case.holds.items():
        yield pb.Hold(
            hold_id=hold_id,
            reason=words.HOLD_REASON_OUT[hold.reason],
            scope=words.SCOPE_OUT[hold.scope],
            authority=hold.authority,
            from_time=instant_out(hold.from_at),
            until_time=instant_out_or_none(hold.until),
            in_force=hold.from_at <= now and (hold.until is None or now < hold.until),
        )


def _disputes(case: Case) -> Iterator[pb.Dispute]:
    for dispute_id, dispute in case.disputes.items():
        outcome = dispute.outcome
        yield pb.Dispute(
            dispute_id=dispute_id,
            obligation_ids=dispute.obligation_ids,
            open_time=instant_out(dispute.opened_at),
            outcome=words.DISPUTE_OUTCOME_OUT[outcome] if outcome else pb.DISPUTE_OUTCOME_UNSPECIFIED,
        )


def _contacts(case: Case) -> Iterator[pb.Contact]:
    for permit_id, contact in case.contacts.items():
        outcome = contact.outcome
        yield pb.Contact(
            permit_id=permit_id,
            person_id=str(contact.person_id),
            channel=words.CHANNEL_OUT[contact.channel],
            step_key=contact.step_key,
            permit_time=instant_out(contact.at),
            outcome=words.CONTACT_OUTCOME_OUT[outcome] if outcome else pb.CONTACT_OUTCOME_UNSPECIFIED,
        )


def _logged(case: Case) -> Iterator[pb.LoggedContact]:
    for contact in case.logged:
        yield pb.LoggedContact(
            contact_id=contact.contact_id,
            person_id=str(contact.person_id),
            channel=words.CHANNEL_OUT[contact.channel],
            direction=words.DIRECTION_OUT[contact.direction],
            contact_time=instant_out(contact.at),
            outcome=words.CONTACT_OUTCOME_OUT[contact.outcome],
        )


def _collecting_as(case: Case) -> list[pb.CollectingAs.ValueType]:
    known = case.opened_as.collecting_as if case.opened_as else ()
    return [words.COLLECTING_AS_OUT[Actor(actor)] for actor in known]
