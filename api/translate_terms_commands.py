"""Commands to a case, from the wire to the domain: the terms that the debt is owed on."""

from api import words
from api.translate_commands import Said
from api.translate_values import day, meaning, money
from domain.case import commands
from domain.case.words import AgreedRate
from domain.ledger.words import Quoted
from protos.escalera import v1 as pb


def record_terms(body: pb.RecordTerms, said: Said) -> commands.RecordTerms:
    rates = [
        AgreedRate(
            component=meaning(words.COMPONENT, rate.component, f"rates[{place}].component"), percent=rate.percent
        )
        for place, rate in enumerate(body.rates)
    ]
    return commands.RecordTerms(
        terms_id=body.terms_id,
        obligation_ids=tuple(body.obligation_ids),
        nature=meaning(words.NATURE, body.nature, "nature") if body.nature else None,
        rates=tuple(rates),
        quoted=meaning(words.QUOTED, body.quoted, "quoted") if body.quoted else Quoted.NOMINAL,
        day_count=meaning(words.DAY_COUNT, body.day_count, "day_count") if body.day_count else None,
        grace_days=body.grace_days,
        source=body.source,
        at=said.at,
        by=said.by,
    )


def consent_to_order(body: pb.ConsentToOrder, said: Said) -> commands.ConsentToOrder:
    return commands.ConsentToOrder(
        consent_id=body.consent_id,
        order=tuple([meaning(words.COMPONENT, each, f"order[{place}]") for place, each in enumerate(body.order)]),
        custom=body.custom,
        reason=body.reason,
        payment_id=body.payment_id,
        ended=body.ended,
        at=said.at,
        by=said.by,
    )


def post_interest(_body: pb.PostInterest, said: Said) -> commands.PostInterest:
    return commands.PostInterest(at=said.at, by=said.by)


def extend_due_date(body: pb.ExtendDueDate, said: Said) -> commands.ExtendDueDate:
    return commands.ExtendDueDate(
        extension_id=body.extension_id,
        obligation_id=body.obligation_id,
        due_on=day(body.due_date, "due_date"),
        reason=body.reason,
        authority=said.authority(body.authority),
        at=said.at,
        by=said.by,
    )


def advance_cost(body: pb.AdvanceCost, said: Said) -> commands.AdvanceCost:
    return commands.AdvanceCost(
        cost_id=body.cost_id,
        obligation_id=body.obligation_id,
        amount=money(body.amount, "amount"),
        kind=body.kind,
        recoverable=body.recoverable if body.HasField("recoverable") else True,
        proof=body.proof,
        at=said.at,
        by=said.by,
    )


def grant_reward(body: pb.GrantReward, said: Said) -> commands.GrantReward:
    return commands.GrantReward(
        reward_id=body.reward_id,
        amount=money(body.amount, "amount"),
        reason=body.reason,
        authority=said.authority(body.authority),
        at=said.at,
        by=said.by,
    )
