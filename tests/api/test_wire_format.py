"""The wire format: as buf wants it, never broken, complete, and in step with the domain."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from api import words
from api.server import SERVICES
from api.translate_case_command import TRANSLATORS
from domain.case.commands import CaseCommand
from protos.escalera import v1 as pb
from tools import protos, wire_format

ROOT = Path(__file__).resolve().parents[2]
# Only the engine itself asks for these.
INSIDE = {
    "OpenCase",
    "EnterStage",
    "TakeStep",
    "JudgeAgreements",
    "PermitContact",
    "RefuseContact",
    "RaiseLimitationAlarm",
    "ExpirePaymentLink",
    "RecordLinkPayment",
    "RecordLinkReady",
    "RecordLinkRefund",
}
# More than a command to one case: asked through services of their own.
ELSEWHERE = {
    "AssignAccount": "PaymentQueueService.AssignAccount",
    "CancelPaymentLink": "PaymentLinkService.CancelPaymentLink",
    "IssuePaymentLink": "PaymentLinkService.CreatePaymentLink",
}


def test_buf_has_nothing_to_say() -> None:
    assert wire_format.main(["lint"]) == 0


def test_nothing_that_was_released_is_broken() -> None:
    assert wire_format.main(["breaking"]) == 0


def test_a_renumbered_field_would_be_noticed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / protos.OURS, tmp_path / protos.OURS, ignore=shutil.ignore_patterns("*.py*"))
    names = tmp_path / protos.OURS / "names.proto"
    names.write_text(names.read_text().replace("int64 version = 2;", "int64 version = 22;"))
    changed = wire_format.image(tmp_path / "changed.binpb", tmp_path)
    assert wire_format.buf("breaking", changed, "--against", str(wire_format.BASELINE)) != 0
    assert "version" in capfd.readouterr().out


def test_the_generated_modules_are_what_the_protos_say() -> None:
    done = subprocess.run([sys.executable, "-P", str(ROOT / "tools" / "protos.py"), "--check"], check=False)
    assert done.returncode == 0


def test_every_command_of_a_case_can_be_asked_or_is_the_engines_own() -> None:
    asked = {name.replace("_", "") for name in TRANSLATORS}
    domain = {kind.__name__ for union in get_args(CaseCommand) for kind in (get_args(union) or (union,))}
    calls = {
        f"{each.name}.{call.name}"
        for file in _modules()
        for each in file.services_by_name.values()
        for call in each.methods
    }
    assert set(ELSEWHERE.values()) <= calls
    assert {name for name in domain - INSIDE - set(ELSEWHERE) if name.lower() not in asked} == set()
    bodies = {field.name for field in pb.CaseCommand.DESCRIPTOR.oneofs_by_name["command"].fields}
    assert bodies == set(TRANSLATORS)


def test_every_word_of_the_wire_has_one_in_the_domain() -> None:
    enums: dict[str, Any] = {
        "STAGE": pb.Stage,
        "CLOSURE": pb.Closure,
        "COMPONENT": pb.Component,
        "ROLE": pb.Role,
        "SCOPE": pb.Scope,
        "HOLD_REASON": pb.HoldReason,
        "CHANNEL": pb.Channel,
        "DIRECTION": pb.Direction,
        "CONTACT_OUTCOME": pb.ContactOutcome,
        "DISPUTE_OUTCOME": pb.DisputeOutcome,
        "PLACED_WITH": pb.PlacedWith,
        "STEP_ACTION": pb.StepAction,
        "AGREED": pb.AgreementState,
        "FACT": pb.Fact,
        "WORK_KIND": pb.WorkKind,
        "COLLECTING_AS": pb.CollectingAs,
        "PLACE": pb.ContactPlace,
        "RECIPIENT": pb.ContactRecipient,
        "PURPOSE": pb.ContactPurpose,
        "RULE_KIND": pb.RuleKind,
        "REPORTED": pb.ReportResult,
        "WISH": pb.InboundWish,
        "NATURE": pb.Nature,
        "DAY_COUNT": pb.DayCount,
        "QUOTED": pb.Quoted,
        "OFFERED": pb.OfferState,
        "INTERRUPTION": pb.Interruption,
        "PLAN_SHAPE": pb.PlanShape,
        "EVERY": pb.Every,
    }
    for name, enum in enums.items():
        assert set(getattr(words, name)) == set(enum.values()) - {0}, name


def test_every_service_is_served() -> None:
    described = {service.full_name for name in _modules() for service in name.services_by_name.values()}
    assert described == set(SERVICES)


def _modules() -> list[Any]:
    return [module.DESCRIPTOR for name, module in vars(pb).items() if name.endswith("_pb2")]
