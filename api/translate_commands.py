"""Commands to a case, from the wire to the domain: opening, persons, desk, ladder, holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from api import words
from api.translate_values import day, instant, meaning, money, person_named
from domain.case import commands
from domain.case.words import Channel, Obligation, Obligor, Role, StrategyPin
from domain.ladder.strategy import Strategy
from protos.escalera import v1 as pb


class Shelf(Protocol):
    """The strategies that cases can be pinned to."""

    def get(self, pin: StrategyPin) -> Strategy:
        """Return the strategy; raise `Rejected` STRATEGY_UNKNOWN where there is none."""
        ...

    def latest(self, name: str) -> Strategy:
        """Return the highest version of a strategy; raise `Rejected` STRATEGY_UNKNOWN where there is none."""
        ...

    def all(self) -> tuple[Strategy, ...]:
        """Return every strategy, by name and version."""
        ...


ZonesOf = Callable[[Channel, str], tuple[str, ...]]
"""The IANA zones that an address on a channel may be in, as far as it tells: `infra.number_zones.zones_of`."""


def nowhere(_channel: Channel, _address: str) -> tuple[str, ...]:
    """Return no zones: an address tells nothing to a door that nobody gave the data."""
    return ()


@dataclass(slots=True, kw_only=True)
class Said:
    """What is known about a command beside its body. `stamped` collects the fields that the door fills in itself."""

    at: datetime
    by: str
    shelf: Shelf
    request_id: str = ""
    creditor_id: str = ""  # of the case, where the request tells it: a person may be named by reference alone
    zones_of: ZonesOf = nowhere
    stamped: set[str] = field(default_factory=set)

    def stamp(self, *names: str) -> None:
        """Note that these fields of the command are the door's, not the caller's: a repeat has others."""
        self.stamped.update(names)

    def authority(self, named: str) -> str:
        """Return who allowed it: the caller, unless somebody is named."""
        if not named:
            self.stamp("authority")
        return named or self.by


def open_case(body: pb.OpenCase, said: Said) -> commands.OpenCase:
    said.creditor_id = body.creditor_id
    return commands.OpenCase(
        creditor_id=body.creditor_id,
        reference=body.reference,
        portfolio=body.portfolio,
        currency=body.currency,
        country=body.country,
        time_zone=body.time_zone,
        language=body.language,
        strategy=strategy_pin(body.strategy, said),
        obligations=tuple([obligation(found, f"obligations[{place}]") for place, found in enumerate(body.obligations)]),
        obligors=tuple([obligor(found, said, f"obligors[{place}]") for place, found in enumerate(body.obligors)]),
        grace_days=body.grace_days,
        collecting_as=tuple(sorted(meaning(words.COLLECTING_AS, each, "collecting_as") for each in body.collecting_as)),
        at=said.at,
        by=said.by,
    )


def obligation(body: pb.Obligation, field: str) -> Obligation:
    """Return what is owed; its reference is its id and its instrument an invoice, unless told otherwise."""
    return Obligation(
        obligation_id=body.obligation_id,
        reference=body.reference or body.obligation_id,
        principal=money(body.principal, f"{field}.principal"),
        due_on=day(body.due_date, f"{field}.due_date"),
        instrument=body.instrument or "INVOICE",
    )


def obligor(body: pb.Obligor, said: Said, field: str) -> Obligor:
    """Return who is bound; the principal debtor, unless told otherwise."""
    role = meaning(words.ROLE, body.role, f"{field}.role") if body.role else Role.PRINCIPAL
    return Obligor(person_id=person_named(body.person, f"{field}.person", said.creditor_id), role=role)


def strategy_pin(body: pb.StrategyName, said: Said) -> StrategyPin:
    """Return the version that is meant; refuse one that is not on the shelf."""
    if body.version:
        pin = StrategyPin(name=body.name, version=body.version)
        said.shelf.get(pin)
        return pin
    said.stamp("strategy")
    return StrategyPin(name=body.name, version=said.shelf.latest(body.name).version)


def add_obligation(body: pb.AddObligation, said: Said) -> commands.AddObligation:
    return commands.AddObligation(obligation=obligation(body.obligation, "obligation"), at=said.at, by=said.by)


def add_obligor(body: pb.AddObligor, said: Said) -> commands.AddObligor:
    return commands.AddObligor(obligor=obligor(body.obligor, said, "obligor"), at=said.at, by=said.by)


def release_obligor(body: pb.ReleaseObligor, said: Said) -> commands.ReleaseObligor:
    person_id = person_named(body.person, "person", said.creditor_id)
    return commands.ReleaseObligor(person_id=person_id, reason=body.reason, at=said.at, by=said.by)


def add_note(body: pb.AddNote, said: Said) -> commands.AddNote:
    person_id = person_named(body.person, "person", said.creditor_id)
    return commands.AddNote(note_id=body.note_id, person_id=person_id, text=body.text, at=said.at, by=said.by)


def assign(body: pb.Assign, said: Said) -> commands.Assign:
    return commands.Assign(collector=body.collector, at=said.at, by=said.by)


def place_case(body: pb.PlaceCase, said: Said) -> commands.PlaceCase:
    placed_with = meaning(words.PLACED_WITH, body.placed_with, "placed_with")
    return commands.PlaceCase(placed_with=placed_with, partner=body.partner, reason=body.reason, at=said.at, by=said.by)


def close_case(body: pb.CloseCase, said: Said) -> commands.CloseCase:
    closure = meaning(words.CLOSURE, body.closure, "closure")
    return commands.CloseCase(closure=closure, reason=body.reason, at=said.at, by=said.by)


def reopen_case(body: pb.ReopenCase, said: Said) -> commands.ReopenCase:
    return commands.ReopenCase(reason=body.reason, at=said.at, by=said.by)


def escalate(body: pb.Escalate, said: Said) -> commands.Escalate:
    stage = meaning(words.STAGE, body.stage, "stage")
    return commands.Escalate(stage=stage, reason=body.reason, at=said.at, by=said.by)


def deescalate(body: pb.Deescalate, said: Said) -> commands.Deescalate:
    stage = meaning(words.STAGE, body.stage, "stage")
    return commands.Deescalate(stage=stage, reason=body.reason, at=said.at, by=said.by)


def complete_task(body: pb.CompleteTask, said: Said) -> commands.CompleteTask:
    return commands.CompleteTask(task_id=body.task_id, outcome=body.outcome, at=said.at, by=said.by)


def pin_strategy(body: pb.PinStrategy, said: Said) -> commands.PinStrategy:
    strategy = strategy_pin(body.strategy, said)
    return commands.PinStrategy(strategy=strategy, reason=body.reason, at=said.at, by=said.by)


def place_hold(body: pb.PlaceHold, said: Said) -> commands.PlaceHold:
    if not body.HasField("from_time"):
        said.stamp("from_at")
    return commands.PlaceHold(
        hold_id=body.hold_id,
        reason=meaning(words.HOLD_REASON, body.reason, "reason"),
        scope=meaning(words.SCOPE, body.scope, "scope"),
        authority=said.authority(body.authority),
        from_at=instant(body.from_time, "from_time") if body.HasField("from_time") else said.at,
        until=instant(body.until_time, "until_time") if body.HasField("until_time") else None,
        at=said.at,
        by=said.by,
    )


def release_hold(body: pb.ReleaseHold, said: Said) -> commands.ReleaseHold:
    return commands.ReleaseHold(hold_id=body.hold_id, reason=body.reason, at=said.at, by=said.by)
