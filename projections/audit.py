"""What must hold for every history of a case, worked out from the events alone, apart from the decider's own fold."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from application.ports import Recorded
from domain.case.events import (
    AmountWaived,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ChargeAdded,
    ContactOutcomeRecorded,
    ContactPermitted,
    CreditApplied,
    ObligationAdded,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    RewardGranted,
    StageEntered,
    WaiverReversed,
)
from domain.case.state import Case, CaseState
from domain.case.words import LEVELS, Component, Obligation, Part, Stage

Account = tuple[str, Component]  # obligation id, component


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as the log says it must be."""

    case_id: UUID
    field: str  # what: a column of the read tables, or a part of the history
    replayed: str  # what the log says
    shown: str | None  # what was found instead; None: nothing


@dataclass(slots=True)
class Audit:
    """Follows one case's events, in order, and collects what is wrong with them."""

    case_id: UUID
    differences: list[Difference] = field(default_factory=list)
    permits: set[str] = field(default_factory=set)  # permitted, and nothing known yet
    _known_permits: set[str] = field(default_factory=set)
    _version: int = 0
    _position: int = 0
    _stage: Stage = Stage.PRE_DUE
    _entry: int = 0
    _closed: bool = False
    _owed: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    _payments: dict[str, tuple[int, list[Part]]] = field(default_factory=dict)  # standing: amount, what it paid

    def see(self, recorded: Recorded) -> None:
        """Take in the next event of the case."""
        if recorded.version != self._version + 1:
            self._differs("version", self._version + 1, recorded.version)
        if recorded.position <= self._position:
            self._differs("position", f"more than {self._position}", recorded.position)
        self._version, self._position = recorded.version, recorded.position
        event = recorded.event
        match event:
            case StageEntered() | CaseClosed() | CaseReopened():
                self._climb(event)
            case ContactPermitted() | ContactOutcomeRecorded():
                self._contact(event)
            case _:
                self._money(event)

    def finish(self, state: CaseState) -> None:
        """Compare the books kept here with those of the state that the decider folds."""
        if not isinstance(state, Case):
            self._differs("opened", "a case", "none")
            return
        if self._closed != (state.closure is not None):
            self._differs("closure", "closed" if self._closed else "open", state.closure)
        kept = {
            (obligation_id, component): owed
            for obligation_id, debt in state.ledger.debts.items()
            for component, owed in debt.owed.items()
            if owed
        }
        for account in sorted(kept.keys() | {account for account, owed in self._owed.items() if owed}):
            if self._owed[account] != kept.get(account, 0):
                self._differs(f"owed.{account[0]}.{account[1]}", self._owed[account], kept.get(account, 0))
            if self._owed[account] < 0:
                self._differs(f"owed.{account[0]}.{account[1]}", "not below 0", self._owed[account])
        credit = sum(amount - sum(part.minor for part in parts) for amount, parts in self._payments.values())
        if credit != state.ledger.credit or credit < 0:
            self._differs("credit", credit, state.ledger.credit)
        for obligation_id, debt in state.ledger.debts.items():
            owed = debt.terms.principal.minor + debt.charged - debt.paid - debt.waived
            if owed != debt.balance:
                self._differs(f"balance.{obligation_id}", owed, debt.balance)

    def _climb(self, event: StageEntered | CaseClosed | CaseReopened) -> None:
        match event:
            case CaseClosed():
                self._closed = True
            case CaseReopened(stage=stage):
                self._closed = False
                self._stage = stage
            case StageEntered(stage=stage, entry=entry, by_hand=by_hand):
                if entry <= self._entry:
                    self._differs("stage_entry", f"more than {self._entry}", entry)
                if stage not in LEVELS:
                    self._differs("stage", "a level of the ladder", stage)
                elif not by_hand and LEVELS.index(stage) > LEVELS.index(self._stage) + 1:
                    self._differs("stage", f"one level above {self._stage} at most", stage)
                if self._closed:
                    self._differs("stage", "none entered after closing", stage)
                self._stage, self._entry = stage, entry

    def _contact(self, event: ContactPermitted | ContactOutcomeRecorded) -> None:
        permit_id = event.permit_id
        match event:
            case ContactPermitted():
                if permit_id in self._known_permits:
                    self._differs(f"permit.{permit_id}", "given once", "given again")
                if self._closed:
                    self._differs(f"permit.{permit_id}", "none after closing", "given")
                self._known_permits.add(permit_id)
                self.permits.add(permit_id)
            case ContactOutcomeRecorded():
                if permit_id not in self._known_permits:
                    self._differs(f"outcome.{permit_id}", "permitted first", "never permitted")
                self.permits.discard(permit_id)

    def _money(self, event: object) -> None:
        match event:
            case CaseOpened(obligations=obligations):
                for obligation in obligations:
                    self._open(obligation)
            case ObligationAdded(obligation=obligation):
                self._open(obligation)
            case ChargeAdded(obligation_id=obligation_id, component=component, amount=amount):
                self._owed[obligation_id, component] += amount.minor
            case AmountWaived(parts=parts) | RewardGranted(parts=parts):
                self._book(parts, -1)
            case WaiverReversed(parts=parts):
                self._book(parts, +1)
            case PaymentRecorded(payment_id=payment_id, amount=amount, parts=parts):
                self._payments[payment_id] = (amount.minor, list(parts))
                self._book(parts, -1)
            case CreditApplied(payment_id=payment_id, parts=parts):
                if payment_id in self._payments:
                    self._payments[payment_id][1].extend(parts)
                else:
                    self._differs(f"payment.{payment_id}", "a payment that stands", "none")
                self._book(parts, -1)
            case PaymentReallocated(payment_id=payment_id, parts=parts):
                amount_minor, paid = self._payments.get(payment_id, (0, []))
                if sum(part.minor for part in parts) > amount_minor:
                    self._differs(f"payment.{payment_id}", f"up to {amount_minor} paid with", "more")
                self._payments[payment_id] = (amount_minor, list(parts))
                self._book(paid, +1)
                self._book(parts, -1)
            case PaymentReversed(payment_id=payment_id):
                _, paid = self._payments.pop(payment_id, (0, []))
                self._book(paid, +1)
            case _:
                pass  # moves no money

    def _open(self, obligation: Obligation) -> None:
        self._owed[obligation.obligation_id, Component.PRINCIPAL] += obligation.principal.minor

    def _book(self, parts: tuple[Part, ...] | list[Part], sign: int) -> None:
        for part in parts:
            self._owed[part.obligation_id, part.component] += sign * part.minor

    def _differs(self, what: str, replayed: object, shown: object) -> None:
        self.differences.append(
            Difference(
                case_id=self.case_id, field=what, replayed=str(replayed), shown=None if shown is None else str(shown)
            )
        )


def differing(case_id: UUID, replayed: object, shown: object, names: tuple[str, ...]) -> Iterator[Difference]:
    """Yield the named fields in which two records differ."""
    for name in names:
        expected, found = getattr(replayed, name), getattr(shown, name)
        if expected != found:
            yield Difference(case_id=case_id, field=name, replayed=str(expected), shown=str(found))
