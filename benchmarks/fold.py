"""Folding histories in memory, beside a declarative aggregate of the `eventsourcing` library with the same events.

Twice: from the form in which they are stored (what loading a case costs after the database has answered), and from
event objects that are there already (what is left when decoding is not counted).
"""

from dataclasses import fields, is_dataclass
from datetime import date
from time import perf_counter
from typing import Any, cast

from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, Transcoding, UUIDAsHex

from benchmarks.histories import life
from benchmarks.measure import Ratio, side_by_side
from domain.case.agreement_events import PromiseKept, PromiseMade
from domain.case.contact_events import ContactOutcomeRecorded, ContactPermitted
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.ladder_events import HoldPlaced, HoldReleased, StageEntered, StepTaken, TaskRaised
from domain.case.money_events import ChargeAdded, PaymentRecorded
from domain.case.record_events import CaseClosed, CaseOpened
from domain.case.words import Obligation, Obligor, Part, StrategyPin
from domain.money import Money
from infra.codec import EventCodec
from workers.garbage import collect_rarely

HISTORIES = 400


class StockCase(Aggregate):
    """The same events with the same fields, the library's way: a method's body is what replay runs."""

    @event("Opened")
    def __init__(self, opening: Any) -> None:
        self.opening = opening
        self.owed = {debt.obligation_id: {"PRINCIPAL": debt.principal.minor} for debt in opening.obligations}
        self.steps: dict[str, Any] = {}
        self.contacts: dict[str, Any] = {}
        self.holds: dict[str, Any] = {}
        self.promises: dict[str, Any] = {}
        self.payments: dict[str, Any] = {}
        self.tasks: dict[str, Any] = {}
        self.stage, self.entry, self.closure = "PRE_DUE", 1, None

    @event("StageEntered")
    def enter_stage(self, at: Any, stage: Any, entry: int, reason: str) -> None:
        self.stage, self.entry, self.steps = stage, entry, {}

    @event("StepTaken")
    def take_step(self, at: Any, step_key: str, action: Any, due_at: Any) -> None:
        self.steps[step_key] = at

    @event("TaskRaised")
    def raise_task(self, at: Any, task_id: str, kind: str, due_at: Any) -> None:
        self.tasks[task_id] = kind

    @event("ContactPermitted")
    def permit(self, at: Any, permit_id: str, person_id: Any, channel: Any, step_key: str) -> None:
        self.contacts[permit_id] = (person_id, channel, step_key, at, None)

    @event("ContactOutcomeRecorded")
    def outcome(self, at: Any, permit_id: str, outcome: Any) -> None:
        self.contacts[permit_id] = (*self.contacts[permit_id][:4], outcome)

    @event("HoldPlaced")
    def hold(self, at: Any, hold_id: str, reason: Any, scope: Any, from_at: Any, until: Any) -> None:
        self.holds[hold_id] = (reason, scope, from_at, until)

    @event("HoldReleased")
    def release(self, at: Any, hold_id: str, reason: str) -> None:
        self.holds[hold_id] = (*self.holds[hold_id][:3], at)

    @event("ChargeAdded")
    def charge(self, at: Any, obligation_id: str, component: Any, minor: int) -> None:
        owed = self.owed[obligation_id]
        owed[component] = owed.get(component, 0) + minor

    @event("PaymentRecorded")
    def pay(self, at: Any, payment_id: str, amount: Any, parts: Any) -> None:
        for part in parts:
            self.owed[part.obligation_id][part.component] -= part.minor
        self.payments[payment_id] = (amount, at, parts)

    @event("PromiseMade")
    def promise(self, at: Any, promise_id: str, amount: Any, due_on: Any) -> None:
        self.promises[promise_id] = (amount, due_on, "OPEN")

    @event("PromiseKept")
    def keep(self, at: Any, promise_id: str) -> None:
        self.promises[promise_id] = (*self.promises[promise_id][:2], "KEPT")

    @event("Closed")
    def close(self, at: Any, closure: Any) -> None:
        self.closure = closure


def _stock(history: tuple[CaseEvent, ...]) -> list[Any]:
    """Return the library's events for a history of ours, by asking its aggregate the same things."""
    opening = history[0]
    assert isinstance(opening, CaseOpened)
    stock = StockCase(opening=opening)
    for happened in history[1:]:
        match happened:
            case StageEntered(at=at, stage=stage, entry=entry, reason=reason):
                stock.enter_stage(at, stage, entry, reason)
            case StepTaken(at=at, step_key=key, action=action, due_at=due_at):
                stock.take_step(at, key, action, due_at)
            case TaskRaised(at=at, task_id=task_id, kind=kind, due_at=due_at):
                stock.raise_task(at, task_id, kind, due_at)
            case ContactPermitted(at=at, permit_id=permit_id, person_id=person_id, channel=channel, step_key=key):
                stock.permit(at, permit_id, person_id, channel, key)
            case ContactOutcomeRecorded(at=at, permit_id=permit_id, outcome=outcome):
                stock.outcome(at, permit_id, outcome)
            case HoldPlaced(at=at, hold_id=hold_id, reason=hold_reason, scope=scope, from_at=from_at, until=until):
                stock.hold(at, hold_id, hold_reason, scope, from_at, until)
            case HoldReleased(at=at, hold_id=hold_id, reason=reason):
                stock.release(at, hold_id, reason)
            case ChargeAdded(at=at, obligation_id=obligation_id, component=component, amount=amount):
                stock.charge(at, obligation_id, component, amount.minor)
            case PaymentRecorded(at=at, payment_id=payment_id, amount=amount, parts=parts):
                stock.pay(at, payment_id, amount, parts)
            case PromiseMade(at=at, promise_id=promise_id, amount=amount, due_on=due_on):
                stock.promise(at, promise_id, amount, due_on)
            case PromiseKept(at=at, promise_id=promise_id):
                stock.keep(at, promise_id)
            case CaseClosed(at=at, closure=closure):
                stock.close(at, closure)
            case _:
                raise TypeError(f"the stock aggregate has no {type(happened).__name__}")
    return list(stock.collect_events())


class _Record(Transcoding):
    """Lets the library store one of our records as a list of its fields."""

    def __init__(self, record: type) -> None:
        self.type, self.name = record, record.__name__
        self._fields = [each.name for each in fields(record)] if is_dataclass(record) else []

    def encode(self, obj: Any) -> Any:
        return [getattr(obj, name) for name in self._fields] if self.type is not date else obj.isoformat()

    def decode(self, data: Any) -> Any:
        if self.type is date:
            return date.fromisoformat(data)
        if self.type is Money:
            return Money(*data)
        return self.type(**dict(zip(self._fields, data, strict=True)))


def _mapper() -> Mapper[Any]:
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO()):
        transcoder.register(transcoding)
    for record in (date, Money, Part, Obligation, Obligor, StrategyPin, CaseOpened):
        transcoder.register(_Record(record))
    return Mapper(transcoder=transcoder)


def measure() -> dict[str, Ratio]:
    """Return events folded per second: ours, and the declarative aggregate's."""
    collect_rarely()  # as the processes do
    ours = [life(number) for number in range(HISTORIES)]
    stock = [_stock(history) for history in ours]
    events = sum(map(len, ours))
    assert events == sum(map(len, stock))
    codec, mapper = EventCodec(), _mapper()
    ours_stored = [[codec.encode(happened) for happened in history] for history in ours]
    stock_stored = [[mapper.to_stored_event(happened) for happened in history] for history in stock]

    def per_second(fold: Any, histories: Any) -> float:
        started = perf_counter()
        for history in histories:
            fold(history)
        return events / (perf_counter() - started)

    def stored(history: Any) -> Any:
        return CASE.fold(cast(CaseEvent, codec.decode(name, state)) for name, state in history)

    def stock_mutated(history: Any) -> Any:
        aggregate: Any = None
        for happened in history:
            aggregate = happened.mutate(aggregate)
        return aggregate

    def stock_loaded(history: Any) -> Any:
        return stock_mutated(mapper.to_domain_event(each) for each in history)

    assert stored(ours_stored[0]) == CASE.fold(ours[0])
    assert stock_loaded(stock_stored[0]).closure == stock_mutated(stock[0]).closure is not None
    return {
        "fold_vs_declarative": side_by_side(
            lambda: per_second(stored, ours_stored), lambda: per_second(stock_loaded, stock_stored), rounds=5
        ),
        "fold_objects_vs_declarative": side_by_side(
            lambda: per_second(CASE.fold, ours), lambda: per_second(stock_mutated, stock), rounds=5
        ),
    }


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
