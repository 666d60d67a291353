"""Every reason that the domain can give has the code that its caller can act on."""

import ast
import re
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message

from api.errors import code_of, failure_of, wire_field
from domain.decider import Rejected
from protos.escalera import v1 as pb

ROOT = Path(__file__).resolve().parents[2]
REASON = re.compile(r"[A-Z]+(_[A-Z]+)+")

STATE = grpc.StatusCode.FAILED_PRECONDITION
# What depends on the state of things: the same command may be accepted another time. Everything else is in errors.py.
DEPENDS_ON_STATE = {
    "AGREEMENT_EXISTS",
    "BALANCE_NOT_ZERO",
    "CASE_CLOSED",
    "CASE_ON_HOLD",
    "PROMISE_EXCEEDS_BALANCE",
    "PROMISE_ENDED",
    "STAGE_NOT_HIGHER",
}


def reasons() -> set[str]:
    """Every reason that a `Rejected` in the domain is raised with."""
    found: set[str] = set()
    for path in (ROOT / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rejected" and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    found.add(said.value)
    return found


def test_the_domain_gives_reasons_that_programs_can_read() -> None:
    assert len(reasons()) > 40
    assert {reason for reason in reasons() if not REASON.fullmatch(reason)} == set()


@pytest.mark.parametrize("reason", sorted(DEPENDS_ON_STATE))
def test_what_may_be_accepted_another_time_is_a_failed_precondition(reason: str) -> None:
    assert reason in reasons()
    assert code_of(reason) is STATE


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("CASE_NOT_FOUND", grpc.StatusCode.NOT_FOUND),
        ("PERSON_UNKNOWN", grpc.StatusCode.NOT_FOUND),
        ("PAYMENT_EXISTS_WITH_OTHER_TERMS", grpc.StatusCode.ALREADY_EXISTS),
        ("CURRENCY_MISMATCH", grpc.StatusCode.INVALID_ARGUMENT),
        ("AMOUNT_NOT_POSITIVE", grpc.StatusCode.INVALID_ARGUMENT),
        ("HOLD_INTERVAL_EMPTY", grpc.StatusCode.INVALID_ARGUMENT),
        ("OBLIGOR_TWICE", grpc.StatusCode.INVALID_ARGUMENT),
        ("VALUE_UNKNOWN", grpc.StatusCode.INVALID_ARGUMENT),
        ("ID_RESERVED", grpc.StatusCode.INVALID_ARGUMENT),
        ("FOUR_EYES", grpc.StatusCode.PERMISSION_DENIED),
        ("APPROVER_ROLE", grpc.StatusCode.PERMISSION_DENIED),
    ],
)
def test_reasons_have_their_codes(reason: str, code: grpc.StatusCode) -> None:
    assert code_of(reason) is code


def fields_of_the_domain() -> set[str]:
    """Every field that a `Rejected` in the domain points at by its name."""
    found: set[str] = set()
    for path in (*(ROOT / "domain" / "case").rglob("*.py"), *(ROOT / "domain" / "person").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rejected":
                found |= {
                    word.value.value
                    for word in node.keywords
                    if word.arg == "field"
                    and isinstance(word.value, ast.Constant)
                    and isinstance(word.value.value, str)
                }
    return found


def test_every_field_that_the_domain_points_at_has_a_name_on_the_wire() -> None:
    messages = [kind.DESCRIPTOR for kind in vars(pb).values() if isinstance(kind, type) and issubclass(kind, Message)]
    known = {each.name for message in messages for each in (*message.fields, *message.oneofs)}
    # Never asked through this door: the engine permits its own contacts and takes its own steps.
    inside = {"action", "charge", "charge_component", "days_left", "ends_on", "next_allowed_at", "rules", "step_key"}
    paths = {field: wire_field(field.split("[")[0]).split(".") for field in fields_of_the_domain() - inside}
    assert {field for field, path in paths.items() if not known.issuperset(path)} == set()


def test_a_refusal_without_a_field_names_none() -> None:
    failure = failure_of(Rejected("CASE_CLOSED", "it is over", accepted="reopen it first"))
    assert failure.violations == ()
    assert failure.message == "CASE_CLOSED: it is over (accepted: reopen it first)"
