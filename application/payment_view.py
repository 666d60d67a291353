"""What follows from one bank entry, as a round of an import sees its cases: one append, and what became of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application.case_desk import CaseDesk, Desk, Loaded
from application.payment_hold import AUTHORITY, CalendarOf, hold_id, hold_to_verify, release
from application.payment_queue import RELEASED, REVERSED, SuspenseDesk
from application.payment_taken import Became, Item, Taken
from application.several_streams import Together
from domain.calendar import start_of_day
from domain.case.commands import CaseCommand, RecordPayment, ReversePayment
from domain.case.state import Case
from domain.decider import Rejected
from domain.suspense.commands import MatchEntry, ReceiveEntry
from domain.suspense.identity import entry_stream
from domain.suspense.matching import chosen_obligation
from domain.suspense.state import Entry
from domain.suspense.target import target_of
from domain.suspense.verdict import HELD_POINTS, Verdict, judge
from domain.suspense.words import Why


@dataclass(slots=True, kw_only=True)
class View:
    """Streams as one round sees them: read or kept, and changed by the entries decided before in the round.

    sure: all that the round's entries touch was read from the log for it.
    """

    read: dict[UUID, Loaded[Any]] = field(default_factory=dict)
    changed: dict[UUID, Loaded[Any]] = field(default_factory=dict)
    payers: dict[int, frozenset[UUID]] = field(default_factory=dict)  # by item: cases with an obligor of that name
    sure: bool = False

    def of(self, desk: Desk[Any, Any, Any], stream_id: UUID) -> Loaded[Any]:
        """Return a stream."""
        return self.changed.get(stream_id) or self.read.get(stream_id) or desk.kept(stream_id) or desk.absent


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an entry, and what must be appended for it to be so; None: nothing."""

    taken: Taken
    append: Together | None


@dataclass(slots=True, kw_only=True)
class Decision:
    """Decides the entries of one round, one after the other."""

    view: View
    cases: CaseDesk
    entries: SuspenseDesk
    calendar_of: CalendarOf
    at: datetime
    by: str

    def of(self, item: Item) -> Decided | None:
        """Return what follows from an entry; None: that needs a look at the log first."""
        if item.waits is not None and self.view.sure:
            item.waits = self.view.of(self.entries, item.stream_id)
            if not isinstance(item.waits.state, Entry) or not item.waits.state.waits:
                return Decided(Taken(became=Became.REPEATED, stream_id=item.stream_id, repeated=True), None)
        verdict = self._verdict(item)
        told_before = item.entry.by_content and self._told_before(item)
        if verdict.chosen is not None and not told_before:
            try:
                paid = self._pay(item, verdict)
            except Rejected as refusal:
                verdict = replace(verdict, chosen=None, why=Why.REFUSED, detail=refusal.reason)
            else:
                if paid is not None or not self.view.sure:
                    return paid
                told_before = item.entry.by_content and not item.entry.reversal
                if not told_before:
                    return Decided(self._taken(item, Became.REPEATED, verdict, repeated=True), None)
        if not self.view.sure:
            return None
        if item.entry.if_recorded and verdict.why is Why.NO_SUCH_PAYMENT:
            return Decided(Taken(became=Became.PASSED_OVER, stream_id=item.stream_id, detail="NEVER_RECORDED"), None)
        if item.waits is not None:
            return self._still_waits(item, item.waits)
        return self._wait(item, replace(verdict, why=Why.TOLD_BEFORE, chosen=None) if told_before else verdict)

    def _verdict(self, item: Item) -> Verdict:
        found = [(case_id, self.view.of(self.cases, case_id).state) for case_id in item.case_ids]
        targets = [target_of(case_id, case) for case_id, case in found if isinstance(case, Case)]
        return judge(item.entry, item.leads, targets, self.view.payers.get(id(item), frozenset()))

    def _told_before(self, item: Item) -> bool:
        """Say whether the entry waits, or waited, as told by another file."""
        known = self.view.of(self.entries, item.base_id).state
        return isinstance(known, Entry) and known.received.place != item.entry.place

    def _pay(self, item: Item, verdict: Verdict) -> Decided | None:
        """Record the payment, or take it back; None if it is so already, as far as is seen."""
        assert verdict.chosen is not None
        target, entry = verdict.chosen.target, item.entry
        assert entry.day is not None, "an entry without a day is doubtful"
        at = min(start_of_day(entry.day, target.time_zone), self.at)
        command: CaseCommand
        if entry.reversal:
            command = ReversePayment(payment_id=verdict.payment_id, reason=REVERSED, at=at, by=self.by)
        else:
            command = RecordPayment(
                payment_id=item.payment_id,
                amount=entry.amount,
                method=entry.method,
                obligation_id=chosen_obligation(item.leads, target),
                at=at,
                by=self.by,
            )
        together = Together()
        if item.waits is not None:
            matched = MatchEntry(
                case_id=target.case_id, payment_id=verdict.payment_id or item.payment_id, at=self.at, by=self.by
            )
            together.decide(self.entries, item.stream_id, item.waits, matched)
            self._release(together, item, item.waits)
        case = self.view.of(self.cases, target.case_id)
        try:
            events = together.decide(self.cases, target.case_id, case, command)
        except Rejected as refusal:
            if not (
                isinstance(command, RecordPayment) and command.obligation_id and refusal.reason.startswith("CHOICE_")
            ):
                raise
            by_law = replace(command, obligation_id="")  # who pays may choose only as far as the law lets them
            events = together.decide(self.cases, target.case_id, case, by_law)
        if not events:
            return None
        self.view.changed.update(together.changed())
        became = Became.REVERSED if entry.reversal else Became.RECORDED
        return Decided(self._taken(item, became, verdict), together)

    def _wait(self, item: Item, verdict: Verdict) -> Decided:
        """Let the entry wait for a person, and hold what may have been paid."""
        entry, stream_id, payment_id = item.entry, item.stream_id, item.payment_id
        assert verdict.why is not None
        if verdict.why is Why.TOLD_BEFORE:
            stream_id = entry_stream(entry.account, entry.entry_id, entry.place)
            payment_id = f"{payment_id}-{entry.place}"
        together = Together()
        received = ReceiveEntry(
            entry=entry,
            payment_id=payment_id,
            why=verdict.why,
            detail=verdict.detail,
            candidates=verdict.candidates,
            at=self.at,
            by=self.by,
        )
        together.decide(self.entries, stream_id, self.view.of(self.entries, stream_id), received)
        if not entry.reversal:
            self._hold(together, stream_id, verdict)
        self.view.changed.update(together.changed())
        taken = self._taken(item, Became.WAITING, verdict)
        return Decided(replace(taken, stream_id=stream_id, payment_id=payment_id, case_id=None), together)

    def _still_waits(self, item: Item, waits: Loaded[Any]) -> Decided:
        received = waits.state.received
        taken = Taken(
            became=Became.WAITING,
            stream_id=item.stream_id,
            why=received.why,
            detail=received.detail,
            payment_id=received.payment_id,
            candidates=received.candidates,
            repeated=True,
        )
        return Decided(taken, None)

    def _hold(self, together: Together, stream_id: UUID, verdict: Verdict) -> None:
        for one in verdict.scored:
            case = self.view.of(self.cases, one.target.case_id)
            if one.points >= HELD_POINTS and one.target.is_open and isinstance(case.state, Case):
                hold = hold_to_verify(
                    case.state, hold_id(stream_id), self.calendar_of, at=self.at, by=self.by, authority=AUTHORITY
                )
                together.decide(self.cases, one.target.case_id, case, hold)

    def _release(self, together: Together, item: Item, waits: Loaded[Any]) -> None:
        for candidate in waits.state.received.candidates:
            case = self.view.of(self.cases, candidate.case_id)
            if isinstance(case.state, Case):
                ends = release(case.state, hold_id(item.stream_id), reason=RELEASED, at=self.at, by=self.by)
                together.decide(self.cases, candidate.case_id, case, *ends)

    def _taken(self, item: Item, became: Became, verdict: Verdict, *, repeated: bool = False) -> Taken:
        return Taken(
            became=became,
            stream_id=item.stream_id,
            why=verdict.why,
            detail=verdict.detail,
            case_id=verdict.chosen.target.case_id if verdict.chosen else None,
            payment_id=verdict.payment_id or item.payment_id,
            candidates=verdict.candidates,
            repeated=repeated,
        )
