"""The history of one fine, as commands in order."""

from datetime import datetime

from google.type import money_pb2

from protos.escalera.v1 import bulk_pb2, case_command_pb2, words_pb2


class History:
    """Appends commands to an item, and knows when the engine will have closed the case as paid.

    A case is closed by the payment that leaves nothing owed, unless something is in dispute. What the file adds to
    a closed case (postage after payment, a penalty) takes it up again first.
    """

    def __init__(self, item: bulk_pb2.OpenCasesItem, *, fine: str, owed_cents: int) -> None:
        self._item = item
        self._fine = fine
        self._seconds = item.effective_time.seconds
        self._step = 0
        self._fine_cents = owed_cents  # the fine with its penalty, as the file's amount column has it
        self._owed_cents = owed_cents
        self._credit_cents = 0
        self._closed = False
        self._disputes: dict[str, bool] = {}  # which appeal -> whether it is open

    def at(self, instant: datetime) -> None:
        """What follows happened at `instant`; rows of one day keep their order by a second each."""
        self._step += 1
        self._seconds = int(instant.timestamp()) + self._step

    def sent(self, postage_cents: int) -> None:
        """The fine went out by mail."""
        self._letter(words_pb2.CONTACT_OUTCOME_ACCEPTED, "FINE_SENT")
        self._charge("postage", words_pb2.COMPONENT_COSTS, postage_cents, "postage of the fine")

    def notified(self) -> None:
        """A letter arrived."""
        self._letter(words_pb2.CONTACT_OUTCOME_DELIVERED, "NOTIFIED")

    def penalty(self, fine_cents: int) -> None:
        """The fine was not paid in time and is now `fine_cents`."""
        added, self._fine_cents = fine_cents - self._fine_cents, fine_cents
        if added < 0:
            raise ValueError("a penalty lowers the fine")
        self._charge("penalty", words_pb2.COMPONENT_FEES, added, "penalty for not paying in time")

    def payment(self, cents: int) -> None:
        """Money came in."""
        if cents == 0:
            return
        command = self._command()
        payment = command.record_payment
        payment.payment_id, payment.method = f"payment-{self._step}", "POSTAL"
        _euros(payment.amount, cents)
        paid = min(cents, self._owed_cents)
        self._credit_cents += cents - paid
        self._owe(-paid)

    def appeal(self, to: str) -> None:
        """The offender appealed; the same appeal on later rows is the same dispute."""
        if to in self._disputes:
            return
        self._reopen(f"appeal to the {to} after payment")
        dispute = self._command().open_dispute
        dispute.dispute_id, dispute.reason = f"appeal-{to}", f"appeal to the {to}"
        self._disputes[to] = True

    def appeal_result(self, to: str) -> None:
        """The appeal was decided against the offender (one that is won is `dismissed`)."""
        self._resolve(to, words_pb2.DISPUTE_OUTCOME_REJECTED, "result received")

    def credit_collection(self) -> None:
        """The fine was handed to the tax collector: whatever was in dispute has been decided."""
        for to in list(self._disputes):
            self._resolve(to, words_pb2.DISPUTE_OUTCOME_REJECTED, "sent for credit collection")
        self._reopen("sent for credit collection")
        escalate = self._command().escalate
        escalate.stage, escalate.reason = words_pb2.STAGE_LEGAL, "sent for credit collection"

    def dismissed(self) -> None:
        """The fine was annulled. A case that its payment has not closed before ends as INVALID."""
        for to in list(self._disputes):
            self._resolve(to, words_pb2.DISPUTE_OUTCOME_UPHELD, "fine dismissed")
        if not self._closed:
            close = self._command().close_case
            close.closure, close.reason = words_pb2.CLOSURE_INVALID, "fine dismissed"
            self._closed = True

    def _resolve(self, to: str, outcome: words_pb2.DisputeOutcome.ValueType, reason: str) -> None:
        if not self._disputes.get(to):
            return
        resolve = self._command().resolve_dispute
        resolve.dispute_id, resolve.outcome, resolve.reason = f"appeal-{to}", outcome, reason
        self._disputes[to] = False
        self._closed = self._closed or self._nothing_owed()

    def _letter(self, outcome: words_pb2.ContactOutcome.ValueType, detail: str) -> None:
        contact = self._command().log_contact
        contact.contact_id, contact.channel = f"letter-{self._step}", words_pb2.CHANNEL_LETTER
        contact.direction, contact.outcome, contact.detail = words_pb2.DIRECTION_OUTBOUND, outcome, detail
        contact.person.reference = f"offender-of:{self._fine}"

    def _charge(self, charge_id: str, component: words_pb2.Component.ValueType, cents: int, reason: str) -> None:
        if cents == 0:
            return
        self._reopen(reason)
        charge = self._command().add_charge
        charge.charge_id, charge.obligation_id = f"{charge_id}-{self._step}", "fine"
        charge.component, charge.reason = component, reason
        _euros(charge.amount, cents)
        self._owe(cents)
        applied = min(self._owed_cents, self._credit_cents)
        self._credit_cents -= applied
        self._owe(-applied)

    def _reopen(self, reason: str) -> None:
        if self._closed:
            self._command().reopen_case.reason = reason
            self._closed = False

    def _owe(self, cents: int) -> None:
        before, self._owed_cents = self._owed_cents, self._owed_cents + cents
        self._closed = self._closed or (before > 0 and self._nothing_owed())

    def _nothing_owed(self) -> bool:
        return self._owed_cents == 0 and not any(self._disputes.values())

    def _command(self) -> case_command_pb2.CaseCommand:
        command = self._item.history.add()
        command.effective_time.FromSeconds(self._seconds)
        return command


def _euros(amount: money_pb2.Money, cents: int) -> None:
    amount.currency_code, amount.units, amount.nanos = "EUR", cents // 100, cents % 100 * 10_000_000
