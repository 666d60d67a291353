"""What is learned of a person, and what they refuse: facts with their terms, consents, opt-outs."""

from domain.case.words import Channel
from domain.decider import Rejected
from domain.person.commands import GiveConsent, LearnFact, OptOut, WithdrawFact
from domain.person.events import ConsentGiven, FactLearned, FactWithdrawn, OptedOut, PersonEvent
from domain.person.fact_terms import require_sound
from domain.person.state import Person


def learn_fact(command: LearnFact, person: Person) -> tuple[PersonEvent, ...]:
    """Keep a fact. Facts of one kind that are about different things have different ids."""
    known = person.learned.get((command.fact, command.fact_id))
    if known is not None:
        if known.terms == command.terms:
            return ()
        raise Rejected(
            "FACT_EXISTS_WITH_OTHER_TERMS", "this fact is known with other terms", field="fact_id", accepted="a new id"
        )
    require_sound(command.terms)
    if command.terms.point_id and command.terms.point_id not in person.points:
        raise _point_unknown()
    return (
        FactLearned(
            fact=command.fact, source=command.source, fact_id=command.fact_id, terms=command.terms, at=command.at
        ),
    )


def withdraw_fact(command: WithdrawFact, person: Person) -> tuple[PersonEvent, ...]:
    if (command.fact, command.fact_id) not in person.learned:
        return ()
    return (FactWithdrawn(fact=command.fact, reason=command.reason, fact_id=command.fact_id, at=command.at),)


def give_consent(command: GiveConsent, person: Person) -> tuple[PersonEvent, ...]:
    """Keep a consent; it ends what the person refused on the channel before, and never what they refuse after it."""
    channel = command.channel
    refused = [person.opted_out[channel]] if channel in person.opted_out else []
    refused += [at for point_id, at in person.points_opted_out.items() if person.points[point_id].channel is channel]
    if not refused:
        return () if channel in person.consents else (_given(command),)
    if command.at <= max(refused):
        accepted = f"after {max(refused).isoformat()}"
        raise Rejected(
            "CONSENT_OLDER_THAN_OPT_OUT",
            "only a consent given after the opt-out ends it",
            field="at",
            accepted=accepted,
        )
    return (_given(command),)


def opt_out(command: OptOut, person: Person) -> tuple[PersonEvent, ...]:
    """An opt-out always holds, also one that we hear of late: consent has to be given again."""
    opted = OptedOut(channel=command.channel, source=command.source, point_id=command.point_id, at=command.at)
    if command.point_id:
        point = person.points.get(command.point_id)
        if point is None or command.channel not in (None, point.channel):
            raise _point_unknown()
        return () if command.point_id in person.points_opted_out else (opted,)
    wanted = tuple(Channel) if command.channel is None else (command.channel,)
    return () if all(channel in person.opted_out for channel in wanted) else (opted,)


def _given(command: GiveConsent) -> ConsentGiven:
    return ConsentGiven(channel=command.channel, source=command.source, at=command.at)


def _point_unknown() -> Rejected:
    return Rejected("POINT_UNKNOWN", "the person has no such contact point", field="point_id")
