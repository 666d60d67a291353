"""Audits on the command line whose public copy is in an object store."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_evidence import CASE, house_told
from tests.counterparts.aws_s3 import CREDENTIALS, FakeS3, Refused, serving


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with serving() as fake:
        yield fake


def terminal_on(dsn: str, folder: Path, public: str) -> Terminal:
    environment = {
        "DATABASE_URL": dsn,
        "ESCALERA_KEY_FILE": str(folder / "master"),
        "ESCALERA_SEAL_KEY_FILE": str(folder / "seal"),
        "ESCALERA_PUBLIC_LOG_FOLDER": public,
        "ESCALERA_LOG_NAME": "escalera.example/evidence",
    }
    return Terminal(data=folder / "data", environment=environment)


def test_a_head_is_published_there_and_a_case_held_against_it(fresh_dsn: str, tmp_path: Path, s3: FakeS3) -> None:
    asyncio.run(house_told(fresh_dsn, tmp_path))
    terminal = terminal_on(fresh_dsn, tmp_path, s3.url())
    assert terminal.run("audit", "head").status == 0
    assert "public/log/checkpoint" in s3.objects
    said = terminal.run("audit", "verify", "--case", CASE)
    assert said.status == 0, said.out + said.err
    assert said.out.count("[ok]") == 5
    del s3.objects["public/log/tile/entries/000.p/27"]
    assert terminal.run("audit", "verify", "--case", CASE).status == 1


def test_an_outage_a_refusal_and_a_wrong_setting_are_three_things(fresh_dsn: str, tmp_path: Path, s3: FakeS3) -> None:
    asyncio.run(house_told(fresh_dsn, tmp_path))
    s3.moods = [Refused(503, "SlowDown")] * 4
    silent = terminal_on(fresh_dsn, tmp_path, s3.url()).run("audit", "head", "--json")
    s3.moods = [Refused(403, "AccessDenied")]
    refused = terminal_on(fresh_dsn, tmp_path, s3.url()).run("audit", "head", "--json")
    wrong = terminal_on(fresh_dsn, tmp_path, s3.url(regoin="x")).run("audit", "head", "--json")
    said = [json.loads(each.err)["error"] for each in (silent, refused, wrong)]
    assert [each.status for each in (silent, refused, wrong)] == [3, 1, 2]
    assert [each["reason"] for each in said] == ["PUBLIC_COPY_UNAVAILABLE", "PUBLIC_COPY_REFUSED", "SETTING_INVALID"]
    assert CREDENTIALS.secret_key not in silent.err + refused.err + wrong.err
