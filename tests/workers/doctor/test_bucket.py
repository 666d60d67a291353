"""What the doctor says of a public copy in an object store."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from application.sealing import Sealer
from infra.transparency.published import Published
from tests.counterparts.aws_s3 import CREDENTIALS, FakeS3, Refused, serving
from tests.infra.transparency.sealing import Sealing, cut_back
from tests.infra.transparency.test_places import bucket
from tests.workers.doctor.installation import found, found_offline, offline, online, told


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with serving() as fake:
        yield fake


@pytest.fixture
def environment(installed: dict[str, str], sealing: Sealing, s3: FakeS3) -> dict[str, str]:
    return installed | {"DATABASE_URL": sealing.dsn, "ESCALERA_PUBLIC_LOG_FOLDER": s3.url()}


async def published(sealing: Sealing, s3: FakeS3, count: int) -> Sealing:
    sealer = Sealer(log=sealing.log, signer=sealing.signer, copies=(Published(bucket(s3.url())),))
    told = replace(sealing, sealer=sealer)
    await told.sealed(count)
    return told


async def test_a_copy_in_a_bucket_that_goes_on_is_well(
    environment: dict[str, str], sealing: Sealing, s3: FakeS3
) -> None:
    await published(sealing, s3, 300)
    assert not {code for code in await found(environment) if code.startswith(("PUBLIC", "SEAL", "DISK", "SETTING"))}


async def test_a_bucket_without_the_copy_is_found(environment: dict[str, str], sealing: Sealing, s3: FakeS3) -> None:
    await published(sealing, s3, 3)
    s3.objects.clear()
    findings = (await online(environment)).findings
    assert told(findings, "PUBLIC_COPY_MISSING") == {"folder": "s3://log-of-acme/public/log"}


async def test_a_restore_that_nobody_declared_is_found_by_the_bucket(
    environment: dict[str, str], sealing: Sealing, s3: FakeS3
) -> None:
    await published(sealing, s3, 300)
    cut_back(sealing, 200)
    await sealing.sealer.seal_all()
    assert "RESTORE_NOT_DECLARED" in await found(environment)


async def test_a_store_that_says_no_is_told_from_one_that_says_nothing(
    environment: dict[str, str], sealing: Sealing, s3: FakeS3
) -> None:
    await published(sealing, s3, 3)
    s3.moods = [Refused(403, "AccessDenied")]
    assert "s3:ListBucket" in told((await online(environment)).findings, "PUBLIC_COPY_REFUSED")["detail"]
    s3.moods = [Refused(503, "SlowDown")] * 4
    assert "SlowDown" in told((await online(environment)).findings, "PUBLIC_COPY_SILENT")["detail"]


async def test_a_bucket_that_cannot_be_meant_is_found_without_asking_it(environment: dict[str, str]) -> None:
    wrong = environment | {"ESCALERA_PUBLIC_LOG_FOLDER": environment["ESCALERA_PUBLIC_LOG_FOLDER"] + "&regoin=x"}
    detail = told((await offline(wrong)).findings, "SETTING_INVALID")["detail"]
    assert "regoin" in detail
    assert CREDENTIALS.secret_key not in detail
    assert "SETTING_INVALID" not in await found_offline(environment)
