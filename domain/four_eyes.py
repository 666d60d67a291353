"""Four eyes: who asks for something does not decide on it, whatever the role in which they come.

Pure, and about nothing in particular: settlements, waivers and write-offs of a case go by it, so do handing out and
forgetting what is known of a person, and so may whatever else needs a second person. What a request is for, and what
follows when it is approved, belongs to whoever has it on their stream.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from domain.decider import Rejected

W = TypeVar("W")
THING = "a request for approval"


class ApprovalStands(StrEnum):
    """Where a request for approval stands."""

    WAITING = "WAITING"
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, kw_only=True)
class Request(Generic[W]):
    """A request for a second person's word, as deciding needs it."""

    wanted: W
    requested_by: str  # "role:id"
    requested_at: datetime
    approvers: tuple[str, ...]  # roles
    rule: str
    expires_at: datetime
    stands: ApprovalStands = ApprovalStands.WAITING
    decided_by: str = ""

    def stands_at(self, at: datetime) -> ApprovalStands:
        """Return where it stands at an instant: what nobody decided on in time is over, also where nobody says so."""
        late = self.stands is ApprovalStands.WAITING and at >= self.expires_at
        return ApprovalStands.LAPSED if late else self.stands


R = TypeVar("R", bound=Request[Any])


def role_of(by: str) -> str:
    """Return the role of "role:id"; what comes without an id is a role alone."""
    return by.partition(":")[0]


def same_person(one: str, other: str) -> bool:
    """Return whether two "role:id" are one person, whatever the roles and the capitals."""
    return _id_of(one) == _id_of(other)


def require_second(*, asked_by: str, by: str, approvers: Collection[str], thing: str) -> None:
    """Refuse a decision of whoever asked, and of a role that is not among `approvers`; `thing` is for people."""
    accepted = ", ".join(sorted(approvers))
    if same_person(asked_by, by):
        detail = f"who asked for {thing} does not decide on it"
        raise Rejected("FOUR_EYES", detail, accepted=f"another person: {accepted}")
    if role_of(by) not in approvers:
        raise Rejected("APPROVER_ROLE", f"a {role_of(by)} does not decide on {thing}", accepted=accepted)


# ── asking


def asked_before(known: Request[W] | None, *, wanted: W, expires_at: datetime, by: str) -> bool:
    """Return whether this was asked for under its id already; refuse an id that was used for something else."""
    if known is None:
        return False
    if (known.wanted, known.expires_at, known.requested_by) == (wanted, expires_at, by):
        return True
    raise Rejected("APPROVAL_EXISTS_WITH_OTHER_TERMS", "this id was used before with other content")


def require_time_to_decide(expires_at: datetime, at: datetime) -> None:
    """Refuse a request whose time would be up before anybody has seen it."""
    if expires_at <= at:
        accepted = f"after {at.isoformat()}"
        raise Rejected("APPROVAL_EXPIRY_PAST", "nobody could decide on it", field="expires_at", accepted=accepted)


def not_needed() -> Rejected:
    """Return the refusal of a request for what may be done without."""
    accepted = "what is wanted, without a request"
    return Rejected("APPROVAL_NOT_NEEDED", "this needs nobody else's word", field="wanted", accepted=accepted)


def required(approvers: Collection[str], *, why: str, field: str | None = None, less: str = "") -> Rejected:
    """Return the refusal of what nobody does alone, which names who may approve; `less` is what would do without."""
    accepted = f"a request that another person approves ({', '.join(approvers)}){less}"
    return Rejected("APPROVAL_REQUIRED", f"{why}: ask for approval", field=field, accepted=accepted)


# ── deciding


def request_of(requests: Mapping[str, R], approval_id: str) -> R:
    """Return a request by its id; refuse an id that names none."""
    found = requests.get(approval_id)
    if found is None:
        raise Rejected("APPROVAL_NOT_FOUND", "there is no such request", field="approval_id")
    return found


def require_waiting(request: Request[Any]) -> None:
    """Refuse to decide twice."""
    if request.stands is not ApprovalStands.WAITING:
        detail, accepted = f"the request is {request.stands}", "a request that waits"
        raise Rejected("APPROVAL_NOT_WAITING", detail, field="approval_id", accepted=accepted)


def require_decider(request: Request[Any], *, by: str, at: datetime) -> None:
    """Refuse a decision that comes too late, or from whoever may not decide."""
    if at >= request.expires_at:
        detail = f"it expired at {request.expires_at.isoformat()}"
        raise Rejected("APPROVAL_EXPIRED", detail, field="approval_id", accepted="a new request")
    require_second(asked_by=request.requested_by, by=by, approvers=request.approvers, thing=THING)


def require_asker(request: Request[Any], *, by: str) -> None:
    """Refuse to take back what somebody else asked for."""
    if not same_person(request.requested_by, by):
        detail, accepted = "somebody else asked for it", "whoever asked, or a refusal by who may approve"
        raise Rejected("NOT_THE_ASKER", detail, field="approval_id", accepted=accepted)


def _id_of(by: str) -> str:
    role, colon, name = by.partition(":")
    return (name if colon else role).strip().casefold()
