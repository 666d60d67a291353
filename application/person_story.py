"""A person's own events, told as an export tells them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from application.person_export import (
    ExportedActor,
    ExportedBlock,
    ExportedContact,
    ExportedErasure,
    ExportedFact,
    ExportedPoint,
    ExportedWish,
)
from application.ports import Recorded
from domain.case.words import ContactOutcome, Direction
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.person.erasure_words import ErasureBlock
from domain.person.events import (
    ConsentGiven,
    ContactNoted,
    ContactPointAdded,
    ContactPointRemoved,
    ContactReserved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
)
from domain.person.state import Person
from domain.person.words import ABOUT_EVERYTHING, FactTerms


def points(history: Sequence[Recorded], person: Person) -> tuple[ExportedPoint, ...]:
    """Return every contact point, those that are gone too."""
    found: dict[str, ExportedPoint] = {}
    closed = person.closed_addresses
    for recorded in history:
        event = recorded.event
        if isinstance(event, ContactPointAdded):
            known = person.points[event.point_id]
            unwanted = known.address in closed or event.channel in person.opted_out
            by = "OPTED_OUT" if unwanted else "BOUNCED" if known.bounced else ""
            found[event.point_id] = ExportedPoint(
                point_id=event.point_id,
                channel=event.channel,
                address=event.address,
                place=event.place,
                time_zones=event.zones,
                added_at=event.at,
                removed_at=None,
                closed_by=by,
            )
        elif isinstance(event, ContactPointRemoved) and event.point_id in found:
            found[event.point_id] = replace(found[event.point_id], removed_at=event.at)
    return tuple(found.values())


def wishes(history: Sequence[Recorded]) -> tuple[ExportedWish, ...]:
    """Return what they allowed and what they refused, in order."""
    told: list[ExportedWish] = []
    for recorded in history:
        match recorded.event:
            case ConsentGiven(channel=channel, source=source, at=at):
                told.append(ExportedWish(at=at, given=True, channel=channel, point_id="", source=source))
            case OptedOut(channel=channel, source=source, point_id=point_id, at=at):
                told.append(ExportedWish(at=at, given=False, channel=channel or "", point_id=point_id, source=source))
            case _:
                pass
    return tuple(told)


def facts(history: Sequence[Recorded]) -> tuple[ExportedFact, ...]:
    """Return every fact, those that are no longer so too."""
    told: list[ExportedFact] = []
    for recorded in history:
        match recorded.event:
            case FactLearned() as learned:
                told.append(
                    ExportedFact(
                        fact=learned.fact,
                        fact_id=learned.fact_id,
                        since=learned.at,
                        withdrawn_at=None,
                        source=learned.source,
                        terms=_terms(learned.terms),
                    )
                )
            case FactWithdrawn(fact=fact, fact_id=fact_id, at=at):
                for place, each in enumerate(told):
                    if (each.fact, each.fact_id, each.withdrawn_at) == (fact, fact_id, None):
                        told[place] = replace(each, withdrawn_at=at)
            case _:
                pass
    return tuple(told)


def contacts(
    history: Sequence[Recorded], person: Person, outcomes: Mapping[str, ContactOutcome]
) -> tuple[ExportedContact, ...]:
    """Return every contact, in order, with what it was permitted by.

    outcomes: by permit, as the cases have them. A person's own record keeps only those that caps are counted by.
    """
    told: list[ExportedContact] = []
    for recorded in history:
        match recorded.event:
            case ContactReserved() as reserved:
                known = outcomes.get(reserved.permit_id) or person.reserved[reserved.permit_id].outcome
                told.append(_reserved(reserved, known))
            case ContactNoted() as noted:
                told.append(
                    ExportedContact(
                        contact_id=noted.contact_id,
                        case_id=noted.case_id,
                        channel=noted.channel,
                        direction=noted.direction,
                        at=noted.at,
                        point_id=noted.point_id,
                        outcome=noted.outcome,
                        recipient=noted.recipient,
                        purpose=noted.purpose,
                        rule_sets=(),
                        jurisdictions=(),
                        time_zones=(),
                        duties=(),
                    )
                )
            case _:
                pass
    return tuple(told)


def _reserved(event: ContactReserved, outcome: ContactOutcome | None) -> ExportedContact:
    grounds = event.grounds
    return ExportedContact(
        contact_id=event.permit_id,
        case_id=event.case_id,
        channel=event.channel,
        direction=Direction.OUTBOUND,
        at=event.at,
        point_id=event.point_id,
        outcome=outcome or "",
        recipient=grounds.recipient if grounds else "",
        purpose=grounds.purpose if grounds else "",
        rule_sets=grounds.rule_sets if grounds else (event.rules,),
        jurisdictions=grounds.jurisdictions if grounds else (),
        time_zones=grounds.zones if grounds else (),
        duties=grounds.duties if grounds else (),
    )


def laws(told: Iterable[ExportedContact], book: RuleBook) -> Mapping[str, tuple[str, ...]]:
    """Return, by rule set that a contact was judged by, the laws that it is made of."""
    found: dict[str, tuple[str, ...]] = {}
    for stamp in sorted({stamp for contact in told for stamp in contact.rule_sets}):
        try:
            rules = book.by_stamp(stamp)
        except Rejected:  # a text of before there were any, or that is not shipped here
            found[stamp] = ()
        else:
            found[stamp] = tuple(dict.fromkeys(rule.cite for rule in rules.rules))
    return found


def erasures(person: Person) -> tuple[ExportedErasure, ...]:
    return tuple(
        ExportedErasure(
            erasure_id=erasure_id,
            reason=each.reason,
            requested_at=each.requested_at,
            by=each.by,
            refused_until=each.until,
            blocks=blocks(each.blocks),
        )
        for erasure_id, each in person.erasures.items()
    )


def blocks(found: Iterable[ErasureBlock]) -> tuple[ExportedBlock, ...]:
    return tuple(
        ExportedBlock(
            kind=each.kind,
            citation=each.cite,
            until=each.until,
            case_id=each.case_id,
            source=each.source,
            reason=each.reason,
        )
        for each in found
    )


def actors(histories: Iterable[Recorded]) -> tuple[ExportedActor, ...]:
    """Return who did something about them, the busiest first."""
    seen: defaultdict[str, list[datetime]] = defaultdict(list)
    for recorded in histories:
        seen[recorded.metadata.actor].append(recorded.event.at)
    told = [ExportedActor(actor=actor, events=len(at), first_at=min(at), last_at=max(at)) for actor, at in seen.items()]
    return tuple(sorted(told, key=lambda each: (-each.events, each.actor)))


def _terms(terms: FactTerms) -> Mapping[str, Any]:
    """Return the terms that say something."""
    said: dict[str, Any] = msgspec.to_builtins(terms)
    silent: dict[str, Any] = msgspec.to_builtins(ABOUT_EVERYTHING)
    return {name: value for name, value in said.items() if value != silent[name]}
