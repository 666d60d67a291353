"""`escalera person ask-export|ask-forget|approve-request|refuse-request|withdraw-request`: what nobody does alone."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_approvals import RequestId, Until, Why
from cli.command import command
from cli.person import PersonName, app
from cli.person_erasure import Despite, ErasureReason
from cli.session import Session

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from cli.ask import Method
    from protos.escalera import v1 as pb

Own = Annotated[str, typer.Option("--id", help="The request's own id; a new one by default.")]


@command(app, "ask-export", writes=True)
def ask_export(
    session: Session,
    person: PersonName,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the events. No personal data.")],
    form: Annotated[str, typer.Option("--format", help="JSON or PDF; both by default.")] = "",
    until: Until = "",
    identity: Own = "",
) -> None:
    """Ask another person to approve that everything known of a person is handed out; `export` does it then."""
    from cli.case_known import new_id
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = pb.RequestPersonApproval(approval_id=new_id(session, identity, "a"), expire_time=_instant(until))
    written = {"reason": reason, "formats": [form.upper()] if form else []}
    asked.export.CopyFrom(from_plain(written, pb.ExportWanted()))
    _to_person(session, session.doors.persons.RequestPersonApproval, pb.RequestPersonApprovalRequest, person, asked)


@command(app, "ask-forget", writes=True)
def ask_forget(
    session: Session,
    person: PersonName,
    reason: ErasureReason = "ASKED",
    erasure: Annotated[str, typer.Option("--erasure", help="As `--id` of `forget`; the same by default.")] = "",
    despite_open_cases: Despite = False,
    until: Until = "",
    identity: Own = "",
) -> None:
    """Ask another person to approve that a person is forgotten; or say what stands against it (exit 4)."""
    from cli.case_known import new_id
    from cli.person_erasure import erasure_of
    from protos.escalera import v1 as pb

    asked = pb.RequestPersonApproval(approval_id=new_id(session, identity, "a"), expire_time=_instant(until))
    asked.forget.CopyFrom(erasure_of(erasure, reason, despite_open_cases=despite_open_cases))
    _to_person(session, session.doors.persons.RequestPersonApproval, pb.RequestPersonApprovalRequest, person, asked)


@command(app, "approve-request", writes=True)
def approve_request(session: Session, person: PersonName, approval_id: RequestId = "") -> None:
    """Approve what somebody else asked for: who is to be forgotten is forgotten in the same moment."""
    from protos.escalera import v1 as pb

    asked = pb.GiveApproval(approval_id=_waiting(session, person, approval_id))
    _to_person(session, session.doors.persons.GivePersonApproval, pb.GivePersonApprovalRequest, person, asked)


@command(app, "refuse-request", writes=True)
def refuse_request(session: Session, person: PersonName, approval_id: RequestId = "", reason: Why = "BY_HAND") -> None:
    """Do not approve what somebody else asked for."""
    from protos.escalera import v1 as pb

    asked = pb.RefuseApproval(approval_id=_waiting(session, person, approval_id), reason=reason)
    _to_person(session, session.doors.persons.RefusePersonApproval, pb.RefusePersonApprovalRequest, person, asked)


@command(app, "withdraw-request", writes=True)
def withdraw_request(
    session: Session, person: PersonName, approval_id: RequestId = "", reason: Why = "BY_HAND"
) -> None:
    """Take back what one asked for oneself."""
    from protos.escalera import v1 as pb

    asked = pb.WithdrawApproval(approval_id=_waiting(session, person, approval_id), reason=reason)
    _to_person(session, session.doors.persons.WithdrawPersonApproval, pb.WithdrawPersonApprovalRequest, person, asked)


def _waiting(session: Session, person: str, given: str) -> str:
    """Return the request that was named, else the only one about the person that waits."""
    from cli.case_known import the_one_that_waits

    return given or the_one_that_waits(_shown(session, person).approvals, person)


def _shown(session: Session, person: str) -> "pb.Person":
    from cli.ask import person_name
    from protos.escalera import v1 as pb

    request = pb.GetPersonRequest(person_name=person_name(person))
    found: pb.Person = session.doors.persons.GetPerson(request, timeout=session.timeout, metadata=session.metadata)
    return found


def _instant(written: str) -> "Timestamp | None":
    from google.protobuf.timestamp_pb2 import Timestamp

    from cli.parse import parse_instant

    if not written:
        return None
    at = Timestamp()
    at.FromDatetime(parse_instant(written))
    return at


def _to_person(session: Session, method: "Method", request: "Method", person: str, asked: object) -> None:
    """Send it and say what it came to; it is decided when it arrives, whatever `--at` says."""
    from cli.ask import person_name, tell
    from cli.parse import Unreadable
    from cli.person_erasure import tell_erasure
    from cli.plain import plain

    common = session.common()
    if common.pop("effective_time", None) is not None:
        raise Unreadable(session.at, "decided_now")
    sent = request(person_name=person_name(person), command=asked, **common)
    answer = plain(method(sent, timeout=session.timeout, metadata=session.metadata))
    if answer.get("forgotten") or answer.get("blocks"):
        tell_erasure(session, person, answer)
    else:
        tell(session, person, answer)
