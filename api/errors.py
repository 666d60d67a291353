"""Refusals and failures as gRPC statuses: which code, with google.rpc.ErrorInfo and, for a field at fault, BadRequest.

What nobody foresaw is INTERNAL and says nothing of its inside: the log has its class and place, the caller has neither.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from api.patience import DeadlinePassed, TookTooLong
from api.turnstile import TooMany
from application.access import IssuerUnavailable, NotPermitted, Unauthenticated
from application.address_book import AddressBookBehind
from application.ports import PersonErased, RequestReused, StaleStream, StoreUnavailable
from application.read_ports import TablesBehind
from domain.access import Why
from domain.decider import Rejected

DOMAIN: Final = "escalera"
DETAILS_KEY: Final = "grpc-status-details-bin"

# Metadata beyond some 8 KiB are not taken by a client, which then does not learn what was wrong.
VIOLATIONS_MAX: Final = 8
TEXT_MAX: Final = 240
ACCEPTED_MAX: Final = 1_000  # lists of words are long

_INVALID = grpc.StatusCode.INVALID_ARGUMENT
_MISSING = grpc.StatusCode.NOT_FOUND
_EXISTS = grpc.StatusCode.ALREADY_EXISTS
_STATE = grpc.StatusCode.FAILED_PRECONDITION
_WHO = grpc.StatusCode.UNAUTHENTICATED
_MAY_NOT = grpc.StatusCode.PERMISSION_DENIED

# A reason's ending says what kind of refusal it is; what is in neither table depends on the state of things.
_BY_ENDING: Final = (
    ("_EXISTS_WITH_OTHER_TERMS", _EXISTS),
    ("_VERSION_TAKEN", _EXISTS),
    ("_NOT_FOUND", _MISSING),
    ("_UNKNOWN", _MISSING),
    ("_INVALID", _INVALID),
    ("_INCOMPLETE", _INVALID),
    ("_MISSING", _INVALID),
    ("_MISMATCH", _INVALID),
    ("_NOT_POSITIVE", _INVALID),
    ("_NEGATIVE", _INVALID),
    ("_NOT_UTC", _INVALID),
    ("_PAST", _INVALID),
    ("_EMPTY", _INVALID),
    ("_TWICE", _INVALID),
    ("_TOO_LONG", _INVALID),
    ("_TOO_MANY", _INVALID),
    ("_UNORDERED", _INVALID),
    ("_DIFFERS", _INVALID),
    ("_UNREADABLE", _INVALID),
    ("_RESERVED", _INVALID),
)
_BY_REASON: Final = {"VALUE_UNKNOWN": _INVALID, "FOUR_EYES": _MAY_NOT, "APPROVER_ROLE": _MAY_NOT}

# Fields of commands that are called otherwise on the wire.
_ON_THE_WIRE: Final = {
    "wanted.amount": "waive.amount",
    "wanted.closure": "close_case.closure",
    "wanted.erasure_reason": "forget.reason",
    "wanted.formats": "export.formats",
    "due_on": "due_date",
    "pay_by": "pay_by_date",
    "from_at": "from_time",
    "until": "until_time",
    "person_id": "person",
    "expires_at": "expire_time",
    "on": "effective_date",
    "first": "first_date",
    "last": "last_date",
    "tolerance_minor": "tolerance",
    "reward_minor": "reward",
    "schedule.amount_minor": "schedule.amount",
    "schedule.balloon_minor": "schedule.balloon",
    "schedule.down_minor": "schedule.down_payment",
    "schedule.down_on": "schedule.down_date",
    "schedule.first_on": "schedule.first_date",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One field at fault: where, which rule (UPPER_SNAKE or protovalidate's id), and what is wrong in words."""

    field: str
    reason: str
    description: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not succeed, ready to be told."""

    code: grpc.StatusCode
    reason: str
    detail: str
    accepted: str = ""
    violations: tuple[Violation, ...] = ()
    foreseen: bool = True  # False: a bug or a broken part; it is logged
    retry_seconds: float = 0.0  # when the same may be asked again, where that is known

    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Return the trailing metadata that carries the details."""
        status = status_pb2.Status(code=self.code.value[0], message=self.message, details=self._details())
        return ((DETAILS_KEY, status.SerializeToString()),)

    @property
    def message(self) -> str:
        """The status's text, for people."""
        accepted = f" (accepted: {_short(self.accepted, ACCEPTED_MAX)})" if self.accepted else ""
        return f"{self.reason}: {_short(self.detail)}{accepted}" if self.detail else self.reason

    def _details(self) -> Iterable[any_pb2.Any]:
        known = {"field": _short(self.violations[0].field)} if len(self.violations) == 1 else {}
        if self.accepted:
            known["accepted"] = _short(self.accepted, ACCEPTED_MAX)
        yield _packed(error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN, metadata=known))
        if self.retry_seconds:
            delay = duration_pb2.Duration()
            delay.FromMilliseconds(max(1, round(self.retry_seconds * 1_000)))
            yield _packed(error_details_pb2.RetryInfo(retry_delay=delay))
        if self.violations:
            yield _packed(
                error_details_pb2.BadRequest(
                    field_violations=[
                        error_details_pb2.BadRequest.FieldViolation(
                            field=_short(found.field),
                            reason=found.reason,
                            description=_short(found.description),
                        )
                        for found in self.violations[:VIOLATIONS_MAX]
                    ]
                )
            )


def _short(text: str, most: int = TEXT_MAX) -> str:
    """Return a text that repeats no more of what was sent than people read."""
    return text if len(text) <= most else text[:most] + "..."


def _packed(detail: Any) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed


def code_of(reason: str) -> grpc.StatusCode:
    """Return the gRPC code for a refusal's reason."""
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    return next((code for ending, code in _BY_ENDING if reason.endswith(ending)), _STATE)


def wire_field(field: str) -> str:
    """Return a command's field as callers know it; a path that the door itself gave stays as it is."""
    if field == "at":
        return "effective_time"
    return _ON_THE_WIRE.get(field, field)


def failure_of(error: Exception) -> Failure:
    """Say how an error is told to the caller."""
    if isinstance(error, Unauthenticated | NotPermitted | IssuerUnavailable):
        return _not_let_in(error)
    match error:
        case Rejected():
            violations: tuple[Violation, ...] = ()
            if error.field:
                violations = (Violation(wire_field(error.field), error.reason, error.detail),)
            return Failure(code_of(error.reason), error.reason, error.detail, error.accepted or "", violations)
        case RequestReused():
            detail = "this request id was used before for another command"
            violation = Violation("request_id", "REQUEST_ID_REUSED", detail)
            return Failure(_EXISTS, "REQUEST_ID_REUSED", detail, "a new request id", (violation,))
        case StaleStream():
            detail = "others kept writing to the same case or person; nothing was recorded"
            return Failure(grpc.StatusCode.ABORTED, "CONTENDED", detail, "the same request again")
        case StoreUnavailable():
            detail = "the log cannot be reached; whether this command is in it is not known"
            return Failure(
                grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE", detail, "the same request again", (), False
            )
        case AddressBookBehind():
            detail = "the address book has not seen the log that far yet; nothing was recorded"
            return Failure(grpc.StatusCode.UNAVAILABLE, "ADDRESS_BOOK_BEHIND", detail, "the same request again")
        case TablesBehind():
            detail = "the read tables have not seen the log that far yet"
            return Failure(grpc.StatusCode.UNAVAILABLE, "TABLES_BEHIND", detail, "the same request again")
        case TooMany():
            return Failure(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                error.reason,
                error.detail,
                "the same request later",
                retry_seconds=error.retry_seconds,
            )
        case DeadlinePassed():
            return Failure(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "nothing was begun")
        case TookTooLong():
            detail = "the answer took too long; whether a command is in the log is not known"
            return Failure(grpc.StatusCode.DEADLINE_EXCEEDED, "TOOK_TOO_LONG", detail, "the same request again")
        case PersonErased():
            return Failure(_STATE, "PERSON_ERASED", "the person's record was erased; nothing can be written to it")
        case _:
            return Failure(
                grpc.StatusCode.INTERNAL, "INTERNAL", "something went wrong inside; it was logged", "", (), False
            )


def _not_let_in(error: Unauthenticated | NotPermitted | IssuerUnavailable) -> Failure:
    """Say no to somebody at the door. Whether what they asked for is there makes no difference to the words."""
    match error:
        case Unauthenticated(told="CREDENTIALS_MISSING"):
            detail = "this server asks who calls, and nothing was shown"
            return Failure(_WHO, "CREDENTIALS_MISSING", detail, "authorization: Bearer TOKEN, or a client certificate")
        case Unauthenticated(told="TOKEN_EXPIRED"):
            return Failure(_WHO, "TOKEN_EXPIRED", "the token has expired", "a new token")
        case Unauthenticated(told="CERTIFICATE_UNKNOWN"):
            return Failure(_WHO, "CERTIFICATE_UNKNOWN", "this certificate belongs to nobody who is known here")
        case Unauthenticated():
            detail = "the token is not good here"
            return Failure(_WHO, "TOKEN_INVALID", detail, "a token of a known issuer, for this server")
        case NotPermitted(why=Why.ROLE | Why.NO_RULE):
            return Failure(_MAY_NOT, "METHOD_NOT_PERMITTED", "this method is not for the roles of whoever calls")
        case NotPermitted(why=Why.ACTOR):
            detail = "nobody calls in another's name who may not"
            return Failure(_MAY_NOT, "ACTOR_NOT_PERMITTED", detail, "no name, or one's own")
        case NotPermitted():
            return Failure(_MAY_NOT, "NOT_PERMITTED", "this is not permitted")
        case IssuerUnavailable():
            detail = "the issuer of this token cannot be asked for its keys"
            return Failure(grpc.StatusCode.UNAVAILABLE, "ISSUER_UNAVAILABLE", detail, "the same request again")
