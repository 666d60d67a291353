"""Histories recorded on earlier days replay with today's workflow: what runs now will go on after a deployment."""

import re
from base64 import b64decode
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from infra.temporal import workflow_runner
from tests.workflows.histories import FOLDER, STORIES
from workflows.case_workflow import CaseWorkflow

FILES = sorted(FOLDER.glob("*.json"))


def test_every_story_has_been_recorded() -> None:
    assert {file.stem for file in FILES} >= {story.__name__ for story in STORIES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    history = WorkflowHistory.from_json(f"case:{file.stem}", file.read_text(encoding="utf-8"))

    await Replayer(workflows=[CaseWorkflow], workflow_runner=workflow_runner()).replay_workflow(history)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_history_holds_no_personal_data(file: Path) -> None:
    payloads = [b64decode(data) for data in re.findall(r'"data":"([^"]*)"', file.read_text(encoding="utf-8"))]

    assert any(b"reminder" in payload for payload in payloads)
    assert not [payload for payload in payloads if b"Ana" in payload or b"example.com" in payload]
