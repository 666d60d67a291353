"""The terms of a case as they are shown: what was agreed on interest and order, more time, costs, rewards."""

from collections.abc import Iterator

from api import words
from api.translate_values import day_out, instant_out, money_out
from domain.case.events import DueDateExtended, RewardGranted
from domain.case.state import Case
from protos.escalera import v1 as pb


def terms(case: Case) -> Iterator[pb.Terms]:
    for found in case.terms:
        yield pb.Terms(
            terms_id=found.terms_id,
            obligation_ids=found.obligation_ids,
            nature=words.NATURE_OUT[found.nature] if found.nature else pb.NATURE_UNSPECIFIED,
            rates=[
                pb.AgreedRate(component=words.COMPONENT_OUT[rate.component], percent=rate.percent)
                for rate in found.rates
            ],
            quoted=words.QUOTED_OUT[found.quoted],
            day_count=words.DAY_COUNT_OUT[found.day_count] if found.day_count else pb.DAY_COUNT_UNSPECIFIED,
            grace_days=found.grace_days,
            source=found.source,
            record_time=instant_out(found.at),
        )


def consents(case: Case) -> Iterator[pb.OrderConsent]:
    for consent_id, found in case.consents.items():
        yield pb.OrderConsent(
            consent_id=consent_id,
            order=[words.COMPONENT_OUT[component] for component in found.order],
            given_by=found.given_by,
            reason=found.reason,
            payment_id=found.payment_id,
            ended=found.ended,
            give_time=instant_out(found.at),
        )


def extensions(case: Case) -> Iterator[pb.DueDateExtension]:
    for event in case.money_told:
        if isinstance(event, DueDateExtended):
            yield pb.DueDateExtension(
                extension_id=event.extension_id,
                obligation_id=event.obligation_id,
                due_date=day_out(event.due_on),
                previous_due_date=day_out(event.previous_due_on),
                reason=event.reason,
                authority=event.authority,
                extend_time=instant_out(event.at),
            )


def costs(case: Case) -> Iterator[pb.AdvancedCost]:
    for cost_id, found in case.costs.items():
        yield pb.AdvancedCost(
            cost_id=cost_id,
            obligation_id=found.obligation_id,
            amount=money_out(found.amount.minor, found.amount.currency),
            kind=found.kind,
            recoverable=found.recoverable,
            proof=found.proof,
            advance_time=instant_out(found.at),
        )


def rewards(case: Case) -> Iterator[pb.Reward]:
    for event in case.money_told:
        if isinstance(event, RewardGranted):
            yield pb.Reward(
                reward_id=event.reward_id,
                amount=money_out(event.amount.minor, event.amount.currency),
                reason=event.reason,
                authority=event.authority,
                grant_time=instant_out(event.at),
            )
