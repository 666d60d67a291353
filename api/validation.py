"""The rules written in the .proto files, held against every request before anything else looks at it."""

from typing import Any

import grpc
import protovalidate

from api.errors import VIOLATIONS_MAX, Failure, Violation
from domain.decider import Rejected


class Invalid(Exception):
    """A request breaks the rules of its message; `violations` has all of them."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("the request breaks the rules of its message")
        self.violations = violations

    def failure(self) -> Failure:
        """Say how this is told to the caller."""
        fields = ", ".join(dict.fromkeys(found.field for found in self.violations[:VIOLATIONS_MAX]))
        detail = f"{len(self.violations)} rule(s) broken in {fields}"
        return Failure(grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", detail, "", self.violations)


def violations_of(message: Any) -> tuple[Violation, ...]:
    """Return every rule that a message breaks."""
    found = protovalidate.collect_violations(message)
    return tuple([_violation(one.proto) for one in found]) if found else ()


def require_valid(message: Any) -> None:
    """Raise `Invalid` when a message breaks its rules."""
    if violations := violations_of(message):
        raise Invalid(violations)


def require_valid_item(message: Any) -> None:
    """Raise `Rejected` for the first rule that a part of a batch breaks."""
    if violations := violations_of(message):
        first = violations[0]
        raise Rejected("REQUEST_INVALID", first.description, field=first.field)


def _violation(proto: Any) -> Violation:
    rule = proto.rule_id.replace(".", "_").upper()
    return Violation(_path(proto.field.elements if proto.field else ()), rule, proto.message or rule)


def _path(elements: Any) -> str:
    path = ""
    for element in elements:
        path += f".{element.field_name}" if path else element.field_name
        subscript = element.subscript
        if subscript is not None:
            path += f"[{subscript.value}]"
    return path
