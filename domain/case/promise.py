"""A promise to pay: so much, by such a day, at once or in parts.

It is kept when that much has come in from the moment it was made until its day and its days of grace are over, where
the case lives; a promise in parts also asks for the sum of its parts by each of their days. It is broken at the first
day that is over without its money, partly kept when some of it was there (`promise_kept`). So much may be missing as
its tolerance says. Several promises may stand side by side while together they do not exceed what is owed.
"""

from domain.case.commands import CancelPromise, MakePromise
from domain.case.events import CaseEvent, PromiseCancelled, PromiseMade
from domain.case.hold import require_no_legal_hold
from domain.case.installments import asked_by, require_installments, require_not_past, require_tolerance
from domain.case.promise_kept import still_promised
from domain.case.refusal import other_terms, require_grace, require_open, require_sum, require_text
from domain.case.state import Agreed, Case, Promise
from domain.case.view import balance, open_plan, open_settlement
from domain.case.words import Scope
from domain.decider import Rejected
from domain.money import Money


def make_promise(command: MakePromise, case: Case) -> tuple[CaseEvent, ...]:
    """Take a promise. A case that a court or the law has stopped takes none; a supervisor's pause does not matter."""
    known = case.promises.get(command.promise_id)
    if known is not None:
        if _terms(known) == _terms(command):
            return ()
        raise other_terms("PROMISE")
    require_open(case)
    require_text(command.promise_id, "promise_id")
    require_sum(command.amount, case.currency)
    require_grace(command.grace_days)
    require_no_legal_hold(case, Scope.ALL, command.at)
    require_not_past(command.due_on, case, command.at, past="PROMISE_DATE_PAST", field="due_on")
    _require_parts(command, case)
    owed = balance(case)
    if command.amount > owed:
        raise Rejected("PROMISE_EXCEEDS_BALANCE", f"{owed} is owed", field="amount", accepted=f"up to {owed}")
    if open_plan(case) or open_settlement(case):
        raise Rejected("AGREEMENT_EXISTS", "a plan or settlement is in force", accepted="cancel it first")
    promised = still_promised(case)
    if promised + command.amount.minor > owed.minor:
        left = Money(max(owed.minor - promised, 0), case.currency)
        raise Rejected("AGREEMENT_EXISTS", "promises already cover it", field="amount", accepted=f"up to {left}")
    made = PromiseMade(
        at=command.at,
        promise_id=command.promise_id,
        amount=command.amount,
        due_on=command.due_on,
        grace_days=command.grace_days,
        installments=command.installments,
        tolerance_minor=command.tolerance_minor,
        group_id=command.group_id,
    )
    return (made,)


def cancel_promise(command: CancelPromise, case: Case) -> tuple[CaseEvent, ...]:
    """Take a promise back, before it is kept or broken."""
    promise = case.promises.get(command.promise_id)
    if promise is None:
        raise Rejected("PROMISE_NOT_FOUND", "the case has no such promise", field="promise_id")
    if promise.stands is Agreed.CANCELLED:
        return ()
    require_open(case)
    if promise.stands is not Agreed.OPEN:
        raise Rejected(
            "PROMISE_ENDED", f"the promise is {promise.stands}", field="promise_id", accepted="an open promise"
        )
    return (PromiseCancelled(at=command.at, promise_id=command.promise_id, reason=command.reason),)


def _terms(promise: Promise | MakePromise) -> tuple[object, ...]:
    """Return what "same id, same content" is asked of."""
    return (
        promise.amount,
        promise.due_on,
        promise.grace_days,
        promise.installments,
        promise.tolerance_minor,
        promise.group_id,
    )


def _require_parts(command: MakePromise, case: Case) -> None:
    """Refuse parts that do not add up to the promise, do not end on its day, or bear interest."""
    parts = command.installments
    if not parts:
        require_tolerance(command.tolerance_minor, (command.amount,))
        return
    require_installments(parts, case, command.at, past="PROMISE_DATE_PAST")
    require_tolerance(command.tolerance_minor, (part.amount for part in parts))
    if asked_by(parts)[-1] != command.amount.minor:
        detail = f"the installments come to {Money(asked_by(parts)[-1], case.currency)}"
        raise Rejected("PROMISE_SUM_DIFFERS", detail, field="installments", accepted=f"{command.amount} together")
    if parts[-1].due_on != command.due_on:
        detail = f"the last installment falls due on {parts[-1].due_on}"
        raise Rejected("PROMISE_END_DIFFERS", detail, field="installments", accepted=f"the last on {command.due_on}")
    if any(part.interest for part in parts):
        raise Rejected("INTEREST_INVALID", "a promise bears no interest", field="installments", accepted="a plan")
