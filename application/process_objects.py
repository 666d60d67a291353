"""The objects that a case's events touch, with what is known of them and how it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from application.ports import Recorded
from application.process_export import Clock, ObjectKind, Pseudonym, Touched, Value, stage_after, touched
from domain.case.agreement_events import (
    AgreementReopened,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanCured,
    PlanDefaulted,
    PlanInArrears,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
)
from domain.case.contact_events import ContactLogged, ContactOutcomeRecorded, ContactPermitted
from domain.case.events import CaseOpened, ObligationAdded
from domain.case.money_events import PaymentRecorded, PaymentReversed
from domain.case.offer_events import (
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    OfferAccepted,
    OfferApproved,
    OfferLapsed,
    OfferRefused,
    OfferWithdrawn,
    SettlementOffered,
)
from domain.case.record_events import CasePlaced
from domain.case.terms_events import DueDateExtended
from domain.case.words import Obligation, Stage
from domain.money import Money

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)  # OCEL 2.0: since when a value stands that never changes

ATTRIBUTES: Final[Mapping[ObjectKind, Mapping[str, type]]] = {
    ObjectKind.CASE: {
        "creditor": str,
        "portfolio": str,
        "currency": str,
        "country": str,
        "strategy": str,
        "stage": str,
        "placed_with": str,
    },
    ObjectKind.OBLIGATION: {"amount_minor": int, "currency": str, "instrument": str, "due_on": str},
    ObjectKind.OBLIGOR: {},
    ObjectKind.AGREEMENT: {"kind": str, "amount_minor": int, "currency": str, "due_on": str, "state": str},
    ObjectKind.PAYMENT: {"amount_minor": int, "currency": str, "state": str},
    ObjectKind.OFFER: {"kind": str, "amount_minor": int, "currency": str, "state": str},
    ObjectKind.CONTACT: {"channel": str, "direction": str, "state": str},
    ObjectKind.COLLECTOR: {},
}

# What an event makes of the agreement, offer, payment or contact that it names.
_STATES: Final[Mapping[type, str]] = {
    PromiseMade: "OPEN",
    PromiseKept: "KEPT",
    PromisePartlyKept: "PARTLY_KEPT",
    PromiseBroken: "BROKEN",
    PromiseCancelled: "CANCELLED",
    PlanAgreed: "OPEN",
    PlanInArrears: "IN_ARREARS",
    PlanCured: "OPEN",
    PlanCompleted: "KEPT",
    PlanDefaulted: "BROKEN",
    PlanCancelled: "CANCELLED",
    SettlementAgreed: "OPEN",
    SettlementFulfilled: "KEPT",
    SettlementLapsed: "BROKEN",
    SettlementCancelled: "CANCELLED",
    AgreementReopened: "OPEN",
    OfferApproved: "OPEN",
    OfferRefused: "REFUSED",
    OfferAccepted: "ACCEPTED",
    OfferLapsed: "LAPSED",
    OfferWithdrawn: "WITHDRAWN",
    DiscountOffered: "OPEN",
    DiscountEarned: "EARNED",
    DiscountLapsed: "LAPSED",
    DiscountWithdrawn: "WITHDRAWN",
    PaymentRecorded: "STANDS",
    PaymentReversed: "REVERSED",
    ContactPermitted: "PERMITTED",
}
_HAS_STATE: Final = (ObjectKind.AGREEMENT, ObjectKind.OFFER, ObjectKind.PAYMENT, ObjectKind.CONTACT)


@dataclass(slots=True)
class ProcessObject:
    """An object of process mining: its values with the instants since which they stand, and what it belongs to."""

    kind: ObjectKind
    object_id: str
    values: list[tuple[str, Value, datetime]] = field(default_factory=list)
    related: dict[tuple[str, str], None] = field(default_factory=dict)  # (object id, qualifier), in order

    def put(self, at: datetime, **values: Value) -> None:
        """Set values, where they are others than before."""
        for name, value in values.items():
            if next((known for each, known, _ in reversed(self.values) if each == name), None) != value:
                self.values.append((name, value, at))


class CaseObjects:
    """Collects the objects of one stream, event by event; the case or person comes first."""

    def __init__(self, clock: Clock, pseudonym: Pseudonym) -> None:
        self._clock = clock
        self._pseudonym = pseudonym
        self._found: dict[str, ProcessObject] = {}
        self._stage = Stage.PRE_DUE

    def see(self, recorded: Recorded) -> None:
        """Take in the next event."""
        event = recorded.event
        at = event.at if self._clock is Clock.HAPPENED else recorded.recorded_at
        named = list(touched(recorded.stream_id, event, self._pseudonym))
        for each in named:
            self._object(each)
        self._relate(recorded.stream_id, named)
        self._stage = stage_after(self._stage, event)
        if named[0].kind is ObjectKind.CASE:
            self._case(named[0], event, at)
        for each in named:
            self._change(self._found[each.object_id], each, event, at)

    def objects(self) -> Iterable[ProcessObject]:
        """Return what was found, in the order in which it was first named."""
        return self._found.values()

    def _object(self, named: Touched) -> None:
        if named.object_id not in self._found:
            self._found[named.object_id] = ProcessObject(named.kind, named.object_id)

    def _relate(self, stream_id: UUID, named: list[Touched]) -> None:
        """An object is its case's, but the people: the case is theirs."""
        the_case = self._found.get(str(stream_id))
        if the_case is None:
            return
        for each in named[1:]:
            if each.kind in (ObjectKind.OBLIGOR, ObjectKind.COLLECTOR):
                the_case.related[each.object_id, each.qualifier] = None
            else:
                self._found[each.object_id].related[the_case.object_id, "case"] = None

    def _case(self, named: Touched, event: object, at: datetime) -> None:
        the_case = self._found[named.object_id]
        match event:
            case CaseOpened():
                the_case.put(
                    EPOCH,
                    creditor=event.creditor_id,
                    portfolio=event.portfolio,
                    currency=event.currency,
                    country=event.country,
                    strategy=f"{event.strategy.name} {event.strategy.version}",
                )
                for owed in event.obligations:
                    self._owed(named.object_id, owed)
            case ObligationAdded():
                self._owed(named.object_id, event.obligation)
            case CasePlaced():
                the_case.put(at, placed_with=event.placed_with.value)
            case _:
                pass  # says nothing of the case that its stage does not
        the_case.put(at, stage=self._stage.value)

    def _owed(self, case_id: str, owed: Obligation) -> None:
        found = self._found[f"{case_id}/{ObjectKind.OBLIGATION}/{owed.obligation_id}"]
        found.put(EPOCH, **_sum(owed.principal), instrument=owed.instrument, due_on=owed.due_on.isoformat())

    def _change(self, found: ProcessObject, named: Touched, event: Any, at: datetime) -> None:
        if isinstance(event, DueDateExtended) and named.kind is ObjectKind.OBLIGATION:
            found.put(at, due_on=event.due_on.isoformat())
        if named.kind not in _HAS_STATE or _is_aside(named, event):
            return
        match event:
            case PromiseMade():
                found.put(EPOCH, kind="PROMISE", **_sum(event.amount), due_on=event.due_on.isoformat())
            case PlanAgreed():
                total = sum(each.amount.minor for each in event.installments)
                last = event.installments[-1]
                found.put(
                    EPOCH, kind="PLAN", **_sum(Money(total, last.amount.currency)), due_on=last.due_on.isoformat()
                )
            case SettlementAgreed():
                found.put(EPOCH, kind="SETTLEMENT", **_sum(event.amount), due_on=event.pay_by.isoformat())
            case SettlementOffered():
                found.put(EPOCH, kind="SETTLEMENT", **_sum(event.amount))
                found.put(at, state="WAITING" if event.approvers else "OPEN")
            case DiscountOffered():
                found.put(EPOCH, kind="DISCOUNT", **_sum(event.amount))
            case PaymentRecorded():
                found.put(EPOCH, **_sum(event.amount))
            case ContactPermitted():
                found.put(EPOCH, channel=event.channel.value, direction="OUTBOUND")
            case ContactLogged():
                found.put(EPOCH, channel=event.channel.value, direction=event.direction.value)
                found.put(at, state=event.outcome.value)
            case ContactOutcomeRecorded():
                found.put(at, state=event.outcome.value)
            case _:
                pass  # its name says it all
        if type(event) in _STATES:
            found.put(at, state=_STATES[type(event)])


def _is_aside(named: Touched, event: object) -> bool:
    """Whether an object is named by the way: the offer that a settlement came of, the message that was answered."""
    return (isinstance(event, SettlementAgreed) and named.kind is ObjectKind.OFFER) or named.qualifier == "in_reply_to"


def _sum(amount: Money) -> dict[str, Any]:
    return {"amount_minor": amount.minor, "currency": amount.currency}
