"""One promise of a person over several cases: made on all of them at once, or on none.

Each case has its own part, under the same group id, and is judged on its own. The promise as a whole is kept when
every part is (`joint_standing`). A refusal names the case that it comes from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, cast
from uuid import UUID

from application.case_desk import CaseDesk, Loaded, receipt_of
from application.ports import Append, Appended, Clock, Event, EventStore, StaleStream, StreamWrite
from application.request import Asked, question_hash
from domain.case.commands import MakePromise
from domain.case.state import Agreed, Case, CaseState, Promise
from domain.case.view import balance_minor
from domain.decider import Rejected
from domain.money import Money, allocate

ATTEMPTS_MAX: Final = 20
CASES_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class JointShare:
    """A case that the promise is for, and how much of it; None: by what is owed on each."""

    case_id: UUID
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPromise:
    """What a person promises over several cases. `amount` may be left out where every share has its own."""

    group_id: str
    person_id: UUID
    shares: tuple[JointShare, ...]
    amount: Money | None
    due_on: date
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPart:
    """The promise of one case, which has `version` events now."""

    case_id: UUID
    promise_id: str
    amount: Money
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JointAnswer:
    """What a joint promise led to; `position` is 0 where nothing was recorded because that was not asked."""

    parts: tuple[JointPart, ...]
    position: int
    repeated: bool = False


class JointStanding(StrEnum):
    """Where the promise as a whole stands."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    PARTLY_KEPT = "PARTLY_KEPT"
    BROKEN = "BROKEN"
    CANCELLED = "CANCELLED"


def joint_standing(cases: Iterable[Case], group_id: str) -> JointStanding:
    """Return where a joint promise stands: kept only when every part is kept, open while one can still be.

    A part that was cancelled is not asked for any more. Raises `Rejected` PROMISE_NOT_FOUND where no case has a part.
    """
    stands = [part.stands for case in cases for part in case.promises.values() if part.group_id == group_id]
    if not stands:
        raise Rejected("PROMISE_NOT_FOUND", "no case has a part of this promise", field="group_id")
    asked_for = [each for each in stands if each is not Agreed.CANCELLED]
    if not asked_for:
        return JointStanding.CANCELLED
    if all(each is Agreed.KEPT for each in asked_for):
        return JointStanding.KEPT
    if any(each is Agreed.OPEN for each in asked_for):
        return JointStanding.OPEN
    some = any(each in (Agreed.KEPT, Agreed.PARTLY_KEPT) for each in asked_for)
    return JointStanding.PARTLY_KEPT if some else JointStanding.BROKEN


class JointPromises:
    """Makes joint promises."""

    def __init__(self, *, cases: CaseDesk, store: EventStore, clock: Clock) -> None:
        self._cases = cases
        self._store = store
        self._clock = clock

    async def make(self, wanted: JointPromise, asked: Asked, *, at: datetime | None = None) -> JointAnswer:
        """Make the promise on every case named, in one append; asked again, it has been made.

        at: when it was given; now when left out. Raises `Rejected` with the case in its detail, `RequestReused`, and
        `StaleStream` when rivals won every attempt.
        """
        _require_sound(wanted)
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                return await self._attempt(wanted, asked, at)
            except StaleStream:
                continue
        return await self._attempt(wanted, asked, at)

    async def _attempt(self, wanted: JointPromise, asked: Asked, at: datetime | None) -> JointAnswer:
        loaded = {share.case_id: Loaded(*await self._cases.load(share.case_id)) for share in wanted.shares}
        receipt = receipt_of(wanted.shares[0].case_id, (wanted,), _with_question(wanted, asked))
        if receipt is not None:
            first = await self._store.receipt(receipt.request_id, receipt.request_hash)
            if first is not None:
                return _again(wanted, loaded, first)
        made = _made_before(wanted, loaded)
        if made is not None:
            return JointAnswer(parts=made, position=await self._store.position())
        now = self._clock.now()
        after, writes = self._decided(wanted, loaded, asked, at or now)
        parts = _parts(wanted, after)
        if asked.validate_only:
            return JointAnswer(parts=parts, position=0)
        appended = await self._store.append(
            Append(writes=writes, metadata=asked.metadata(), recorded_at=now, receipt=receipt)
        )
        if appended.repeated:
            fresh = {case_id: Loaded(*await self._cases.load(case_id)) for case_id in loaded}
            return _again(wanted, fresh, appended)
        for case_id, state in after.items():
            self._cases.keep(case_id, state)
        return JointAnswer(parts=parts, position=appended.position)

    def _decided(
        self, wanted: JointPromise, loaded: Mapping[UUID, Loaded[CaseState]], asked: Asked, at: datetime
    ) -> tuple[dict[UUID, Loaded[CaseState]], tuple[StreamWrite, ...]]:
        """Return every case after its part, and what is to be appended."""
        after: dict[UUID, Loaded[CaseState]] = {}
        writes: list[StreamWrite] = []
        for case_id, amount in _amounts(wanted, loaded).items():
            command = MakePromise(
                promise_id=wanted.group_id,
                amount=amount,
                due_on=wanted.due_on,
                grace_days=wanted.grace_days,
                group_id=wanted.group_id,
                at=at,
                by=asked.actor,
            )
            state, version = loaded[case_id]
            try:
                events, then = self._cases.fold((command,), state)
            except Rejected as refusal:
                raise _of_case(case_id, refusal) from refusal
            after[case_id] = Loaded(then, version + len(events))
            write = StreamWrite(stream_id=case_id, expected_version=version, events=cast(tuple[Event, ...], events))
            writes.append(write)
        return after, tuple(writes)


def _require_sound(wanted: JointPromise) -> None:
    """Refuse what cannot be a joint promise, whatever the cases are."""
    ids = [share.case_id for share in wanted.shares]
    if not 2 <= len(ids) <= CASES_MAX or len(set(ids)) < len(ids):
        accepted = f"2 to {CASES_MAX} cases, each once"
        raise Rejected("SHARES_INVALID", f"{len(ids)} shares", field="shares", accepted=accepted)
    amounts = [share.amount for share in wanted.shares if share.amount is not None]
    if len({amount.currency for amount in (*amounts, *filter(None, [wanted.amount]))}) > 1:
        raise Rejected("CURRENCY_MISMATCH", "one promise is in one currency", field="shares", accepted="one currency")
    if not amounts:
        if wanted.amount is None:
            raise Rejected("AMOUNT_MISSING", "it says nowhere how much", field="amount", accepted="the whole sum")
        return
    if len(amounts) < len(ids):
        accepted = "an amount for every case, or for none"
        raise Rejected("SHARES_INVALID", "some shares have an amount", field="shares", accepted=accepted)
    whole = sum(amount.minor for amount in amounts)
    if wanted.amount is not None and wanted.amount.minor != whole:
        accepted = str(Money(whole, wanted.amount.currency))
        raise Rejected("PROMISE_SUM_DIFFERS", "the shares come to another sum", field="amount", accepted=accepted)


def _amounts(wanted: JointPromise, loaded: Mapping[UUID, Loaded[CaseState]]) -> dict[UUID, Money]:
    """Return the part of each case: as given, or in proportion to what is owed on it."""
    cases = {case_id: _case(case_id, state, wanted) for case_id, (state, _) in loaded.items()}
    given = {share.case_id: share.amount for share in wanted.shares if share.amount is not None}
    if given:
        return given
    assert wanted.amount is not None, "checked: a sum is given somewhere"
    for case_id, case in cases.items():
        if balance_minor(case) <= 0:
            raise _of_case(case_id, Rejected("NOTHING_OWED", "nothing is owed", field="shares"))
    parts = allocate(wanted.amount.minor, [balance_minor(case) for case in cases.values()])
    return {case_id: Money(part, wanted.amount.currency) for case_id, part in zip(cases, parts, strict=True)}


def _case(case_id: UUID, state: CaseState, wanted: JointPromise) -> Case:
    """Return a case that the person is bound to and that is in the promise's currency; refuse any other."""
    if not isinstance(state, Case):
        raise _of_case(case_id, Rejected("CASE_NOT_FOUND", "there is no such case", field="shares"))
    if all(obligor.person_id != wanted.person_id for obligor in state.obligors):
        detail = "this person is not bound to the debt"
        raise _of_case(case_id, Rejected("PERSON_NOT_OBLIGOR", detail, field="person"))
    sums = [wanted.amount, *(share.amount for share in wanted.shares)]
    if any(amount is not None and amount.currency != state.currency for amount in sums):
        detail = "one promise is in one currency"
        raise _of_case(
            case_id, Rejected("CURRENCY_MISMATCH", detail, field="shares", accepted=f"cases in {state.currency}")
        )
    return state


def _of_case(case_id: UUID, refusal: Rejected) -> Rejected:
    """Return a refusal that names the case."""
    detail = f"case {case_id}: {refusal.detail}"
    return Rejected(refusal.reason, detail, field=refusal.field, accepted=refusal.accepted)


def _with_question(wanted: JointPromise, asked: Asked) -> Asked:
    if asked.question:
        return asked
    return Asked(
        request_id=asked.request_id,
        actor=asked.actor,
        validate_only=asked.validate_only,
        question=question_hash(wanted.person_id, (wanted,)),
    )


def _made_before(wanted: JointPromise, loaded: Mapping[UUID, Loaded[CaseState]]) -> tuple[JointPart, ...] | None:
    """Return the parts where this promise has been made; None where no case has any of it."""
    found = [part for state, _ in loaded.values() if (part := _part(state, wanted.group_id)) is not None]
    if not found:
        return None
    given = [share.amount for share in wanted.shares]
    whole = sum(part.amount.minor for part in found)
    same = (
        len(found) == len(loaded)
        and all((part.due_on, part.grace_days) == (wanted.due_on, wanted.grace_days) for part in found)
        and all(amount in (None, part.amount) for amount, part in zip(given, found, strict=True))
        and (wanted.amount is None or wanted.amount.minor == whole)
    )
    if not same:
        raise Rejected("PROMISE_EXISTS_WITH_OTHER_TERMS", "this id was used before", field="group_id")
    return _parts(wanted, loaded)


def _again(wanted: JointPromise, loaded: Mapping[UUID, Loaded[CaseState]], first: Appended) -> JointAnswer:
    return JointAnswer(parts=_parts(wanted, loaded), position=first.position, repeated=True)


def _parts(wanted: JointPromise, loaded: Mapping[UUID, Loaded[CaseState]]) -> tuple[JointPart, ...]:
    parts: list[JointPart] = []
    for case_id, (state, version) in loaded.items():
        part = _part(state, wanted.group_id)
        assert part is not None, "it was made"
        parts.append(JointPart(case_id=case_id, promise_id=wanted.group_id, amount=part.amount, version=version))
    return tuple(parts)


def _part(state: CaseState, group_id: str) -> Promise | None:
    promises: Sequence[Promise] = tuple(state.promises.values()) if isinstance(state, Case) else ()
    return next((promise for promise in promises if promise.group_id == group_id), None)
