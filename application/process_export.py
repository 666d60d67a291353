"""The log for process mining: events with what they touched, and nothing that tells who somebody is.

What an event says goes out only where its type cannot hold a person's data: codes, numbers, sums, dates, instants. A
text goes out only if it is named in `TEXTS`. People and collectors are pseudonyms.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from application.ports import Recorded
from domain.case.agreement_events import AgreementReopened
from domain.case.events import CaseClosed, CaseEvent, CaseOpened, CaseReopened, StageEntered
from domain.case.words import AgreementKind, Obligation, Obligor, Part, Stage
from domain.money import Money
from domain.person.events import ContactEnded, ContactNoted, ContactReserved, PersonEvent

Value = str | int | bool | datetime
Pseudonym = Callable[[str, str], str]
"""Gives a pseudonym for a kind and a name: always the same one, and of no use to whoever lacks the key."""


class ObjectKind(StrEnum):
    """What an event touches."""

    CASE = "case"
    OBLIGATION = "obligation"
    OBLIGOR = "obligor"
    AGREEMENT = "agreement"
    PAYMENT = "payment"
    OFFER = "offer"
    CONTACT = "contact"
    COLLECTOR = "collector"


class Clock(StrEnum):
    """Which instant an event stands at."""

    RECORDED = "recorded"  # when we knew: the order in which everything was decided
    HAPPENED = "happened"  # business time; what became known late stands before what was done meanwhile


@dataclass(frozen=True, slots=True)
class Touched:
    """An object, and what it is to the event or object that names it."""

    kind: ObjectKind
    object_id: str
    qualifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEvent:
    """An event as process mining sees it."""

    event_id: str  # its position in the log
    name: str
    at: datetime
    attributes: Mapping[str, Value]
    touched: tuple[Touched, ...]


CASE_EVENTS: Final[frozenset[type]] = frozenset(get_args(CaseEvent))
# A contact is told on its case; the person's stream counts it once more, for the caps.
TOLD_ON_CASES: Final[frozenset[type]] = frozenset({ContactReserved, ContactEnded, ContactNoted})
PERSON_EVENTS: Final[frozenset[type]] = frozenset(get_args(PersonEvent)) - TOLD_ON_CASES
EXPORTED: Final[tuple[type, ...]] = tuple(
    sorted({*get_args(CaseEvent), *PERSON_EVENTS}, key=lambda kind: str(kind.__name__))
)

# Codes that tell of somebody's death, illness, bankruptcy or hardship: no process needs them, and a pseudonym is thin.
WITHHELD: Final = frozenset(
    {("FactLearned", "fact"), ("FactWithdrawn", "fact"), ("HoldPlaced", "reason"), ("ErasureRequested", "reason")}
)
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ChargeAdded": ("period", "law"),
    "ContactPermitted": ("step_key", "template"),
    "ContactRefused": ("step_key",),  # its reason may tell what is withheld above
    "LimitationAlarmed": ("action",),
    "PaymentLinkIssued": ("provider",),
    "PaymentRecorded": ("method", "law"),
    "StepTaken": ("step_key",),
    "TaskRaised": ("kind",),
}
# What every event has.
STANDING: Final[Mapping[str, type]] = {"happened_at": datetime, "recorded_at": datetime, "actor": str, "version": int}

_NAMES: Final[Mapping[str, ObjectKind]] = {
    "obligation_id": ObjectKind.OBLIGATION,
    "obligation_ids": ObjectKind.OBLIGATION,
    "payment_id": ObjectKind.PAYMENT,
    "promise_id": ObjectKind.AGREEMENT,
    "plan_id": ObjectKind.AGREEMENT,
    "settlement_id": ObjectKind.AGREEMENT,
    "agreement_id": ObjectKind.AGREEMENT,
    "offer_id": ObjectKind.OFFER,
    "discount_id": ObjectKind.OFFER,
    "permit_id": ObjectKind.CONTACT,
    "in_reply_to": ObjectKind.CONTACT,
    "contact_id": ObjectKind.CONTACT,
    "person_id": ObjectKind.OBLIGOR,
    "collector": ObjectKind.COLLECTOR,
}


def attribute_types(kind: type[Any]) -> Mapping[str, type]:
    """Return the attributes that events of a class may have, and their types: str, int, bool or datetime."""
    found: dict[str, type] = dict(STANDING)
    if kind in CASE_EVENTS:
        found["stage"] = str
    for name, plain in _TOLD[kind].items():
        found |= {f"{name}_minor": int, f"{name}_currency": str} if plain is Money else {name: _ATTRIBUTE[plain]}
    return found


def process_event(recorded: Recorded, stage: Stage | None, clock: Clock, pseudonym: Pseudonym) -> ProcessEvent:
    """Return what process mining sees of an event; `stage` is the case's after it, None for a person's event."""
    event: Any = recorded.event
    attributes: dict[str, Value] = {
        "happened_at": event.at,
        "recorded_at": recorded.recorded_at,
        "actor": recorded.metadata.actor.partition(":")[0],
        "version": recorded.version,
    }
    if stage is not None:
        attributes["stage"] = stage.value
    for name in _TOLD[type(event)]:
        attributes |= _attributes(name, getattr(event, name))
    return ProcessEvent(
        event_id=str(recorded.position),
        name=type(event).__name__,
        at=event.at if clock is Clock.HAPPENED else recorded.recorded_at,
        attributes=attributes,
        touched=tuple(dict.fromkeys(touched(recorded.stream_id, event, pseudonym))),
    )


def stage_after(stage: Stage, event: object) -> Stage:
    """Return where a case stands after an event, by the event's own word."""
    match event:
        case CaseOpened():
            return Stage.PRE_DUE
        case StageEntered() | CaseReopened():
            return event.stage
        case CaseClosed():
            return Stage.CLOSED
        case _:
            return stage


def touched(stream_id: UUID, event: Any, pseudonym: Pseudonym) -> Iterator[Touched]:
    """Yield what an event touches, its case or person first; one object may come more than once."""
    if type(event) not in CASE_EVENTS:
        yield Touched(ObjectKind.OBLIGOR, pseudonym("person", str(stream_id)), "person")
        return
    yield Touched(ObjectKind.CASE, str(stream_id), "case")
    for name in _NAMED[type(event)]:
        value: Any = getattr(event, name)
        each: Any
        for each in value if isinstance(value, tuple) else (value,):
            match each:
                case Obligor():
                    person = pseudonym("person", str(each.person_id))
                    yield Touched(ObjectKind.OBLIGOR, person, each.role.value.lower())
                case Part():
                    yield Touched(
                        ObjectKind.OBLIGATION, _of(stream_id, ObjectKind.OBLIGATION, each.obligation_id), "part"
                    )
                case UUID():
                    yield Touched(ObjectKind.OBLIGOR, pseudonym("person", str(each)), "person")
                case Obligation():
                    owed = _of(stream_id, ObjectKind.OBLIGATION, each.obligation_id)
                    yield Touched(ObjectKind.OBLIGATION, owed, "owed")
                case str(text) if text:
                    yield _by_name(stream_id, event, name, text, pseudonym)
                case _:
                    pass  # names nothing


def _by_name(stream_id: UUID, event: object, name: str, value: str, pseudonym: Pseudonym) -> Touched:
    kind = _NAMES[name]
    if isinstance(event, AgreementReopened) and event.kind is AgreementKind.DISCOUNT:
        kind = ObjectKind.OFFER
    if kind is ObjectKind.COLLECTOR:
        return Touched(kind, pseudonym("collector", value), "collector")
    return Touched(kind, _of(stream_id, kind, value), name.removesuffix("s").removesuffix("_id"))


def _of(stream_id: UUID, kind: ObjectKind, name: str) -> str:
    """Return an object's id: names are unique in their case only."""
    return f"{stream_id}/{kind}/{name}"


def _attributes(name: str, value: object) -> Mapping[str, Value]:
    match value:
        case None | "":
            return {}
        case Money(minor, currency):
            return {f"{name}_minor": minor, f"{name}_currency": currency}
        case Enum():
            return {name: str(value.value)}
        case bool() | int() | datetime() | str():
            return {name: value}
        case date():
            return {name: value.isoformat()}
        case _:
            raise TypeError(f"{name}: {type(value).__name__} is no attribute")


# A day is a day of some place and no instant: it goes out as text.
_ATTRIBUTE: Final[Mapping[type, type]] = {str: str, int: int, bool: bool, datetime: datetime, date: str, Enum: str}


def _told(kind: type[Any]) -> Mapping[str, type]:
    """Return the fields of an event that go out, with what they hold."""
    hints = get_type_hints(kind)
    found: dict[str, type] = {}
    for field in fields(kind):
        plain = _plain(hints[field.name])
        if field.name in ("at", "stage") or (kind.__name__, field.name) in WITHHELD or plain is None:
            continue
        if plain is not str or field.name in TEXTS.get(kind.__name__, ()):
            found[field.name] = plain
    return found


def _named(kind: type[Any]) -> tuple[str, ...]:
    """Return the fields of an event that name objects."""
    rich = ("parts", "obligations", "obligation", "obligors", "obligor")
    return tuple(field.name for field in fields(kind) if field.name in _NAMES or field.name in rich)


def _plain(hint: Any) -> type | None:
    """Return what a field holds, as one of the types that may go out; None where it holds something else."""
    if get_origin(hint) in (Union, UnionType):
        members = [each for each in get_args(hint) if each is not NoneType]
        hint = members[0] if len(members) == 1 else None
    if not isinstance(hint, type):
        return None
    if issubclass(hint, Enum):
        return Enum
    return next((each for each in (bool, int, datetime, date, Money, str) if issubclass(hint, each)), None)


_TOLD: Final[Mapping[type, Mapping[str, type]]] = {kind: _told(kind) for kind in EXPORTED}
_NAMED: Final[Mapping[type, tuple[str, ...]]] = {kind: _named(kind) for kind in EXPORTED}
