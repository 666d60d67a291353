"""Sends the entries of a payment file to the cases that they pay, and tells what it left for a person.

The file is read twice: once to see that it is whole and that its totals hold, and then to send. An entry has the same
payment id and request id whenever it is imported, so that a file may be imported again, and after a break.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import grpc

from api.client import Doors, acting_as, refused
from api.translate_values import instant_out, money, money_out
from importers.payment_files.entry import FileFormat, IdentifiedBy, PaymentEntry, Standing
from importers.payment_files.options import ReadOptions
from importers.payment_files.reading import open_payment_file
from importers.payment_files.summary import Summary
from importers.payment_matching import (
    Candidate,
    Target,
    Why,
    candidates,
    choose,
    payment_id,
    reversed_payment,
    words_of,
)
from protos.escalera import v1 as pb

ACTOR = "system:import-payments"
REVERSAL_REASON = "reversed in a payment file"
_METHODS = {FileFormat.CNAB240: "BOLETO", FileFormat.CNAB400: "BOLETO", FileFormat.SPEI: "SPEI"}  # else TRANSFER
_SAYS_NO = frozenset({"INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND", "ALREADY_EXISTS", "ABORTED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An entry that nobody's case got, and why. `detail` never holds texts or names out of the file."""

    entry: PaymentEntry
    why: Why
    candidates: tuple[Candidate, ...] = ()
    detail: str = ""


@dataclass(slots=True)
class Result:
    """What became of the entries of one file."""

    recorded: int = 0
    reversed: int = 0
    repeated: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)  # OUTGOING, PENDING, INFORMATION
    left: Counter[Why] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a file before anything of it is sent."""

    file_format: FileFormat
    summary: Summary
    digest: str  # of its bytes


def check(path: Path, options: ReadOptions) -> Checked:
    """Read a file to its end. Raises `PaymentFileInvalid`, `OSError`."""
    with path.open("rb") as source:
        digest = file_digest(source, "sha256").hexdigest()
    with open_payment_file(path, options) as reading:
        for _ in reading:
            pass
        return Checked(file_format=reading.file_format, summary=reading.summary, digest=digest)


@dataclass(kw_only=True)
class Importer:
    """Sends entries one after the other; `left` is called with each that is for a person.

    `creditor`: whose references are looked up; with "" those of all creditors.
    Failed calls that are no refusals are raised as they come (`grpc.RpcError`).
    """

    doors: Doors
    creditor: str = ""
    validate_only: bool = False
    timeout: float = 30.0
    left: Callable[[Left], None] = lambda _: None
    result: Result = field(default_factory=Result)

    def run(self, path: Path, options: ReadOptions, checked: Checked) -> Result:
        """Import what `check` has read."""
        with open_payment_file(path, options) as reading:
            for item in reading:
                if isinstance(item, PaymentEntry):
                    self._one(item, checked.digest)
        return self.result

    def _one(self, entry: PaymentEntry, digest: str) -> None:
        if entry.standing is not Standing.BOOKED:
            self.result.passed_over[entry.standing.value] += 1
        elif entry.amount.minor == 0 or (entry.amount.minor < 0) is not entry.reversal:
            self.result.passed_over["OUTGOING"] += 1  # or a debit of ours that came back
        elif entry.doubts:
            self._leave(entry, Why.DOUBTFUL, (), ", ".join(entry.doubts))
        else:
            scored: list[Candidate] = []
            try:
                scored = self._candidates(entry)
                if entry.reversal:
                    self._reverse(entry, scored, digest)
                else:
                    self._record(entry, scored, digest)
            except grpc.RpcError as error:
                said = refused(error)
                if said.code not in _SAYS_NO:
                    raise
                self._leave(entry, Why.REFUSED, scored, said.reason)

    def _record(self, entry: PaymentEntry, scored: list[Candidate], digest: str) -> None:
        chosen = choose(entry, scored)
        if isinstance(chosen, Why):
            self._leave(entry, chosen, scored)
            return
        command = pb.RecordPayment(
            payment_id=payment_id(entry),
            amount=money_out(entry.amount.minor, entry.currency),
            method=_METHODS.get(entry.file_format, "TRANSFER"),
        )
        answer = self._send(self.doors.cases.RecordPayment, pb.RecordPaymentRequest, entry, chosen, command, digest)
        if not answer.events and entry.identified_by is IdentifiedBy.CONTENT:
            self._leave(entry, Why.TOLD_BEFORE, [chosen])  # the payment is there, by a request of another file
        elif answer.repeated or not answer.events:
            self.result.repeated += 1
        else:
            self.result.recorded += 1

    def _reverse(self, entry: PaymentEntry, scored: list[Candidate], digest: str) -> None:
        found = reversed_payment(entry, scored)
        if found is None:
            self._leave(entry, Why.NO_SUCH_PAYMENT, scored)
            return
        chosen, known = found
        command = pb.ReversePayment(payment_id=known, reason=REVERSAL_REASON)
        answer = self._send(self.doors.cases.ReversePayment, pb.ReversePaymentRequest, entry, chosen, command, digest)
        if answer.repeated or not answer.events:
            self.result.repeated += 1
        else:
            self.result.reversed += 1

    def _send(
        self, method: Any, request: Any, entry: PaymentEntry, chosen: Candidate, command: Any, digest: str
    ) -> pb.CommandResult:
        day = entry.booked_on or entry.value_on
        assert day is not None  # such an entry is doubtful
        at = datetime.combine(day, time(), ZoneInfo(chosen.target.time_zone))
        asked = request(
            request_id=_request_id(entry, digest),
            case_name=pb.CaseName(case_id=chosen.target.case_id),
            effective_time=instant_out(at),
            validate_only=self.validate_only,
            command=command,
        )
        answer: pb.CommandResult = method(asked, timeout=self.timeout, metadata=acting_as(ACTOR))
        return answer

    def _candidates(self, entry: PaymentEntry) -> list[Candidate]:
        words = words_of(entry)
        names = [name for word in words for name in self._names(word)]
        targets = {found.case_id: found for name in names if (found := self._target(name)) is not None}
        return candidates(entry, words, list(targets.values()))

    def _names(self, word: str) -> list[pb.CaseName]:
        if self.creditor:
            return [pb.CaseName(creditor_id=self.creditor, reference=word)]
        asked = pb.ListCasesRequest(filter=pb.CaseFilter(reference=word), page_size=10)
        found = self.doors.queries.ListCases(asked, timeout=self.timeout)
        return [pb.CaseName(case_id=case.case_id) for case in found.cases]

    def _target(self, name: pb.CaseName) -> Target | None:
        try:
            case: pb.Case = self.doors.queries.GetCase(pb.GetCaseRequest(case_name=name), timeout=self.timeout)
        except grpc.RpcError as error:
            if refused(error).reason == "CASE_NOT_FOUND":
                return None
            raise
        return target_of(case)

    def _leave(
        self, entry: PaymentEntry, why: Why, scored: "list[Candidate] | tuple[()]" = (), detail: str = ""
    ) -> None:
        self.result.left[why] += 1
        self.left(Left(entry=entry, why=why, candidates=tuple(scored), detail=detail))


def target_of(case: pb.Case) -> Target:
    """Take from a case what matching needs."""
    owed = [debt.balance for debt in case.debts]
    owed += [part.amount for plan in case.plans if _open(plan) for part in plan.installments]
    owed += [promise.amount for promise in case.promises if _open(promise)]
    owed += [settlement.amount for settlement in case.settlements if _open(settlement)]
    return Target(
        case_id=case.case_id,
        name=f"{case.creditor_id}/{case.reference}",
        reference=case.reference,
        currency=case.currency,
        time_zone=case.time_zone,
        is_open=case.closure == pb.CLOSURE_UNSPECIFIED,
        balance=money(case.balance, "balance").minor,
        installments=frozenset(money(each, "owed").minor for each in owed) - {0},
        obligations=frozenset(name for debt in case.debts for name in (debt.obligation_id, debt.reference) if name),
        payments={each.payment_id: money(each.amount, "amount").minor for each in case.payments},
    )


def _open(agreement: Any) -> bool:
    return bool(agreement.state == pb.AGREEMENT_STATE_OPEN)


def _request_id(entry: PaymentEntry, digest: str) -> str:
    """Return the entry's own id; where only its content tells it apart, another one for every file and place."""
    if entry.identified_by is IdentifiedBy.REFERENCE:
        return f"payment-file-{entry.entry_id}"
    place = sha256(f"{digest}\x1f{entry.position}".encode()).hexdigest()[:16]
    return f"payment-file-{entry.entry_id}-{place}"
