"""What a command leaves unsaid because the case itself says it: its currency, its only obligation, its only offer."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import uuid4

from cli.ask import case_name
from cli.parse import Unreadable, parse_money
from cli.session import Session
from protos.escalera import v1 as pb


def shown(session: Session, case: str) -> pb.Case:
    """Return the case as the server shows it."""
    found: pb.Case = session.doors.queries.GetCase(
        pb.GetCaseRequest(case_name=case_name(case)), timeout=session.timeout
    )
    return found


def new_id(session: Session, given: str, prefix: str) -> str:
    """Return the id that was given, else one that follows from the request's id, where that was given, else a new one.

    So a command that is repeated under its request id is the same command.
    """
    own = sha256(session.request_id.encode()).hexdigest() if session.request_id else uuid4().hex
    return given or f"{prefix}-{own[:12]}"


def obligation_of(session: Session, case: str, given: str) -> str:
    """Return the obligation that was named, else the only one that the case has."""
    if given:
        return given
    known = [debt.obligation_id for debt in shown(session, case).debts]
    if len(known) != 1:
        raise Unreadable(", ".join(known), "which_obligation")
    return known[0]


def offer_of(session: Session, case: str, given: str, states: Iterable[int]) -> str:
    """Return the offer that was named, else the only one that stands so that the command makes sense."""
    if given:
        return given
    wanted = set(states)
    known = [offer.offer_id for offer in shown(session, case).offers if offer.state in wanted]
    if not known:
        raise Unreadable(case, "no_offer")
    if len(known) > 1:
        raise Unreadable(", ".join(known), "which_offer")
    return known[0]


def request_of(session: Session, case: str, given: str) -> str:
    """Return the request that was named, else the only one that waits for a second person."""
    return given or the_one_that_waits(shown(session, case).approvals, case)


def the_one_that_waits(approvals: Iterable[pb.Approval | pb.PersonApproval], whose: str) -> str:
    """Return the only request that waits for a second person."""
    waiting = [each.approval_id for each in approvals if each.state == pb.APPROVAL_STATE_WAITING]
    if not waiting:
        raise Unreadable(whose, "no_request")
    if len(waiting) > 1:
        raise Unreadable(", ".join(waiting), "which_request")
    return waiting[0]


def sum_in(written: str, currency: str) -> str | None:
    """Return a sum as `from_plain` reads it, in the case's currency unless it says another; None for nothing."""
    return str(parse_money(written, currency)) if written else None


def installment_in(written: str, currency: str) -> dict[str, object]:
    """Return an installment, written DAY=AMOUNT, as `from_plain` reads it."""
    day, equals, amount = written.partition("=")
    if not equals:
        raise Unreadable(written, "DAY=AMOUNT is expected, as 2026-12-01=100.00")
    return {"due_date": day, "amount": sum_in(amount, currency)}
